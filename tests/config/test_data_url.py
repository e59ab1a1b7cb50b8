"""Where the portal's static files are, beside its search address."""

import pytest
from pydantic import AnyHttpUrl

from config.settings import Settings

REPLICA = AnyHttpUrl("http://127.0.0.1:8099/search")
FILES = AnyHttpUrl("http://127.0.0.1:8099/data")


def test_the_official_files_belong_to_the_official_search() -> None:
    assert Settings().data_url == Settings().portal_data_url


def test_files_of_ones_own_are_used_with_any_search() -> None:
    assert Settings(portal_data_url=FILES).data_url == FILES
    assert Settings(portal_search_url=REPLICA, portal_data_url=FILES).data_url == FILES


@pytest.mark.parametrize("source", ["argument", "environment"])
def test_the_official_files_are_not_mixed_with_another_search(
    source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if source == "environment":
        monkeypatch.setenv("CALLWATCH_PORTAL_SEARCH_URL", str(REPLICA))
        assert Settings().data_url is None
    else:
        assert Settings(portal_search_url=REPLICA).data_url is None
