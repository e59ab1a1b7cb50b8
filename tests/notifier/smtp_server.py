"""A real SMTP server that does what a test tells it to."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any


@dataclass
class Server:
    """What the server does, and what it took."""

    rcpt: dict[str, str] = field(default_factory=dict)
    data: str = "250 taken"
    hang_up: bool = False
    after: bool = False
    """Whether it hangs up after each mail it took."""
    taken: list[bytes] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, _: Any, envelope: Any, address: str, __: Any
    ) -> str:
        answer = self.rcpt.get(address, "250 fine")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, _: Any, envelope: Any) -> str:  # noqa: N802 - as above
        if self.data.startswith("2"):
            self.taken.append(envelope.content)
        if self.hang_up:
            server.transport.abort()
        if self.after:
            asyncio.get_running_loop().call_later(0.05, server.transport.abort)
        return self.data

    @property
    def ids(self) -> Counter[str]:
        return Counter(message_from_bytes(mail)["Message-ID"] for mail in self.taken)
