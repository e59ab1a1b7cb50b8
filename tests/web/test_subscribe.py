"""Asking for digests and confirming it, from the form to the mail to the button."""

from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from store.db import session_scope
from store.models import (
    Cadence,
    Consent,
    CrawlRun,
    Message,
    MessageBody,
    Profile,
    Purpose,
    Subscriber,
    SubscriberState,
)
from tests.notifier.conftest import World
from tests.notifier.smtp_server import Server
from tests.web.browser import Browser
from tests.web.conftest import Clock, Mailbox, contents, link_in

# aiosmtpd 1.4.6 was written for older Pythons; the names it uses still work
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")

NEW = "new.reader@example.org"


def ask(browser: Browser, profile: Profile, address: str = NEW, **fields: str) -> None:
    browser.open("/subscribe")
    answer = browser.press("/subscribe", address=address, profile=profile.slug, **fields)
    assert answer.status_code == 200, answer.text
    assert "Check your mail" in answer.text


def everybody(engine: Engine) -> dict[str, SubscriberState]:
    with session_scope(engine) as session:
        return {s.address: s.state for s in session.scalars(select(Subscriber))}


def test_from_the_form_to_the_first_digest(
    browser: Browser, profile: Profile, mailbox: Mailbox, engine: Engine
) -> None:
    ask(browser, profile, cadence="daily", weekday="tue", hour="7", least_band="good")
    assert everybody(engine) == {NEW: SubscriberState.PENDING}
    (mail,) = mailbox()
    assert (mail["To"], mail["Subject"]) == (
        NEW, "Do you want EU funding calls by mail? Please confirm",
    )  # fmt: skip
    shown = browser.open(link_in(mail))
    assert "n***@example.org" in shown.text
    assert profile.name in shown.text
    assert "every day" in shown.text
    done = browser.press()
    assert "Confirmed." in done.text
    assert "the next mail comes on Thursday 21 May 2026 at 07:00" in done.text
    assert everybody(engine) == {NEW: SubscriberState.ACTIVE}
    with session_scope(engine) as session:
        (subscription,) = session.scalars(select(Subscriber)).one().subscriptions
        assert (subscription.cadence, subscription.least_band) == (Cadence.DAILY, "good")
        wording = session.scalars(select(Consent.wording)).one()
        assert wording.splitlines()[:2] == [
            f"Funding calls that fit {profile.name}",
            "How often: every day",
        ]


def test_the_mail_is_plain_and_says_who_asked_and_that_nothing_need_be_done(
    browser: Browser, profile: Profile, mailbox: Mailbox
) -> None:
    ask(browser, profile)
    (mail,) = mailbox()
    assert mail["List-Unsubscribe"] is None
    assert mail["Auto-Submitted"] == "auto-generated"
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert isinstance(body, EmailMessage)
        text = " ".join(body.get_content().split())
        assert f"entered {NEW} on a page" in text
        assert profile.name in text
        assert "Then do nothing: no more mails come" in text


def test_the_words_of_the_mail_are_deleted_once_it_is_sent(
    browser: Browser, profile: Profile, mailbox: Mailbox, session: Session
) -> None:
    ask(browser, profile)
    assert len(mailbox()) == 1
    assert session.scalars(select(Message.purpose)).all() == [Purpose.CONFIRM]
    assert session.scalars(select(MessageBody)).all() == []


def test_the_mail_waits_where_the_server_does_not_take_it(
    browser: Browser, profile: Profile, mail_server: Server, session: Session
) -> None:
    mail_server.mail = "450 later"
    ask(browser, profile)
    assert len(session.scalars(select(MessageBody)).all()) == 1


def test_the_page_and_the_mail_are_in_the_language_of_the_reader(
    browser: Browser, profile: Profile, mailbox: Mailbox
) -> None:
    shown = browser.open("/subscribe?language=nb")
    assert '<html lang="nb">' in shown.text
    browser.press("/subscribe", address=NEW, profile=profile.slug)
    (mail,) = mailbox()
    assert "Bekreft" in mail["Subject"] or "bekreft" in mail["Subject"]
    assert '<html lang="nb">' in browser.open(link_in(mail)).text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["/subscribe", "/subscribe/asked", "/link", "/link/asked"])
@pytest.mark.usefixtures("profile")
def test_looking_changes_nothing(app: TestClient, engine: Engine, method: str, path: str) -> None:
    before = contents(engine)
    assert app.request(method, path).status_code == 200
    assert contents(engine) == before


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_opening_the_link_of_the_mail_confirms_nothing(
    browser: Browser, profile: Profile, mailbox: Mailbox, engine: Engine, method: str
) -> None:
    ask(browser, profile)
    link = link_in(mailbox()[0])
    for _ in range(2):
        assert browser.client.request(method, link).status_code == 200
    assert everybody(engine) == {NEW: SubscriberState.PENDING}
    browser.open(link)
    assert "Confirmed." in browser.press().text


def test_a_link_confirms_once_and_not_after_two_days(
    browser: Browser, profile: Profile, mailbox: Mailbox, engine: Engine, clock: Clock
) -> None:
    ask(browser, profile)
    link = link_in(mailbox()[0])
    browser.open(link)
    where, fields = browser.form()
    clock.now += timedelta(hours=49)
    assert browser.send(where, fields).status_code == 403
    assert browser.open(link).status_code == 404
    assert everybody(engine) == {NEW: SubscriberState.PENDING}
    ask(browser, profile)
    browser.open(link_in(mailbox()[1]))
    where, fields = browser.form()
    assert browser.send(where, fields).status_code == 200
    again = browser.send(where, fields)
    assert again.status_code == 404
    assert "This link does not work" in again.text


