"""Who may apply, as a match keeps it: written by the matcher, read by who tells people. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from pydantic import TypeAdapter

Answer = Literal["yes", "no", "unknown"]
Role = Literal["coordinator", "beneficiary", "associated_partner"]
ROLES: tuple[Role, ...] = ("coordinator", "beneficiary", "associated_partner")


@dataclass(frozen=True, slots=True)
class RoleVerdict:
    """Whether the organisation may take one role."""

    role: Role
    answer: Answer
    says: str
    """Why, in one plain sentence."""
    rule_id: str | None
    """The rule it comes from; None where no rule knows this kind of opportunity."""
    source: str
    """Address of the official text; the opportunity's own page where its words decided."""
    evidence: str = ""
    """The opportunity's own sentence that decided, verbatim but for its length."""
    verified: bool = True
    """Whether the rule was compared with the official text."""


@dataclass(frozen=True, slots=True)
class Consortium:
    """The smallest consortium; each number counts independent legal entities or countries."""

    entities: int
    countries: int
    eligible_countries: int
    """How many of the countries are Member States or associated."""
    member_states: int
    says: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """Which share of its costs the organisation is paid."""

    percent: int | None
    """None where it is no plain share, or not known."""
    says: str
    evidence: str = ""
    sums_eur: tuple[int, ...] = ()
    """Fixed sums to choose from, the smallest first; none where costs are paid."""


@dataclass(frozen=True, slots=True)
class Note:
    """What else there is to know; nothing was decided by it."""

    text: str
    source: str
    verified: bool
    in_mail: bool = False
    """Whether it is worth a line in a mail."""


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Everything that is known of who may apply to one opportunity."""

    roles: tuple[RoleVerdict, ...]
    """One for each of ``ROLES``, in their order."""
    section: str
    """Heading on the portal under which to read more; empty where there is none."""
    consortium: Consortium | None
    single_applicant: bool
    rate: Rate | None
    notes: tuple[Note, ...]
    demands: tuple[str, ...]
    """What the opportunity itself asks of a consortium beyond the minimum, verbatim."""
    applies: str = ""
    """Who applies, where it is the institution and not a group."""
    condition: str = ""
    """What must be true of a group beside, in a few words."""
    meant: bool = True
    """Whether it is meant for organisations of our kind; if not, readers are not told of it."""

    def verdict(self, role: Role) -> RoleVerdict:
        """Return the verdict on ``role``."""
        return next(verdict for verdict in self.roles if verdict.role == role)


_KEPT: TypeAdapter[Eligibility] = TypeAdapter(Eligibility)


def as_kept(eligibility: Eligibility | None) -> dict[str, Any]:
    """Return what a match keeps; nothing where nobody judged."""
    return {} if eligibility is None else asdict(eligibility)


def read_kept(kept: Mapping[str, Any]) -> Eligibility | None:
    """Return what a match keeps as ``Eligibility``; None where nobody judged.

    Raises:
        ValueError: If it has another shape.
    """
    return _KEPT.validate_python(dict(kept)) if kept else None


def is_hidden(eligibility: Eligibility | None, roles: Collection[str]) -> bool:
    """Return whether readers are not told of it: not meant for us, or barred in all ``roles``."""
    return is_barred(eligibility, roles) or (eligibility is not None and not eligibility.meant)


def is_barred(eligibility: Eligibility | None, roles: Collection[str]) -> bool:
    """Return whether the answer is no for every one of ``roles``, or of all where none is named."""
    if eligibility is None:
        return False
    asked = [verdict for verdict in eligibility.roles if not roles or verdict.role in roles]
    return bool(asked) and all(verdict.answer == "no" for verdict in asked)
