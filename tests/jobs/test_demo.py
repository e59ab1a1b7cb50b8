"""The demo: the whole job on the bundled samples, with the real model."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import ConfigurationError
from jobs.cli.context import Context
from jobs.demo import PICTURED, run_demo
from notifier.channels import open_channel
from notifier.outbox import compose_due
from notifier.send import deliver
from store.models import CrawlRun, Match, Message, MessageState, Opportunity, ReviewStatus
from tests.jobs.conftest import Callwatch, logging_restored

PORTAL = "https://ec.europa.eu/info/funding-tenders/opportunities/portal/"


@dataclass(frozen=True, slots=True)
class Shown:
    """A finished demo."""

    folder: Path
    context: Context
    told: str

    @property
    def pages(self) -> list[Path]:
        return sorted((self.folder / "outbox").glob("*.html"))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """Run the demo once; it takes some twenty seconds."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
    told = io.StringIO()
    with logging_restored():
        context = run_demo(folder, None, Console(file=told, width=80))
    yield Shown(folder, context, told.getvalue())
    context.engine.dispose()


def test_every_sample_is_collected_completely(demo: Shown) -> None:
    with Session(demo.context.engine) as session:
        counts = Counter(session.scalars(select(Opportunity.source)))
        assert counts == {"horizon_europe": 44, "erasmus_plus": 18, "erasmus_national": 56}
        assert all(run.complete and run.healthy for run in session.query(CrawlRun))


def test_each_group_has_a_match_and_all_are_approved(demo: Shown) -> None:
    with Session(demo.context.engine) as session:
        matches = session.query(Match).all()
        assert len({match.profile_id for match in matches}) == 8
        assert {match.review_status for match in matches} == {ReviewStatus.APPROVED}
        assert all(match.reasons for match in matches)


def test_each_reader_gets_one_digest(demo: Shown) -> None:
    assert len(demo.pages) == 8
    mails = [message_from_bytes(p.read_bytes()) for p in (demo.folder / "outbox").glob("*.eml")]
    assert len({mail["To"] for mail in mails}) == 8
    assert len({mail["Message-ID"] for mail in mails}) == 8
    with Session(demo.context.engine) as session:
        assert {message.state for message in session.query(Message)} == {MessageState.SENT}


def test_each_digest_leads_to_the_portal_and_says_why(demo: Shown) -> None:
    for page in demo.pages:
        html = page.read_text("utf-8")
        assert f'href="{PORTAL}' in html, page.name
        assert re.search(r"<mark[ >][^<]+</mark>", html), f"{page.name}: no passage is marked"


def test_a_second_round_sends_nothing(demo: Shown) -> None:
    context = demo.context
    assert compose_due(context.engine, context.settings, context.now) == []
    delivery = deliver(context.engine, open_channel(context.settings), lambda: context.now)
    assert (delivery.delivered, delivery.waiting) == ((), 0)


def test_every_step_is_told_and_fits_a_terminal(demo: Shown) -> None:
    assert f"the clock is set to {PICTURED:%d %B %Y}" in demo.told
    for step in ("Crawl", "Profiles", "Match", "Review", "Subscribers", "Digest"):
        assert f"/6 {step} – " in demo.told
    assert "44 topics" in demo.told
    assert "actions of national agencies are not on the portal" in demo.told
    assert "8 digests are in " in demo.told
    table = demo.told.partition("4/6")[0]
    assert max(map(len, table.splitlines())) <= 80
    assert "…" not in table, "a name was cut"


def test_the_demo_leaves_a_folder_alone_that_is_not_its_own(
    callwatch: Callwatch, tmp_path: Path
) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("dear to me", "utf-8")
    found = callwatch("demo", "--once", "--folder", "thesis")
    assert found.status == 2
    assert found.complaint == "callwatch: thesis: is not empty and no demo's; name another --folder"
    assert (tmp_path / "thesis" / "chapter.txt").exists()


def test_the_demo_refuses_a_folder_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="cannot be written"):
        run_demo(tmp_path / "file" / "demo", None, Console(file=io.StringIO()))
