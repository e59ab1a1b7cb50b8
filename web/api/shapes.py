"""What all documents of the API are made of: moments, amounts, parts of a list, parameters."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Generic, TypeVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from config.deadlines import BRUSSELS

Item = TypeVar("Item")
Row = TypeVar("Row")

MOST = 200
"""Most items of one part of a list."""


class Document(BaseModel):
    """Whatever is answered; every field is always there, null where it is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    def as_json(self) -> bytes:
        """Return the document as it is sent."""
        return self.model_dump_json().encode()


class Unknown(StrEnum):
    """Why a field is null."""

    NOT_STATED = "not_stated"
    """The source does not say."""
    NOT_PUBLISHED = "not_published"
    """The call of that year is not out yet."""
    CONTINUOUS = "continuous"
    """Proposals are taken at any time."""
    OVER = "over"
    """Every deadline has passed."""
    INVITED_ONLY = "invited_only"
    """What lies ahead is for those invited to a second stage."""
    WITHDRAWN = "withdrawn"
    """The source does not have it any more."""
    SHARED = "shared"
    """The money belongs to several topics together: see ``shared_budget``."""
    NO_FEEDBACK = "no_feedback"
    """Nobody has yet said what is useful, so there is nothing to learn from."""


class Moment(Document):
    """When something happens."""

    at: AwareDatetime
    """The instant, ISO 8601 in UTC."""
    brussels_day: date
    """The day that it is then in Brussels, whose clock counts for every deadline."""


class Amount(Document):
    """A sum of money."""

    amount: str = Field(pattern=r"^[0-9]+\.[0-9]{2}$")
    """A decimal number, as text so that nothing is rounded."""
    currency: str
    """ISO 4217 code."""


class Page(Document, Generic[Item]):
    """A part of a list."""

    items: list[Item]
    next: str | None
    """Send it as ``cursor`` for the next part; null where this is the last."""


def moment_of(at: datetime) -> Moment:
    """Return a moment with its day in Brussels."""
    return Moment(at=at.astimezone(UTC), brussels_day=at.astimezone(BRUSSELS).date())


def moment_or_none(at: datetime | None) -> Moment | None:
    """Return a moment with its day in Brussels; None where there is none."""
    return None if at is None else moment_of(at)


def euros(value: Decimal | None) -> Amount | None:
    """Return a sum in euro; None where it is not known.

    >>> euros(Decimal("2500000"))
    Amount(amount='2500000.00', currency='EUR')
    """
    return None if value is None else Amount(amount=f"{value:.2f}", currency="EUR")


def page_of(
    rows: Sequence[Row], limit: int, shown: Callable[[Row], Item], cursor: Callable[[Row], str]
) -> Page[Item]:
    """Return the part of a list that ``rows`` are, one more than ``limit`` where it goes on.

    Args:
        rows: What was read.
        limit: Most items.
        shown: Makes the item of a row.
        cursor: Makes the cursor of what comes behind a row.
    """
    kept = rows[:limit]
    following = cursor(kept[-1]) if len(rows) > limit else None
    return Page(items=[shown(row) for row in kept], next=following)


def _read_moment(text: object) -> object:
    """Return a moment of a parameter in UTC.

    Raises:
        ValueError: If it is none, or states no zone.
    """
    if not isinstance(text, str):
        return text
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("states no zone; append Z for UTC")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("is no moment of any calendar") from error


class Query(BaseModel):
    """Parameters of a request; an unknown one is refused, for it would be meant to matter."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


Instant = Annotated[AwareDatetime, BeforeValidator(_read_moment)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
"""Text of one line, that a database takes."""
Number = Annotated[int, Field(ge=0, le=2**63 - 1)]
"""A number of a row."""


class Part(Query):
    """Which part of a list."""

    limit: int = Field(default=50, ge=1, le=MOST)
    """Most items of the answer."""
    cursor: Name | None = None
    """``next`` of the answer before; the other parameters stay the same."""
