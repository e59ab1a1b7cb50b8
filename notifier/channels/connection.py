"""One connection to a mail server, and how far the mail on it has come."""

import re
from dataclasses import dataclass

from aiosmtplib import SMTP, SMTPDataError, SMTPException, SMTPResponseException
from aiosmtplib import SMTPServerDisconnected as Disconnected

from notifier.channels.server import Server

GO_ON = 354
_ADDRESS = re.compile(r"\S*@\S*")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a server may take."""

    command_seconds: float
    """For each answer but the last."""
    end_seconds: float
    """For the answer to the whole mail: past it the mail is in doubt, so this is long."""


class Connection:
    """A connection on which mails follow one another."""

    def __init__(self, server: Server, timeouts: Timeouts) -> None:
        self._timeouts = timeouts
        self._client = SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            use_tls=server.encrypted,
            start_tls=server.start_tls,
            timeout=timeouts.command_seconds,
        )
        self.mails = 0
        """How many were announced on it."""

    @property
    def fresh(self) -> bool:
        """Return whether this is its first mail: what fails then is no connection grown old."""
        return self.mails <= 1

    @property
    def alive(self) -> bool:
        """Return whether the server has not hung up, as far as is known here."""
        return self._client.is_connected

    async def open(self) -> None:
        """Connect, encrypt and log in as the server's address says."""
        await self._client.connect()

    async def announce(self, sender: str, address: str, size: int) -> None:
        """Say from whom and to whom a mail goes, until the server waits for its bytes."""
        self.mails += 1
        options = [f"size={size}"] if self._client.supports_extension("size") else []
        await self._client.mail(sender, options=options)
        await self._client.rcpt(address)
        answer = await self._client.execute_command(b"DATA")
        if answer.code != GO_ON:
            raise SMTPDataError(answer.code, answer.message)

    async def hand_over(self, body: bytes) -> None:
        """Send the bytes of the mail that was announced, and wait until the server has it.

        aiosmtplib's own ``data`` does both steps in one: it cannot say whether a silence came
        before the bytes or after them.
        """
        protocol = self._client.protocol
        if protocol is None:
            raise Disconnected("Connection lost")
        protocol.write(on_the_wire(body))
        answer = await protocol.read_response(timeout=self._timeouts.end_seconds)
        if not 200 <= answer.code < 300:
            raise SMTPDataError(answer.code, answer.message)

    async def reset(self) -> bool:
        """Forget the mail that was announced; return whether the connection can go on."""
        try:
            await self._client.rset()
        except (SMTPException, OSError):
            return False
        return self.alive

    async def close(self) -> None:
        """Say good-bye where someone still listens."""
        if not self.alive:
            return
        try:
            await self._client.quit(timeout=5)
        except (SMTPException, OSError):
            self._client.close()

    def drop(self) -> None:
        """Hang up."""
        self._client.close()


def on_the_wire(body: bytes) -> bytes:
    r"""Return a mail as DATA wants it: lines end in CR LF, a dot at the start of one is doubled.

    >>> on_the_wire(b"one\r\n.two\nthree")
    b'one\r\n..two\r\nthree\r\n.\r\n'
    """
    lines = b"\r\n".join(body.splitlines())
    first = b"." if lines.startswith(b".") else b""
    return first + lines.replace(b"\r\n.", b"\r\n..") + b"\r\n.\r\n"


def said(error: Exception) -> str:
    """Return an error's words without addresses, on one line."""
    code = f"{error.code} " if isinstance(error, SMTPResponseException) else ""
    words = error.message if isinstance(error, SMTPException) else str(error)
    return _ADDRESS.sub("(address)", " ".join(f"{code}{words}".split()))[:300]
