"""What browsers are told besides the page."""

import pytest
from fastapi.testclient import TestClient
from pydantic import AnyHttpUrl
from sqlalchemy import Engine

from config.settings import Settings
from web.app import create_app


@pytest.mark.parametrize(
    ("public", "seconds", "told"),
    [
        ("https://funding.example.org", 31_536_000, "max-age=31536000"),
        ("https://funding.example.org", 0, None),
        ("http://funding.example.org", 31_536_000, None),
        (None, 31_536_000, None),
    ],
)
def test_https_alone_is_asked_for_where_the_setting_says_so_and_https_works(
    engine: Engine, settings: Settings, public: str | None, seconds: int, told: str | None
) -> None:
    address = AnyHttpUrl(public) if public else None
    changed = {"public_url": address, "hsts_seconds": seconds}
    client = TestClient(create_app(settings.model_copy(update=changed), engine))
    assert client.get("/health").headers.get("strict-transport-security") == told
