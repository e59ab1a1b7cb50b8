"""HTTP on 127.0.0.1: requests in, answers out, what they mean is decided elsewhere."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as it came off the wire."""

    method: str
    target: str
    """Path and parameters."""
    content_type: str
    user_agent: str
    body: bytes
    if_none_match: str = ""
    if_modified_since: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over the wire."""

    status: int
    body: bytes = b""
    content_type: str = "application/json;charset=UTF-8"
    headers: tuple[tuple[str, str], ...] = ()
    missing_bytes: int = 0
    """How many bytes at the end are announced but never sent."""
    pieces: Callable[[], Iterator[bytes]] | None = None
    """What makes a body too large to be held; ``size`` is then its length."""
    size: int = 0

    @property
    def length(self) -> int:
        """Return the number of bytes that are announced."""
        return len(self.body) if self.pieces is None else self.size

    def sent(self) -> Iterator[bytes]:
        """Yield the bytes that are sent."""
        left = self.length - self.missing_bytes
        for piece in self.pieces() if self.pieces else (self.body,):
            yield piece[:left]
            left -= min(left, len(piece))


Respond: TypeAlias = Callable[[Incoming], Answer]


class Server(ThreadingHTTPServer):
    """Hands every request to ``respond``, each connection in a thread of its own."""

    def __init__(self, port: int, respond: Respond) -> None:
        self.respond = respond
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:  # as in socketserver
        """Print what went wrong, unless it is only that the client has gone."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """Reads one request and writes its answer."""

    # StreamRequestHandler
    wbufsize = -1  # head and body leave together
    disable_nagle_algorithm = True  # an answer does not wait for an acknowledgement

    # BaseHTTPRequestHandler
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (named by http.server)
        """Print nothing: PortalReplica.requests is the log."""

    def _answer(self) -> None:
        if self.headers["Transfer-Encoding"] is not None:
            self.send_error(HTTPStatus.LENGTH_REQUIRED)
            return
        answer = self.server.respond(
            Incoming(
                method=self.command,
                target=self.path,
                content_type=self.headers["Content-Type"] or "",
                user_agent=self.headers["User-Agent"] or "",
                body=self.rfile.read(int(self.headers["Content-Length"] or 0)),
                if_none_match=self.headers["If-None-Match"] or "",
                if_modified_since=self.headers["If-Modified-Since"] or "",
            )
        )
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(answer.length))
        for name, value in answer.headers:
            self.send_header(name, value)
        self.end_headers()
        for piece in answer.sent():
            self.wfile.write(piece)
        if answer.missing_bytes:
            self.close_connection = True
