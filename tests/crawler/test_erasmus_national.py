"""National actions of Erasmus+: from a file of the configuration through the same pipeline."""

import json
import re
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.deadlines import BRUSSELS, DeadlineRule
from config.erasmus_national import Offer, erasmus_national
from config.settings import SHIPPED, Settings
from config.sources import Source
from crawler.items import CrawlReport
from crawler.run import crawl
from crawler.spiders.erasmus_national import read_offer
from store.db import open_engine, upgrade
from store.models import Change, Cutoff, Endpoint, Kind, OpenTo, Opportunity, Origin, Status

Rules = tuple[DeadlineRule, ...]
SPRING = datetime(2026, 3, 1, 6, tzinfo=UTC)


def offers() -> dict[tuple[int, str], Offer]:
    return {(o.call.year, o.id): o for o in erasmus_national(SHIPPED).offers()}


def test_an_offer_is_read_with_everything_an_adviser_asks_for(rules: Rules) -> None:
    found = read_offer(offers()[2026, "KA220-HED"], rules, SPRING)
    assert found.reference == "ERASMUS-NATIONAL/2026/KA220-HED"
    assert (found.topic_id, found.call_id) == ("ERASMUS-KA220-HED-2026", "EAC/A12/2025")
    assert found.title == "Cooperation partnerships in higher education, 2026 call"
    assert (found.kind, found.programme) == (Kind.NATIONAL, "erasmus_plus")
    assert found.action_types == ("ERASMUS-KA220",)
    assert found.action_labels == ("ERASMUS KA220 (national agency)",)
    assert found.budget.min_contribution_eur == Decimal(120_000)
    assert found.budget.max_contribution_eur == Decimal(400_000)
    assert [part.label for part in found.sections] == ["What it funds"]
    who, amounts, dates = found.conditions
    assert "* A university may coordinate or be a partner" in who.text
    assert "* At least three organisations from three different countries" in who.text
    assert "EUR 120,000, EUR 250,000 or EUR 400,000" in amounts.text
    assert dates.text == "* Round 1: 5 March 2026 (source)"
    assert 'href="https://erasmusplus.oead.at/' in dates.html


@pytest.mark.parametrize("key", sorted(offers()), ids=lambda key: f"{key[1]}-{key[0]}")
def test_every_shipped_offer_can_be_told(key: tuple[int, str], rules: Rules) -> None:
    found = read_offer(offers()[key], rules, SPRING)
    assert re.fullmatch(r"[\x21-\x7e]+", found.reference)
    assert json.loads(found.raw)["reference"] == found.reference
    assert len(found.sections[0].text.split()) >= 20, "too little to compare a group with"
    for cutoff in found.cutoffs:
        local = cutoff.deadline.astimezone(BRUSSELS)
        assert (local.date(), local.hour, local.minute) == (cutoff.day, 12, 0)
        assert (cutoff.origin, cutoff.open_to) == (Origin.RULE, OpenTo.ALL)
        assert cutoff.rule_id == "erasmus-plus-national-12-brussels"


@pytest.mark.parametrize(
    ("now", "status"),
    [
        ("2025-11-11T22:59:59+00:00", Status.FORTHCOMING),
        ("2025-11-11T23:00:00+00:00", Status.OPEN),
        ("2026-03-05T10:59:59+00:00", Status.OPEN),
        ("2026-03-05T11:00:00+00:00", Status.CLOSED),
    ],
)
def test_the_status_follows_the_clock_of_brussels(now: str, status: Status, rules: Rules) -> None:
    found = read_offer(offers()[2026, "KA220-HED"], rules, datetime.fromisoformat(now))
    assert found.status is status


def test_between_two_rounds_an_action_is_open_for_the_second(rules: Rules) -> None:
    found = read_offer(offers()[2026, "KA210-ADU"], rules, datetime(2026, 5, 20, tzinfo=UTC))
    assert found.status is Status.OPEN
    assert found.opens_on == date(2025, 11, 19)
    assert found.deadline_model == "multiple cut-off"
    assert [(cutoff.day, cutoff.verified) for cutoff in found.cutoffs] == [
        (date(2026, 3, 5), True),
        (date(2026, 10, 1), False),
    ]
    assert found.cutoffs[1].note == "second round, only where the national agency opens it"


