from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from notifier.digest import CAP, FEW, Digest, Heading, Reader, compose
from notifier.entries import entry_of
from store.digests import Ledger, Told
from store.matches import BY_HAND, BY_RULE, chosen_because
from store.models import (
    Basis,
    Cadence,
    Change,
    ChangeKind,
    Cutoff,
    Kind,
    Match,
    OpenTo,
    Severity,
    Status,
)
from tests.notifier.conftest import World, cutoff, reason

NOTHING = Ledger({}, frozenset(), {})
SOON = date(2026, 6, 4)


def composed(matches: list[Match], now: datetime, known: Ledger = NOTHING) -> Digest | None:
    reader = Reader(1, "en", ZoneInfo("Europe/Oslo"))
    return compose(matches, known, reader, Cadence.WEEKLY, now)


def told(match: Match, at: datetime, *changes: Change) -> Ledger:
    number = match.opportunity_id
    return Ledger({number: Told("old", at)}, frozenset(), {number: changes} if changes else {})


def shown(digest: Digest | None) -> dict[Heading, list[str]]:
    assert digest is not None
    return {s.heading: [entry.title for entry in s.entries] for s in digest.sections}


def test_sections_come_in_the_order_a_reader_needs_them(
    world: World, now: datetime, make_cutoff: Callable[..., Cutoff]
) -> None:
    profile = world.profile()
    opening = world.match(profile, world.opportunity("Opening", status=Status.FORTHCOMING))
    new = world.match(profile, world.opportunity("New"))
    closing = world.match(profile, world.opportunity("Closing", cutoffs=[make_cutoff(SOON)]))
    changed = world.match(profile, world.opportunity("Changed"))
    digest = composed([opening, new, closing, changed], now, told(changed, now))
    assert list(shown(digest).items()) == [
        (Heading.CHANGED, ["Changed"]),
        (Heading.CLOSING, ["Closing"]),
        (Heading.NEW, ["New"]),
        (Heading.OPENING, ["Opening"]),
    ]


def test_an_opportunity_of_two_profiles_is_told_once_with_both_reasons(
    world: World, now: datetime
) -> None:
    found = world.opportunity()
    matches = [
        world.match(world.profile("Weak"), found, band="possible"),
        world.match(world.profile("Strong"), found, band="strong"),
        world.match(world.profile("Silent"), found, band="possible", reasons=[]),
    ]
    digest = composed(matches, now)
    assert digest is not None
    (entry,) = digest.entries
    assert [reason.profile for reason in entry.why] == ["Strong", "Weak"]
    assert entry.also == ("Silent",)
    assert entry.band == "strong"
    assert digest.profiles == ("Silent", "Strong", "Weak")


def test_the_best_band_comes_first_then_the_percentile_then_the_deadline(
    world: World, now: datetime, make_cutoff: Callable[..., Cutoff]
) -> None:
    profile = world.profile()
    rows: list[tuple[str, str, float, date]] = [
        ("fourth", "possible", 0.99, date(2026, 7, 1)),
        ("third", "good", 0.9, date(2026, 10, 1)),
        ("second", "good", 0.9, date(2026, 9, 1)),
        ("first", "strong", 0.5, date(2026, 11, 1)),
    ]
    matches = [
        world.match(
            profile,
            world.opportunity(title, cutoffs=[make_cutoff(day)]),
            band=band,
            percentile=percentile,
        )
        for title, band, percentile, day in rows
    ]
    assert shown(composed(matches, now)) == {Heading.NEW: ["first", "second", "third", "fourth"]}


def test_a_section_is_capped_and_says_how_many_are_left(world: World, now: datetime) -> None:
    profile = world.profile()
    matches = [world.match(profile, world.opportunity(f"T{n}")) for n in range(CAP + 3)]
    digest = composed(matches, now)
    assert digest is not None
    assert len(digest.entries) == CAP
    assert digest.sections[0].more == 3


def test_a_closed_opportunity_is_never_told(
    world: World, now: datetime, make_cutoff: Callable[..., Cutoff]
) -> None:
    profile = world.profile()
    past = make_cutoff(date(2026, 5, 19))
    second = make_cutoff(date(2026, 9, 1), position=2, stage=2, open_to=OpenTo.INVITED)
    matches = [
        world.match(profile, world.opportunity("said so", status=Status.CLOSED)),
        world.match(profile, world.opportunity("date past", cutoffs=[past])),
        world.match(
            profile,
            world.opportunity(
                "only stage 2 ahead", cutoffs=[make_cutoff(date(2026, 5, 1), stage=1), second]
            ),
        ),
        world.match(profile, world.opportunity("gone", missing_since=now)),
    ]
    assert composed(matches, now) is None
    assert composed(matches[:2], now, told(matches[0], now)) is None


def test_a_call_that_is_not_published_is_not_announced(world: World, now: datetime) -> None:
    unpublished = world.opportunity(
        "2027", kind=Kind.NATIONAL, status=Status.FORTHCOMING, cutoffs=[]
    )
    assert composed([world.match(world.profile(), unpublished)], now) is None


def test_a_dismissed_opportunity_is_never_told_even_when_it_changed(
    world: World, now: datetime
) -> None:
    match = world.match(world.profile(), world.opportunity())
    number = match.opportunity_id
    known = Ledger({number: Told("old", now)}, frozenset([number]), {})
    assert composed([match], now, known) is None


def test_what_was_told_is_told_again_only_when_it_changed(world: World, now: datetime) -> None:
    match = world.match(world.profile(), world.opportunity(content_hash="old"))
    assert composed([match], now, told(match, now)) is None
    match.opportunity.content_hash = "new"
    assert list(shown(composed([match], now, told(match, now)))) == [Heading.CHANGED]


