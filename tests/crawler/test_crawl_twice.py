"""Two crawls of one source at the same moment, into each kind of database."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.db import upgrade
from store.models import Change, ChangeKind, Opportunity
from tests.crawler.conftest import Crawl, Record


@pytest.fixture(params=["sqlite", "postgres"])
def anywhere(request: pytest.FixtureRequest, crawling: Crawl) -> Crawl:
    """Return crawls into an empty database of each kind."""
    crawling.engine = request.getfixturevalue(f"empty_{request.param}")
    url = crawling.engine.url.render_as_string(hide_password=False)
    crawling.settings = crawling.settings.model_copy(update={"database_url": url})
    upgrade(crawling.engine)
    return crawling


def test_two_crawls_at_once_tell_everything_once(anywhere: Crawl, samples: list[Record]) -> None:
    anywhere.replica.records = [
        {**record, "reference": f"{number}TOPICSen"} for number, record in enumerate(samples * 6)
    ]
    with ThreadPoolExecutor(2) as threads:
        reports = [report.result() for report in [threads.submit(anywhere.one) for _ in range(2)]]
    assert [report.problems for report in reports] == [[], []]
    assert all(report.complete for report in reports)
    wanted = reports[0].announced
    assert sum(report.new for report in reports) == wanted
    with Session(anywhere.engine) as session:
        assert session.scalar(select(func.count(Opportunity.id))) == wanted
        told = select(func.count(Change.id)).where(Change.kind == ChangeKind.NEW)
        assert session.scalar(told) == wanted
