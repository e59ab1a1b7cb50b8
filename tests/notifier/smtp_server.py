"""A real SMTP server that does what a test tells it to."""

import asyncio
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


@dataclass
class Server:
    """What the server does, and what it took."""

    mail: str = "250 fine"
    rcpt: dict[str, str] = field(default_factory=dict)
    every_rcpt: str = "250 fine"
    start: str = ""
    """What it says to DATA in place of 354."""
    data: str = "250 taken"
    hang_up: bool = False
    silent: bool = False
    """Whether it keeps the mail and never answers."""
    slow_seconds: float = 0.0
    after: bool = False
    """Whether it hangs up after each mail it took."""
    taken: list[bytes] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    connections: int = 0
    busy: Counter[str] = field(default_factory=Counter)
    """Domain → mails in hand now."""
    busiest: Counter[str] = field(default_factory=Counter)
    """Domain → most mails in hand at once."""
    port: int = 0

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, _: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802 - as above
        self, server: Any, _: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.mail.startswith("2"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
            self.senders.append(address)
        return self.mail

    async def handle_RCPT(  # noqa: N802 - as above
        self, server: Any, _: Any, envelope: Any, address: str, __: Any
    ) -> str:
        answer = self.rcpt.get(address, self.every_rcpt)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, _: Any, envelope: Any) -> str:  # noqa: N802 - as above
        domain = envelope.rcpt_tos[0].rpartition("@")[2]
        self.busy[domain] += 1
        self.busiest[domain] = max(self.busiest[domain], self.busy[domain])
        await asyncio.sleep(self.slow_seconds)
        self.busy[domain] -= 1
        if self.data.startswith("2"):
            self.taken.append(envelope.content)
        if self.hang_up:
            server.transport.abort()
        if self.silent:
            await asyncio.sleep(60)
        if self.after:
            asyncio.get_running_loop().call_later(0.05, server.transport.abort)
        return self.data

    @property
    def ids(self) -> Counter[str]:
        return Counter(message_from_bytes(mail)["Message-ID"] for mail in self.taken)


class _Sessions(SMTP):
    """Speaks SMTP as aiosmtpd does, but for what a test puts in place of 354."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        if not self.event_handler.start:
            await super().smtp_DATA(arg)
            return
        await self.push(self.event_handler.start)
        if self.event_handler.start.startswith("421") and self.transport is not None:
            self.transport.close()


class _Faulty(Controller):
    def factory(self) -> SMTP:
        return _Sessions(self.handler, **self.SMTP_kwargs)


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """Yield ``server``, listening on a free port of loopback until the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server.port = free.getsockname()[1]
    controller = _Faulty(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    yield server
    controller.stop()