def change(kind: ChangeKind, severity: Severity, **columns: Any) -> Change:
    return Change(kind=kind, severity=severity, field="x", **columns)


def test_a_change_that_is_noise_is_not_told(world: World, now: datetime) -> None:
    match = world.match(world.profile(), world.opportunity())
    jitter = change(ChangeKind.OTHER, Severity.NOISE)
    assert composed([match], now, told(match, now, jitter)) is None


def test_a_change_is_named(world: World, now: datetime) -> None:
    match = world.match(world.profile(), world.opportunity())
    digest = composed([match], now, told(match, now, change(ChangeKind.BUDGET, Severity.NOTABLE)))
    assert digest is not None
    assert digest.entries[0].changes == ("the budget changed",)


def test_the_next_cut_off_counts_for_closing_soon(
    world: World, now: datetime, make_cutoff: Callable[..., Cutoff]
) -> None:
    dates = [make_cutoff(SOON), make_cutoff(date(2026, 11, 3), position=2)]
    match = world.match(world.profile(), world.opportunity(cutoffs=dates))
    assert list(shown(composed([match], now))) == [Heading.CLOSING]
    after = datetime(2026, 6, 5, tzinfo=UTC)
    assert list(shown(composed([match], after))) == [Heading.NEW]


@pytest.mark.parametrize(
    ("before", "heading"), [(timedelta(days=21), "closing soon"), (timedelta(days=22), "new")]
)
def test_closing_soon_begins_three_weeks_before(
    before: timedelta, heading: str, world: World, make_cutoff: Callable[..., Cutoff]
) -> None:
    match = world.match(world.profile(), world.opportunity(cutoffs=[make_cutoff(SOON)]))
    digest = composed([match], match.opportunity.cutoffs[0].deadline - before)
    assert next(iter(shown(digest))).startswith(heading)


def by_rule(world: World, title: str, days: int = 100, **columns: Any) -> Match:
    opens = datetime(2026, 5, 20, tzinfo=UTC) + timedelta(days=days)
    found = world.opportunity(title, cutoffs=[cutoff(opens.date())])
    said = "You named the career stage leading researchers (R4); ERC Advanced Grants are for them."
    values = {"basis": Basis.RULE, "band": BY_RULE, "score": 0.0, "percentile": 0.0}
    reasons = [reason(said, facet="career stage", terms=[])]
    profile = columns.pop("profile", None) or world.profile()
    return world.match(profile, found, **values, reasons=reasons, **columns)


def test_what_a_rule_chose_stands_last_in_a_section_of_its_own(world: World, now: datetime) -> None:
    ruled = [by_rule(world, "Later"), by_rule(world, "Closing", 10)]
    digest = composed([*ruled, world.match(world.profile(), world.opportunity("Themed"))], now)
    assert list(shown(digest).items()) == [
        (Heading.NEW, ["Themed"]),
        (Heading.ANY_SUBJECT, ["Closing", "Later"]),
    ]


def test_few_of_what_a_rule_chose_are_told_at_once(world: World, now: datetime) -> None:
    digest = composed([by_rule(world, f"Grant {n}", 50 + n) for n in range(FEW + 2)], now)
    assert digest is not None
    (section,) = digest.sections
    assert ([e.title for e in section.entries], section.more) == (
        ["Grant 0", "Grant 1", "Grant 2"], 2,
    )  # fmt: skip


def test_a_rule_gives_its_reason_as_our_own_sentence_uncut(world: World, now: datetime) -> None:
    digest = composed([by_rule(world, "Grant")], now)
    assert digest is not None
    (told_reason,) = digest.entries[0].why
    assert told_reason.by_rule
    assert "".join(piece.text for piece in told_reason.passage).endswith("are for them.")


def test_what_changed_since_it_was_told_is_a_change_whatever_chose_it(
    world: World, now: datetime
) -> None:
    match = by_rule(world, "Grant")
    assert list(shown(composed([match], now, told(match, now)))) == [Heading.CHANGED]


def test_what_a_theme_chose_for_one_profile_is_no_matter_of_rules(
    world: World, now: datetime
) -> None:
    ruled = by_rule(world, "Both")
    themed = world.match(world.profile(), ruled.opportunity, band="possible")
    assert list(shown(composed([ruled, themed], now))) == [Heading.NEW]


def test_what_an_adviser_chose_comes_before_what_was_found(world: World, now: datetime) -> None:
    profile = world.profile()
    found = world.match(profile, world.opportunity("Found"))
    chosen = world.match(
        profile,
        world.opportunity("Chosen"),
        band=BY_HAND,
        percentile=0.0,
        reasons=[chosen_because("They asked.")],
    )
    assert shown(composed([found, chosen], now)) == {Heading.NEW: ["Chosen", "Found"]}


@pytest.mark.parametrize(
    ("language", "comment", "says"),
    [
        ("en", "They asked.", "An adviser chose this for you: They asked."),
        ("nb", "They asked.", "En rådgiver valgte dette for dere: They asked."),
        ("nb", None, "En rådgiver valgte dette for dere."),
    ],
)
def test_a_reader_is_told_that_an_adviser_chose_and_why(
    world: World, now: datetime, language: str, comment: str | None, says: str
) -> None:
    kept = [chosen_because(comment), reason()]
    match = world.match(world.profile(), world.opportunity(), reasons=kept, by_hand=True)
    (told,) = entry_of([match], (), ZoneInfo("Europe/Oslo"), language, now).why
    assert ("".join(piece.text for piece in told.passage), told.by_rule) == (says, True)
