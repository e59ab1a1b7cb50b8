"""What is dropped, and what a score depends on."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

import pytest

from matcher.bands import Limits, band
from matcher.corpus import corpus_of, wants_of
from matcher.embedder import Embedder
from matcher.measures import measured
from matcher.stages import Candidate, Context, matched
from matcher.years import current_places
from store.models import Cutoff, Kind, OpenTo, Opportunity, Origin, Profile, Status
from tests.rows import cutoff_row

Opportunities = Callable[..., Opportunity]
Profiles = Callable[..., Profile]


@pytest.fixture
def match(embedder: Embedder, now: datetime) -> Callable[..., Sequence[Candidate]]:
    """Return a function that passes opportunities through the stages for a profile."""

    def run(
        profile: Profile, offered: Sequence[Opportunity], hidden: Collection[str] = ()
    ) -> Sequence[Candidate]:
        corpus = corpus_of(offered, embedder.encode)
        (wanted,) = wants_of([profile], embedder.encode)
        (given,) = measured(corpus, [wanted])
        current = current_places(offered, now)
        return matched(
            Context(
                profile,
                wanted,
                corpus,
                given,
                current,
                is_hidden=lambda found: found.reference in hidden,
            )
        )

    return run


@pytest.fixture
def offered(opportunity: Opportunities) -> list[Opportunity]:
    return [
        opportunity("1", "Ships at sea", "Ships that go to sea. Wind for ships."),
        opportunity("2", "More ships", "A ship, a sea, and a battery."),
        opportunity("3", "School ships", "A teacher on a ship."),
        *(opportunity(str(n), f"Paper {n}", "Forms to be filled.") for n in range(4, 12)),
    ]


def ids(candidates: Sequence[Candidate]) -> list[str]:
    return [c.opportunity.reference for c in candidates]


def test_the_best_comes_first(
    match: Callable[..., Sequence[Candidate]], profile: Profiles, offered: list[Opportunity]
) -> None:
    found = match(profile("ships", "Ships at sea with wind"), offered)
    assert ids(found)[0] == "1"
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)
    assert found[0].percentile == 1.0
    assert "4" not in ids(found)


def test_the_order_of_opportunities_changes_no_score(
    match: Callable[..., Sequence[Candidate]], profile: Profiles, offered: list[Opportunity]
) -> None:
    ships = profile("ships", "Ships at sea", keywords=[{"words": ["wind"], "weight": 2.0}])
    forwards = {c.opportunity.reference: c.score for c in match(ships, offered)}
    backwards = {c.opportunity.reference: c.score for c in match(ships, offered[::-1])}
    assert forwards == backwards


def test_the_order_of_keyword_groups_changes_no_score(
    match: Callable[..., Sequence[Candidate]], profile: Profiles, offered: list[Opportunity]
) -> None:
    groups = [{"words": ["wind"], "weight": 2.0}, {"words": ["sea"], "weight": 1.0}]
    one = match(profile("a", "Ships", keywords=groups), offered)
    other = match(profile("a", "Ships", keywords=groups[::-1]), offered)
    assert [(c.opportunity.reference, c.score) for c in one] == [
        (c.opportunity.reference, c.score) for c in other
    ]


@pytest.mark.parametrize(
    ("fields", "left"),
    [
        ({}, True),
        ({"programmes": ["erasmus_plus"]}, False),
        ({"programmes": ["erasmus_plus", "horizon_europe"]}, True),
        ({"action_types": ["IA"]}, False),
        ({"action_types": ["CSA", "RIA"]}, True),
    ],
)
def test_a_profile_gets_its_programmes_and_action_types_only(
    match: Callable[..., Sequence[Candidate]],
    profile: Profiles,
    offered: list[Opportunity],
    fields: dict[str, list[str]],
    left: bool,
) -> None:
    assert bool(match(profile("ships", "Ships at sea", **fields), offered)) is left


def test_an_opportunity_that_states_no_action_type_is_kept(
    match: Callable[..., Sequence[Candidate]], profile: Profiles, offered: list[Opportunity]
) -> None:
    offered[0].action_types = []
    assert ids(match(profile("ships", "Ships at sea", action_types=["IA"]), offered)) == ["1"]


def test_a_stage_for_invited_applicants_keeps_nothing_open(
    match: Callable[..., Sequence[Candidate]],
    profile: Profiles,
    offered: list[Opportunity],
    now: datetime,
) -> None:
    offered[0].cutoffs = [
        Cutoff(
            position=1,
            day=now.date(),
            deadline=now + timedelta(days=9),
            origin=Origin.STATED,
            open_to=OpenTo.INVITED,
        )
    ]
    assert "1" not in ids(match(profile("ships", "Ships at sea"), offered))


@pytest.mark.parametrize(
    ("excluded", "first"), [("WIND  for ships", "2"), ("win", "1"), ("ships at", "2")]
)
def test_excluded_words_take_score_as_whole_words_in_any_case(
    match: Callable[..., Sequence[Candidate]],
    profile: Profiles,
    offered: list[Opportunity],
    excluded: str,
    first: str,
) -> None:
    found = match(profile("ships", "Ships at sea", excluded_keywords=[excluded]), offered)
    assert ids(found)[0] == first


def test_in_a_pool_without_anything_near_nothing_matches(
    match: Callable[..., Sequence[Candidate]], profile: Profiles, offered: list[Opportunity]
) -> None:
    assert match(profile("grids", "A grid and its battery heritage"), offered[3:]) == ()


def test_nobody_is_shown_more_than_one_can_read(
    match: Callable[..., Sequence[Candidate]], profile: Profiles, opportunity: Opportunities
) -> None:
    offered = [opportunity(str(n), "Ships at sea", f"Ship number {n}.") for n in range(40)]
    offered += [opportunity(str(n), f"Paper {n}") for n in range(100, 400)]
    assert len(match(profile("ships", "Ships at sea"), offered)) == Limits().most


def test_what_closed_shows_what_is_usual_and_is_not_matched(
    match: Callable[..., Sequence[Candidate]],
    profile: Profiles,
    offered: list[Opportunity],
    now: datetime,
) -> None:
    ships = profile("ships", "Ships at sea with wind")
    before = {c.opportunity.reference: c for c in match(ships, offered)}
    offered[0].cutoffs = [cutoff_row(now - timedelta(days=1))]
    after = {c.opportunity.reference: c for c in match(ships, offered)}
    assert set(before) - set(after) == {"1"}
    assert after["2"].percentile == before["2"].percentile < 1.0


def test_what_no_reader_is_told_of_takes_nobodys_place(
    match: Callable[..., Sequence[Candidate]], profile: Profiles, opportunity: Opportunities
) -> None:
    offered = [opportunity(str(n), "Ships at sea", f"Ship number {n}.") for n in range(40)]
    offered += [opportunity(str(n), f"Paper {n}") for n in range(100, 400)]
    undated = opportunity(
        "undated", "Ships at sea", "A ship.", kind=Kind.NATIONAL, cutoffs=[],
        status=Status.FORTHCOMING,
    )  # fmt: skip
    hidden = [str(n) for n in range(10)]
    found = ids(match(profile("ships", "Ships at sea"), [*offered, undated], hidden))
    assert set(hidden) | {"undated"} <= set(found)
    assert len(found) == Limits().most + len(hidden) + 1


@pytest.mark.parametrize(
    ("days_ahead", "kept"),
    [
        ({"2026": 30, "2027": None}, "2026"),
        ({"2026": None, "2027": None}, "2027"),
        ({"2026": 30, "2027": 395}, "2026"),
    ],
)
def test_of_a_national_action_one_year_is_matched(  # noqa: PLR0917 - fixtures
    match: Callable[..., Sequence[Candidate]],
    profile: Profiles,
    opportunity: Opportunities,
    now: datetime,
    days_ahead: dict[str, int | None],
    kept: str,
) -> None:
    papers = [opportunity(str(n), f"Paper {n}", "Forms to be filled.") for n in range(4, 12)]
    years = [
        opportunity(
            year, "Ships at sea", "A ship.", kind=Kind.NATIONAL,
            topic_id=f"ERASMUS-KA220-HED-{year}", status=Status.FORTHCOMING,
            cutoffs=[] if days is None else [cutoff_row(now + timedelta(days=days))],
        )
        for year, days in days_ahead.items()
    ]  # fmt: skip
    other = opportunity("other", "Ships at sea", "A ship.", topic_id="HORIZON-2027-SHIPS-2026")
    found = ids(match(profile("ships", "Ships at sea"), [*papers, *years, other]))
    assert set(found) == {kept, "other"}


@pytest.mark.parametrize(
    ("percentile", "nearest", "expected"),
    [(1.0, 0.6, "strong"), (1.0, 0.4, "good"), (1.0, 0.33, "possible"), (0.97, 0.6, "good")],
)
def test_a_band_needs_standing_and_nearness(
    percentile: float, nearest: float, expected: str
) -> None:
    assert band(percentile, nearest, Limits()) == expected