def test_a_call_that_is_not_published_has_no_dates_and_waits(rules: Rules) -> None:
    found = read_offer(offers()[2027, "KA131-HED"], rules, datetime(2028, 1, 1, tzinfo=UTC))
    assert (found.status, found.cutoffs, found.call_id) == (Status.FORTHCOMING, (), "")
    dates = found.conditions[-1].text
    assert dates == "* Round 1: not published yet; in 2026 it was 19 February (source)"


def test_what_the_file_says_is_no_markup(rules: Rules) -> None:
    offer = offers()[2026, "KA131-HED"]
    hostile = offer.action.model_copy(update={"funds": "<script>alert(1)</script> & <b>more</b>"})
    [part] = read_offer(replace(offer, action=hostile), rules, SPRING).sections
    assert "<script>" not in part.html
    assert part.text.startswith("<script>alert(1)</script> & <b>more</b>")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings with a configuration folder of this test's own."""
    folder = tmp_path / "config"
    (folder / "rules").mkdir(parents=True)
    for name in ("organisation.yaml", "sources.yaml", "erasmus_national.yaml"):
        shutil.copyfile(SHIPPED / name, folder / name)
    shutil.copyfile(SHIPPED / "rules" / "deadlines.yaml", folder / "rules" / "deadlines.yaml")
    url = f"sqlite:///{tmp_path / 'crawl.db'}"
    upgrade(open_engine(url))
    return Settings(_env_file=None, database_url=url, config_dir=folder)


def one(settings: Settings, now: datetime) -> CrawlReport:
    (report,) = crawl([Source("erasmus_national")], settings, now)
    return report


def corrected(settings: Settings, old: str, new: str) -> None:
    path = settings.config_dir / "erasmus_national.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_a_crawl_keeps_every_offer_and_says_what_confirmed_it(settings: Settings) -> None:
    first = one(settings, SPRING)
    assert (first.seen, first.new, first.complete, first.healthy) == (56, 56, True, True)
    again = one(settings, SPRING)
    assert (again.unchanged, again.changed, again.healthy) == (56, 0, True)
    with Session(open_engine(settings.database_url)) as session:
        rows = session.scalars(select(Opportunity)).all()
        assert {row.confirmed_by for row in rows} == {Endpoint.CONFIGURATION}
        assert {row.source for row in rows} == {"erasmus_national"}


def test_a_date_that_was_verified_since_is_kept_as_verified(settings: Settings) -> None:
    one(settings, SPRING)
    corrected(settings, '"about 1 October"', '"compared"')
    text = "number: 2\n        deadline: 2026-10-01"
    path = settings.config_dir / "erasmus_national.yaml"
    head, _, tail = path.read_text("utf-8").partition(text)
    path.write_text(head + text + tail.replace("verified: false", "verified: true", 1), "utf-8")
    assert one(settings, SPRING).changed == 12
    with Session(open_engine(settings.database_url)) as session:
        second = session.scalars(select(Cutoff).where(Cutoff.day == date(2026, 10, 1))).all()
        assert {cutoff.verified for cutoff in second} == {True}


def test_the_dates_of_the_coming_year_are_told_when_they_are_filled_in(settings: Settings) -> None:
    one(settings, SPRING)
    corrected(
        settings, "call_id: null\n    published: null", "call_id: EAC/X\n    published: 2026-11-12"
    )
    corrected(
        settings, "deadline: null\n        note: in 2026 it was 5 March", "deadline: 2027-03-04"
    )
    later = datetime(2026, 11, 20, tzinfo=UTC)
    assert one(settings, later).healthy
    with Session(open_engine(settings.database_url)) as session:
        row = session.scalars(
            select(Opportunity).where(Opportunity.topic_id == "ERASMUS-KA220-HED-2027")
        ).one()
        assert (row.status, row.opens_on) == (Status.OPEN, date(2026, 11, 12))
        assert [cutoff.day for cutoff in row.cutoffs] == [date(2027, 3, 4)]
        kinds = session.scalars(select(Change.kind).where(Change.opportunity_id == row.id)).all()
        assert "deadline_added" in kinds


def test_a_file_that_cannot_be_read_fails_the_run_and_keeps_what_was_known(
    settings: Settings,
) -> None:
    one(settings, SPRING)
    corrected(settings, "deadline: 2026-04-09", "deadline: 9 April")
    report = one(settings, SPRING)
    assert (report.failed, report.complete, report.missing) == (True, False, 0)
    assert re.search(
        r"erasmus_national\.yaml:\d+: calls\.0\.rounds\.\d+\.deadline: ", report.problems[0]
    )
