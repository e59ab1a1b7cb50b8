"""Mails as files: an ``.eml`` for each, and its HTML beside it to open in a browser."""

import hashlib
import os
import tempfile
from datetime import UTC
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from config.errors import ConfigurationError
from config.settings import Settings
from notifier.channels.contract import DeliveryError, Fault, Outgoing


class FolderChannel:
    """Writes into one folder; the same mail written again replaces itself."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, message: Outgoing) -> None:
        """Write ``message``; each file is there whole or not at all."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _write(self._folder / f"{file_stem(message)}.html", _html(message.body))
            _write(self._folder / f"{file_stem(message)}.eml", message.body)
        except OSError as error:
            reply = f"the folder {str(self._folder)!r} cannot be written: {error.strerror}"
            raise DeliveryError(Fault.UNREACHABLE, reply) from error

    async def probe(self) -> str:
        """Return where mail goes, or raise DeliveryError; the folder is made."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self._folder):
                return f"written to the folder {self._folder}"
        except OSError as error:
            reply = f"the folder {str(self._folder)!r} cannot be written: {error.strerror}"
            raise DeliveryError(Fault.UNREACHABLE, reply) from error

    async def close(self) -> None:
        """Do nothing: no file stays open."""


def folder_channel(settings: Settings) -> FolderChannel:
    """Return the channel of ``folder:PATH``.

    Raises:
        ConfigurationError: If no path is named.
    """
    path = settings.mail_url.partition(":")[2].removeprefix("//")
    if not path:
        raise ConfigurationError("CALLWATCH_MAIL_URL names no folder; write folder:var/outbox")
    return FolderChannel(Path(path).expanduser())


def file_stem(message: Outgoing) -> str:
    """Return the name of a mail's files, which names nobody."""
    short = hashlib.sha256(message.message_id.encode()).hexdigest()[:8]
    return f"{message.composed_at.astimezone(UTC):%Y-%m-%d}-{message.subscriber_id}-{short}"


def _html(body: bytes) -> bytes:
    parsed = message_from_bytes(body, policy=default)
    part = parsed.get_body(("html",))
    if not isinstance(part, EmailMessage):
        raise TypeError("a mail without an HTML part")
    content: str = part.get_content()
    return content.encode()


def _write(path: Path, content: bytes) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
