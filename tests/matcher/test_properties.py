"""What must hold of every score, whatever is compared."""

import random
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from matcher.bands import Limits
from matcher.corpus import corpus_of, wants_of
from matcher.embedder import Embedder
from matcher.explain import parts
from matcher.measures import measured
from matcher.stages import Candidate, Context, matched
from store.models import Opportunity, Profile
from tests.rows import opportunity_row, profile_row

TEXTS = st.text(max_size=300) | st.sampled_from(
    ["", " ", "\x00", "صيد الأسماك", "Ωκεανός", "海洋", "<script>", "a" * 50_000, "{{ x }}", "٣٤"]
)
OFFERS = st.lists(TEXTS, min_size=1, max_size=6)
Score = Callable[[Profile, Sequence[Opportunity]], tuple[Candidate, ...]]

slowly = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def score(embedder: Embedder) -> Score:
    """Return a function that scores opportunities for a profile."""

    def run(profile: Profile, offered: Sequence[Opportunity]) -> tuple[Candidate, ...]:
        return scored([profile], offered, embedder)[0]

    return run


def scored(
    profiles: Sequence[Profile], offered: Sequence[Opportunity], embedder: Embedder
) -> list[tuple[Candidate, ...]]:
    """Return all opportunities as scored for each of the profiles, whatever their score."""
    corpus = corpus_of(offered, embedder.encode)
    wants = list(wants_of(profiles, embedder.encode))
    everywhere, all_of_them = np.ones(len(offered), bool), Limits(-2.0, -np.inf, most=99)
    pairs = zip(profiles, wants, measured(corpus, wants), strict=True)
    return [
        matched(Context(profile, wanted, corpus, given, everywhere, all_of_them))
        for profile, wanted, given in pairs
    ]


def offers(texts: Sequence[str]) -> list[Opportunity]:
    return [
        opportunity_row(f"T-{at}", title=text, sections=[{"label": "Scope", "text": text}])
        for at, text in enumerate(texts)
    ]


def group(text: str, *more: str) -> Profile:
    return profile_row("ships", text=text or "ships", keywords=[], facets=list(more))


def scores_of(candidates: Sequence[Candidate]) -> dict[str, float]:
    return {c.opportunity.reference: c.score for c in candidates}


@slowly
@given(texts=OFFERS, wanted=TEXTS)
@example(texts=[""], wanted=" ")
def test_scores_are_finite_for_any_text(score: Score, texts: list[str], wanted: str) -> None:
    found = score(group(wanted), offers(texts))
    assert np.isfinite([c.score for c in found]).all()


@slowly
@given(texts=OFFERS, chance=st.randoms(use_true_random=False))
def test_the_order_of_opportunities_changes_no_score(
    score: Score, texts: list[str], chance: random.Random
) -> None:
    offered = offers(texts)
    turned = chance.sample(offered, len(offered))
    profile = group("Ships at sea", "wind for ships")
    assert scores_of(score(profile, turned)) == pytest.approx(scores_of(score(profile, offered)))


def test_the_order_of_facets_changes_no_score(score: Score) -> None:
    offered = offers(["Ships at sea", "Wind for ships", "Old books", "Fish and sea"])
    one = score(group("We sail", "ships at sea", "fish"), offered)
    other = score(group("We sail", "fish", "ships at sea"), offered)
    assert scores_of(one) == pytest.approx(scores_of(other))


def test_the_order_of_passages_changes_no_score(score: Score) -> None:
    sections = [{"label": "Scope", "text": "Ships."}, {"label": "Outcome", "text": "Fish."}]
    offered = offers(["Ships at sea", "Old books"])
    turned = offers(["Ships at sea", "Old books"])
    offered[0].sections, turned[0].sections = sections, sections[::-1]
    profile = group("fish and ships")
    assert scores_of(score(profile, offered)) == pytest.approx(scores_of(score(profile, turned)))


@slowly
@given(wanted=TEXTS, more=st.lists(TEXTS, max_size=40))
def test_other_profiles_change_no_score(
    score: Score, embedder: Embedder, wanted: str, more: list[str]
) -> None:
    offered = offers(["Ships at sea", "Wind for ships", "Old books", "Fish and sea"])
    profiles = [*map(group, more), group(wanted, "ships")]
    together = scores_of(scored(profiles, offered, embedder)[-1])
    assert together == pytest.approx(scores_of(score(group(wanted, "ships"), offered)), abs=2e-5)


@slowly
@given(text=TEXTS)
def test_a_duplicate_gets_the_same_score(score: Score, text: str) -> None:
    offered = offers([text, "Old books", text])
    found = scores_of(score(group("Ships at sea"), offered))
    assert found["T-0"] == pytest.approx(found["T-2"])


@slowly
@given(texts=OFFERS)
def test_the_parts_add_up_to_the_score(score: Score, embedder: Embedder, texts: list[str]) -> None:
    profile = group("Ships at sea", "wind", "fish", "books", "ice")
    profile.excluded_keywords = ["fish"]
    (wanted,) = wants_of([profile], embedder.encode)
    for candidate in score(profile, offers([*texts, "fish"])):
        points = sum(part.points for part in parts(candidate, wanted))
        assert points == pytest.approx(candidate.score, abs=1e-4)
