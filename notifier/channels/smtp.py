"""Mail over SMTP through one server: several connections at once, each kept for many mails."""

from dataclasses import dataclass

from aiosmtplib import (
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from config.settings import Settings
from notifier.channels.connection import Connection, Timeouts, said
from notifier.channels.contract import DeliveryError, Fault, Outgoing
from notifier.channels.server import Server, read_server
from notifier.message import read_sender
from notifier.refusals import bounce_kind, status_in, wait_hint

TIMEOUTS = Timeouts(command_seconds=60.0, end_seconds=300.0)
"""A server that queues to a slow disk, or scans, may need minutes for its last word."""

TOO_BIG = 552
CLOSING = 421


@dataclass(frozen=True, slots=True)
class Route:
    """Which way mails go."""

    server: Server
    sender: str
    timeouts: Timeouts
    mails_per_connection: int


class SmtpChannel:
    """Sends through one server; connections are opened when they are needed, and kept."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._idle: list[Connection] = []

    async def send(self, message: Outgoing) -> None:
        """Send ``message``, or raise DeliveryError."""
        connection = await self._begun(message)
        try:
            await connection.hand_over(message.body)
        except (SMTPException, OSError) as error:
            await self._put_back(connection, error)
            raise _after_data(error) from error
        await self._put_back(connection, None)

    async def probe(self) -> str:
        """Return which server answers, or raise DeliveryError; nothing is sent."""
        await (await self._open()).close()
        return f"the mail server {self._route.server.where} answers"

    async def close(self) -> None:
        """Say good-bye where someone still listens."""
        idle, self._idle = self._idle, []
        for connection in idle:
            await connection.close()

    async def _begun(self, message: Outgoing) -> Connection:
        """Return a connection that waits for the bytes of ``message``.

        One that the server has hung up on meanwhile is opened anew, once.
        """
        connection = self._kept() or await self._open()
        try:
            await self._announce(connection, message)
        except (SMTPException, OSError) as error:
            if connection.fresh or not _hung_up(error):
                await self._put_back(connection, error)
                raise _before_data(error) from error
            connection.drop()
            connection = await self._open()
            await self._announce_on_new(connection, message)
        return connection

    async def _announce_on_new(self, connection: Connection, message: Outgoing) -> None:
        try:
            await self._announce(connection, message)
        except (SMTPException, OSError) as error:
            await self._put_back(connection, error)
            raise _before_data(error) from error

    async def _announce(self, connection: Connection, message: Outgoing) -> None:
        sender = message.return_path or self._route.sender
        await connection.announce(sender, message.address, len(message.body))

    def _kept(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.alive:
                return connection
        return None

    async def _open(self) -> Connection:
        """Return a new connection, or raise DeliveryError: nothing can leave."""
        server = self._route.server
        connection = Connection(server, self._route.timeouts)
        try:
            await connection.open()
        except (SMTPException, OSError) as error:
            connection.drop()
            reply = f"the mail server {server.where} cannot be used: {said(error)}"
            raise DeliveryError(Fault.UNREACHABLE, reply) from error
        return connection

    async def _put_back(self, connection: Connection, error: Exception | None) -> None:
        """Keep a connection for the next mail; end one that is used up or in disarray."""
        refused = isinstance(error, SMTPResponseException) and error.code > CLOSING
        if error is not None and not (refused and await connection.reset()):
            connection.drop()
            return
        if connection.mails >= self._route.mails_per_connection:
            await connection.close()
            return
        self._idle.append(connection)


def smtp_channel(settings: Settings) -> SmtpChannel:
    """Return the channel of ``smtp://`` and ``smtps://``.

    Raises:
        ConfigurationError: If the address of the server or of the sender cannot be used.
    """
    sender = read_sender(settings.mail_from, settings.public_url)
    server = read_server(settings.mail_url)
    return SmtpChannel(Route(server, sender.address, TIMEOUTS, settings.mails_per_connection))


def _hung_up(error: Exception) -> bool:
    """Return whether a connection that had worked is over, as after a time without a mail."""
    if isinstance(error, SMTPResponseException):
        return error.code == CLOSING
    return isinstance(error, ConnectionError)


def _before_data(error: Exception) -> DeliveryError:
    """Return what an error before the mail's bytes were handed over means."""
    if not isinstance(error, SMTPResponseException):
        return DeliveryError(Fault.TEMPORARY, f"before the mail was handed over: {said(error)}")
    reply = f"{_refused(error)} refused: {said(error)}"
    if error.code < 500:
        return DeliveryError(Fault.TEMPORARY, reply, wait=wait_hint(error.message))
    if isinstance(error, SMTPSenderRefused) and error.code != TOO_BIG:
        return DeliveryError(Fault.UNREACHABLE, reply)
    ours = isinstance(error, SMTPRecipientRefused)
    bounce = bounce_kind(status_in(error.message)) if ours else None
    return DeliveryError(Fault.PERMANENT, reply, bounce=bounce)


def _refused(error: SMTPResponseException) -> str:
    if isinstance(error, SMTPSenderRefused):
        return "sender"
    return "recipient" if isinstance(error, SMTPRecipientRefused) else "mail"


def _after_data(error: Exception) -> DeliveryError:
    """Return what an error after that means: without an answer it may have been delivered."""
    if not isinstance(error, SMTPResponseException) or not 400 <= error.code < 600:
        return DeliveryError(Fault.IN_DOUBT, f"no answer after the mail was sent: {said(error)}")
    reply = f"mail refused: {said(error)}"
    if error.code < 500:
        return DeliveryError(Fault.TEMPORARY, reply, wait=wait_hint(error.message))
    return DeliveryError(Fault.PERMANENT, reply)
