from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from config.settings import Settings
from store.db import open_engine
from store.models import CrawlRun, Status
from tests.mails import queue_mails
from tests.notifier.conftest import World
from web.app import create_app


def crawl(session: Session, finished_at: datetime | None, **columns: bool) -> None:
    values = {"complete": True, "healthy": True} | columns
    started = finished_at or datetime.fromisoformat("2026-05-20T05:59:00+00:00")
    run = CrawlRun(source="horizon_europe", started_at=started, finished_at=finished_at, **values)
    session.add(run)
    session.commit()


def test_a_fresh_complete_crawl_is_healthy(
    client: TestClient, session: Session, now: datetime
) -> None:
    crawl(session, now - timedelta(hours=3))
    crawl(session, None, complete=False, healthy=False)  # one is running
    answer = client.get("/health")
    assert answer.status_code == 200
    found = answer.json()
    assert found["healthy"] is True
    assert found["sources"] == [
        {
            "source": "horizon_europe",
            "finished_at": "2026-05-20T03:00Z",
            "age_hours": 3.0,
            "complete": True,
            "healthy": True,
            "problems": [],
        }
    ]
    assert found["messages"] == {"queued": 0, "retry": 0, "in_doubt": 0}


@pytest.mark.parametrize(
    ("hours", "how", "problem"),
    [
        (3, {"complete": False, "healthy": False}, "was not complete"),
        (3, {"healthy": False}, "was not healthy"),
        (49, {}, "49 hours ago"),
    ],
)
def test_a_crawl_that_is_not_right_is_an_alarm(  # noqa: PLR0917 - pytest names them
    hours: int,
    how: dict[str, bool],
    problem: str,
    client: TestClient,
    session: Session,
    now: datetime,
) -> None:
    crawl(session, now - timedelta(hours=hours), **how)
    answer = client.get("/health")
    assert answer.status_code == 503
    assert problem in answer.json()["problems"][0]


def test_nothing_collected_is_not_green(client: TestClient) -> None:
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json()["problems"] == [
        "no source has been crawled yet; start one with: callwatch crawl"
    ]


def test_tables_of_another_version_are_an_alarm(client: TestClient, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    answer = client.get("/health")
    assert answer.status_code == 503
    assert "callwatch init" in answer.json()["problems"][0]


def test_a_database_that_does_not_answer_is_said(tmp_path: Path, settings: Settings) -> None:
    gone = open_engine(f"sqlite:///{tmp_path / 'folder' / 'gone.db'}")
    (tmp_path / "folder").rmdir()
    client = TestClient(create_app(settings, gone))
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json()["healthy"] is False
    page = client.get("/")
    assert page.status_code == 503
    assert "Not available just now" in page.text


def test_the_front_page_says_how_fresh_each_source_is(
    client: TestClient, session: Session, now: datetime
) -> None:
    crawl(session, now - timedelta(hours=3))
    world = World(session)
    world.opportunity()
    world.opportunity(status=Status.CLOSED)
    world.opportunity(status=Status.FORTHCOMING)
    page = client.get("/").text
    assert "20 May 2026 05:00" in page
    assert '<td class="number">1</td><td class="number">1</td>' in page


def test_mail_kept_back_by_the_limit_of_the_day_is_an_alarm(
    engine: Engine, session: Session, settings: Settings, now: datetime
) -> None:
    crawl(session, now - timedelta(hours=3))
    tried, _ = queue_mails(session, ["one@example.org", "two@example.org"], now)
    tried.claimed_at, tried.next_attempt_at = now, None
    session.commit()
    braked = settings.model_copy(update={"mail_daily_limit": 1})
    app = TestClient(create_app(braked, engine, lambda: now))
    assert "1 mails were tried in 24 hours" in app.get("/health").json()["problems"][0]
    assert TestClient(create_app(settings, engine, lambda: now)).get("/health").json()["healthy"]
