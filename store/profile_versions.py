"""Saving profiles: every save keeps a version, and nobody overwrites what they have not seen."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from config.profiles import ProfileDocument
from store.models import Match, Profile, ProfileOrigin, ProfileVersion
from store.profile_contents import as_content, differing, document_in, document_of, fill


class OvertakenError(Exception):
    """The profile was changed after the version that somebody had before them."""


class SlugTakenError(Exception):
    """There is a profile of this slug."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who saves a profile, when, and from where."""

    by: str | None
    """An address; None where a file is imported."""
    origin: ProfileOrigin
    at: datetime


def create_profile(session: Session, document: ProfileDocument, author: Author) -> Profile:
    """Return a new profile, with its first version.

    Raises:
        SlugTakenError: If there is one of its slug.
    """
    if session.scalar(select(Profile.id).where(Profile.slug == document.slug)) is not None:
        raise SlugTakenError(document.slug)
    profile = Profile(slug=document.slug, version=0, imported={})
    fill(profile, document)
    session.add(profile)
    _keep(session, profile, document, author)
    return profile


def change_profile(
    session: Session, profile: Profile, document: ProfileDocument, seen: int, author: Author
) -> bool:
    """Let ``profile`` say what ``document`` says, and return whether that is anything new.

    Args:
        session: Of the store; of two that save at once, one is tried again and is overtaken.
        profile: The profile.
        document: What it is to say.
        seen: The version that the author had before them.
        author: Who saves it.

    Raises:
        OvertakenError: If it was changed since then.
    """
    if profile.version != seen:
        raise OvertakenError(profile.slug)
    if not differing(document_of(profile), document):
        return False
    fill(profile, document)
    _keep(session, profile, document, author)
    return True


def retire(session: Session, profile: Profile, now: datetime) -> None:
    """Take ``profile`` out of use: its matches end, and none are made."""
    profile.retired_at = now
    session.execute(
        update(Match).where(Match.profile_id == profile.id, Match.current).values(current=False)
    )


def reactivate(session: Session, profile: Profile, now: datetime) -> None:
    """Take ``profile`` into use again; the next run of the matcher finds its matches."""
    profile.retired_at = None
    profile.looked_at = now
    session.execute(
        update(Match).where(Match.profile_id == profile.id, Match.by_hand).values(current=True)
    )


def versions_of(session: Session, profile: Profile) -> Sequence[ProfileVersion]:
    """Return the versions of ``profile``, the newest first."""
    query = select(ProfileVersion).where(ProfileVersion.profile_id == profile.id)
    return session.scalars(query.order_by(ProfileVersion.number.desc())).all()


def version_of(session: Session, profile: Profile, number: int) -> ProfileVersion | None:
    """Return one version of ``profile``; None where there is none of this number."""
    return session.scalar(
        select(ProfileVersion).where(
            ProfileVersion.profile_id == profile.id, ProfileVersion.number == number
        )
    )


def said_in(profile: Profile, version: ProfileVersion) -> ProfileDocument:
    """Return what ``profile`` said in a version."""
    return document_in(profile.slug, version.content)


def match_counts(session: Session) -> dict[int, int]:
    """Return how many matches each profile has now, by its id."""
    query = select(Match.profile_id, func.count()).where(Match.current).group_by(Match.profile_id)
    return {row[0]: row[1] for row in session.execute(query)}


def hash_of(document: ProfileDocument) -> str:
    """Return the hash that tells two contents of a profile apart."""
    return hashlib.sha256(document.model_dump_json().encode()).hexdigest()


def _keep(session: Session, profile: Profile, document: ProfileDocument, author: Author) -> None:
    profile.version += 1
    profile.content_hash = hash_of(document)
    profile.updated_at = profile.looked_at = author.at
    session.flush()
    session.add(
        ProfileVersion(
            profile_id=profile.id,
            number=profile.version,
            at=author.at,
            by=author.by,
            origin=author.origin,
            content=as_content(document),
        )
    )
    session.flush()
