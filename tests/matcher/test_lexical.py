"""Words in common."""

import bm25s
import pytest

from matcher.lexical import Lexicon, words

TEXTS = ["ships at sea", "a school", "ships and a school"]


def test_a_text_scores_by_the_rare_words_it_shares() -> None:
    scores = Lexicon(TEXTS).bm25.scores(["ship sea"])[0]
    assert scores[0] > scores[2] > scores[1] == 0


def test_the_order_of_texts_changes_no_score() -> None:
    turned = Lexicon(TEXTS[::-1]).bm25.scores(["ship"])[:, ::-1]
    assert Lexicon(TEXTS).bm25.scores(["ship"]).tolist() == turned.tolist()


def test_each_query_is_scored_by_itself() -> None:
    lexicon = Lexicon(TEXTS)
    for compare in (lexicon.bm25.scores, lexicon.tfidf.scores):
        both = compare(["ship", "sea and ship"])
        assert both[0].tolist() == compare(["ship"])[0].tolist()
        assert both[1].tolist() == compare(["sea and ship"])[0].tolist()


def test_nothing_said_scores_nothing() -> None:
    for lexicon in (Lexicon(TEXTS), Lexicon(["", "the"]), Lexicon([])):
        assert not lexicon.bm25.scores(["the and of", "unheard"]).any()
        assert not lexicon.tfidf.scores(["the and of", "unheard", ""]).any()


def test_bm25_is_that_of_a_well_known_library() -> None:
    tokens = [words(text) for text in TEXTS]
    theirs = bm25s.BM25(method="lucene", k1=2.0, b=0.9)
    theirs.index(tokens, show_progress=False)
    for query in ("ship", "ship sea ship", " ".join(TEXTS)):
        known = [word for word in words(query) if word in theirs.vocab_dict]
        ours = Lexicon(TEXTS).bm25.scores([query])[0]
        assert ours == pytest.approx(theirs.get_scores(known), rel=1e-5)


def test_a_word_is_common_that_stands_in_a_quarter_of_many_texts() -> None:
    lexicon = Lexicon([*["ship and wind"] * 6, *["wind"] * 14])
    assert [lexicon.is_common(word) for word in ("ship", "wind", "sea")] == [True, True, False]
    assert not Lexicon(["ship"] * 19).is_common("ship")
