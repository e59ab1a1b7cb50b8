"""A mail server that takes everything quickly and counts it by Message-ID.

Usage as a process of its own: python benchmarks/smtp_sink.py PORT
"""

import asyncio
import re
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

_ID = re.compile(rb"^Message-ID: *(<[^>\r\n]+>)", re.MULTILINE | re.IGNORECASE)
END = b"\r\n.\r\n"
ANSWERS = {b"EHLO": b"250-sink\r\n250 SIZE 10000000\r\n", b"DATA": b"354 go on\r\n"}


class Taken:
    """What the server took."""

    def __init__(self, delay_seconds: float = 0.0) -> None:
        self.ids: Counter[bytes] = Counter()
        self.bodies: dict[bytes, set[bytes]] = {}
        self.delay_seconds = delay_seconds

    def add(self, mail: bytes) -> None:
        """Count a mail, and keep its bytes where they differ from an earlier copy."""
        found = _ID.search(mail, 0, 4000)
        key = found[1] if found else b""
        self.ids[key] += 1
        self.bodies.setdefault(key, set()).add(mail)


class Sink(asyncio.Protocol):
    """One connection."""

    def __init__(self, taken: Taken | None) -> None:
        self._taken = taken
        self._buffer = bytearray()
        self._in_mail = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer every line; a mail when its last line is there."""
        self._buffer += data
        while self._step():
            pass

    def _step(self) -> bool:
        mark = END if self._in_mail else b"\r\n"
        if self._in_mail and not self._buffer.endswith(END):
            return False
        at = self._buffer.find(mark)
        if at < 0:
            return False
        part = bytes(self._buffer[:at])
        del self._buffer[: at + len(mark)]
        if self._in_mail:
            self._take(part)
        else:
            self._obey(part[:4].upper())
        return bool(self._buffer)

    def _take(self, mail: bytes) -> None:
        self._in_mail = False
        if self._taken is None:
            self._transport.write(b"250 taken\r\n")
            return
        self._taken.add(mail)
        loop = asyncio.get_running_loop()
        loop.call_later(self._taken.delay_seconds, self._transport.write, b"250 taken\r\n")

    def _obey(self, command: bytes) -> None:
        if command == b"QUIT":
            self._transport.write(b"221 bye\r\n")
            self._transport.close()
            return
        self._in_mail = command == b"DATA"
        self._transport.write(ANSWERS.get(command, b"250 fine\r\n"))


@contextmanager
def sink(taken: Taken) -> Iterator[int]:
    """Yield the port of a server that counts into ``taken``, in a thread of this process."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(lambda: Sink(taken), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield server.sockets[0].getsockname()[1]
    loop.call_soon_threadsafe(server.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


async def serve(port: int) -> None:
    """Take mails on ``port`` until the process ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Sink(None), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
