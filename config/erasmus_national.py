"""The actions of Erasmus+ that national agencies run: what each is, and the dates of each call."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, model_validator

from config.documents import Fault, read_document, refuse_faults

FIELDS = {
    "HED": "higher education",
    "SCH": "school education",
    "VET": "vocational education and training",
    "ADU": "adult education",
    "YOU": "youth",
    "SPO": "sport",
}
"""What an action is for, by the ending of its code in the application forms."""

FieldCode = Literal["HED", "SCH", "VET", "ADU", "YOU", "SPO"]
Text = Annotated[str, Field(min_length=1)]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Statement(_Frozen):
    """Something said of an action, and where it is said."""

    text: Text
    source: HttpUrl
    verified: bool
    """Whether it was compared with an official page."""


class Amounts(Statement):
    """What a grant is."""

    lump_sums_eur: tuple[Annotated[int, Field(gt=0)], ...] = ()
    """The sums to choose from; none where a grant is counted from units."""


class Action(_Frozen):
    """One action, in one field of education or in several."""

    code: str = Field(pattern=r"^KA\d{3}$")
    title: Text
    funds: Text
    """What it pays for, in any of its fields."""
    fields: dict[FieldCode, Text] = Field(min_length=1)
    """What it may be about, by field."""
    url: HttpUrl
    """The official page a person would open."""
    applicants: Statement
    university: Text
    """What a university may do: apply, take part, or neither."""
    meant_for_universities: bool = True
    """Whether readers at a university are told of it; advisers always are."""
    consortium: Statement | None = None
    amounts: Amounts

    @property
    def ids(self) -> tuple[str, ...]:
        """Return how its application forms are called, such as ``KA220-HED``."""
        return tuple(f"{self.code}-{field}" for field in self.fields)


class Round(_Frozen):
    """A date of a call, for one or more actions."""

    actions: tuple[str, ...] = Field(min_length=1)
    """``KA220-HED``, or ``KA220`` for all its fields."""
    number: int = Field(ge=1, le=9)
    opens: date | None = None
    """First day of applications; None where no official page was found to say it."""
    deadline: date | None
    """Brussels day; None while it is not published."""
    note: str = ""
    source: HttpUrl
    verified: bool
    """Whether the deadline was compared with an official page."""

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.deadline is None and self.verified:
            raise ValueError("a deadline that is not published cannot be verified")
        if self.opens and self.deadline and self.opens > self.deadline:
            raise ValueError(f"opens {self.opens}, after its deadline {self.deadline}")
        return self


class NationalCall(_Frozen):
    """The call of one year."""

    year: int = Field(ge=2021, le=2100)
    call_id: str | None = Field(pattern=r"^EAC/[\x21-\x7e]+$")
    """The Commission's number; None while the call is not published."""
    published: date | None
    source: HttpUrl
    verified: bool
    rounds: tuple[Round, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """One action in one field and one year: what a group can apply to."""

    action: Action
    field: FieldCode
    call: NationalCall
    rounds: tuple[Round, ...]
    """In their order; at least one."""

    @property
    def id(self) -> str:
        """Return how its application form is called."""
        return f"{self.action.code}-{self.field}"

    @property
    def dated(self) -> tuple[Round, ...]:
        """Return the rounds whose deadline is known."""
        return tuple(r for r in self.rounds if r.deadline)


class NationalActions(_Frozen):
    """The whole file."""

    actions: tuple[Action, ...] = Field(min_length=1)
    calls: tuple[NationalCall, ...] = Field(min_length=1)

    def rounds_of(self, call: NationalCall, action_id: str) -> tuple[Round, ...]:
        """Return the rounds of ``call`` for one action, in their order."""
        code = action_id.partition("-")[0]
        named = [r for r in call.rounds if action_id in r.actions or code in r.actions]
        return tuple(sorted(named, key=lambda found: found.number))

    def offers(self) -> Iterator[Offer]:
        """Yield what each call offers; an action that it does not name is not offered."""
        for call in self.calls:
            for action in self.actions:
                for field in action.fields:
                    if rounds := self.rounds_of(call, f"{action.code}-{field}"):
                        yield Offer(action, field, call, rounds)


def erasmus_national(folder: Path) -> NationalActions:
    """Return the national actions of the configuration ``folder``.

    Raises:
        ConfigurationError: If the file is wrong.
    """
    path = folder / "erasmus_national.yaml"
    document = read_document(path, NationalActions)
    refuse_faults(path, _faults(document))
    return document


def _faults(document: NationalActions) -> Iterator[Fault]:
    """Yield what only the file as a whole shows."""
    codes = [action.code for action in document.actions]
    for place, code in enumerate(codes):
        if code in codes[:place]:
            yield ("actions", place, "code"), f"{code} stands twice"
    years = [call.year for call in document.calls]
    for place, call in enumerate(document.calls):
        if call.year in years[:place]:
            yield ("calls", place, "year"), f"{call.year} stands twice"
        yield from _call_faults(document, call, place)


def _call_faults(document: NationalActions, call: NationalCall, place: int) -> Iterator[Fault]:
    if call.published is None and any(r.deadline for r in call.rounds):
        yield ("calls", place, "published"), "is needed as soon as a deadline is known"
    known = {action.code: action.ids for action in document.actions}
    known_ids = {action_id for ids in known.values() for action_id in ids}
    seen: set[tuple[str, int]] = set()
    for number, found in enumerate(call.rounds):
        where = ("calls", place, "rounds", number)
        if found.deadline and found.deadline.year != call.year:
            yield (*where, "deadline"), f"{found.deadline} is not in the year of the call"
        for name in found.actions:
            ids = known.get(name) or known_ids.intersection([name])
            if not ids:
                yield (*where, "actions"), f"no action {name!r}"
            for twice in sorted(i for i in ids if (i, found.number) in seen):
                yield (*where, "actions"), f"{twice} has a round {found.number} already"
            seen.update((i, found.number) for i in ids)
    yield from _order_faults(document, call, place)


def _order_faults(document: NationalActions, call: NationalCall, place: int) -> Iterator[Fault]:
    for action_id in (i for action in document.actions for i in action.ids):
        days = [r.deadline for r in document.rounds_of(call, action_id) if r.deadline]
        if days != sorted(set(days)):
            yield ("calls", place, "rounds"), f"{action_id}: a later round ends no later"
