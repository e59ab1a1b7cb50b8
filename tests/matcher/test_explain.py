"""Reasons are words of the call, cut so that they can be read."""

from matcher.explain import LONGEST, excerpt, terms_in_both
from matcher.lexical import Lexicon


def test_a_short_passage_is_shown_whole() -> None:
    assert excerpt("Lighter ships.", ()) == "Lighter ships."


def test_a_long_passage_is_cut_at_a_word() -> None:
    text = "ships " * 100
    shown = excerpt(text.strip(), ())
    assert shown.endswith("ships …")
    assert len(shown) <= LONGEST + 2


def test_the_sentence_with_the_words_in_common_is_shown() -> None:
    text = "Nothing is said here for long. " * 15 + "Lighter ships sail."
    shown = excerpt(text, ("ships",))
    assert "Lighter ships sail." in shown
    assert shown.removeprefix("… ") in text


def test_words_in_common_are_told_as_they_are_written_in_the_call() -> None:
    lexicon = Lexicon(["ships"])
    assert terms_in_both("Ships and ships of the Sea", "a ship at sea", lexicon) == ("Ships", "Sea")


def test_words_that_stand_everywhere_are_no_reason() -> None:
    lexicon = Lexicon([f"project {n}" for n in range(30)] + ["ships"])
    assert terms_in_both("A project for ships", "our project on ships", lexicon) == ("ships",)


def test_terms_are_named_as_each_side_writes_them() -> None:
    lexicon = Lexicon(["ships and batteries", "a school"])
    passage, facet = "Batteries for the ship", "Ships, battery"
    assert terms_in_both(passage, facet, lexicon) == ("Batteries", "ship")
    assert terms_in_both(facet, passage, lexicon) == ("Ships", "battery")
