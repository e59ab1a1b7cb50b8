"""The link that is printed at the start, where no account is configured."""

from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile

import pytest
from fastapi.testclient import TestClient
from pydantic import AnyHttpUrl
from sqlalchemy import Engine

from config.settings import SHIPPED, Settings
from jobs.first_login import first_login
from store.db import session_scope
from store.tokens import signing_key
from tests.web.browser import Browser
from web.app import create_app

AT = datetime(2026, 5, 20, 6, tzinfo=UTC)
HERE = ("127.0.0.1", 8000)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    copyfile(SHIPPED / "organisation.yaml", tmp_path / "organisation.yaml")
    return Settings(_env_file=None, config_dir=tmp_path)


def test_the_printed_link_signs_in_an_administrator_once(
    settings: Settings, engine: Engine
) -> None:
    with session_scope(engine) as session:
        signing_key(session, settings)
    link = first_login(settings, engine, HERE, AT)
    assert link is not None
    client = TestClient(create_app(settings, engine, lambda: AT), base_url="http://127.0.0.1:8000")
    browser = Browser(client)
    assert "printed where the service is started" in browser.open("/login").text
    browser.open(link)
    assert "Administrator" in browser.press().text
    assert browser.open(link).status_code == 404


@pytest.mark.parametrize(
    ("public", "listens", "root"),
    [
        (None, HERE, "http://127.0.0.1:8000"),
        (None, ("0.0.0.0", 80), "http://127.0.0.1:80"),  # noqa: S104 - read, not listened on
        (None, ("::", 80), "http://[::1]:80"),
        ("https://funding.example.org/", HERE, "https://funding.example.org"),
    ],
)
def test_the_link_leads_to_where_the_pages_are(
    settings: Settings, engine: Engine, public: str | None, listens: tuple[str, int], root: str
) -> None:
    address = AnyHttpUrl(public) if public else None
    link = first_login(settings.model_copy(update={"public_url": address}), engine, listens, AT)
    assert link is not None
    assert link.startswith(f"{root}/login/link/")


def test_with_accounts_no_link_is_printed(settings: Settings, engine: Engine) -> None:
    accounts = "accounts: [{address: adviser@example.org, role: adviser}]"
    (settings.config_dir / "accounts.yaml").write_text(accounts)
    assert first_login(settings, engine, HERE, AT) is None
