"""The audit log: what people did to matches and to profiles."""

import csv
from datetime import datetime, timedelta
from io import StringIO

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from store.acts import Act, append
from store.models import Decision, Match, ProfileOrigin
from store.profile_contents import document_of
from store.profile_versions import Author, change_profile
from tests.statements import counted
from tests.web.browser import Browser, check_page
from tests.web.desk.conftest import anew

EDITOR = "editor@example.org"


def edited(session: Session, match: Match, name: str, by: str | None, at: datetime) -> None:
    profile = anew(session, match).profile
    document = document_of(profile).model_copy(update={"name": name})
    origin = ProfileOrigin.PAGE if by else ProfileOrigin.FILE
    change_profile(session, profile, document, profile.version, Author(by, origin, at))
    session.commit()


def exported(desk: Browser, query: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(desk.client.get(f"/desk/audit.csv?{query}").text)))


def test_who_changed_what_of_a_profile_stands_among_the_acts(
    desk: Browser, session: Session, match: Match, now: datetime
) -> None:
    append(match, Act(Decision.COMMENT, EDITOR, now - timedelta(hours=3), comment="First"))
    session.commit()
    edited(session, match, "Waves", EDITOR, now - timedelta(hours=2))
    edited(session, match, "Tides", EDITOR, now - timedelta(hours=1))
    append(anew(session, match), Act(Decision.COMMENT, EDITOR, now, comment="Last"))
    session.commit()
    text = desk.open("/desk/audit").text
    check_page(desk)
    slug, version = match.profile.slug, match.profile.version
    newest = f"/profile/{slug}/versions?from={version - 1}&amp;to={version}"
    assert text.index("Last") < text.index(newest) < text.index("First")
    assert "<td>Name of the group</td>" in text
    first, newer, older, last = exported(desk, "")
    assert [row["decision"] for row in (first, newer, older, last)] == [
        "comment", "profile", "profile", "comment",
    ]  # fmt: skip
    assert (newer["by"], newer["version"], newer["origin"], newer["fields"]) == (
        EDITOR,
        f"{version}",
        "page",
        "name",
    )


def test_changes_of_profiles_are_found_by_themselves_and_by_words(
    desk: Browser, session: Session, match: Match, now: datetime
) -> None:
    append(match, Act(Decision.COMMENT, EDITOR, now, comment="First"))
    session.commit()
    edited(session, match, "Waves", EDITOR, now)
    assert [row["decision"] for row in exported(desk, "decision=profile")] == ["profile"]
    assert [row["decision"] for row in exported(desk, "decision=comment")] == ["comment"]
    assert [row["decision"] for row in exported(desk, "words=waves&decision=profile")]
    assert not exported(desk, "words=submarines")


def test_what_a_file_changed_is_no_act_of_a_person(
    desk: Browser, session: Session, match: Match, now: datetime
) -> None:
    edited(session, match, "Waves", None, now)
    assert "changed a profile yet" in desk.open("/desk/audit").text


def test_the_log_is_paged_over_both_kinds_with_as_many_statements(
    desk: Browser, session: Session, match: Match, now: datetime, engine: Engine
) -> None:
    numbers = []
    for more in (1, 30):
        for number in range(more):
            append(anew(session, match), Act(Decision.COMMENT, EDITOR, now, comment="again"))
            session.commit()
            edited(session, match, f"Name {more} {number}", EDITOR, now)
        with counted(engine) as statements:
            desk.open("/desk/audit")
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]
    assert desk.answer.text.count("<tr>") == 51
    assert desk.open("/desk/audit?page=2").text.count("<tr>") == 13
