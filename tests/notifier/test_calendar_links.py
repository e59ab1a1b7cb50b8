"""The way from a digest to its reader's calendar: a link, or the deadlines themselves."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from pydantic import AnyHttpUrl
from sqlalchemy import Engine

from config.settings import Settings
from store.models import Subscriber
from store.tokens import calendar_token, signing_key
from tests.calendars import events_of
from tests.notifier.conftest import Crawl, World
from tests.notifier.published import cutoff, told


@pytest.fixture
def engine(any_engine: Engine) -> Engine:
    return any_engine


@pytest.mark.parametrize("url", ["https://funding.example.org/", None])
def test_a_digest_links_to_its_readers_calendar_where_there_is_one(  # noqa: PLR0917 - pytest names them
    world: World,
    crawl: Crawl,
    engine: Engine,
    settings: Settings,
    reader: Subscriber,
    now: datetime,
    url: str | None,
) -> None:
    crawl(cutoff("2026-09-15"))
    public = settings.model_copy(update={"public_url": AnyHttpUrl(url) if url else None})
    mail = message_from_bytes(told(world, engine, public, now).body, policy=default)
    parts = [str(part.get_content()) for part in mail.walk() if not part.is_multipart()]
    token = calendar_token(signing_key(world.session, public), reader)
    link = f"https://funding.example.org/calendar/{token}.ics"
    assert [link in part for part in parts[:2]] == [url is not None] * 2
    assert ["calendar" in part for part in parts[:2]] == [url is not None] * 2


@pytest.mark.usefixtures("reader")
def test_without_a_page_to_link_to_a_digest_carries_its_own_deadlines(
    world: World, crawl: Crawl, engine: Engine, settings: Settings, now: datetime
) -> None:
    crawl(cutoff("2026-09-15"))
    mail = message_from_bytes(told(world, engine, settings, now).body, policy=default)
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    assert mail.get_content_type() == "multipart/mixed"
    assert [p.get_content_type() for p in mail.walk() if not p.is_multipart()] == [
        "text/plain", "text/html", "text/calendar",
    ]  # fmt: skip
    (part,) = mail.iter_attachments()
    assert part.get_filename() == "callwatch.ics"
    (event,) = events_of(part.get_content())
    assert event.decoded("DTSTART") == datetime(2026, 9, 15, 15, tzinfo=UTC)
