"""Who may apply, in the words of a mail, and what is kept from readers."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from notifier.digest import Reader, compose
from notifier.eligibility import in_a_word, who_may_apply
from notifier.render import render
from store.digests import Ledger
from store.eligibility import (
    ROLES,
    Answer,
    Consortium,
    Eligibility,
    Rate,
    RoleVerdict,
    as_kept,
)
from store.models import Cadence
from tests.notifier.conftest import World

NOTHING = Ledger({}, frozenset(), {})
READER = Reader(1, "en", ZoneInfo("Europe/Oslo"))
THREE = Consortium(3, 3, 3, 1, "three entities …")
IN_SHORT = "100 % · 3 entities in 3 countries, one in a Member State"


def eligibility(*answers: Answer, section: str = "Eligible Countries") -> Eligibility:
    return Eligibility(
        roles=tuple(
            RoleVerdict(role, answer, "read the rules of contest", "a-rule", "https://example.org")
            for role, answer in zip(ROLES, answers, strict=True)
        ),
        section=section,
        consortium=THREE,
        single_applicant=False,
        rate=Rate(100, "100 %"),
        notes=(),
        demands=(),
    )


ALL = eligibility("yes", "yes", "yes")


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (
            ALL,
            f"coordinator and partner yes · {IN_SHORT}",
        ),
        (
            eligibility("no", "yes", "yes"),
            f"coordinator no, partner yes · {IN_SHORT}",
        ),
        (
            replace(ALL, consortium=Consortium(3, 3, 3, 2, "")),
            "coordinator and partner yes · 100 % · 3 entities in 3 countries, two in Member States",
        ),
        (
            replace(ALL, consortium=Consortium(3, 3, 2, 0, ""), rate=Rate(None, "unit costs")),
            "coordinator and partner yes · unit costs · 3 entities in 3 countries",
        ),
        (
            replace(ALL, consortium=Consortium(1, 1, 1, 0, "")),
            "coordinator and partner yes · 100 % · one entity is enough",
        ),
        (
            replace(ALL, demands=("At least one museum.",), rate=Rate(None, "set by the topic")),
            "coordinator and partner yes · 3 entities in 3 countries, one in a Member State"
            " · the topic asks more of the consortium",
        ),
        (
            replace(ALL, single_applicant=True),
            "yes, as the only applicant · 100 %",
        ),
        (
            replace(eligibility("no", "no", "yes"), single_applicant=True),
            "no, only as associated partner",
        ),
        (
            eligibility("no", "no", "yes"),
            "coordinator and partner no, associated partner yes",
        ),
        (
            eligibility("unknown", "unknown", "yes"),
            "unknown – read “Eligible Countries” on the portal",
        ),
        (
            eligibility("unknown", "unknown", "unknown", section=""),
            "unknown – read the rules of contest",
        ),
        (None, ""),
    ],
)
def test_one_line_says_who_may_apply(found: Eligibility | None, line: str) -> None:
    assert who_may_apply(found) == line


@pytest.mark.parametrize(
    ("found", "word"),
    [
        (None, "-"),
        (ALL, "yes"),
        (eligibility("no", "no", "yes"), "no"),
        (eligibility("no", "yes", "yes"), "partner"),
        (eligibility("unknown", "yes", "yes"), "partner"),
        (eligibility("unknown", "no", "yes"), "unknown"),
        (eligibility("yes", "no", "yes"), "coordinator"),
    ],
)
def test_a_table_has_one_word(found: Eligibility | None, word: str) -> None:
    assert in_a_word(found) == word


def test_a_mail_says_who_may_apply_in_both_its_parts(world: World, now: datetime) -> None:
    match = world.match(world.profile(), world.opportunity(), eligibility=as_kept(ALL))
    digest = compose([match], NOTHING, READER, Cadence.WEEKLY, now)
    assert digest is not None
    mail = render(digest, "https://example.org/stop")
    line = f"coordinator and partner yes · {IN_SHORT}"
    assert f"Who may apply: {line}" in " ".join(mail.text.split())
    assert line in mail.html
    assert max(len(part) for part in mail.text.splitlines() if "Member State" in part) < 80


def test_a_mail_is_silent_where_nobody_judged(world: World, now: datetime) -> None:
    digest = compose(
        [world.match(world.profile(), world.opportunity())], NOTHING, READER, Cadence.WEEKLY, now
    )
    assert digest is not None
    mail = render(digest, "https://example.org/stop")
    assert "may apply" not in mail.text + mail.html


def test_what_nobody_of_a_profile_may_apply_for_is_kept_from_its_readers(
    world: World, now: datetime
) -> None:
    accelerator = world.opportunity("Accelerator")
    barred = as_kept(eligibility("no", "no", "no"))
    match = world.match(world.profile(), accelerator, eligibility=barred)
    assert compose([match], NOTHING, READER, Cadence.WEEKLY, now) is None


def test_a_group_that_would_be_partner_is_told_of_what_another_cannot_coordinate(
    world: World, now: datetime
) -> None:
    twinning = world.opportunity("Twinning")
    kept = as_kept(eligibility("no", "yes", "yes"))
    leading, joining = world.profile("Leading"), world.profile("Joining")
    leading.roles, joining.roles = ["coordinator"], ["coordinator", "beneficiary"]
    matches = [world.match(p, twinning, eligibility=kept) for p in (leading, joining)]
    digest = compose(matches, NOTHING, READER, Cadence.WEEKLY, now)
    assert digest is not None
    assert digest.profiles == ("Joining",)
