"""Words in common."""

from matcher.lexical import Lexicon

TEXTS = ["ships at sea", "a school", "ships and a school"]


def test_a_text_scores_by_the_rare_words_it_shares() -> None:
    scores = Lexicon(TEXTS).scores("ship sea")
    assert scores[0] > scores[2] > scores[1] == 0


def test_the_order_of_texts_changes_no_score() -> None:
    assert (
        Lexicon(TEXTS).scores("ship").tolist() == Lexicon(TEXTS[::-1]).scores("ship").tolist()[::-1]
    )


def test_nothing_said_scores_nothing() -> None:
    assert Lexicon(TEXTS).scores("the and of").tolist() == [0, 0, 0]
    assert Lexicon(TEXTS).scores("unheard").tolist() == [0, 0, 0]
    assert Lexicon(["", "the"]).scores("ship").tolist() == [0, 0]
