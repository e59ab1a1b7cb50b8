"""A real provider of OpenID Connect on loopback, which does what a test tells it to."""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "callwatch-of-a-university", "known-to-both-of-us"


@dataclass
class Provider:
    """Whom the provider knows, and what it gets wrong."""

    now: datetime
    claims: dict[str, Any] = field(default_factory=dict)
    """What the ID token says besides what every one does; None leaves a claim out."""
    told: dict[str, Any] = field(default_factory=dict)
    """What is told of the person when asked for it."""
    discovery: dict[str, Any] = field(default_factory=dict)
    """What the provider says of itself in place of the truth."""
    error: str = ""
    """What the person comes back with in place of a code."""
    extra: dict[str, str] = field(default_factory=dict)
    """What the person comes back with besides a code."""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    signs_with: RSAKey | None = None
    """A key that it does not publish."""
    port: int = 0
    begun: dict[str, dict[str, str]] = field(default_factory=dict)
    """Code → what the person was sent with; a code is used once."""
    asked: list[str] = field(default_factory=list)
    """Paths that were asked for."""

    @property
    def issuer(self) -> str:
        """Return where the provider is."""
        return f"http://127.0.0.1:{self.port}"

    def described(self) -> dict[str, Any]:
        """Return what the provider says of itself."""
        named = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "jwks_uri": "keys",
            "userinfo_endpoint": "person",
        }
        paths = {name: f"{self.issuer}/{path}" for name, path in named.items()}
        return {"issuer": self.issuer, **paths, **self.discovery}

    def let_in(self, query: dict[str, str]) -> str:
        """Return where a person who has just signed in is sent."""
        back = {"state": query["state"], **self.extra}
        if self.error:
            return f"{query['redirect_uri']}?{urlencode({**back, 'error': self.error})}"
        code = f"code-{len(self.begun)}"
        self.begun[code] = query
        return f"{query['redirect_uri']}?{urlencode({**back, 'code': code})}"

    def exchanged(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Return the tokens for a code; None where anything about it is wrong."""
        begun = self.begun.pop(form.get("code", ""), None)
        proof = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if begun is None or authorization != f"Basic {proof}":
            return None
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        fits = (challenge, "S256") == (begun["code_challenge"], begun["code_challenge_method"])
        if not fits or form["redirect_uri"] != begun["redirect_uri"]:
            return None
        return {
            "access_token": "opens-the-person",
            "token_type": "Bearer",
            "expires_in": 600,
            "id_token": self._signed(begun["nonce"]),
        }

    def _signed(self, nonce: str) -> str:
        at = int(self.now.timestamp())
        usual = {"iss": self.issuer, "aud": CLIENT, "sub": "7", "iat": at, "exp": at + 300}
        said = {**usual, "nonce": nonce, **self.claims}
        claims = {name: value for name, value in said.items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.signs_with or self.key)


@contextmanager
def providing(provider: Provider) -> Iterator[Provider]:
    """Run a server for ``provider``."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, query = _parsed(self.path)
            provider.asked.append(path)
            if path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.let_in(query))
                self.end_headers()
                return
            pages = {
                "/.well-known/openid-configuration": provider.described(),
                "/keys": {"keys": [provider.key.as_dict(private=False)]},
            }
            if self.headers.get("Authorization") == "Bearer opens-the-person":
                pages["/person"] = {"sub": "7", **provider.told}
            self._answer(pages.get(path))

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(provider.exchanged(form, self.headers.get("Authorization", "")))

        def _answer(self, document: dict[str, Any] | None) -> None:
            body = json.dumps(document or {"error": "invalid_request"}).encode()
            self.send_response(400 if document is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _parsed(path: str) -> tuple[str, dict[str, str]]:
    parts = urlsplit(path)
    return parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()}
