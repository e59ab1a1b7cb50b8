"""What several tests of crawls count."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from tests.crawler.conftest import Crawl

Record = dict[str, Any]
EVERY_TIME = 99


def number_of(crawling: "Crawl", table: type) -> int:
    with Session(crawling.engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def horizon(records: list[Record]) -> list[Record]:
    return [r for r in records if r["metadata"]["frameworkProgramme"] == ["43108390"]]
