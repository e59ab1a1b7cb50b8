import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from store.collected import Collected, CollectedBudget, CollectedCutoff
from store.collecting import Outcome, keep_page
from store.crawl_runs import latest_runs, start_run
from store.db import session_scope, upgrade
from store.models import Change, Cutoff, Endpoint, OpenTo, Opportunity, Origin, Revision, Status
from store.opportunities import current_opportunities, next_cutoff, status_at
from tests.store.records import topic_record

NOW = datetime(2026, 5, 20, 6, tzinfo=UTC)


def cutoff(day: str, stage: int | None = None, open_to: OpenTo = OpenTo.ALL) -> CollectedCutoff:
    at = datetime.fromisoformat(f"{day}T15:00:00+00:00")
    return CollectedCutoff(stage, date.fromisoformat(day), at, Origin.RULE, "a-rule", open_to)


TOPIC = topic_record(cutoffs=(cutoff("2026-09-15"),))


def keep(engine: Engine, *records: Collected, now: datetime = NOW) -> dict[Outcome, list[str]]:
    with session_scope(engine) as session:
        run = start_run(session, "horizon_europe", now)
        return keep_page(session, run, records, now).references


def stored(session: Session) -> Opportunity:
    return session.scalars(select(Opportunity)).one()


def test_a_record_is_stored_as_it_was_collected(any_engine: Engine) -> None:
    assert keep(any_engine, TOPIC)[Outcome.NEW] == ["1TOPICSen"]
    with Session(any_engine) as session:
        row = stored(session)
        assert row.budget_eur == Decimal("72323812.37")
        assert row.sections == [{"label": "Scope", "html": "<p>Text</p>", "text": "Text"}]
        assert row.cutoffs[0].deadline == datetime(2026, 9, 15, 15, tzinfo=UTC)
        assert row.first_seen_at == row.last_seen_at == NOW
        assert zlib.decompress(row.revisions[0].raw) == b"raw"


def test_unchanged_content_adds_no_revision_but_was_seen(any_engine: Engine) -> None:
    keep(any_engine, TOPIC)
    later = NOW + timedelta(days=1)
    assert keep(any_engine, replace(TOPIC, raw=b"other"), now=later)[Outcome.UNCHANGED]
    with Session(any_engine) as session:
        assert session.scalar(select(func.count(Revision.id))) == 1
        assert (stored(session).first_seen_at, stored(session).last_seen_at) == (NOW, later)


def test_content_that_returns_to_what_it_was_is_a_change_each_time(any_engine: Engine) -> None:
    keep(any_engine, TOPIC)
    assert keep(any_engine, replace(TOPIC, title="Another"))[Outcome.CHANGED]
    assert keep(any_engine, TOPIC)[Outcome.CHANGED]
    with Session(any_engine) as session:
        assert session.scalar(select(func.count(Revision.id))) == 3


def test_a_renamed_topic_keeps_its_identity(any_engine: Engine) -> None:
    keep(any_engine, TOPIC)
    assert keep(any_engine, replace(TOPIC, topic_id="HORIZON-X-02"))[Outcome.CHANGED]
    with Session(any_engine) as session:
        assert stored(session).topic_id == "HORIZON-X-02"


def test_cut_offs_follow_the_source(any_engine: Engine) -> None:
    keep(any_engine, replace(TOPIC, cutoffs=(cutoff("2026-09-15"), cutoff("2027-03-16"))))
    keep(any_engine, replace(TOPIC, cutoffs=(cutoff("2026-10-01"),)))
    with Session(any_engine) as session:
        days = session.scalars(select(Cutoff.day)).all()
    assert days == [date(2026, 10, 1)]


def test_an_error_on_a_page_keeps_nothing_of_it(any_engine: Engine) -> None:
    naive = replace(TOPIC, reference="2TOPICSen", title=None)  # type: ignore[arg-type]  # the fault
    with pytest.raises(Exception, match="title"):
        keep(any_engine, TOPIC, naive)
    with Session(any_engine) as session:
        assert session.scalar(select(func.count(Opportunity.id))) == 0


