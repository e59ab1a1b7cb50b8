"""What the pages take, and what they refuse, whoever sends it."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select

from store.db import session_scope
from store.models import Profile, Subscriber
from tests.web.browser import FORM, Browser, check_page
from tests.web.conftest import Clock

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")

ADDRESS = "new.reader@example.org"


def wish(browser: Browser, profile: Profile) -> list[tuple[str, str]]:
    browser.open("/subscribe")
    return browser.form("/subscribe", address=ADDRESS, profile=profile.slug)[1]


def nobody(engine: Engine) -> bool:
    with session_scope(engine) as session:
        return session.scalars(select(Subscriber)).all() == []


@pytest.mark.parametrize("where", ["cross-site", "same-site"])
def test_a_form_of_another_site_is_refused(
    browser: Browser, profile: Profile, engine: Engine, where: str
) -> None:
    answer = browser.client.post(
        "/subscribe",
        content=urlencode(wish(browser, profile)),
        headers={**FORM, "Sec-Fetch-Site": where},
    )
    assert answer.status_code == 403
    assert "Please try once more" in answer.text
    assert nobody(engine)


@pytest.mark.parametrize("token", ["", "forged", "WyJzdWJzY3JpYmUiLCIiLDk5OTk5OTk5OTk5XQ.x"])
def test_a_form_without_our_token_is_refused(
    browser: Browser, profile: Profile, engine: Engine, token: str
) -> None:
    fields = [(n, v) for n, v in wish(browser, profile) if n != "form"]
    assert browser.send("/subscribe", [*fields, ("form", token)]).status_code == 403
    assert nobody(engine)


def test_the_token_of_another_form_is_refused(
    browser: Browser, profile: Profile, engine: Engine
) -> None:
    fields = [(n, v) for n, v in wish(browser, profile) if n != "form"]
    browser.open("/link")
    (other,) = (v for n, v in browser.form("/link")[1] if n == "form")
    assert browser.send("/subscribe", [*fields, ("form", other)]).status_code == 403
    assert nobody(engine)


def test_a_page_that_was_open_for_too_long_must_be_opened_anew(
    browser: Browser, profile: Profile, engine: Engine, clock: Clock
) -> None:
    fields = wish(browser, profile)
    clock.now += timedelta(hours=12)
    assert browser.send("/subscribe", fields).status_code == 403
    assert nobody(engine)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"a=" + b"x" * 10_000_000, FORM["Content-Type"], 413),
        (b"a=1", "application/json", 415),
        (b"a=1", "multipart/form-data; boundary=x", 415),
        (b"a=%00", FORM["Content-Type"], 400),
        (b"a=%ff", FORM["Content-Type"], 400),
        ("a=ø".encode(), FORM["Content-Type"], 400),
        (b"&".join(b"a=1" for _ in range(2000)), FORM["Content-Type"], 400),
        (b"", FORM["Content-Type"], 403),
    ],
)
@pytest.mark.parametrize("path", ["/subscribe", "/subscribe/look", "/link"])
def test_what_is_no_form_of_ours_is_refused_with_a_page(
    app: TestClient, path: str, body: bytes, kind: str, status: int
) -> None:
    answer = app.post(path, content=body, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/", "/subscribe", "/link", "/link/asked", "/erased", "/nothing"])
@pytest.mark.usefixtures("profile")
def test_every_control_has_a_label_and_every_id_is_there_once(browser: Browser, path: str) -> None:
    browser.open(path)
    check_page(browser)
