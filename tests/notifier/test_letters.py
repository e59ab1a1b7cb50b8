"""Letters: a mail to one person with a link that works once."""

from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from pydantic import AnyHttpUrl
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from notifier.letters import Letters
from store.filters import Filters
from store.following import Following, Preferences
from store.issued_tokens import Issued, issue_confirmation, issue_entrance
from store.models import Cadence, Message, MessageState, Purpose, Subscriber
from store.wishes import Wish
from tests.notifier.conftest import World


@pytest.fixture
def letters(settings: Settings) -> Letters:
    public = AnyHttpUrl("https://funding.example.org/")
    return Letters(settings.model_copy(update={"public_url": public}))


@pytest.fixture
def reader(world: World) -> Subscriber:
    return world.subscriber(world.profile("Ocean <b>Robotics"))


def question(session: Session, reader: Subscriber, language: str, now: datetime) -> Issued:
    slug = reader.subscriptions[0].profile.slug
    wish = Wish(
        (slug,),
        Following(Cadence.DAILY, Filters()),
        Preferences(language, "Europe/Oslo", None, None),
    )
    return issue_confirmation(session, reader, wish, now)


def written(session: Session) -> tuple[Message, EmailMessage]:
    row = session.scalars(select(Message)).one()
    return row, message_from_bytes(row.body, policy=policy.default)


def text_of(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert isinstance(body, EmailMessage)
    return str(body.get_content())


def test_a_letter_is_queued_for_its_person_with_a_link_in_both_parts(
    letters: Letters, session: Session, reader: Subscriber, now: datetime
) -> None:
    issued = question(session, reader, "en", now)
    letters.write(session, issued, now)
    row, mail = written(session)
    assert (row.purpose, row.state, row.digest_run_id) == (
        Purpose.CONFIRM, MessageState.QUEUED, None,
    )  # fmt: skip
    assert (row.subscriber_id, mail["To"], mail["Message-ID"]) == (
        reader.id, reader.address, row.message_id,
    )  # fmt: skip
    for kind in ("plain", "html"):
        assert f"https://funding.example.org/confirm/{issued.secret}" in text_of(mail, kind)
    assert "Ocean &lt;b&gt;Robotics" in text_of(mail, "html")
    for header in ("List-Unsubscribe", "List-Id", "List-Unsubscribe-Post"):
        assert mail[header] is None


def test_no_header_gives_the_secret_away(
    letters: Letters, session: Session, reader: Subscriber, now: datetime
) -> None:
    issued = issue_entrance(session, reader, now)
    letters.write(session, issued, now)
    _, mail = written(session)
    assert not any(issued.secret in str(value) for value in mail.values())
    assert f"/enter/{issued.secret}" in text_of(mail, "plain")


@pytest.mark.parametrize(("language", "word"), [("en", "confirm"), ("nb", "Bekreft")])
def test_a_question_is_asked_in_the_language_of_the_wish(  # noqa: PLR0917 - pytest names them
    letters: Letters,
    session: Session,
    reader: Subscriber,
    language: str,
    word: str,
    now: datetime,
) -> None:
    letters.write(session, question(session, reader, language, now), now)
    _, mail = written(session)
    assert word in mail["Subject"]
    assert f'<html lang="{language}">' in text_of(mail, "html")


@pytest.mark.parametrize(
    ("cadence", "expected"),
    [
        (Cadence.DAILY, "2026-05-21T06:00:00+00:00"),
        (Cadence.WEEKLY, "2026-05-25T06:00:00+00:00"),
        (Cadence.MONTHLY, "2026-06-01T06:00:00+00:00"),
        (Cadence.INSTANT, None),
    ],
)
def test_the_next_digest_comes_when_its_window_ends(  # noqa: PLR0917 - as above
    letters: Letters,
    session: Session,
    world: World,
    cadence: Cadence,
    expected: str | None,
    now: datetime,
) -> None:
    subscriber = world.subscriber(world.profile(), cadence=cadence)
    found = letters.next_mail_at(session, subscriber.id, now)
    assert (found and found.isoformat()) == expected


def test_the_next_digest_comes_after_a_pause(
    letters: Letters, session: Session, world: World, now: datetime
) -> None:
    until = now + timedelta(days=30)
    subscriber = world.subscriber(world.profile(), paused_until=until)
    found = letters.next_mail_at(session, subscriber.id, now)
    assert found is not None
    assert until < found <= until + timedelta(days=7)
