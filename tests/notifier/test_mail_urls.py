"""Where a mail URL says that mails go: into a folder, or to a server, and no wrong one."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from config.errors import ConfigurationError
from config.settings import Settings
from notifier.channels import open_channel
from notifier.channels.server import read_server
from notifier.outbox import compose_due
from notifier.send import deliver
from store.models import MessageState
from tests.notifier.conftest import World, messages


@pytest.fixture
def engine(any_engine: Engine) -> Engine:
    return any_engine


def test_a_folder_holds_the_mail_and_its_page_under_a_name_that_names_nobody(
    world: World, engine: Engine, settings: Settings, now: datetime, tmp_path: Path
) -> None:
    profile = world.profile()
    reader = world.subscriber(profile)
    world.match(profile, world.opportunity())
    compose_due(engine, settings, now)
    folder = settings.model_copy(update={"mail_url": f"folder:{tmp_path / 'out' / 'box'}"})
    delivery = deliver(engine, open_channel(folder), lambda: now)
    assert delivery.count(MessageState.SENT) == 1
    written = sorted((tmp_path / "out" / "box").iterdir())
    assert [path.suffix for path in written] == [".eml", ".html"]
    assert all(path.name.startswith(f"2026-05-20-{reader.id}-") for path in written)
    assert written[0].read_bytes() == messages(world.session)[0].body
    assert "Robots at sea" in written[1].read_text()


def test_a_folder_that_cannot_be_written_ends_the_run_with_one_error(
    world: World, engine: Engine, settings: Settings, now: datetime, tmp_path: Path
) -> None:
    profile = world.profile()
    for _ in range(3):
        world.subscriber(profile)
    world.match(profile, world.opportunity())
    compose_due(engine, settings, now)
    (tmp_path / "file").touch()
    folder = settings.model_copy(update={"mail_url": f"folder:{tmp_path / 'file' / 'box'}"})
    delivery = deliver(engine, open_channel(folder), lambda: now)
    assert "cannot be written" in (delivery.error or "")
    assert delivery.waiting == 3
    states = [m.state for m in messages(world.session)]
    assert states == [MessageState.RETRY, MessageState.QUEUED, MessageState.QUEUED]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "folder:",
        "ftp://host",
        "smtp://",
        "smtp://user@host",
        "smtp://host:port",
        "smtp://host/path",
        "smtps://user:s3cret@",
    ],
)
def test_a_wrong_mail_url_is_one_line_without_the_password(url: str, settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="CALLWATCH_MAIL_URL") as error:
        open_channel(settings.model_copy(update={"mail_url": url}))
    assert "\n" not in str(error.value)
    assert "s3cret" not in str(error.value)


def test_a_password_crosses_a_network_encrypted_only() -> None:
    assert read_server("smtp://a:b@mail.example.org").start_tls is True
    assert read_server("smtp://mail.example.org").start_tls is None
    assert read_server("smtps://a:b@mail.example.org").start_tls is False
