"""Where a text speaks of what somebody looks for."""

import pytest

from matcher.glimpses import LONGEST, glimpse

SEAS = "Ships sail.\n\nRobots inspect the turbines of wind farms. Others pick apples."


@pytest.mark.parametrize(
    ("texts", "query", "text", "terms"),
    [
        ([SEAS], "apple", "Others pick apples.", ("apples",)),
        ([SEAS], "TURBINE robots", SEAS[13:], ("Robots", "turbines")),
        (["A robot.", SEAS], "robot turbine", SEAS[13:], ("Robots", "turbines")),
        (["A robot.", "Robots."], "robot", "A robot.", ("robot",)),
        (["Expected:\n\n  * a ship;\n  * a robot"], "robot", "a robot", ("robot",)),
        (["* robot"], "robot", "robot", ("robot",)),
        (["Straßen. Under_water ROBOTS"], "water robot", "Under_water ROBOTS", ("water", "ROBOTS")),
        (["Subwater, robotics. A robot."], "robot water", "A robot.", ("robot",)),
    ],
)
def test_the_sentence_from_which_most_words_stand_together_is_shown(
    texts: list[str], query: str, text: str, terms: tuple[str, ...]
) -> None:
    found = glimpse(texts, query)
    assert found is not None
    assert (found.text, found.terms) == (text, terms)


@pytest.mark.parametrize("query", ["", "the of", "submarine", "CL5-2026"])
def test_nothing_is_shown_where_no_word_is_met(query: str) -> None:
    assert glimpse([SEAS, ""], query) is None


def test_a_long_sentence_is_cut() -> None:
    found = glimpse(["robots " * LONGEST], "robot")
    assert found is not None
    assert len(found.text) == LONGEST
