import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from config.settings import Settings
from store.models import Subscriber, SubscriberState
from store.tokens import signing_key, stop_token
from tests.notifier.conftest import World


@pytest.fixture
def subscriber(session: Session) -> Subscriber:
    return World(session).subscriber(address="reader.one@example.org")


@pytest.fixture
def link(session: Session, subscriber: Subscriber, settings: Settings) -> str:
    token = stop_token(signing_key(session, settings), subscriber)
    session.commit()
    return f"/stop/{token}"


def state(session: Session, subscriber: Subscriber) -> SubscriberState:
    session.expire_all()
    return subscriber.state


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_at_the_page_stops_nothing(
    method: str, client: TestClient, link: str, session: Session, subscriber: Subscriber
) -> None:
    assert client.request(method, link).status_code == 200
    assert state(session, subscriber) is SubscriberState.ACTIVE


def test_the_page_says_whom_it_stops_without_giving_the_address_away(
    client: TestClient, link: str
) -> None:
    page = client.get(link).text
    assert "r***@example.org" in page
    assert "reader" not in page
    assert '<form method="post">' in page
    assert "Stop the mails</button>" in page


def test_the_button_stops_the_mails(
    client: TestClient, link: str, session: Session, subscriber: Subscriber
) -> None:
    answer = client.post(link)
    assert answer.status_code == 200
    assert "The mails have stopped" in answer.text
    assert state(session, subscriber) is SubscriberState.STOPPED
    assert "The mails have stopped" in client.get(link).text
    assert client.post(link).status_code == 200


def test_mail_software_stops_the_mails_with_one_click_and_no_redirect(
    client: TestClient, link: str, session: Session, subscriber: Subscriber
) -> None:
    answer = client.post(link, data={"List-Unsubscribe": "One-Click"}, follow_redirects=False)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert state(session, subscriber) is SubscriberState.STOPPED


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("token", ["nonsense", "WzEsMV0.forged", "%00", "x" * 3000])
@pytest.mark.usefixtures("link")
def test_a_wrong_link_is_a_friendly_page(
    method: str, token: str, client: TestClient, session: Session, subscriber: Subscriber
) -> None:
    answer = client.request(method, f"/stop/{token}")
    assert answer.status_code == 404
    assert "This link does not work" in answer.text
    assert state(session, subscriber) is SubscriberState.ACTIVE


def test_a_link_is_unknown_where_no_key_was_ever_made(client: TestClient) -> None:
    assert client.get("/stop/anything").status_code == 404


@pytest.mark.parametrize("path", ["/", "/health", "/stop/x", "/nothing", "/static/callwatch.css"])
def test_every_answer_is_closed_off(path: str, client: TestClient) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_nothing_is_shown_of_the_framework(client: TestClient) -> None:
    for path in ("/docs", "/openapi.json", "/redoc"):
        assert client.get(path).status_code == 404


def test_the_page_speaks_the_language_of_whom_it_stops(
    client: TestClient, link: str, session: Session, subscriber: Subscriber
) -> None:
    subscriber.language = "nb"
    session.commit()
    page = client.get(link, headers={"accept-language": "en"}).text
    assert '<html lang="nb">' in page
    assert "Stopp e-postene</button>" in page
    assert "<strong>r***@example.org</strong> får ikke flere e-poster" in client.post(link).text


def test_a_page_for_nobody_known_speaks_the_browsers_language(client: TestClient) -> None:
    found = client.get("/stop/nothing", headers={"accept-language": "nb-NO,nb;q=0.9,en;q=0.8"})
    assert found.status_code == 404
    assert "Lenken virker ikke" in found.text
    assert "This link does not work" in client.get("/stop/nothing").text
