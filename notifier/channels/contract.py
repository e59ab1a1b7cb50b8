"""What a channel is given and what it may answer."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from store.models import BounceKind


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

    def __init__(
        self,
        fault: Fault,
        reply: str,
        *,
        wait: timedelta | None = None,
        bounce: BounceKind | None = None,
    ) -> None:
        super().__init__(reply)
        self.fault = fault
        self.reply = reply
        self.wait = wait
        """How long the other side asks to wait; None where it does not say."""
        self.bounce = bounce
        """What the refusal says of the address; None where it says nothing."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail on its way."""

    id: int
    subscriber_id: int
    address: str
    message_id: str
    composed_at: datetime
    body: bytes
    return_path: str | None = None
    """Where a report goes if it cannot be delivered; None for the sender's own address."""


class Channel(Protocol):
    """Hands messages over, as many at once as it is asked to."""

    async def send(self, message: Outgoing) -> None:
        """Send ``message``, or raise DeliveryError; the caller decides on a retry."""

    async def close(self) -> None:
        """Let go of what was opened."""


class ProbedChannel(Channel, Protocol):
    """A channel that can say whether mail would leave."""

    async def probe(self) -> str:
        """Return where mail goes, in a few words, or raise DeliveryError; nothing is sent."""
