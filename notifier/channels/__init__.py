"""The ways a mail leaves, by the scheme of ``CALLWATCH_MAIL_URL``."""

from collections.abc import Callable

from config.errors import ConfigurationError
from config.settings import Settings
from notifier.channels.contract import Channel, DeliveryError, Fault, Outgoing, ProbedChannel
from notifier.channels.folder import folder_channel
from notifier.channels.smtp import smtp_channel
from notifier.channels.webhook import webhook_channel

__all__ = [
    "CHANNELS",
    "Channel",
    "DeliveryError",
    "Fault",
    "Outgoing",
    "ProbedChannel",
    "open_channel",
]

CHANNELS: dict[str, Callable[[Settings], ProbedChannel]] = {
    "folder": folder_channel,
    "smtp": smtp_channel,
    "smtps": smtp_channel,
    "https": webhook_channel,
    "http": webhook_channel,
}


def open_channel(settings: Settings) -> ProbedChannel:
    """Return the channel the settings name; nothing is opened before the first mail.

    Raises:
        ConfigurationError: If CALLWATCH_MAIL_URL or CALLWATCH_MAIL_FROM cannot be used.
    """
    scheme = settings.mail_url.partition(":")[0].lower()
    if scheme not in CHANNELS:
        known = ", ".join(CHANNELS)
        raise ConfigurationError(f"CALLWATCH_MAIL_URL begins with none of: {known}")
    return CHANNELS[scheme](settings)
