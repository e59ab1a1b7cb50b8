"""Profiles in the browser: written, previewed, looked through."""

from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from config.settings import Settings
from matcher.bands import Limits
from store.models import Profile, ProfileOrigin, RateCount
from store.profile_contents import FIELDS, differing, document_of
from store.profile_versions import Author, create_profile, said_in, versions_of
from tests.notifier.conftest import World
from tests.statements import counted
from tests.web.browser import Browser, check_page
from tests.web.conftest import SITE, Clock, contents
from tests.web.profiles.conftest import HOSTILE, TEXT, anew, browser_of, ships
from web.app import create_app
from web.limits import PREVIEWS_OF_A_PERSON
from web.profile_form import as_form, read_draft
from web.profile_health import MANY
from web.profile_words import LABELS, ORIGINS


def test_a_profile_survives_its_form_whole() -> None:
    again = read_draft(as_form(ships()))
    assert again.problems == {}
    assert {name: getattr(again.document, name) for name in FIELDS} == {
        name: getattr(ships(), name) for name in FIELDS
    }


@pytest.mark.parametrize("path", ["/profiles", "/profiles/new", "/profiles/import",
                                  "/profile/ships", "/profile/ships/versions"])  # fmt: skip
@pytest.mark.parametrize("language", ["en", "nb"])
def test_every_page_is_well_made_and_looking_changes_nothing(
    adviser: Browser, engine: Engine, path: str, language: str
) -> None:
    before = contents(engine)
    assert adviser.open(f"{path}?language={language}").status_code == 200
    check_page(adviser)
    assert contents(engine) == before
    adviser.client.cookies.clear()
    assert adviser.client.get(path, follow_redirects=False).status_code != 200


def test_what_is_saved_is_a_version_that_says_who_and_whence(
    adviser: Browser, session: Session
) -> None:
    adviser.open("/profile/ships")
    adviser.press("/profile/ships", name="Ships and boats")
    assert "Saved." in adviser.answer.text
    profile = anew(session)
    newest = versions_of(session, profile)[0]
    assert (profile.name, profile.version) == ("Ships and boats", 2)
    assert (newest.by, newest.origin) == ("adviser@example.org", ProfileOrigin.PAGE)
    assert not differing(said_in(profile, newest), document_of(profile))
    adviser.press("/profile/ships")
    assert "no version was made" in adviser.answer.text
    assert anew(session).version == 2


def test_a_new_profile_is_made_once(adviser: Browser, session: Session) -> None:
    adviser.open("/profiles/new")
    fields = {"slug": "boats", "name": "Boats", "department": "imt", "text": TEXT}
    adviser.press("/profiles/new", **fields)
    assert anew(session, "boats").text == TEXT.strip()
    adviser.open("/profiles/new")
    adviser.press("/profiles/new", **fields)
    assert adviser.answer.status_code == 422
    assert "There is a group of this short name." in adviser.answer.text


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": ""}, "Enter the name of the group."),
        ({"text": ""}, "Say what the group works on"),
        ({"text": "x" * 20_001}, "Say what the group works on"),
        ({"keywords": "hull * heavy"}, "a weight above 0 after an asterisk"),
        ({"keywords": "hull * -1"}, "a weight above 0 after an asterisk"),
        ({"least": "ten"}, "Enter amounts in euros"),
        ({"least": "10", "most": "5"}, "Enter amounts in euros"),
        ({"more_types": "ria!"}, "such as RIA or KA131"),
        ({"programmes": "moon"}, "Choose one of the values that are offered."),
        ({"department": "moon"}, "Choose a department."),
        ({"policy": "auto_above", "threshold": "101"}, "a threshold is a number from 0 to 100"),
    ],
)
def test_what_cannot_be_used_is_told_and_kept_in_the_form(
    adviser: Browser, session: Session, fields: dict[str, str], problem: str
) -> None:
    adviser.open("/profile/ships")
    adviser.press("/profile/ships", **{"facets": "A thought not to be lost", **fields})
    assert adviser.answer.status_code == 422
    assert problem in adviser.answer.text
    assert "A thought not to be lost" in adviser.answer.text
    check_page(adviser)
    assert anew(session).version == 1


def test_the_second_of_two_editors_sees_both_texts_and_loses_nothing(
    app: TestClient, adviser: Browser, world: World, session: Session, now: datetime
) -> None:
    other = browser_of(app, world, "administrator", now)
    adviser.open("/profile/ships")
    other.open("/profile/ships")
    other.press("/profile/ships", name="Ships of others")
    adviser.press("/profile/ships", text="My own words.")
    assert adviser.answer.status_code == 409
    assert "administrator@example.org saved it" in adviser.answer.text
    assert "<del>" in adviser.answer.text
    assert "My own words." in adviser.answer.text
    check_page(adviser)
    assert anew(session).name == "Ships of others"
    adviser.press("/profile/ships")
    assert (anew(session).text, anew(session).version) == ("My own words.", 3)


