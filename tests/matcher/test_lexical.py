"""Words in common."""

from matcher.lexical import Lexicon

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
