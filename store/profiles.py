"""Profiles: taking them in, and finding them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.profiles import ProfileDocument, closest
from store.models import Profile, ProfileOrigin
from store.profile_contents import as_content, differing, document_in, document_of, merged
from store.profile_versions import Author, change_profile, create_profile


class UnknownProfileError(LookupError):
    """No profile has this slug; the message names the closest one."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Slugs of what an import did."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    left: tuple[str, ...] = ()
    """Fields (``slug: field``) that people changed elsewhere, and that differ from the file."""


def all_profiles(session: Session) -> Sequence[Profile]:
    """Return every profile in the order of slugs."""
    return session.scalars(select(Profile).order_by(Profile.slug)).all()


def profiles_in_use(session: Session) -> Sequence[Profile]:
    """Return every profile that is not retired, in the order of slugs."""
    query = select(Profile).where(Profile.retired_at.is_(None)).order_by(Profile.slug)
    return session.scalars(query).all()


def profile_by_slug(session: Session, slug: str) -> Profile:
    """Return the profile with ``slug``.

    Raises:
        UnknownProfileError: If there is none.
    """
    profile = session.scalar(select(Profile).where(Profile.slug == slug))
    if profile is not None:
        return profile
    slugs = session.scalars(select(Profile.slug)).all()
    raise UnknownProfileError(f"unknown profile {slug!r}{closest(slug, slugs)}")


def import_profiles(
    session: Session, profiles: Iterable[ProfileDocument], now: datetime
) -> ImportResult:
    """Insert or update ``profiles`` by their slugs; others stay as they are.

    Of a profile that people changed elsewhere, only what its file changed since it was last
    imported is taken over (docs/decisions/0021-profiles-in-the-browser.md).
    """
    stored = {profile.slug: profile for profile in all_profiles(session)}
    done: dict[str, list[str]] = {"new": [], "changed": [], "unchanged": []}
    left: list[str] = []
    for document in profiles:
        profile = stored.get(document.slug)
        if profile is None:
            profile = create_profile(session, document, Author(None, ProfileOrigin.FILE, now))
            what = "new"
        else:
            what = "changed" if _update(session, profile, document, now) else "unchanged"
        profile.imported = as_content(document)
        done[what].append(document.slug)
        left += [f"{document.slug}: {f}" for f in differing(document_of(profile), document)]
    session.flush()
    new, changed, unchanged = (tuple(slugs) for slugs in done.values())
    return ImportResult(new, changed, unchanged, tuple(left))


def _update(session: Session, profile: Profile, document: ProfileDocument, now: datetime) -> bool:
    """Take over what a file changed, and return whether it changed anything."""
    if not profile.imported:  # people made it, and a file came to have its name
        return False
    base = document_in(profile.slug, profile.imported)
    wanted = merged(base, document, document_of(profile))
    author = Author(None, ProfileOrigin.FILE, now)
    return change_profile(session, profile, wanted, profile.version, author)
