"""Who may apply, in the words of a mail, and what is kept from readers."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from notifier.digest import Digest, Heading, Reader, compose
from notifier.eligibility import in_a_word, in_one_line, shown_demand, who_may_apply
from notifier.render import Links, render
from store.digests import Ledger, Told
from store.eligibility import (
    ROLES,
    Answer,
    Consortium,
    Eligibility,
    Note,
    Rate,
    RoleVerdict,
    as_kept,
)
from store.models import Cadence, Match
from tests.notifier.conftest import World

NOTHING = Ledger({}, frozenset(), {})
READER = Reader(1, "en", ZoneInfo("Europe/Oslo"))
THREE = Consortium(3, 3, 3, 1, "three entities …")
IN_SHORT = (
    "costs covered 100 % · at least 3 organisations in 3 countries, one in an EU Member State"
)
MUSEUM = "At least one museum."


def eligibility(*answers: Answer) -> Eligibility:
    return Eligibility(
        roles=tuple(
            RoleVerdict(role, answer, "read the rules of contest", "a-rule", "https://example.org")
            for role, answer in zip(ROLES, answers, strict=True)
        ),
        section="Eligible Countries",
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
            f"You may lead or join · {IN_SHORT}",
        ),
        (
            eligibility("no", "yes", "yes"),
            f"You may join, not lead · {IN_SHORT}",
        ),
        (
            replace(ALL, consortium=Consortium(3, 3, 3, 2, "")),
            "You may lead or join · costs covered 100 % · at least 3 organisations in 3 countries,"
            " two in EU Member States",
        ),
        (
            replace(ALL, consortium=Consortium(3, 3, 2, 0, ""), rate=Rate(None, "unit costs")),
            "You may lead or join · unit costs · at least 3 organisations in 3 countries",
        ),
        (
            replace(ALL, consortium=Consortium(1, 1, 1, 0, "")),
            "You may lead or join · costs covered 100 % · one organisation is enough",
        ),
        (
            replace(ALL, demands=(MUSEUM,), rate=Rate(None, "set by the topic")),
            "You may lead or join · at least 3 organisations in 3 countries, one in an EU Member"
            " State · at least one museum",
        ),
        (
            replace(ALL, demands=(MUSEUM,), consortium=Consortium(1, 1, 1, 0, "")),
            "You may lead or join · costs covered 100 % · at least one museum",
        ),
        (
            replace(ALL, rate=Rate(100, "100 %, lump sum"), consortium=None),
            "You may lead or join · costs covered 100 %, lump sum",
        ),
        (
            replace(ALL, rate=Rate(None, "up to 30 %"), consortium=None),
            "You may lead or join · costs covered up to 30 %",
        ),
        (
            replace(ALL, rate=None, consortium=None, applies="the university applies, as one"),
            "The university applies, as one",
        ),
        (
            replace(ALL, single_applicant=True, rate=None, condition="only for grant holders"),
            "You may apply, as the only applicant · only for grant holders",
        ),
        (
            replace(eligibility("unknown", "yes", "yes"), rate=None, consortium=None),
            "You may join; whether you may lead is not clear · read the rules of contest",
        ),
        (
            eligibility("no", "no", "no"),
            "You may not lead or join",
        ),
        (
            replace(ALL, single_applicant=True),
            "You may apply, as the only applicant · costs covered 100 %",
        ),
        (
            replace(eligibility("no", "no", "yes"), single_applicant=True),
            "You may take part only as associated partner, without money",
        ),
        (
            eligibility("no", "no", "yes"),
            "You may take part only as associated partner, without money",
        ),
        (
            eligibility("unknown", "unknown", "yes"),
            "unknown – read the rules of contest",
        ),
        (None, ""),
    ],
)
def test_one_line_says_who_may_apply(found: Eligibility | None, line: str) -> None:
    assert in_one_line(who_may_apply(found, "en")) == line


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
    mail = render(digest, Links("https://example.org/stop"))
    line = f"You may lead or join · {IN_SHORT}"
    assert f"Who may apply: {line}" in " ".join(mail.text.split())
    assert line in mail.html
    assert max(len(part) for part in mail.text.splitlines() if "Member State" in part) < 80


def test_a_mail_is_silent_where_nobody_judged(world: World, now: datetime) -> None:
    digest = compose(
        [world.match(world.profile(), world.opportunity())], NOTHING, READER, Cadence.WEEKLY, now
    )
    assert digest is not None
    mail = render(digest, Links("https://example.org/stop"))
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


@pytest.mark.parametrize(
    ("demand", "shown"),
    [
        (
            "This topic requires the active involvement, as beneficiaries, of at least 3 Police"
            " Authorities from at least 3 countries.",
            "at least 3 Police Authorities from at least 3 countries",
        ),
        (
            "The following additional eligibility criteria apply: due to the specific challenge of"
            " this topic, in addition to the minimum, consortia must include at least one city.",
            "consortia must include at least one city",
        ),
        ("* At least one museum; ", "at least one museum"),
        ("In order to achieve the outcomes, consortia need a city.", "consortia need a city"),
    ],
)
def test_a_demand_is_shown_without_how_the_topic_leads_there(demand: str, shown: str) -> None:
    assert shown_demand(demand) == shown


def test_a_long_demand_is_cut_at_a_word() -> None:
    assert shown_demand(f"Consortia must include {'museums and ' * 20}").endswith("…")


def test_one_note_is_told_in_a_mail_and_the_others_are_not(world: World, now: datetime) -> None:
    source = "https://example.org"
    notes = (
        Note("A plan is needed.", source, verified=True),
        Note("Two to seven years after the PhD.", source, verified=True, in_mail=True),
        Note("Resubmission may be barred.", source, verified=True, in_mail=True),
    )
    kept = as_kept(replace(ALL, notes=notes))
    match = world.match(world.profile(), world.opportunity(), eligibility=kept)
    digest = compose([match], NOTHING, READER, Cadence.WEEKLY, now)
    assert digest is not None
    mail = render(digest, Links("https://example.org/stop"))
    for part in (mail.text, mail.html):
        assert "Two to seven years after the PhD." in part
        assert "A plan is needed." not in part
        assert "Resubmission" not in part


def test_what_is_not_meant_for_us_is_kept_from_readers(world: World, now: datetime) -> None:
    kept = as_kept(replace(eligibility("unknown", "unknown", "unknown"), meant=False))
    match = world.match(world.profile(), world.opportunity("Youth"), eligibility=kept)
    assert compose([match], NOTHING, READER, Cadence.WEEKLY, now) is None
    told = Ledger({match.opportunity_id: Told("one", now)}, frozenset(), {})
    assert compose([match], told, READER, Cadence.WEEKLY, now) is None


def composed(match: Match, content: str, now: datetime) -> Digest | None:
    """Return the digest of a reader who was told of the match with ``content``."""
    told = Ledger({match.opportunity_id: Told(content, now)}, frozenset(), {})
    return compose([match], told, READER, Cadence.WEEKLY, now)


def test_who_was_told_and_may_no_longer_apply_is_told_so_once(world: World, now: datetime) -> None:
    barred = as_kept(eligibility("no", "no", "no"))
    match = world.match(world.profile(), world.opportunity("Accelerator"), eligibility=barred)
    digest = composed(match, "one", now)
    assert digest is not None
    (section,) = digest.sections
    (entry,) = section.entries
    assert section.heading is Heading.CHANGED
    assert entry.changes == ("you can no longer apply: read the rules of contest",)
    assert "You may not lead or join" in in_one_line(entry.who)
    assert composed(match, entry.content_hash, now) is None
    match.eligibility = as_kept(ALL)
    again = composed(match, entry.content_hash, now)
    assert again is not None
    assert again.entries[0].changes == ("you may apply again",)
    assert again.entries[0].content_hash == "one"
    assert composed(match, "one", now) is None


def test_what_is_barred_and_over_is_not_told_at_all(world: World, now: datetime) -> None:
    barred = as_kept(eligibility("no", "no", "no"))
    gone = world.opportunity("Gone", missing_since=now)
    match = world.match(world.profile(), gone, eligibility=barred)
    assert composed(match, "one", now) is None
