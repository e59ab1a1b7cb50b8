"""Versions of profiles: kept with every save, and never overwritten unseen."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.profiles import ProfileDocument, ReviewRule
from store.db import in_transaction
from store.models import Match, Profile, ProfileOrigin
from store.policies import set_policy
from store.profile_contents import document_of
from store.profile_versions import (
    Author,
    OvertakenError,
    SlugTakenError,
    change_profile,
    create_profile,
    reactivate,
    retire,
    said_in,
    version_of,
    versions_of,
)
from store.profiles import import_profiles, profile_by_slug, profiles_in_use
from tests.notifier.conftest import World

ADVISER = "adviser@example.org"


def document(text: str = "We build ships.", **fields: object) -> ProfileDocument:
    return ProfileDocument.model_validate(
        {
            "slug": "ships",
            "name": "Ships",
            "department": "imt",
            "text": text,
            "keywords": [{"words": ["hull", "sea"], "weight": 1.5}],
            "budget_eur": {"least": 500_000},
            "review": {"policy": "auto_above", "threshold": 0.9},
        }
        | fields
    )


@pytest.fixture
def author(now: datetime) -> Author:
    return Author(ADVISER, ProfileOrigin.PAGE, now)


@pytest.fixture
def session(any_engine: Engine) -> Session:
    return Session(any_engine)


@pytest.fixture
def ships(session: Session, author: Author) -> Profile:
    made = create_profile(session, document(), author)
    session.commit()
    return made


def test_every_save_keeps_who_and_when_and_what(
    session: Session, ships: Profile, author: Author
) -> None:
    assert change_profile(session, ships, document("We sink ships."), 1, author)
    session.commit()
    session.expire_all()
    newest, first = versions_of(session, ships)
    assert (newest.number, newest.by, newest.origin) == (2, ADVISER, ProfileOrigin.PAGE)
    assert (said_in(ships, newest).text, said_in(ships, first).text) == (
        "We sink ships.",
        "We build ships.",
    )
    assert said_in(ships, newest) == document_of(ships)
    assert version_of(session, ships, 3) is None


def test_saving_what_is_there_keeps_no_version(
    session: Session, ships: Profile, author: Author
) -> None:
    assert not change_profile(session, ships, document(), 1, author)
    assert ships.version == 1


def test_the_second_of_two_editors_is_told_and_changes_nothing(
    session: Session, ships: Profile, author: Author
) -> None:
    change_profile(session, ships, document("The first."), 1, author)
    with pytest.raises(OvertakenError):
        change_profile(session, ships, document("The second."), 1, author)
    assert ships.text == "The first."


def test_two_who_save_in_the_same_moment_are_not_both_first(
    any_engine: Engine, session: Session, ships: Profile, author: Author
) -> None:
    assert ships.id

    def other(within: Session) -> None:
        found = profile_by_slug(within, "ships")
        seen = found.version
        if seen == 1 and any_engine.dialect.name == "postgresql":
            with Session(any_engine) as rival:  # commits after we have read, before we write
                change_profile(
                    rival, profile_by_slug(rival, "ships"), document("The first."), 1, author
                )
                rival.commit()
        change_profile(within, found, document("The second."), 1, author)

    session.close()
    if any_engine.dialect.name == "postgresql":
        with pytest.raises(OvertakenError):
            in_transaction(any_engine, other)
        return
    in_transaction(any_engine, other)  # SQLite lets one begin after the other
    with pytest.raises(OvertakenError):
        in_transaction(any_engine, other)


def test_a_slug_is_given_once(session: Session, ships: Profile, author: Author) -> None:
    assert ships.slug == "ships"
    with pytest.raises(SlugTakenError):
        create_profile(session, document(), author)


def test_a_policy_is_a_version_too(session: Session, ships: Profile, author: Author) -> None:
    set_policy(session, ships, ReviewRule(policy="auto"), author)
    assert (ships.version, ships.review_threshold) == (2, None)
    assert versions_of(session, ships)[0].content["review"]["policy"] == "auto"


def test_what_is_retired_has_no_matches_and_comes_back_with_those_made_by_hand(
    session: Session, now: datetime
) -> None:
    world = World(session)
    profile = world.profile()
    found = world.match(profile, world.opportunity())
    chosen = world.match(profile, world.opportunity(), by_hand=True)
    session.commit()
    retire(session, profile, now)
    session.commit()
    session.expire_all()
    assert profile not in profiles_in_use(session)
    assert not found.current
    assert not chosen.current
    reactivate(session, profile, now)
    session.commit()
    session.expire_all()
    assert profile in profiles_in_use(session)
    assert [session.get_one(Match, m.id).current for m in (found, chosen)] == [False, True]


def test_an_import_leaves_what_people_changed_and_takes_what_the_file_changed(
    session: Session, author: Author, now: datetime
) -> None:
    import_profiles(session, [document()], now)
    ships = profile_by_slug(session, "ships")
    change_profile(session, ships, document("Edited on a page."), 1, author)

    same = import_profiles(session, [document()], now)
    assert (same.unchanged, same.left) == (("ships",), ("ships: text",))

    renamed = document("Edited in the file.", name="Ships and boats")
    done = import_profiles(session, [renamed], now + timedelta(days=1))
    assert (done.changed, done.left) == (("ships",), ("ships: text",))
    assert (ships.name, ships.text) == ("Ships and boats", "Edited on a page.")
    assert versions_of(session, ships)[0].origin is ProfileOrigin.FILE


def test_a_file_that_says_what_people_said_leaves_nothing(
    session: Session, author: Author, now: datetime
) -> None:
    import_profiles(session, [document()], now)
    ships = profile_by_slug(session, "ships")
    change_profile(session, ships, document("Better."), 1, author)
    done = import_profiles(session, [document("Better.")], now)
    assert (done.unchanged, done.left, ships.version) == (("ships",), (), 2)


def test_a_file_never_takes_over_a_profile_that_was_made_on_a_page(
    session: Session, ships: Profile, now: datetime
) -> None:
    done = import_profiles(session, [document("Of a file.")], now)
    assert (done.unchanged, done.left) == (("ships",), ("ships: text",))
    assert ships.text == "We build ships."
