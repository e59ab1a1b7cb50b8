"""Trying a draft: what a run would keep, without keeping it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from config.bottom_up import open_kinds
from config.settings import SHIPPED
from matcher.eligibility import judge_of
from matcher.embedder import TextModel
from matcher.run import Means, match_profiles
from matcher.trial import REMEMBERED, Reader, Trial, bench_of, tried
from store.models import Embedding, Match, Opportunity, Profile, Status
from tests.matcher.conftest import CountingEmbedder

Opportunities = Callable[..., Opportunity]
Profiles = Callable[..., Profile]


@pytest.fixture
def means(embedder: CountingEmbedder) -> Means:
    return Means(TextModel(embedder, embedder), judge_of(SHIPPED), open_kinds(SHIPPED))


@pytest.fixture
def ships(session: Session, opportunity: Opportunities, profile: Profiles) -> Profile:
    """Return a profile that one of eight topics fits."""
    made = profile("ships", "We build ships that go to sea.", keywords=[])
    session.add_all(
        [
            opportunity("1", "Ships at sea", "Lighter ships that sail the sea in strong wind."),
            opportunity("2", "Teachers", "Every school needs a teacher who stays at school."),
            *(opportunity(str(n), f"Paper {n}", "Forms to be filled.") for n in range(3, 9)),
            made,
        ]
    )
    session.commit()
    return made


def trial_of(session: Session, draft: Profile, means: Means, now: datetime) -> Trial:
    reader = Reader(means.model)
    return tried(draft, bench_of(session, means, reader, now), now)


def test_a_trial_finds_what_a_run_keeps(
    engine: Engine, session: Session, ships: Profile, means: Means, now: datetime
) -> None:
    (kept,) = match_profiles(engine, means, now).results
    trial = trial_of(session, ships, means, now)
    assert trial.best == kept.best
    assert (trial.compared, len(trial.scores), trial.is_full) == (8, 8, False)


def test_a_trial_writes_nothing(
    engine: Engine, session: Session, ships: Profile, means: Means, now: datetime
) -> None:
    match_profiles(engine, means, now)
    counts = [select(func.count()).select_from(table) for table in (Embedding, Match)]
    before = [session.scalar(count) for count in counts]
    ships.text = "A teacher works at a school."
    (best,) = trial_of(session, ships, means, now).best
    assert best.topic_id == "T-2"
    session.rollback()
    assert [session.scalar(count) for count in counts] == before


def test_what_no_run_has_read_is_counted_and_not_compared(
    engine: Engine, session: Session, opportunity: Opportunities, means: Means, ships: Profile,
) -> None:  # fmt: skip
    assert ships.id
    now = opportunity("x", "x").first_seen_at + timedelta(hours=6)
    match_profiles(engine, means, now)
    session.add(opportunity("9", "More ships at sea", "Ships and sea and wind."))
    session.commit()
    bench = bench_of(session, means, Reader(means.model), now)
    assert bench.unread == 1
    assert len(bench.corpus.opportunities) == 8


def test_where_nothing_was_read_nothing_is_found(
    session: Session, ships: Profile, means: Means, now: datetime
) -> None:
    trial = trial_of(session, ships, means, now)
    assert (trial.best, trial.compared, len(trial.scores)) == ((), 0, 0)


def test_a_draft_that_says_nothing_brings_nothing(
    engine: Engine, session: Session, ships: Profile, means: Means, now: datetime
) -> None:
    match_profiles(engine, means, now)
    ships.text = ""
    assert trial_of(session, ships, means, now).best == ()


def test_how_much_there_is_to_tell_counts_what_is_closed_now(
    engine: Engine, session: Session, ships: Profile, means: Means, now: datetime
) -> None:
    match_profiles(engine, means, now)
    found = session.scalars(select(Opportunity).where(Opportunity.topic_id == "T-1")).one()
    found.status = Status.CLOSED
    session.commit()
    trial = trial_of(session, ships, means, now)
    assert trial.best == ()
    assert [one.topic_id for one in trial.told] == ["T-1"]


def test_texts_that_were_read_are_remembered_and_not_for_ever(embedder: CountingEmbedder) -> None:
    reader = Reader(TextModel(embedder, embedder))
    first = reader.vectors(["ship", "sea", "ship"])
    assert (first[0] == first[2]).all()
    reader.vectors(["sea", "ship"])
    assert embedder.asked == [["ship", "sea"]]
    reader.vectors([str(number) for number in range(REMEMBERED)])
    reader.vectors(["ship"])
    assert embedder.asked[-1] == ["ship"]
