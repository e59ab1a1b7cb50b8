"""Signing in at a provider of OpenID Connect: the code flow with PKCE, state and nonce.

Nothing of the provider is remembered between two sign-ins: they are few, and its keys change.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from httpx2 import HTTPError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization
from pydantic import BaseModel, ValidationError

from config.settings import LOOPBACK, Settings
from store.logins import Named
from store.subscribers import SignupError, read_address

TIMEOUT_SECONDS = 10.0
LEEWAY_SECONDS = 120
"""How far the provider's clock may be from ours."""

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
"""Signatures that a provider's public key proves; never the client's secret, never none."""


class OpenIdError(Exception):
    """The provider did not say who the person is; the message names nobody."""


class Discovered(BaseModel):
    """What a provider says of itself (OpenID Connect Discovery 1.0)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class _Tokens(BaseModel):
    access_token: str
    id_token: str


class _Person(BaseModel):
    sub: str
    email: str = ""
    email_verified: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is known of a person only while they are at the provider."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """Who a provider says a person is."""

    named: Named
    address: str
    proven: bool
    """Whether the provider knows that the address is the person's."""


class Provider:
    """A provider of OpenID Connect, as the settings name it."""

    def __init__(self, settings: Settings, redirect_uri: str) -> None:
        self._issuer = str(settings.oidc_issuer).rstrip("/")
        self._settings = settings
        self._redirect_uri = redirect_uri

    def begin(self, attempt: Attempt) -> str:
        """Return where at the provider the person signs in.

        Raises:
            OpenIdError: If the provider does not answer, or not as one does.
        """
        try:
            with self._client(("none",)) as client:
                there = self._discovered(client)
                url, _ = client.create_authorization_url(
                    there.authorization_endpoint,
                    state=attempt.state,
                    nonce=attempt.nonce,
                    code_verifier=attempt.verifier,
                )
        except _FAILURES as error:
            raise OpenIdError("the provider cannot be asked") from error
        return str(url)

    def finish(self, attempt: Attempt, answer: Mapping[str, str], now: datetime) -> Claimed:
        """Return who signed in.

        Args:
            attempt: As it was begun.
            answer: The query of the address at which the person came back.
            now: The present moment.

        Raises:
            OpenIdError: If the provider refused, or its word cannot be trusted.
        """
        code = self._code(attempt, answer)
        try:
            with self._client(("none",)) as client:
                there = self._discovered(client)
            methods = there.token_endpoint_auth_methods_supported
            with self._client(methods) as client:
                answered = client.fetch_token(
                    there.token_endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=attempt.verifier,
                )
                tokens = _Tokens.model_validate(answered)
                keys = _public(client, there.jwks_uri)
                person = self._checked(tokens, keys, attempt, now)
                return self._claimed(self._completed(client, there, person))
        except _FAILURES as error:
            raise OpenIdError("the provider's word cannot be used") from error

    def _code(self, attempt: Attempt, answer: Mapping[str, str]) -> str:
        """Return what the provider gave the person for us, if it was for this attempt."""
        if not hmac.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
            raise OpenIdError("the person comes back from something that was not begun here")
        if answer.get("iss", self._issuer).rstrip("/") != self._issuer:  # RFC 9207
            raise OpenIdError("the person comes back from another provider")
        if "code" not in answer:
            raise OpenIdError("the provider let nobody in")
        return answer["code"]

    def _client(self, methods: tuple[str, ...]) -> OAuth2Client:
        secret = self._settings.oidc_client_secret
        return OAuth2Client(
            client_id=self._settings.oidc_client_id,
            client_secret=secret.get_secret_value() if secret else None,
            scope=self._settings.oidc_scopes,
            redirect_uri=self._redirect_uri,
            token_endpoint_auth_method=_method(methods, has_secret=secret is not None),
            code_challenge_method="S256",
            timeout=TIMEOUT_SECONDS,
        )

    def _discovered(self, client: OAuth2Client) -> Discovered:
        address = f"{self._issuer}/.well-known/openid-configuration"
        there = Discovered.model_validate(_public(client, address))
        if there.issuer.rstrip("/") != self._issuer:
            raise OpenIdError("the provider says that it is another one")
        if self._settings.oidc_issuer and self._settings.oidc_issuer.host not in LOOPBACK:
            _refuse_plain(there)
        return there

    def _checked(
        self,
        tokens: _Tokens,
        keys: KeySetSerialization,
        attempt: Attempt,
        now: datetime,
    ) -> _Person:
        """Return whom the ID token names, after all that OpenID Connect Core 3.1.3.7 asks for."""
        signed = jwt.decode(tokens.id_token, KeySet.import_key_set(keys), ALGORITHMS)
        claims = CodeIDToken(
            signed.claims,
            signed.header,
            {
                "iss": {"essential": True, "values": [self._issuer, f"{self._issuer}/"]},
                "aud": {"essential": True, "value": self._settings.oidc_client_id},
                "nonce": {"essential": True, "value": attempt.nonce},
            },
            {
                "nonce": attempt.nonce,
                "client_id": self._settings.oidc_client_id,
                "access_token": tokens.access_token,
            },
        )
        claims.validate(int(now.timestamp()), LEEWAY_SECONDS)
        return _Person.model_validate(signed.claims)

    def _completed(self, client: OAuth2Client, there: Discovered, person: _Person) -> _Person:
        """Return the person with an address, which many providers tell only when asked for it."""
        if person.email or there.userinfo_endpoint is None:
            return person
        told = _Person.model_validate(client.get(there.userinfo_endpoint).raise_for_status().json())
        if told.sub != person.sub:
            raise OpenIdError("the provider told of somebody else")
        return told

    def _claimed(self, person: _Person) -> Claimed:
        named = Named(self._issuer, person.sub)
        return Claimed(named, read_address(person.email), person.email_verified)


def new_attempt() -> Attempt:
    """Return what nobody can guess."""
    return Attempt(generate_token(32), generate_token(32), generate_token(64))


def _public(client: OAuth2Client, url: str) -> Any:
    """Return the JSON at an address that anybody may read."""
    return client.request("GET", url, withhold_token=True).raise_for_status().json()


def _method(offered: tuple[str, ...], *, has_secret: bool) -> str:
    """Return how this installation proves its name to a provider."""
    if not has_secret:
        return "none"
    known = ("client_secret_basic", "client_secret_post")
    return next((method for method in known if method in offered), known[0])


def _refuse_plain(there: Discovered) -> None:
    told = (there.authorization_endpoint, there.token_endpoint, there.jwks_uri)
    if not all(url.startswith("https://") for url in (*told, there.userinfo_endpoint or told[0])):
        raise OpenIdError("the provider names an address that is not encrypted")


_FAILURES = (AuthlibBaseError, HTTPError, JoseError, SignupError, ValidationError, ValueError)
