"""The ways of comparing, over a whole corpus at once."""

from collections.abc import Sequence

import numpy as np
import pytest

from matcher import measures
from matcher.corpus import Corpus, Wanted, corpus_of, wants_of
from matcher.embedder import Embedder
from matcher.measures import CENTRED, Measured, measured
from store.models import Opportunity
from tests.rows import opportunity_row, profile_row

LONG = "A ship at sea. " * 80


def offered(section: str = "") -> list[Opportunity]:
    return [
        opportunity_row(title, title=title, sections=[{"label": "Scope", "text": section}])
        for title in ("Ships", "School and teacher", "Wind for ships at sea", "Paper")
    ]


def wanted(embedder: Embedder, texts: Sequence[str]) -> list[Wanted]:
    profiles = [profile_row(text, text=text, facets=["wind"]) for text in texts]
    return list(wants_of(profiles, embedder.encode))


def given(corpus: Corpus, wants: Sequence[Wanted]) -> list[Measured]:
    return list(measured(corpus, wants))


def test_what_is_measured_does_not_depend_on_how_much_is_taken_at_once(
    embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus, wants = corpus_of(offered(), embedder.encode), wanted(embedder, ["ship", "sea", "grid"])
    at_once = given(corpus, wants)
    monkeypatch.setattr(measures, "BLOCK", 1)
    monkeypatch.setattr(measures, "PART", 1)
    for one, other in zip(given(corpus, wants), at_once, strict=True):
        assert one.nearest == pytest.approx(other.nearest, abs=1e-5)
        for way, points in one.by_way.items():
            assert points == pytest.approx(other.by_way[way], abs=1e-5)


def test_a_title_loses_a_share_of_how_near_it_is_to_everybody(embedder: Embedder) -> None:
    (centre,) = embedder.encode(["ship"])
    (want,) = wanted(embedder, ["sea"])
    (plain,) = given(corpus_of(offered(), embedder.encode), [want])
    (centred,) = given(corpus_of(offered(), embedder.encode, centre), [want])
    (usual,) = given(corpus_of(offered(), embedder.encode), wanted(embedder, ["ship"]))
    taken = (plain.by_way["meaning"] - centred.by_way["meaning"]).sum(axis=0)
    near_to_ships = usual.by_way["meaning"][0] / 0.5  # one of two facets
    assert taken == pytest.approx(CENTRED * near_to_ships, abs=1e-5)
    assert centred.nearest == pytest.approx(plain.nearest)


def test_a_full_text_loses_nothing(embedder: Embedder) -> None:
    (centre,) = embedder.encode(["ship"])
    (want,) = wanted(embedder, ["sea"])
    (plain,) = given(corpus_of(offered(LONG), embedder.encode), [want])
    (centred,) = given(corpus_of(offered(LONG), embedder.encode, centre), [want])
    assert np.array_equal(plain.by_way["meaning"], centred.by_way["meaning"])
