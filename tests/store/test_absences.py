"""What is said of an opportunity that its source no longer returns, and when it comes back."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from store.absences import Absences, long_missing, note_absences
from store.collected import Collected, CollectedCutoff
from store.collecting import Outcome, keep_page
from store.crawl_runs import start_run
from store.db import session_scope
from store.events import described_changes
from store.models import Endpoint, OpenTo, Opportunity, Origin, Status
from store.opportunities import current_opportunities, status_at
from tests.store.records import topic_record

NOW = datetime(2026, 5, 20, 6, tzinfo=UTC)
GRACE = timedelta(days=14)


def due(day: str, open_to: OpenTo = OpenTo.ALL) -> CollectedCutoff:
    at = datetime.fromisoformat(f"{day}T15:00:00+00:00")
    return CollectedCutoff(None, date.fromisoformat(day), at, Origin.RULE, "a-rule", open_to)


AHEAD = topic_record(cutoffs=(due("2026-09-15"),))


def keep(engine: Engine, *records: Collected, day: int = 0) -> dict[Outcome, list[str]]:
    now = NOW + timedelta(days=day)
    with session_scope(engine) as session:
        return keep_page(
            session, start_run(session, "horizon_europe", now), records, now
        ).references


def absent(engine: Engine, day: int, looks: dict[str, Status | None] | None = None) -> Absences:
    """Note what a run that returned nothing leaves behind."""
    with session_scope(engine) as session:
        now = NOW + timedelta(days=day)
        return note_absences(session, "horizon_europe", set(), looks or {}, now)


def told(engine: Engine) -> list[tuple[str, str]]:
    with Session(engine) as session:
        rows = described_changes(session, None, with_noise=True)
    return [(row["kind"], row["severity"]) for row in rows]


def stored(session: Session) -> Opportunity:
    return session.scalars(select(Opportunity)).one()


def test_what_vanishes_after_its_deadline_is_closed_once(engine: Engine) -> None:
    keep(engine, topic_record(cutoffs=(due("2026-05-21"),)))
    assert absent(engine, 2) == Absences(closed=1)
    assert absent(engine, 3) == Absences()
    assert told(engine) == [("new", "notable"), ("closed", "notable")]


def test_a_two_stage_topic_that_vanishes_after_stage_1_is_closed(engine: Engine) -> None:
    keep(engine, topic_record(cutoffs=(due("2026-05-21"), due("2026-09-15", OpenTo.INVITED))))
    assert absent(engine, 2) == Absences(closed=1)


def test_what_vanishes_before_its_deadline_is_missing_in_silence(engine: Engine) -> None:
    keep(engine, AHEAD)
    assert absent(engine, 1) == Absences(missing=1)
    assert absent(engine, 2) == Absences(missing=1)
    assert told(engine) == [("new", "notable"), ("missing", "noise")]
    with Session(engine) as session:
        assert stored(session).missing_since == NOW + timedelta(days=1)
        assert len(current_opportunities(session, NOW)) == 1


def test_what_comes_back_is_silence(engine: Engine) -> None:
    keep(engine, AHEAD)
    absent(engine, 1)
    assert keep(engine, AHEAD, day=3)[Outcome.UNCHANGED]
    assert told(engine)[-1] == ("returned", "noise")
    with Session(engine) as session:
        assert stored(session).missing_since is None
        assert len(stored(session).revisions) == 1


@pytest.mark.parametrize(("day", "asked"), [(1 + 13, 0), (1 + 14, 1)])
def test_a_second_look_is_due_after_the_grace_time(engine: Engine, day: int, asked: int) -> None:
    keep(engine, AHEAD)
    absent(engine, 1)
    with Session(engine) as session:
        found = long_missing(session, "horizon_europe", NOW + timedelta(days=day), GRACE)
        assert len(found) == asked


def test_nothing_is_withdrawn_without_a_second_look(engine: Engine) -> None:
    keep(engine, AHEAD)
    for day in range(1, 60):
        absent(engine, day)
    assert "withdrawn" not in dict(told(engine))


def test_a_second_look_that_finds_it_confirms_it(engine: Engine) -> None:
    keep(engine, AHEAD)
    absent(engine, 1)
    assert absent(engine, 20, {"1TOPICSen": Status.OPEN}) == Absences(missing=1)
    with Session(engine) as session:
        row = stored(session)
        assert (row.confirmed_by, row.last_seen_at) == (
            Endpoint.TOPIC_DETAILS,
            NOW + timedelta(days=20),
        )


def test_a_second_look_that_finds_it_closed_closes_it(engine: Engine) -> None:
    keep(engine, AHEAD)
    absent(engine, 1)
    assert absent(engine, 20, {"1TOPICSen": Status.CLOSED}) == Absences(closed=1)
    assert told(engine)[-1] == ("closed", "notable")


def test_a_second_look_that_finds_nothing_is_a_withdrawal(engine: Engine) -> None:
    keep(engine, AHEAD)
    absent(engine, 1)
    assert absent(engine, 20, {"1TOPICSen": None}) == Absences(withdrawn=1)
    assert absent(engine, 21) == Absences()
    assert told(engine)[-1] == ("withdrawn", "critical")
    with Session(engine) as session:
        assert status_at(stored(session), NOW) is Status.CLOSED
        assert current_opportunities(session, NOW) == []


def test_a_withdrawal_that_was_none_is_told(engine: Engine) -> None:
    keep(engine, AHEAD)
    absent(engine, 1)
    absent(engine, 20, {"1TOPICSen": None})
    keep(engine, AHEAD, day=21)
    assert told(engine)[-1] == ("returned", "critical")
    with Session(engine) as session:
        assert stored(session).withdrawn_at is None
        assert len(current_opportunities(session, NOW)) == 1


def test_an_extension_announced_after_the_end_opens_it_again(engine: Engine) -> None:
    keep(engine, topic_record(cutoffs=(due("2026-05-21"),)))
    absent(engine, 2)
    keep(engine, topic_record(cutoffs=(due("2026-06-09"),)), day=3)
    assert told(engine)[2:] == [("reopened", "notable"), ("deadline_later", "critical")]
    with Session(engine) as session:
        assert status_at(stored(session), NOW + timedelta(days=3)) is Status.OPEN


def test_a_record_that_outlives_its_deadline_does_not_flicker(engine: Engine) -> None:
    outlived = topic_record(cutoffs=(due("2026-03-24"),))
    keep(engine, outlived)
    absent(engine, 1)
    assert keep(engine, outlived, day=2)[Outcome.UNCHANGED]
    absent(engine, 3)
    assert keep(engine, replace(outlived, title="Another title"), day=4)[Outcome.CHANGED]
    assert told(engine) == [("new", "notable"), ("closed", "notable"), ("text", "notable")]


def test_another_source_has_no_say(engine: Engine) -> None:
    keep(engine, AHEAD)
    with session_scope(engine) as session:
        assert note_absences(session, "erasmus_plus", set(), {}, NOW) == Absences()
