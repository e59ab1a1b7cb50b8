"""What the pages of profiles are told of a draft, and when the store is read anew for it."""

import threading
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.bottom_up import open_kinds
from config.settings import SHIPPED, Settings
from jobs.forecasting import KEPT, MAKER, Forecaster, forecaster_of
from jobs.library import Library
from matcher.eligibility import judge_of
from matcher.embedder import TextModel, model_of
from matcher.run import Means, match_profiles
from matcher.trial import Reader
from store.forecasts import COLUMNS
from tests.matcher.conftest import CountingEmbedder
from tests.rows import cutoff_row, opportunity_row, profile_row
from tests.statements import counted

SCOPE = "Lighter ships that sail the sea in strong wind."


def topic(number: int, text: str, now: datetime) -> object:
    return opportunity_row(
        f"{number}",
        title=f"Paper {number}",
        sections=[{"label": "Scope", "html": "", "text": text}],
        cutoffs=[cutoff_row(now + timedelta(days=30))],
        last_seen_at=now,
    )


def filled(session: Session, now: datetime) -> None:
    texts = [SCOPE, *["Forms to be filled."] * 7]
    session.add_all([topic(number, text, now) for number, text in enumerate(texts)])
    session.add(profile_row("ships", text="We build ships that go to sea."))
    session.commit()


def forecaster(engine: Engine) -> Forecaster:
    embedder = CountingEmbedder()
    model = TextModel(embedder, embedder)
    means = Means(model, judge_of(SHIPPED), open_kinds(SHIPPED))
    return Forecaster(engine, means, Reader(model), threading.Event())


def test_a_forecast_says_what_how_well_and_how_much(
    engine: Engine, session: Session, now: datetime
) -> None:
    filled(session, now)
    made = forecaster(engine)
    match_profiles(engine, made.means, now)
    found = made.forecast(session, profile_row("", text="Ships at sea."), now)
    assert found is not None
    assert [one.reference for one in found.best] == ["0"]
    assert found.best[0].reason is not None
    assert found.best[0].reason.passage == SCOPE
    assert len(found.scores) == COLUMNS
    assert sum(one.matched for one in found.scores) == 1
    assert sum(one.others for one in found.scores) == 7
    assert (found.estimate.waiting, found.compared, found.unread) == (1, 8, 0)


def test_what_a_crawl_and_a_match_brought_is_seen_within_the_hour(
    engine: Engine, session: Session, now: datetime
) -> None:
    filled(session, now)
    made = forecaster(engine)
    match_profiles(engine, made.means, now)
    draft = profile_row("", text="Ships at sea.")
    assert made.forecast(session, draft, now)
    session.add(topic(9, SCOPE + " Grid.", now))
    session.commit()
    seen = made.forecast(session, draft, now)
    assert seen is not None
    assert (seen.compared, seen.unread) == (8, 1)
    match_profiles(engine, made.means, now)
    later = made.forecast(session, draft, now + KEPT)
    assert later is not None
    assert (later.compared, later.unread, len(later.best)) == (9, 0, 2)


def test_what_is_read_ahead_waits_for_the_search_and_is_not_read_again(
    engine: Engine, session: Session, now: datetime
) -> None:
    filled(session, now)
    made = forecaster(engine)
    match_profiles(engine, made.means, now)
    made.make_ahead(now)
    (maker,) = (thread for thread in threading.enumerate() if thread.name == MAKER)
    maker.join(0.2)
    assert maker.is_alive()
    made.after.set()
    maker.join()
    with counted(engine) as statements:
        assert made.forecast(session, profile_row("", text="Ships at sea."), now)
    assert not [text for text in statements if "opportunity.sections" in text]


def test_without_a_model_there_is_no_forecast(
    engine: Engine, session: Session, tmp_path: Path, now: datetime
) -> None:
    settings = Settings(_env_file=None)
    judge = judge_of(SHIPPED)
    assert forecaster_of(settings, engine, Library(judge, None)) is None
    (tmp_path / "modules.json").write_text("[]")
    broken = forecaster_of(settings, engine, Library(judge, model_of(str(tmp_path))))
    assert broken is not None
    filled(session, now)
    assert broken.forecast(session, profile_row("", text="Ships."), now) is None