def test_the_dates_have_the_last_word_on_the_status(any_engine: Engine) -> None:
    two_stage = (cutoff("2026-05-19", 1), cutoff("2026-09-15", 2, OpenTo.INVITED))
    keep(
        any_engine,
        TOPIC,
        replace(TOPIC, reference="2TOPICSen", cutoffs=two_stage),
        replace(TOPIC, reference="3TOPICSen", cutoffs=()),
        replace(TOPIC, reference="4TOPICSen", cutoffs=(cutoff("2026-05-19"), cutoff("2026-06-01"))),
    )
    with Session(any_engine) as session:
        rows = {row.reference: row for row in session.scalars(select(Opportunity))}
        assert status_at(rows["2TOPICSen"], NOW) is Status.INVITED
        assert status_at(rows["2TOPICSen"], NOW + timedelta(days=120)) is Status.CLOSED
        assert status_at(rows["3TOPICSen"], NOW) is Status.OPEN
        following = next_cutoff(rows["4TOPICSen"], NOW)
        assert following is not None
        assert following.day == date(2026, 6, 1)
        current = [row.reference for row in current_opportunities(session, NOW)]
        assert current == ["1TOPICSen", "3TOPICSen", "4TOPICSen"]


def test_a_deadline_holds_to_its_last_moment(any_engine: Engine) -> None:
    keep(any_engine, TOPIC)
    end = datetime(2026, 9, 15, 15, tzinfo=UTC)
    with Session(any_engine) as session:
        assert status_at(stored(session), end - timedelta(seconds=1)) is Status.OPEN
        assert status_at(stored(session), end) is Status.CLOSED


def test_the_last_run_of_each_source_is_found(any_engine: Engine) -> None:
    with session_scope(any_engine) as session:
        for source in ("horizon_europe", "erasmus_plus", "horizon_europe"):
            last = start_run(session, source, NOW)
        assert [run.source for run in latest_runs(session)] == ["erasmus_plus", "horizon_europe"]
        assert latest_runs(session)[1].id == last.id


PARTIAL = replace(
    TOPIC,
    deadline_model="",
    budget=CollectedBudget(),
    sections=(),
    conditions=(),
    unknown=frozenset({"deadline_model", "budget", "sections", "conditions"}),
)


def test_what_a_source_does_not_know_of_a_record_stays(any_engine: Engine) -> None:
    keep(any_engine, TOPIC)
    assert keep(any_engine, PARTIAL)[Outcome.UNCHANGED]
    assert keep(any_engine, replace(PARTIAL, title="Another"))[Outcome.CHANGED]
    with Session(any_engine) as session:
        row = stored(session)
        assert row.title == "Another"
        assert row.budget_eur == Decimal("72323812.37")
        assert row.sections
        assert row.revisions[-1].fields["sections"] == [["Scope", "Text"]]


def test_what_was_unknown_is_learnt_without_an_event(any_engine: Engine) -> None:
    keep(any_engine, PARTIAL)
    with Session(any_engine) as session:
        assert "budget_eur" not in stored(session).revisions[0].fields
    assert keep(any_engine, TOPIC)[Outcome.CHANGED]
    with Session(any_engine) as session:
        assert stored(session).budget_eur == Decimal("72323812.37")
        assert [change.kind for change in session.scalars(select(Change))] == ["new"]


def test_a_record_is_confirmed_by_what_the_run_read(any_engine: Engine) -> None:
    with session_scope(any_engine) as session:
        run = start_run(session, "horizon_europe", NOW, Endpoint.REFERENCE_FILE)
        keep_page(session, run, [PARTIAL], NOW)
        assert stored(session).confirmed_by is Endpoint.REFERENCE_FILE


def test_two_crawls_at_once_tell_a_change_once(empty_postgres: Engine) -> None:
    engine = empty_postgres
    upgrade(engine)
    keep(engine, TOPIC)
    changed = replace(TOPIC, title="Another")
    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(lambda _: keep(engine, changed), range(4)))
    assert sum(bool(outcome[Outcome.CHANGED]) for outcome in outcomes) == 1
