"""A real HTTP server on loopback that takes posts, and answers as it is told."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Post:
    """A request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Receiver:
    """What the server does, and what it was sent."""

    port: int = 0
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hangs_up: bool = False
    """Whether it closes the connection instead of an answer."""
    silent: threading.Event | None = None
    """Set by the test to let a server go on that says nothing."""
    posts: list[Post] = field(default_factory=list)


@contextmanager
def receiving(receiver: Receiver, context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Run a server for ``receiver``, over TLS where a ``context`` is given."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.posts.append(Post(self.path, dict(self.headers), body))
            if receiver.silent is not None:
                receiver.silent.wait(10)
            if receiver.hangs_up or receiver.silent is not None:
                self.close_connection = True
                return
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", receiver.port), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
