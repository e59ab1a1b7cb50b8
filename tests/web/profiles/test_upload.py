"""Profiles from files: shown first, saved when somebody confirms."""

from datetime import datetime

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from store.models import Profile, ProfileOrigin
from store.profile_versions import Author, change_profile, create_profile, versions_of
from tests.web.browser import Browser, check_page
from tests.web.conftest import contents
from tests.web.profiles.conftest import anew, ships


def upload(browser: Browser, text: str, **fields: str) -> None:
    """Hand a file in, as the form of the page does."""
    (token,) = {value for name, value in browser.form("/import")[1] if name == "form"}
    browser.answer = browser.client.post(
        "/profiles/import",
        data={"form": token, **fields},
        files={"file": (fields.get("name", "profiles.yaml"), text.encode())},
    )
    browser.at = "/profiles/import"


NEW = """slug: {slug}
name: Boats
department: imt
text: We build boats.
review: {{policy: auto}}
"""


def confirm(browser: Browser) -> None:
    _, fields = browser.form("/import")
    data: dict[str, list[str]] = {}
    for name, value in fields:
        data.setdefault(name, []).append(value)
    browser.answer = browser.client.post(
        "/profiles/import", data={**data, "confirm": ["yes"]}, files={"none": ("", b"")}
    )


def test_an_import_shows_what_it_would_do_and_does_it_when_confirmed(
    adviser: Browser, session: Session
) -> None:
    adviser.open("/profiles/import")
    text = NEW.format(slug="boats") + "---\n" + NEW.format(slug="ships") + "---\nslug: bad\n"
    upload(adviser, text)
    assert adviser.answer.status_code == 200
    assert "Save 2 profiles" in adviser.answer.text
    assert "line 13: name: is missing" in adviser.answer.text
    assert "<del>" in adviser.answer.text
    check_page(adviser)
    assert [one.slug for one in session.scalars(select(Profile))] == ["ships"]
    confirm(adviser)
    assert "Saved." in adviser.answer.text
    assert anew(session, "boats").name == "Boats"
    newest = versions_of(session, anew(session))[0]
    assert (newest.number, newest.origin) == (2, ProfileOrigin.UPLOAD)


def test_an_import_that_was_overtaken_is_shown_anew(
    adviser: Browser, session: Session, now: datetime
) -> None:
    adviser.open("/profiles/import")
    upload(adviser, NEW.format(slug="ships"))
    author = Author("administrator@example.org", ProfileOrigin.PAGE, now)
    change_profile(session, anew(session), ships(name="Meanwhile"), 1, author)
    session.commit()
    confirm(adviser)
    assert "Somebody changed one of them meanwhile." in adviser.answer.text
    assert anew(session).name == "Meanwhile"


def test_publications_are_written_into_the_form_of_their_group(
    adviser: Browser, session: Session
) -> None:
    adviser.open("/profiles/import")
    bibliography = "@article{a, title={Waves in fjords}, year=2025, keywords={swell}}"
    upload(adviser, bibliography, name="list.bib", group="ships", kind="bibtex")
    assert "Waves in fjords" in adviser.answer.text
    assert "Nothing is saved" in adviser.answer.text
    assert anew(session).version == 1
    adviser.press("/profile/ships")
    assert anew(session).facets == ["Fatigue of mooring lines", "Waves in fjords"]
    assert anew(session).keywords[-1] == {"words": ["swell"], "weight": 1.0}


def test_a_contact_imports_nothing_for_others(
    contact: Browser, session: Session, now: datetime
) -> None:
    author = Author(None, ProfileOrigin.FILE, now)
    create_profile(session, ships(slug="chips", department="idi"), author)
    session.commit()
    contact.open("/profiles/import")
    upload(contact, NEW.format(slug="chips") + "---\n" + NEW.format(slug="boats"))
    assert "chips: belongs to a department that you do not see to" in contact.answer.text
    confirm(contact)
    assert anew(session, "boats").review_policy.value == "review_all"
    assert anew(session, "chips").department == "idi"


@pytest.mark.parametrize(
    ("content", "status"), [(b"x" * 600_000, 413), (b"\0", 400), (b"\xff\xfe rubbish", 200)]
)
def test_a_file_that_is_no_text_of_ours_is_refused(
    adviser: Browser, engine: Engine, content: bytes, status: int
) -> None:
    adviser.open("/profiles/import")
    before = contents(engine)
    token = next(value for name, value in adviser.form("/import")[1] if name == "form")
    answer = adviser.client.post(
        "/profiles/import", data={"form": token}, files={"file": ("a.yaml", content)}
    )
    assert answer.status_code == status
    assert contents(engine) == before


def test_the_form_is_no_way_around_the_limit_of_a_page(adviser: Browser) -> None:
    adviser.open("/profile/ships")
    where, fields = adviser.form("/profile/ships", text="x" * 150_000)
    assert adviser.send(where, fields).status_code == 413
