from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from config.errors import ConfigurationError
from store.crawl_runs import start_run
from store.db import StoreError, open_engine, session_scope, upgrade
from store.models import CrawlRun


def test_sqlite_keeps_foreign_keys_and_writes_ahead(empty_sqlite: Engine) -> None:
    with empty_sqlite.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"


def test_moments_come_back_aware_and_in_utc(any_engine: Engine) -> None:
    started = datetime.fromisoformat("2026-05-20T08:00:00+02:00")
    with session_scope(any_engine) as session:
        run_id = start_run(session, "horizon_europe", started).id
    with Session(any_engine) as session:
        assert session.get_one(CrawlRun, run_id).started_at == datetime(2026, 5, 20, 6, tzinfo=UTC)
        assert session.get_one(CrawlRun, run_id).started_at.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(any_engine: Engine) -> None:
    naive = datetime(2026, 5, 20)  # noqa: DTZ001 - the fault itself
    with Session(any_engine) as session, pytest.raises(StatementError, match="states no zone"):
        start_run(session, "horizon_europe", naive)


def test_an_error_rolls_everything_back(any_engine: Engine) -> None:
    def fail_half_way() -> None:
        with session_scope(any_engine) as session:
            start_run(session, "horizon_europe", datetime(2026, 5, 20, tzinfo=UTC))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    with Session(any_engine) as session:
        assert session.query(CrawlRun).count() == 0


def test_a_database_without_tables_says_what_to_do(empty_engine: Engine) -> None:
    with pytest.raises(StoreError, match="callwatch init"), session_scope(empty_engine) as session:
        start_run(session, "horizon_europe", datetime(2026, 5, 20, tzinfo=UTC))


def test_a_read_only_database_says_what_to_do(empty_sqlite: Engine, tmp_path: Path) -> None:
    upgrade(empty_sqlite)
    read_only = open_engine(f"sqlite:///file:{tmp_path}/empty.db?mode=ro&uri=true")
    with (
        pytest.raises(StoreError, match=r"readonly.*writable"),
        session_scope(read_only) as session,
    ):
        start_run(session, "horizon_europe", datetime(2026, 5, 20, tzinfo=UTC))
    read_only.dispose()


@pytest.mark.parametrize(
    "url", ["user:secret@host", "postgres://user:secret@host/x", "oracle9://user:secret@host/x"]
)
def test_an_address_that_is_none_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigurationError, match="CALLWATCH_DATABASE_URL") as caught:
        open_engine(url)
    assert "secret@" not in str(caught.value).replace("user:secret@host/callwatch", "")


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"Not a directory|File exists"):
        open_engine(f"sqlite:///{tmp_path}/file/folder/callwatch.db")


def test_a_server_that_does_not_answer_is_one_clear_line(tmp_path: Path) -> None:
    engine = open_engine(f"postgresql+psycopg:///callwatch?host={tmp_path}")
    with pytest.raises(StoreError) as caught, session_scope(engine) as session:
        start_run(session, "horizon_europe", datetime(2026, 5, 20, tzinfo=UTC))
    assert "\n" not in str(caught.value)
    engine.dispose()
