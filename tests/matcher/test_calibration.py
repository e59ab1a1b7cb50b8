"""What is learned from judgements, and what is not."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.calibration import (
    LEAST_JUDGEMENTS,
    LEAST_OF_EACH,
    Calibration,
)
from matcher.feedback import Judgement

PRIOR = {"meaning": 0.5, "words": 0.5}
FLAT = {"meaning": 0.0, "words": 0.0}


def judged(
    number: int,
    rule: Mapping[str, float],
    *,
    profiles: int = 30,
    departments: int = 3,
    offset: float = 0.0,
) -> list[Judgement]:
    """Return ``number`` judgements of people who go by ``rule``, erring now and then."""
    rng = np.random.default_rng(3)
    found = []
    for at in range(number):
        features = {name: float(rng.normal(1)) for name in PRIOR}
        logit = sum(rule[name] * value for name, value in features.items()) + offset
        fits = bool(rng.random() < 1 / (1 + np.exp(-logit)))
        profile = at % profiles
        department = f"d{profile % departments}"
        found.append(Judgement(f"p{profile:02}", department, at, features, fits))
    return found


def test_without_judgements_the_order_is_the_production_one_and_nothing_is_told() -> None:
    learned = Calibration.of([], PRIOR)
    assert learned.weights("imt").tolist() == [0.5, 0.5]
    assert learned.probability("ships", "imt", {"meaning": 1.0, "words": 1.0}) is None


def test_too_few_judgements_of_one_kind_tell_nothing() -> None:
    yes = [one for one in judged(400, PRIOR) if one.fits]
    no = [one for one in judged(400, PRIOR) if not one.fits]
    assert Calibration.of(yes + no[: LEAST_OF_EACH - 1], PRIOR).shown is None
    assert Calibration.of(yes[:LEAST_OF_EACH] + no[:LEAST_OF_EACH], PRIOR).shown is None
    assert Calibration.of(yes[:LEAST_JUDGEMENTS] + no[:LEAST_OF_EACH], PRIOR).shown is not None


def test_people_who_think_as_the_production_order_does_leave_it_as_it_is() -> None:
    learned = Calibration.of(judged(600, PRIOR), PRIOR)
    assert not learned.is_reordered
    assert learned.weights("d1").tolist() == [0.5, 0.5]


def test_an_order_that_people_contradict_again_and_again_is_learned_anew() -> None:
    learned = Calibration.of(judged(3_000, {"meaning": 0.0, "words": 3.0}), PRIOR)
    assert learned.is_reordered
    meaning, words = learned.weights("d1")
    assert words > 2 * meaning
    rows = np.array([[2.0, 0.0], [0.0, 1.9]])
    assert learned.order("d1", rows) == [1, 0]


def test_people_who_answer_at_random_leave_the_order_as_it_is() -> None:
    assert not Calibration.of(judged(3_000, FLAT), PRIOR).is_reordered


def test_few_profiles_prove_no_other_order() -> None:
    learned = Calibration.of(judged(3_000, {"meaning": 0.0, "words": 3.0}, profiles=5), PRIOR)
    assert not learned.is_reordered


def test_strangers_say_yes_about_as_often_as_they_are_told() -> None:
    rule = {"meaning": 1.0, "words": 1.0}
    known, strangers = judged(1_500, rule, offset=-2), judged(3_000, rule, offset=-2)[1_500:]
    learned = Calibration.of(known, PRIOR)
    told = np.array([learned.probability("new", "new", one.features) for one in strangers])
    fits = np.array([one.fits for one in strangers])
    for low, high in ((0.0, 0.3), (0.3, 0.7), (0.7, 1.0)):
        inside = (told >= low) & (told < high)
        assert told[inside].mean() == pytest.approx(fits[inside].mean(), abs=0.06)


def test_a_choosy_group_is_told_less_and_a_stranger_the_usual() -> None:
    generous = judged(600, PRIOR)
    choosy = [
        Judgement("p00", "d0", 1_000 + at, one.features, fits=False)
        for at, one in enumerate(generous[:40])
    ]
    learned = Calibration.of(generous + choosy, PRIOR)
    row = {"meaning": 1.0, "words": 1.0}
    own = learned.probability("p00", "d0", row)
    neighbour = learned.probability("new here", "d0", row)
    stranger = learned.probability("new here", "new there", row)
    assert own is not None
    assert neighbour is not None
    assert stranger is not None
    assert own < neighbour < stranger


def test_judgements_of_pairs_that_were_measured_otherwise_are_left_out() -> None:
    found = judged(300, PRIOR)
    other = [Judgement("old", "d0", 1, {"dense": 9.0}, fits=False)] * 300
    before, after = Calibration.of(found, PRIOR), Calibration.of(found + other, PRIOR)
    row = {"meaning": 1.0, "words": 0.5}
    assert before.probability("p1", "d1", row) == after.probability("p1", "d1", row)


def test_what_was_measured_otherwise_is_told_no_probability() -> None:
    learned = Calibration.of(judged(300, PRIOR), PRIOR)
    assert learned.probability("p01", "d1", {}) is None
    assert learned.probability("p01", "d1", {"meaning": 1.0}) is None


@settings(max_examples=10, deadline=None)  # a fit takes longer on a busy machine
@given(st.permutations(range(60)))
def test_the_order_in_which_people_judged_changes_nothing(order: list[int]) -> None:
    found = judged(60, PRIOR)
    row = {"meaning": 0.3, "words": 1.2}
    told = Calibration.of(found, PRIOR).probability("p01", "d1", row)
    again = Calibration.of([found[at] for at in order], PRIOR)
    assert again.probability("p01", "d1", row) == told


def test_within_a_profile_what_scores_higher_is_never_less_likely() -> None:
    contrary = judged(400, {"meaning": -3.0, "words": -3.0})
    learned = Calibration.of(contrary, PRIOR)
    told = [
        learned.probability("p01", "d1", {"meaning": at, "words": at}) or 0.0
        for at in (0.0, 1.0, 2.0, 3.0)
    ]
    assert told == sorted(told)
