"""How opportunities and profiles are cut."""

from collections.abc import Callable

from matcher.text import MOST_PASSAGES, facets, opening, passages, pieces, windows
from store.models import Opportunity, Profile

Opportunities = Callable[..., Opportunity]
Profiles = Callable[..., Profile]

SECTION = """
Project results are expected to contribute to the following outcomes:

  * Lighter ships and cleaner seas for everybody who lives at the coast;
      + nested thoughts have a bullet of their own;
  * A bullet that goes
    on in the next line.

Running text follows. It has two sentences[1].

[1] A footnote that says nothing.
"""


def test_bullets_stand_alone_and_what_announces_them_is_left_out() -> None:
    assert list(pieces(SECTION)) == [
        "Lighter ships and cleaner seas for everybody who lives at the coast;",
        "nested thoughts have a bullet of their own;",
        "A bullet that goes on in the next line.",
        "Running text follows. It has two sentences[1].",
    ]


def test_windows_are_whole_sentences_of_some_forty_to_ninety_words() -> None:
    text = " ".join(f"Sentence {n} has exactly seven words here." for n in range(30))
    found = list(windows(text))
    assert " ".join(found) == text
    assert all(40 <= len(window.split()) <= 90 for window in found[:-1])
    assert all(window.endswith("here.") for window in found)


def test_a_sentence_without_end_is_cut() -> None:
    found = list(windows("word " * 200))
    assert [len(window.split()) for window in found] == [90, 90, 20]


def test_an_opportunity_is_cut_in_reading_order(opportunity: Opportunities) -> None:
    found = passages(
        opportunity("1", "Ships", SECTION, keywords=["hull", "HORIZON-CL5-2026-01-D2"])
    )
    assert [p.section for p in found] == ["Title", "Keywords", "Scope", "Scope", "Scope", "Scope"]
    assert found[1].text == "hull"


def test_the_longest_topic_has_a_bounded_number_of_passages(opportunity: Opportunities) -> None:
    bullets = "\n".join(f"  * bullet number {n} about ships" for n in range(100))
    assert len(passages(opportunity("1", "Ships", bullets))) == MOST_PASSAGES


def test_a_passage_said_twice_counts_once(opportunity: Opportunities) -> None:
    found = passages(opportunity("1", "Ships", "  * Ships\n  * Seas and more seas\n  * Ships"))
    assert [p.text for p in found] == ["Ships", "Seas and more seas"]


def test_an_opportunity_without_a_word_still_has_a_passage(opportunity: Opportunities) -> None:
    assert [p.text for p in passages(opportunity("1", ""))] == ["T-1"]


def test_the_opening_begins_with_the_title(opportunity: Opportunities) -> None:
    assert opening(opportunity("1", "Ships", "  We sail.")) == "Ships. We sail."


def test_a_profile_looks_for_its_description_its_groups_and_its_facets(profile: Profiles) -> None:
    found = facets(
        profile(
            "ships",
            "We build ships.",
            keywords=[{"words": ["hull", "sea ice"], "weight": 1.5}],
            facets=["Ships in ice"],
        )
    )
    assert [(f.name, f.weight) for f in found] == [
        ("description", 1.0),
        ("hull, sea ice", 1.5),
        ("Ships in ice", 1.0),
    ]
