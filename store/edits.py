"""What people changed of profiles, newest first: the part of the audit log that profiles keep."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from store.models import Profile, ProfileOrigin, ProfileVersion
from store.profile_contents import FIELDS


@dataclass(frozen=True, slots=True)
class Edit:
    """A version of a profile that a person saved."""

    at: datetime
    by: str
    origin: ProfileOrigin
    slug: str
    profile: str
    department: str
    number: int
    """Of the version."""
    fields: tuple[str, ...]
    """Names of what differs from the version before; empty where there is none."""


def edits(
    session: Session, words: str, departments: tuple[str, ...] | None, most: int
) -> Iterator[Edit]:
    """Yield the edits in which every word occurs, newest first, ``most`` at most.

    Args:
        session: Of the store.
        words: Parts of a name or of an address; empty asks nothing.
        departments: Those whose profiles are told of; None means every one.
        most: How many.
    """
    before = aliased(ProfileVersion)
    was = and_(
        before.profile_id == ProfileVersion.profile_id, before.number == ProfileVersion.number - 1
    )
    query = (
        select(ProfileVersion, Profile.slug, Profile.name, Profile.department, before.content)
        .join(Profile, Profile.id == ProfileVersion.profile_id)
        .outerjoin(before, was)
        .where(ProfileVersion.by.is_not(None), *_conditions(words, departments))
        .order_by(ProfileVersion.id.desc())
        .limit(most)
    )
    for version, slug, name, department, content in session.execute(query):
        fields = _differing(content, version.content) if content else ()
        yield Edit(
            version.at, version.by, version.origin, slug, name, department, version.number, fields
        )


def _conditions(words: str, departments: tuple[str, ...] | None) -> Iterator[ColumnElement[bool]]:
    for word in words.lower().split():
        yield or_(
            *(
                func.lower(text).contains(word, autoescape=True)
                for text in (Profile.name, Profile.slug, ProfileVersion.by)
            )
        )
    if departments is not None:
        yield Profile.department.in_(departments)


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name in FIELDS if before.get(name) != after.get(name))
