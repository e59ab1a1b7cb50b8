"""What a profile says, between its row, its file and its versions. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from config.profiles import BudgetRange, KeywordGroup, ProfileDocument, ReviewRule
from store.models import Profile, ReviewPolicy

FIELDS = tuple(name for name in ProfileDocument.model_fields if name != "slug")
"""Everything that can be changed of a profile."""

_LISTS = (
    "excluded_keywords", "facets", "programmes", "action_types", "roles", "career_stages", "goals",
)  # fmt: skip


def as_content(document: ProfileDocument) -> dict[str, Any]:
    """Return what the store keeps of ``document`` in a version."""
    return document.model_dump(mode="json", exclude={"slug"})


def document_in(slug: str, content: Mapping[str, Any]) -> ProfileDocument:
    """Return the document that was kept as ``content``; what was stored is not checked again."""
    budget = content["budget_eur"]
    groups = [
        KeywordGroup.model_construct(words=tuple(group["words"]), weight=float(group["weight"]))
        for group in content["keywords"]
    ]
    parts: dict[str, Any] = {
        "keywords": tuple(groups),
        "budget_eur": BudgetRange.model_construct(
            least=_euro(budget["least"]), most=_euro(budget["most"])
        ),
        "review": ReviewRule.model_construct(**content["review"]),
    }
    plain: dict[str, Any] = {
        name: content[name] for name in ("name", "department", "text", "owner")
    }
    lists: dict[str, Any] = {name: tuple(content[name]) for name in _LISTS}
    return ProfileDocument.model_construct(None, slug=slug, **plain, **lists, **parts)


def document_of(profile: Profile) -> ProfileDocument:
    """Return what ``profile`` says now; what was stored is not checked again."""
    return document_in(
        profile.slug,
        {
            **{name: getattr(profile, name) for name in ("name", "department", "text", "owner")},
            **{name: getattr(profile, name) or () for name in ("keywords", *_LISTS)},
            "budget_eur": {"least": profile.budget_min_eur, "most": profile.budget_max_eur},
            "review": {
                "policy": profile.review_policy.value,
                "threshold": profile.review_threshold,
            },
        },
    )


def fill(profile: Profile, document: ProfileDocument) -> None:
    """Let ``profile`` say what ``document`` says."""
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


def differing(one: ProfileDocument, other: ProfileDocument) -> tuple[str, ...]:
    """Return the names of the fields in which two documents differ."""
    return tuple(name for name in FIELDS if getattr(one, name) != getattr(other, name))


def merged(base: ProfileDocument, file: ProfileDocument, kept: ProfileDocument) -> ProfileDocument:
    """Return ``kept`` with what its file changed since ``base``, where nobody else changed it.

    Args:
        base: What the file said when it was last imported.
        file: What it says now.
        kept: What the profile says.
    """
    by_file, by_people = differing(base, file), differing(base, kept)
    taken = {name: getattr(file, name) for name in by_file if name not in by_people}
    return kept.model_copy(update=taken)


def _euro(amount: str | Decimal | None) -> Decimal | None:
    return None if amount is None else Decimal(amount)
