"""The institution's own deadlines in a digest."""

import re
from datetime import date, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from shutil import copyfile

import pytest
from sqlalchemy import Engine

from config.errors import ConfigurationError
from config.settings import SHIPPED, Settings
from notifier.outbox import compose_due, plan_due
from store.models import Message
from tests.notifier.conftest import World, cutoff

RULES = """
rules:
  - id: faculty
    institution: NTNU
    name: notice to the faculty
    label: the university's own deadline
    days_before: 104
    counted: calendar_days
    enabled: true
    valid_from: 2026-01-01
    valid_to: 2026-12-31
    source: https://example.org/rules
"""


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    folder = tmp_path / "config"
    (folder / "rules").mkdir(parents=True)
    copyfile(SHIPPED / "organisation.yaml", folder / "organisation.yaml")
    (folder / "rules" / "internal_deadlines.yaml").write_text(RULES, "utf-8")
    return settings.model_copy(update={"config_dir": folder})


def composed(world: World, engine: Engine, settings: Settings, now: datetime) -> tuple[str, str]:
    """Return the text and the HTML of the one mail that is due, on single lines."""
    profile = world.profile()
    world.subscriber(profile)
    opened = date(2026, 5, 5)
    world.match(profile, world.opportunity(cutoffs=[cutoff()], opens_on=opened))
    assert len(compose_due(engine, settings, now)) == 1
    mail = message_from_bytes(world.session.query(Message).one().body, policy=default)
    parts = [mail.get_body((kind,)) for kind in ("plain", "html")]
    text, html = (re.sub(r"\s+", " ", str(part.get_content())) for part in parts if part)
    return text, html


def test_it_stands_beside_the_official_one_and_says_whose_it_is(
    world: World, engine: Engine, settings: Settings, now: datetime
) -> None:
    text, html = composed(world, engine, settings, now)
    said = "NTNU: notice to the faculty by 3 June 2026 (the university's own deadline)"
    assert f"Before that: {said}" in text
    assert text.index("Tuesday 15 September 2026, 17:00 Brussels time") < text.index(said)
    assert said in html


def test_one_that_has_passed_is_said_to_have_passed(
    world: World, engine: Engine, settings: Settings
) -> None:
    late = datetime.fromisoformat("2026-06-10T06:00:00+00:00")
    text, _ = composed(world, engine, settings, late)
    assert "NTNU: notice to the faculty was due by 3 June 2026, which has passed" in text


def test_wrong_rules_are_told_before_anything_is_composed(
    world: World, engine: Engine, settings: Settings, now: datetime
) -> None:
    written = settings.config_dir / "rules" / "internal_deadlines.yaml"
    written.write_text(RULES.replace("104", "many"), "utf-8")
    for make in (compose_due, plan_due):
        with pytest.raises(ConfigurationError, match=r"internal_deadlines\.yaml:7"):
            make(engine, settings, now)
    assert world.session.query(Message).count() == 0
