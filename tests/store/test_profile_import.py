"""Taking profiles in, and finding them."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from config.profiles import BudgetRange, ProfileDocument
from store.profiles import UnknownProfileError, all_profiles, import_profiles, profile_by_slug


def document(slug: str, text: str = "We build ships.") -> ProfileDocument:
    return ProfileDocument.model_validate(
        {
            "slug": slug,
            "name": slug.title(),
            "department": "imt",
            "text": text,
            "keywords": [{"words": ["hull", "sea"], "weight": 1.5}],
            "review": {"policy": "auto_above", "threshold": 0.9},
        }
    )


def test_a_new_profile_is_stored_whole(session: Session, now: datetime) -> None:
    result = import_profiles(session, [document("ships")], now)
    assert (result.new, result.changed, result.unchanged) == (("ships",), (), ())
    profile = profile_by_slug(session, "ships")
    assert profile.version == 1
    assert profile.keywords == [{"words": ["hull", "sea"], "weight": 1.5}]
    assert profile.review_threshold == 0.9
    assert profile.updated_at == now


def test_whom_and_how_much_a_group_wants_is_stored(session: Session, now: datetime) -> None:
    wants = {"career_stages": ("recognised",), "budget_eur": BudgetRange(least=Decimal(250_000))}
    import_profiles(session, [document("ships").model_copy(update=wants)], now)
    profile = profile_by_slug(session, "ships")
    assert profile.career_stages == ["recognised"]
    assert (profile.budget_min_eur, profile.budget_max_eur) == (Decimal(250_000), None)


def test_the_same_profile_again_changes_nothing(session: Session, now: datetime) -> None:
    import_profiles(session, [document("ships")], now)
    result = import_profiles(session, [document("ships")], now + timedelta(days=1))
    assert result.unchanged == ("ships",)
    profile = profile_by_slug(session, "ships")
    assert (profile.version, profile.updated_at) == (1, now)


def test_a_changed_profile_counts_a_version_and_keeps_its_row(
    session: Session, now: datetime
) -> None:
    import_profiles(session, [document("ships")], now)
    before = profile_by_slug(session, "ships").id
    result = import_profiles(session, [document("ships", "We sink ships.")], now)
    assert result.changed == ("ships",)
    profile = profile_by_slug(session, "ships")
    assert (profile.id, profile.version, profile.text) == (before, 2, "We sink ships.")


def test_an_import_leaves_other_profiles_alone(session: Session, now: datetime) -> None:
    import_profiles(session, [document("ships")], now)
    import_profiles(session, [document("grids")], now)
    assert [p.slug for p in all_profiles(session)] == ["grids", "ships"]


def test_an_unknown_slug_is_told_with_the_closest(session: Session, now: datetime) -> None:
    import_profiles(session, [document("ocean-structures")], now)
    with pytest.raises(UnknownProfileError, match=r"'ocean-struct'; did you mean ocean-structures"):
        profile_by_slug(session, "ocean-struct")


def test_an_unknown_slug_is_told_where_there_are_no_profiles(session: Session) -> None:
    with pytest.raises(UnknownProfileError, match=r"^unknown profile 'x'$"):
        profile_by_slug(session, "x")