def test_a_preview_tells_what_a_draft_would_bring_and_writes_nothing(
    adviser: Browser, engine: Engine, session: Session
) -> None:
    adviser.open("/profile/ships")
    before = contents(engine)
    where, fields = adviser.form("/profile/ships", text="mooring turbines")
    assert "TOPIC-mooring" in adviser.send("/profiles/preview", fields).text
    assert "<html" not in adviser.answer.text
    assert "The description has 2 words." in adviser.answer.text
    assert "about 2 a week" in adviser.answer.text
    assert adviser.answer.text.count("<rect") == 3
    adviser.send(where, [*fields, ("preview", "yes")])
    assert "TOPIC-turbines" in adviser.answer.text
    check_page(adviser)
    assert contents(engine) == before | {"rate_count": 1}, "looks are counted, and nothing else"
    assert anew(session).version == 1


def test_previews_end_for_a_while_when_there_were_too_many_and_saving_does_not(
    adviser: Browser, session: Session, clock: Clock
) -> None:
    adviser.open("/profile/ships")
    where, fields = adviser.form("/profile/ships", name="Renamed")
    adviser.send("/profiles/preview", fields)
    session.scalars(select(RateCount)).one().number = PREVIEWS_OF_A_PERSON.most
    session.commit()
    for path in ("/profiles/preview", where):
        assert adviser.send(path, [*fields, ("preview", "yes")]).status_code == 429
        assert "many previews" in adviser.answer.text
        assert "TOPIC" not in adviser.answer.text
    adviser.send(where, fields)
    assert anew(session).name == "Renamed"
    clock.now += PREVIEWS_OF_A_PERSON.window
    adviser.open("/profile/ships")
    _, fields = adviser.form("/profile/ships")
    assert "TOPIC" in adviser.send("/profiles/preview", fields).text


def test_a_draft_without_anything_is_previewed_too(adviser: Browser) -> None:
    adviser.open("/profiles/new")
    _, fields = adviser.form("/profiles/new")
    assert adviser.send("/profiles/preview", fields).status_code == 200


def test_nobody_else_can_send_the_form(adviser: Browser, session: Session) -> None:
    adviser.open("/profile/ships")
    where, fields = adviser.form("/profile/ships", name="Stolen", form="forged")
    for path in (where, "/profiles/preview", "/profile/ships/state", "/profile/ships/revert"):
        assert adviser.send(path, fields).status_code == 403
    assert anew(session).name == "Ships"


def test_what_people_write_is_shown_as_they_wrote_it(adviser: Browser, session: Session) -> None:
    adviser.open("/profile/ships")
    adviser.press("/profile/ships", name=HOSTILE, text=HOSTILE, facets=HOSTILE, keywords=HOSTILE)
    for path in ("/profile/ships", "/profiles", "/profile/ships/versions"):
        assert "<script>alert" not in adviser.open(path).text
    assert anew(session).name == HOSTILE


def test_a_profile_nobody_looks_at_is_called_stale_until_somebody_does(
    adviser: Browser, session: Session, now: datetime
) -> None:
    anew(session).looked_at = now - timedelta(days=400)
    session.commit()
    assert "Nobody has looked at it" in adviser.open("/profiles").text
    adviser.open("/profile/ships")
    adviser.press("/state", looked="yes")
    assert "Nobody has looked at it" not in adviser.open("/profiles").text


def test_a_profile_in_a_language_the_model_does_not_read_is_told(adviser: Browser) -> None:
    norsk = "Vi forsker på hvordan flytende konstruksjoner oppfører seg i bølger og vind. " * 6
    adviser.open("/profile/ships")
    adviser.press("/profile/ships", text=norsk)
    assert "written in another language" in adviser.open("/profiles").text


def test_a_contact_writes_the_profiles_of_their_departments_and_sets_no_policy(
    contact: Browser, session: Session
) -> None:
    contact.open("/profile/ships")
    assert 'type="radio"' not in contact.answer.text
    contact.press("/profile/ships", name="Ships and boats", policy="auto")
    assert anew(session).name == "Ships and boats"
    assert anew(session).review_threshold == 0.975
    contact.open("/profile/ships")
    assert contact.press("/profile/ships", department="idi").status_code == 422


def test_a_contact_sees_no_profile_of_another_department(
    contact: Browser, session: Session, now: datetime
) -> None:
    author = Author(None, ProfileOrigin.FILE, now)
    create_profile(session, ships(slug="chips", name="Microchips", department="idi"), author)
    session.commit()
    assert "Microchips" not in contact.open("/profiles").text
    for path in ("/profile/chips", "/profile/chips/versions"):
        assert contact.open(path).status_code == 404


@pytest.mark.parametrize("path", ["/profile/ships", "/profile/ships/versions"])
def test_a_page_of_a_profile_asks_the_store_little(
    adviser: Browser, engine: Engine, path: str
) -> None:
    with counted(engine) as asked:
        adviser.open(path)
    assert len(asked) <= 8


def test_the_pages_work_without_a_matcher(
    engine: Engine, staffed: Settings, clock: Clock, world: World, profile: Profile
) -> None:
    assert profile.version == 1
    bare = TestClient(create_app(staffed, engine, clock), base_url=SITE)
    browser = browser_of(bare, world, "adviser", clock.now)
    assert "What it would bring" not in browser.open("/profile/ships").text


def test_the_words_are_complete() -> None:
    assert set(LABELS) == {*FIELDS, "slug"}
    assert set(ORIGINS) == set(ProfileOrigin)
    assert Limits().most == MANY
