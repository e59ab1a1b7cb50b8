"""Who writes letters for the pages, and when they leave."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import AnyHttpUrl
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.settings import Settings
from jobs.correspondence import correspondence_of
from store.issued_tokens import issue_entrance
from store.models import MessageBody
from tests.notifier.conftest import World

AT = datetime(2026, 5, 20, 6, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        mail_url=f"folder:{tmp_path / 'outbox'}",
        mail_from="Callwatch <callwatch@example.org>",
        public_url=AnyHttpUrl("https://funding.example.org"),
    )


@pytest.mark.parametrize(
    "changed",
    [{"public_url": None}, {"mail_url": "https://chat.example.org/hook"}],
)
def test_without_a_place_for_links_or_with_many_readers_nobody_writes(
    settings: Settings, engine: Engine, changed: dict[str, object]
) -> None:
    assert not settings.model_copy(update=changed).self_service
    assert correspondence_of(settings.model_copy(update=changed), engine, lambda: AT) is None


def test_several_who_flush_at_once_send_each_letter_once_and_keep_no_words(
    settings: Settings, engine: Engine, session: Session, tmp_path: Path
) -> None:
    letters = correspondence_of(settings, engine, lambda: AT)
    assert letters is not None
    world = World(session)
    for _ in range(3):
        letters.write(session, issue_entrance(session, world.subscriber(), AT), AT)
    session.commit()
    threads = [threading.Thread(target=letters.flush) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list((tmp_path / "outbox").glob("*.eml"))) == 3
    assert session.query(MessageBody).all() == []
