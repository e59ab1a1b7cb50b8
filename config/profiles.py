"""Profiles of research groups as people write them: YAML files, checked before any is used."""

import difflib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator
from pydantic import model_validator as whole_model
from pydantic_core import PydanticCustomError

from config.documents import read_document
from config.errors import ConfigurationError
from config.organisation import read_organisation
from config.programmes import programmes

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
ActionType = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9-]*$")]
Role = Literal["coordinator", "beneficiary", "associated_partner"]
CareerStage = Literal["first_stage", "recognised", "established", "leading"]
"""R1 to R4 of EURAXESS: doctoral candidates, doctors, independent researchers, leaders."""

Policy = Literal["review_all", "auto_above", "auto"]

Euro = Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=2)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class KeywordGroup(_Part):
    """Words that belong together."""

    words: tuple[Text, ...] = Field(min_length=1)
    weight: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    """How much the group counts beside the others and the description."""


class BudgetRange(_Part):
    """The EU contribution of one project that a group wants to handle."""

    least: Euro | None = None
    most: Euro | None = None

    @whole_model(mode="after")
    def _in_order(self) -> Self:
        if self.least is not None and self.most is not None and self.least > self.most:
            raise PydanticCustomError("range", "least is more than most")
        return self


class ReviewRule(_Part):
    """Which matches an adviser sees before they are sent."""

    policy: Policy
    threshold: float | None = Field(default=None, ge=0, le=1)
    """Percentile from which ``auto_above`` approves by itself."""

    @whole_model(mode="after")
    def _threshold_where_used(self) -> Self:
        if self.policy == "auto_above" and self.threshold is None:
            raise PydanticCustomError("threshold", "auto_above needs a threshold between 0 and 1")
        if self.policy != "auto_above" and self.threshold is not None:
            raise PydanticCustomError("threshold", "only auto_above takes a threshold")
        return self


class ProfileDocument(_Part):
    """What a group works on and may apply for; docs/reference/profiles.md describes the fields."""

    slug: str = Field(default="", validate_default=True)
    """Short stable name; the file is named by it."""
    name: Text
    department: str
    text: Text
    keywords: tuple[KeywordGroup, ...] = ()
    excluded_keywords: tuple[Text, ...] = ()
    facets: tuple[Text, ...] = ()
    programmes: tuple[str, ...] = ()
    action_types: tuple[ActionType, ...] = ()
    roles: tuple[Role, ...] = ()
    career_stages: tuple[CareerStage, ...] = ()
    budget_eur: BudgetRange = BudgetRange()
    goals: tuple[str, ...] = ()
    owner: Text | None = None
    review: ReviewRule


@dataclass(frozen=True, slots=True)
class KnownIds:
    """What a profile may refer to."""

    departments: Collection[str]
    goals: Collection[str]
    programmes: Collection[str]


def known_ids(folder: Path) -> KnownIds:
    """Return what the configuration ``folder`` defines.

    Raises:
        ConfigurationError: If ``organisation.yaml`` is wrong.
    """
    organisation = read_organisation(folder)
    goals = [goal.id for goal in organisation.goals]
    return KnownIds(organisation.departments(), goals, programmes())


def read_profiles(paths: Iterable[Path], folder: Path) -> list[ProfileDocument]:
    """Return the profiles of ``paths``, files or folders of them, in the order of their slugs.

    Args:
        paths: A folder stands for its ``*.yaml`` and ``*.yml`` files.
        folder: The configuration folder, whose ``organisation.yaml`` profiles refer to.

    Raises:
        ConfigurationError: If any file is wrong; one line for every fault of every file.
    """
    known = known_ids(folder)
    faults: list[str] = []
    found: list[ProfileDocument] = []
    files = list(_files(paths, faults))
    for file in files:
        try:
            found.append(read_document(file, checked_model(file.stem, known)))
        except ConfigurationError as error:
            faults.append(str(error))
    faults += _repeated(files)
    if faults:
        raise ConfigurationError("\n".join(faults))
    return sorted(found, key=lambda profile: profile.slug)


def _files(paths: Iterable[Path], faults: list[str]) -> Iterable[Path]:
    files: dict[Path, Path] = {}
    for path in paths:
        inside = [path]
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.suffix in {".yaml", ".yml"})
        if not inside:
            faults.append(f"{path}: holds no profile (*.yaml)")
        files |= {file.resolve(): file for file in inside}
    return files.values()


def _repeated(files: Sequence[Path]) -> list[str]:
    counts = Counter(file.stem for file in files)
    return [
        f"{file}:1: slug: {file.stem!r} is the slug of {counts[file.stem]} files"
        for file in files
        if counts[file.stem] > 1
    ]


def checked_model(stem: str, known: KnownIds) -> type[ProfileDocument]:
    """Return the model of the profile whose slug is ``stem``.

    One for each, so that an error is that of its field, and carries its line in a file.
    """

    class Checked(ProfileDocument):
        @field_validator("slug")
        @classmethod
        def _as_the_file_is_named(cls, slug: str) -> str:
            return _slug_of(slug, stem)

        @field_validator("department")
        @classmethod
        def _known_department(cls, name: str) -> str:
            return _known("department", name, known.departments)

        @field_validator("programmes")
        @classmethod
        def _known_programmes(cls, names: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(_known("programme", name, known.programmes) for name in names)

        @field_validator("goals")
        @classmethod
        def _known_goals(cls, names: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(_known("goal", name, known.goals) for name in names)

    return Checked


def _slug_of(slug: str, stem: str) -> str:
    name = slug or stem
    if not name or set(name) - set("abcdefghijklmnopqrstuvwxyz0123456789-"):
        raise PydanticCustomError("slug", "use a-z, 0-9 and - alone in the slug and the file name")
    if name != stem:
        raise PydanticCustomError(
            "slug", "differs from the file name, {stem}", {"stem": repr(stem)}
        )
    return name


def _known(kind: str, name: str, names: Collection[str]) -> str:
    if name in names:
        return name
    raise PydanticCustomError(
        "unknown",
        "unknown {kind} {name}{advice}",
        {"kind": kind, "name": repr(name), "advice": closest(name, names)},
    )


def closest(name: str, names: Collection[str]) -> str:
    """Return advice on what ``name`` was meant to be, to be put behind an error message.

    >>> closest("fundng", ["funding", "mobility"])
    '; did you mean funding?'
    >>> closest("xyz", ["funding", "mobility"])
    '; known: funding, mobility'
    """
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {near[0]}?"
    known = sorted(names)
    return f"; known: {', '.join(known[:12])}{', …' if len(known) > 12 else ''}" if known else ""
