"""A replica of the portal, and somebody who asks it."""

from collections.abc import Iterator

import pytest
import urllib3

from crawler.replica import (
    PortalReplica,
)
from tests.crawler.asking import RECORDS, Asker


@pytest.fixture(scope="module")
def pool() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager(retries=False, timeout=5, headers={"User-Agent": "tests/1"}) as pool:
        yield pool


@pytest.fixture
def replica() -> Iterator[PortalReplica]:
    with PortalReplica(RECORDS) as replica:
        yield replica


@pytest.fixture
def portal(pool: urllib3.PoolManager, replica: PortalReplica) -> Asker:
    return Asker(pool, replica)
