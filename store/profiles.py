"""Profiles: taking them in, and finding them."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.profiles import ProfileDocument, closest
from store.models import Profile, ReviewPolicy


class UnknownProfileError(LookupError):
    """No profile has this slug; the message names the closest one."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Slugs of what an import did."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]


def all_profiles(session: Session) -> Sequence[Profile]:
    """Return every profile in the order of slugs."""
    return session.scalars(select(Profile).order_by(Profile.slug)).all()


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
    """Insert or update ``profiles`` by their slugs; others stay as they are."""
    stored = {profile.slug: profile for profile in all_profiles(session)}
    done: dict[str, list[str]] = {"new": [], "changed": [], "unchanged": []}
    for document in profiles:
        profile = stored.get(document.slug)
        content_hash = hash_of(document)
        if profile is not None and profile.content_hash == content_hash:
            done["unchanged"].append(document.slug)
            continue
        done["new" if profile is None else "changed"].append(document.slug)
        if profile is None:
            profile = Profile(slug=document.slug, version=0)
            session.add(profile)
        _fill(profile, document)
        profile.version += 1
        profile.content_hash = content_hash
        profile.updated_at = now
    session.flush()
    return ImportResult(*(tuple(done[key]) for key in ("new", "changed", "unchanged")))


def hash_of(document: ProfileDocument) -> str:
    """Return the hash that tells two contents of a profile apart."""
    return hashlib.sha256(document.model_dump_json().encode()).hexdigest()


def _fill(profile: Profile, document: ProfileDocument) -> None:
    profile.name = document.name
    profile.department = document.department
    profile.text = document.text
    profile.keywords = [
        {"words": list(group.words), "weight": group.weight} for group in document.keywords
    ]
    profile.excluded_keywords = list(document.excluded_keywords)
    profile.facets = list(document.facets)
    profile.programmes = list(document.programmes)
    profile.action_types = list(document.action_types)
    profile.roles = list(document.roles)
    profile.career_stages = list(document.career_stages)
    profile.budget_min_eur = document.budget_eur.least
    profile.budget_max_eur = document.budget_eur.most
    profile.goals = list(document.goals)
    profile.owner = document.owner
    profile.review_policy = ReviewPolicy(document.review.policy)
    profile.review_threshold = document.review.threshold
