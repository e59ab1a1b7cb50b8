"""What a channel is given and what it may answer."""

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Fault(enum.StrEnum):
    """Why a mail did not, or may not have, left."""

    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    IN_DOUBT = "in_doubt"
    """The bytes were handed over and no answer came: it may have been delivered."""
    UNREACHABLE = "unreachable"
    """Nothing can leave on this channel now, for whomever."""


class DeliveryError(Exception):
    """A mail did not, or may not have, left; the text holds no address and no secret."""

    def __init__(self, fault: Fault, reply: str) -> None:
        super().__init__(reply)
        self.fault = fault
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail on its way."""

    id: int
    subscriber_id: int
    address: str
    message_id: str
    composed_at: datetime
    body: bytes


class Channel(Protocol):
    """Hands one message after another over."""

    async def send(self, message: Outgoing) -> None:
        """Send ``message``, or raise DeliveryError; the caller decides on a retry."""

    async def close(self) -> None:
        """Let go of what was opened."""


class ProbedChannel(Channel, Protocol):
    """A channel that can say whether mail would leave."""

    async def probe(self) -> str:
        """Return where mail goes, in a few words, or raise DeliveryError; nothing is sent."""
