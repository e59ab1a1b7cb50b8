"""Mail over SMTP, one connection for all."""

import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPResponseException,
    SMTPSenderRefused,
)

from config.errors import ConfigurationError
from config.settings import Settings
from notifier.channels.contract import DeliveryError, Fault, Outgoing
from notifier.message import read_sender

TIMEOUT_SECONDS = 60.0
PORTS = {"smtp": 25, "smtps": 465}
LOOPBACK = ("localhost", "127.0.0.1", "::1")
TOO_BIG = 552
CLOSING = 421
_ADDRESS = re.compile(r"\S*@\S*")


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server and how to speak to it."""

    host: str
    port: int
    encrypted: bool
    """From the first byte (smtps); otherwise by STARTTLS where the server offers it."""
    username: str | None
    password: str | None = field(repr=False)

    @property
    def start_tls(self) -> bool | None:
        """Return whether STARTTLS is a must: None takes it where offered.

        A password crosses a network encrypted or not at all.
        """
        if self.encrypted:
            return False
        return True if self.username and self.host not in LOOPBACK else None


class SmtpChannel:
    """Sends through one server; opens the connection with the first mail and keeps it."""

    def __init__(self, server: Server, sender: str, timeout_seconds: float) -> None:
        self._server = server
        self._sender = sender
        self._timeout_seconds = timeout_seconds
        self._client: SMTP | None = None

    async def send(self, message: Outgoing) -> None:
        """Send ``message``, or raise DeliveryError."""
        client = await self._begin(message)
        try:
            await client.rcpt(message.address)
        except (SMTPException, OSError) as error:
            await self.close()
            raise _before_data(error, "recipient") from error
        try:
            await client.data(message.body)
        except (SMTPException, OSError) as error:
            await self.close()
            raise _after_data(error) from error

    async def probe(self) -> str:
        """Return which server answers, or raise DeliveryError; nothing is sent."""
        await self._connect()
        await self.close()
        return f"the mail server {self._server.host}:{self._server.port} answers"

    async def close(self) -> None:
        """Say good-bye where someone still listens."""
        client, self._client = self._client, None
        if client is None or not client.is_connected:
            return
        try:
            await client.quit(timeout=5)
        except (SMTPException, OSError):
            client.close()

    async def _begin(self, message: Outgoing) -> SMTP:
        """Announce a mail, on a new connection where the server has hung up meanwhile."""
        kept = self._client
        try:
            try:
                return await self._announce(kept or await self._connect(), message)
            except (SMTPException, OSError) as error:
                if kept is None or not _hung_up(error):
                    raise
                return await self._announce(await self._connect(), message)
        except (SMTPException, OSError) as error:
            await self.close()
            raise _before_data(error, "sender") from error

    async def _announce(self, client: SMTP, message: Outgoing) -> SMTP:
        options = [f"size={len(message.body)}"] if client.supports_extension("size") else []
        await client.mail(self._sender, options=options)
        return client

    async def _connect(self) -> SMTP:
        server = self._server
        client = SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            use_tls=server.encrypted,
            start_tls=server.start_tls,
            timeout=self._timeout_seconds,
        )
        try:
            await client.connect()
        except (SMTPException, OSError) as error:
            client.close()
            where = f"{server.host}:{server.port}"
            reply = f"the mail server {where} cannot be used: {_said(error)}"
            raise DeliveryError(Fault.UNREACHABLE, reply) from error
        self._client = client
        return client


def smtp_channel(settings: Settings) -> SmtpChannel:
    """Return the channel of ``smtp://`` and ``smtps://``.

    Raises:
        ConfigurationError: If the address of the server or of the sender cannot be used.
    """
    sender = read_sender(settings.mail_from, settings.public_url)
    return SmtpChannel(read_server(settings.mail_url), sender.address, TIMEOUT_SECONDS)


def read_server(url: str) -> Server:
    """Return the server that ``url`` names.

    Raises:
        ConfigurationError: If it names none; the message does not repeat the password.

    >>> read_server("smtps://group%40example.org:p%2Fw@mail.example.org").username
    'group@example.org'
    """
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError) as error:
        raise ConfigurationError(_ADVICE) from error
    if not parts.hostname or parts.path.strip("/") or parts.query or _half_a_login(parts):
        raise ConfigurationError(_ADVICE)
    return Server(
        host=parts.hostname,
        port=port,
        encrypted=parts.scheme == "smtps",
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


_ADVICE = (
    "CALLWATCH_MAIL_URL is no mail server; write smtp://[user:secret@]host[:port] or smtps://…, "
    "with special characters of user and secret percent-encoded"
)


def _half_a_login(parts: SplitResult) -> bool:
    return bool(parts.username) != bool(parts.password)


def _hung_up(error: Exception) -> bool:
    """Return whether a connection that had worked is over, as after a time without a mail."""
    if isinstance(error, SMTPResponseException):
        return error.code == CLOSING
    return isinstance(error, ConnectionError)


def _before_data(error: Exception, refused: str) -> DeliveryError:
    """Return what an error before the mail's bytes were handed over means."""
    if not isinstance(error, SMTPResponseException):
        return DeliveryError(Fault.TEMPORARY, f"before the mail was handed over: {_said(error)}")
    reply = f"{refused} refused: {_said(error)}"
    ours = isinstance(error, SMTPSenderRefused) and error.code != TOO_BIG
    if error.code >= 500 and ours:
        return DeliveryError(Fault.UNREACHABLE, reply)
    return DeliveryError(Fault.PERMANENT if error.code >= 500 else Fault.TEMPORARY, reply)


def _after_data(error: Exception) -> DeliveryError:
    """Return what an error after that means: without an answer it may have been delivered."""
    if isinstance(error, SMTPDataError):
        fault = Fault.PERMANENT if error.code >= 500 else Fault.TEMPORARY
        return DeliveryError(fault, f"mail refused: {_said(error)}")
    return DeliveryError(Fault.IN_DOUBT, f"no answer after the mail was sent: {_said(error)}")


def _said(error: Exception) -> str:
    """Return an error's words without addresses, on one line."""
    code = f"{error.code} " if isinstance(error, SMTPResponseException) else ""
    words = error.message if isinstance(error, SMTPException) else str(error)
    return _ADDRESS.sub("(address)", " ".join(f"{code}{words}".split()))[:300]