@pytest.mark.parametrize(
    ("state", "mails"),
    [(None, 1), *((state, 1) for state in SubscriberState)],
)
def test_the_answer_is_the_same_whether_an_address_is_known_or_not(  # noqa: PLR0917 - pytest names them
    browser: Browser,
    profile: Profile,
    world: World,
    mailbox: Mailbox,
    state: SubscriberState | None,
    mails: int,
) -> None:
    if state is not None:
        world.subscriber(address=NEW, state=state)
    browser.open("/subscribe")
    where, fields = browser.form("/subscribe", address=NEW, profile=profile.slug)
    first = browser.client.post(where, data=dict(fields), follow_redirects=False)
    assert (first.status_code, first.headers["location"]) == (303, "/subscribe/asked?language=en")
    assert first.content == b""
    assert "set-cookie" not in first.headers
    assert len(mailbox()) == mails
    assert mailbox()[0]["Subject"] == "Do you want EU funding calls by mail? Please confirm"


@pytest.mark.parametrize("state", [SubscriberState.STOPPED, SubscriberState.BOUNCED])
def test_who_had_stopped_comes_back_by_the_button_alone(  # noqa: PLR0917 - as above
    browser: Browser,
    profile: Profile,
    world: World,
    mailbox: Mailbox,
    engine: Engine,
    state: SubscriberState,
) -> None:
    world.subscriber(address=NEW, state=state)
    ask(browser, profile)
    assert everybody(engine) == {NEW: state}
    browser.open(link_in(mailbox()[0]))
    browser.press()
    assert everybody(engine) == {NEW: SubscriberState.ACTIVE}


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"address": "nonsense"}, "Enter a mail address"),
        ({"address": "a@b.example\r\nBcc: x@y.example"}, "Enter a mail address"),
        ({"profile": []}, "Choose at least one group"),
        ({"profile": "unknown"}, "Choose one of the values"),
        ({"cadence": "hourly"}, "Choose one of the values"),
        ({"least_band": ""}, "Choose one of the values"),
        ({"programme": "moon"}, "Choose one of the values"),
        ({"action_type": "<b>RIA"}, "Choose one of the values"),
        ({"weekday": "noday"}, "Choose one of the values"),
        ({"hour": "24"}, "Choose one of the values"),
        ({"hour": "-1"}, "Choose one of the values"),
        ({"language": "../nb"}, "Choose one of the values"),
        ({"time_zone": "../../etc/passwd"}, "Enter a time zone"),
    ],
)
def test_what_cannot_be_used_is_told_beside_its_field_and_above_all(  # noqa: PLR0917 - as above
    browser: Browser,
    profile: Profile,
    engine: Engine,
    mailbox: Mailbox,
    fields: dict[str, str | list[str]],
    problem: str,
) -> None:
    before = contents(engine)
    browser.open("/subscribe")
    answer = browser.press("/subscribe", **{"address": NEW, "profile": profile.slug, **fields})
    assert answer.status_code == 422
    (name,) = fields
    assert answer.text.count(problem) == 2
    assert f'href="#{name}"' in answer.text
    assert name in browser.page.ids
    assert (contents(engine), mailbox()) == (before, [])


HTML = '"><script>alert(1)</script>'


def test_html_in_any_field_stays_text(browser: Browser, world: World) -> None:
    world.profile(f"Group {HTML}")
    browser.open("/subscribe")
    names = ("address", "search", "cadence", "time_zone", "hour", "action_type", "programme")
    answer = browser.press("/subscribe", **dict.fromkeys(names, HTML))
    assert answer.status_code == 422
    assert "<script" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_a_search_finds_by_name_and_subject_and_keeps_what_is_chosen(
    browser: Browser, world: World, profile: Profile
) -> None:
    other = world.profile("Medieval coins")
    browser.open("/subscribe")
    answer = browser.press("/subscribe", search="nothing like it")
    browser.open("/subscribe")
    where, fields = browser.form("/subscribe", search="MEDIEVAL", profile=[profile.slug])
    answer = browser.send(where.replace("/subscribe", "/subscribe/look"), [*fields, ("find", "")])
    assert answer.status_code == 200
    assert other.name in answer.text
    assert ("profile", profile.slug) in browser.form("/subscribe")[1]
    where, fields = browser.form("/subscribe", search="zzz", profile=[])
    answer = browser.send(where.replace("/subscribe", "/subscribe/look"), [*fields, ("find", "")])
    assert "No group was found." in answer.text


def test_an_estimate_is_shown_before_anything_is_kept(
    browser: Browser, profile: Profile, engine: Engine, session: Session, now: datetime
) -> None:
    session.add(
        CrawlRun(source="horizon_europe", started_at=now - timedelta(weeks=30), complete=True,
                 healthy=True)
    )  # fmt: skip
    session.commit()
    browser.open("/subscribe")
    look = "/subscribe/look?language=en"
    _, fields = browser.form("/subscribe", profile=profile.slug)
    before = contents(engine)
    answer = browser.send(look, [*fields, ("estimate", "")])
    assert "1 call waits now." in answer.text
    assert "Few come after them: less than one in two weeks." in answer.text
    assert contents(engine) == before | {"rate_count": before["rate_count"] + 1}
    _, fields = browser.form("/subscribe", profile=[])
    assert "Choose at least one group" in browser.send(look, [*fields, ("estimate", "")]).text
