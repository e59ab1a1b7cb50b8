"""callwatch subscribe, digest and deliver."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from store.db import session_scope
from store.models import Message, MessageState, Subscriber, SubscriberState
from store.reviews import approve_all
from tests.jobs.conftest import AT, NOW, Callwatch

PERSON = ("subscribe", "group@example.org", "--profile", "power-grids")


@pytest.fixture
def ready(callwatch: Callwatch, matched: Engine) -> None:
    """Let one person follow a profile whose matches are approved."""
    with session_scope(matched) as session:
        approve_all(session, "an adviser", NOW)
    callwatch(*PERSON, "--confirmed", *AT)


@pytest.fixture
def dead_server(monkeypatch: pytest.MonkeyPatch, closed_port: int) -> None:
    """Let mail leave through a server that is not there."""
    monkeypatch.setenv("CALLWATCH_MAIL_URL", f"smtp://127.0.0.1:{closed_port}")


def mails(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "outbox").glob("*.eml"))


def states(rows: Session) -> list[MessageState]:
    rows.expire_all()
    return [message.state for message in rows.query(Message).order_by(Message.id)]


@pytest.mark.usefixtures("matched")
def test_a_person_is_written_to_only_when_somebody_vouches(
    callwatch: Callwatch, rows: Session
) -> None:
    found = callwatch(*PERSON, *AT)
    assert found.out.splitlines() == [
        "1 added",
        "Not confirmed: nobody is written to before --confirmed says they agreed.",
    ]
    assert rows.query(Subscriber).one().state is SubscriberState.PENDING
    assert callwatch(*PERSON, "--confirmed", "--json", *AT).document == [
        {"subscriber": 1, "state": "active", "outcome": "unchanged"}
    ]
    rows.expire_all()
    assert rows.query(Subscriber).one().consent.startswith("confirmed by operator ")


@pytest.mark.usefixtures("matched")
def test_the_same_sign_up_again_changes_nothing(callwatch: Callwatch) -> None:
    callwatch(*PERSON, "--confirmed", *AT)
    assert callwatch(*PERSON, "--confirmed", *AT).out == "1 unchanged\n"
    assert callwatch(*PERSON, "--confirmed", "--cadence", "daily", *AT).out == "1 updated\n"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "name an address"),
        (("a@example.org",), "--profile"),
        (("a@example.org", "--profile", "power-grids", "--cadence", "hourly"), "hourly"),
        (("a@example.org", "--profile", "power-grids", "--language", "de"), "'de': en or nb"),
        (("nobody", "--profile", "power-grids"), "no usable mail address: 'nobody'"),
        (("a@example.org", "--profile", "power-grid"), "power-grid"),
        (("--csv", "people.csv"), "people.csv: cannot be read: No such file or directory"),
    ],
)
@pytest.mark.usefixtures("matched")
def test_a_sign_up_that_cannot_be_used_is_wrong_use(
    callwatch: Callwatch, options: tuple[str, ...], says: str
) -> None:
    found = callwatch("subscribe", *options, *AT)
    assert found.status == 2
    assert says in " ".join(found.err.replace("│", "").split())


@pytest.mark.parametrize("mark", [",", ";"])
@pytest.mark.usefixtures("matched")
def test_many_are_signed_up_from_a_file_of_any_spreadsheet(
    callwatch: Callwatch, tmp_path: Path, rows: Session, mark: str
) -> None:
    table = [
        ["address", "profile", "cadence", "language"],
        ["a@example.org", "power-grids", "", ""],
        ["b@example.org", "trustworthy-ai", "daily", "nb"],
        ["a@example.org", "trustworthy-ai", "weekly", "en"],
    ]
    text = "\r\n".join(mark.join(row) for row in table)
    (tmp_path / "people.csv").write_text(text, "utf-8-sig")
    found = callwatch("subscribe", "--csv", "people.csv", "--confirmed", *AT)
    assert (found.status, found.out) == (0, "3 added\n")
    followed = {
        person.address: sorted((s.profile.slug, s.cadence.value) for s in person.subscriptions)
        for person in rows.query(Subscriber)
    }
    assert followed == {
        "a@example.org": [("power-grids", "weekly"), ("trustworthy-ai", "weekly")],
        "b@example.org": [("trustworthy-ai", "daily")],
    }


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("nobody,power-grids,weekly,en", "no usable mail address: 'nobody'"),
        ("b@example.org,power-grid,weekly,en", "power-grid"),
        (
            "b@example.org,power-grids,hourly,en",
            "cadence 'hourly': one of instant, daily, weekly, monthly",
        ),
        ("b@example.org,power-grids,weekly,de", "language 'de': en or nb"),
        ("b@example.org", "unknown profile ''"),
    ],
)
@pytest.mark.usefixtures("matched")
def test_one_wrong_row_is_named_by_its_line_and_nobody_is_stored(
    callwatch: Callwatch, tmp_path: Path, rows: Session, line: str, says: str
) -> None:
    text = f"address,profile,cadence,language\na@example.org,power-grids,weekly,en\n{line}\n"
    (tmp_path / "people.csv").write_text(text, "utf-8")
    found = callwatch("subscribe", "--csv", "people.csv", "--confirmed", *AT)
    assert found.status == 2
    assert found.complaint.startswith("callwatch: people.csv:3: ")
    assert says in found.complaint
    assert rows.query(Subscriber).count() == 0


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"mail,group\n", "people.csv:1: the header lacks address, profile"),
        (b"", "people.csv:1: the header lacks address, profile"),
        (b"address,profile\nj\xf8rn@example.org,x\n", "people.csv: is not UTF-8 text"),
        (b'address,profile\n"' + b"x" * 140_000, "people.csv: is no CSV file"),
    ],
)
def test_a_file_that_is_no_table_of_people_is_one_line(
    callwatch: Callwatch, tmp_path: Path, content: bytes, says: str
) -> None:
    (tmp_path / "people.csv").write_bytes(content)
    found = callwatch("subscribe", "--csv", "people.csv", *AT)
    assert found.status == 2
    assert says in found.complaint


@pytest.mark.usefixtures("ready")
def test_a_plan_says_what_would_go_out_and_writes_nothing(
    callwatch: Callwatch, tmp_path: Path, rows: Session
) -> None:
    found = callwatch("digest", "--dry-run", *AT)
    assert found.out.startswith("subscriber 1 (weekly digest) to g***@example.org: 2 ")
    assert "for Power grids" in found.out
    assert "Stop these mails" in callwatch("digest", "--dry-run", "--whole", *AT).out
    [planned] = callwatch("digest", "--dry-run", "--json", *AT).document
    assert (planned["state"], planned["message_id"], planned["items"]) == ("planned", None, 2)
    assert [told["profiles"] for told in planned["told"]] == [
        ["Power grids and flexible energy systems"]
    ] * 2
    assert planned["text"].startswith("EU FUNDING FOR YOU")
    assert states(rows) == []
    assert mails(tmp_path) == []


@pytest.mark.usefixtures("ready")
def test_a_digest_is_sent_once_however_often_it_is_asked_for(
    callwatch: Callwatch, tmp_path: Path
) -> None:
    [sent] = callwatch("digest", "--json", *AT).document
    assert set(sent) == {"subscriber", "message_id", "state", "items"}
    assert (sent["subscriber"], sent["state"], sent["items"]) == (1, "sent", 2)
    assert sent["message_id"].startswith("<")
    again = callwatch("digest", *AT)
    assert again.out == "0 digests composed\nNothing was waiting to be sent.\n"
    assert callwatch("digest", "--json", *AT).document == []
    assert callwatch("digest", "--dry-run", *AT).out.startswith("Nothing is due")
    assert len(mails(tmp_path)) == 1


@pytest.mark.usefixtures("ready")
def test_a_digest_for_people_is_told_in_words(callwatch: Callwatch) -> None:
    assert callwatch("digest", *AT).out == "1 digest composed\n1 sent\n"


@pytest.mark.usefixtures("ready", "dead_server")
def test_what_cannot_leave_stays_queued_and_is_delivered_later(
    callwatch: Callwatch,
    tmp_path: Path,
    rows: Session,
    monkeypatch: pytest.MonkeyPatch,
    closed_port: int,
) -> None:
    found = callwatch("digest", *AT)
    assert found.status == 1
    assert str(closed_port) in found.err.splitlines()[-1]
    assert "1 waits for a later run" in found.out
    assert states(rows) == [MessageState.RETRY]
    monkeypatch.setenv("CALLWATCH_MAIL_URL", f"folder:{tmp_path / 'outbox'}")
    early = callwatch("deliver", *AT)
    assert early.out == "Nothing was waiting to be sent.\n1 waits for a later run\n"
    later = callwatch("deliver", "--json", "--now", "2026-05-20T06:30:00Z")
    assert later.document == [{"message": 1, "subscriber": 1, "state": "sent"}]
    assert states(rows) == [MessageState.SENT]
    assert len(mails(tmp_path)) == 1


@pytest.mark.usefixtures("ready", "dead_server")
def test_a_failed_delivery_still_prints_one_document(callwatch: Callwatch) -> None:
    found = callwatch("digest", "--json", *AT)
    assert found.status == 1
    assert [row["state"] for row in found.document] == ["retry"]


@pytest.mark.usefixtures("ready")
def test_a_digest_that_cannot_be_composed_is_named_and_not_green(
    callwatch: Callwatch, rows: Session, tmp_path: Path
) -> None:
    callwatch("subscribe", "other@example.org", "--profile", "trustworthy-ai", "--confirmed", *AT)
    rows.query(Subscriber).filter_by(id=1).one().time_zone = "Europe/Trondheim"
    rows.commit()
    planned = callwatch("digest", "--dry-run", *AT)
    assert "callwatch: subscriber 1: not composed: ZoneInfoNotFoundError" in planned.err
    found = callwatch("digest", *AT)
    assert found.status == 3
    assert "callwatch: subscriber 1: not composed: ZoneInfoNotFoundError" in found.err
    assert found.out == "1 digest composed\n1 sent\n"
    assert len(mails(tmp_path)) == 1


def test_without_subscribers_nothing_is_due(callwatch: Callwatch) -> None:
    assert callwatch("digest", "--dry-run", *AT).out.startswith("Nothing is due")
    assert callwatch("deliver", *AT).out == "Nothing was waiting to be sent.\n"
    assert callwatch("deliver", "--json", *AT).document == []


@pytest.mark.parametrize(
    ("variable", "value"),
    [("CALLWATCH_MAIL_URL", "carrier-pigeon:coop"), ("CALLWATCH_MAIL_FROM", "nobody")],
)
@pytest.mark.usefixtures("ready")
def test_mail_settings_that_cannot_be_used_are_named_before_anything_is_queued(
    callwatch: Callwatch,
    rows: Session,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
) -> None:
    monkeypatch.setenv(variable, value)
    found = callwatch("digest", *AT)
    assert found.status == 2
    assert found.complaint.startswith(f"callwatch: {variable}")
    assert states(rows) == []
