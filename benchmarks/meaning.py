"""What a search would find if it compared its words with every passage, not with openings alone.

    python -m benchmarks.meaning ../shared/benchmark

Searches are made of real projects, whose funded topic is right, and of sentences of the topics
themselves, which favour passages: a sentence stands in one. Each way of comparing is tried with
two thresholds, so that ways that find as many can be read beside each other. Words count as on the
page. Intervals are of differences to what the page does, over topics drawn with replacement.
"""

import argparse
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from matcher.corpus import starts_of
from matcher.embedder import TextModel, Vectors, model_of
from matcher.evaluation.benchmark import THEMATIC, Task, read_tasks
from matcher.evaluation.measures import Draws, estimate, resampled_means
from matcher.evaluation.ranking import as_opportunity
from matcher.lexical import Index, word_index
from matcher.seeking import LEAST_SIMILARITY, MOST_BY_MEANING
from matcher.text import headline, opening, passages, whole_text
from store.models import Opportunity
from web.criteria import LONGEST_QUERY
from web.finding import RANK_CONSTANT

FULL_TEXT = 1_500
"""Characters of a description from which it is more than an abstract."""

HIGHER = 0.05
"""What the other threshold lies above that of the page."""

Scores = NDArray[np.floating[Any]]
Way = Callable[[Vectors], Scores]
"""Returns (topics,) how near each is to the vector of a search."""


@dataclass(frozen=True, slots=True)
class Search:
    """Words, and the place of the topic they should find."""

    words: str
    right: int


@dataclass(frozen=True, slots=True)
class Topics:
    """What is searched."""

    rows: Sequence[Opportunity]
    by_word: Index
    ways: Mapping[str, Way]


def topics_of(rows: Sequence[Opportunity], model: TextModel) -> Topics:
    """Return ``rows`` with every way of comparing them."""
    cut = [[passage.text for passage in passages(row)] for row in rows]
    starts = starts_of([len(texts) for texts in cut])
    read = model.documents.encode
    each = read([text for texts in cut for text in texts])
    wholes = _unit(read([opening(row) for row in rows]) + read([headline(row) for row in rows]))
    means = _unit(np.add.reduceat(each, starts, axis=0))
    with_means = _unit(wholes + means)

    def with_nearest(asked: Vectors) -> Scores:
        return (wholes @ asked + np.maximum.reduceat(each @ asked, starts)) / 2

    ways: dict[str, Way] = {
        "opening and headline": lambda asked: wholes @ asked,
        "and the mean of passages": lambda asked: with_means @ asked,
        "and the nearest passage": with_nearest,
    }
    return Topics(rows, word_index([whole_text(row) for row in rows]), ways)


def _unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def searches(
    projects: Task, keywords: Task, rows: Sequence[Opportunity]
) -> Iterator[tuple[str, list[Search]]]:
    """Yield each kind of searches."""
    full = {row.topic_id: place for place, row in enumerate(rows) if _has_full_text(row)}
    objectives, named = _asked(projects, full), _asked(keywords, full)
    chance = random.Random(4)  # noqa: S311 - drawn data, no secret
    yield "beginning of a project's objective", objectives
    yield "sentence from its middle", [Search(_middle(s.words), s.right) for s in objectives]
    yield "keywords of a project", named
    yield "two of them", [Search(_some(s.words.split(","), 2, chance), s.right) for s in named]
    sentences = [Search(_middle(whole_text(rows[place])), place) for place in full.values()]
    yield "sentence of the topic", sentences
    long_words = [re.findall(r"[A-Za-z-]{5,}", s.words) for s in sentences]
    yield (
        "three words of it",
        [
            Search(_some(w, 3, chance), s.right)
            for w, s in zip(long_words, sentences, strict=True)
            if len(w) >= 3
        ],
    )


def _has_full_text(row: Opportunity) -> bool:
    return sum(len(section["text"]) for section in row.sections) > FULL_TEXT


def _asked(task: Task, places: Mapping[str, int]) -> list[Search]:
    return [
        Search(query.text, places[topic])
        for query in task.queries
        if query.stratum == THEMATIC
        for topic in islice(task.judgements[query.id], 1)
        if topic in places
    ]


def _middle(text: str) -> str:
    sentences = re.split(r"(?<=[.!?;])\s+", " ".join(text.split()))
    return sentences[len(sentences) // 2]


def _some(words: Sequence[str], number: int, chance: random.Random) -> str:
    return " ".join(chance.sample(words, min(number, len(words)))).strip()


def ranks(topics: Topics, asked: Sequence[Search], model: TextModel) -> Iterator[Scores]:
    """Yield (ways and thresholds, 2) of each search: the rank of the right topic, what is found."""
    words = [search.words[:LONGEST_QUERY] for search in asked]
    for search, query, vector in zip(asked, words, model.queries.encode(words), strict=True):
        scores = topics.by_word.scores([query])[0]
        by_words = _reciprocal(np.where(topics.by_word.having_all(query), scores, 0))
        found = [
            by_words + _reciprocal(_near(way(vector), least))
            for way in topics.ways.values()
            for least in (LEAST_SIMILARITY, LEAST_SIMILARITY + HIGHER)
        ]
        yield np.array([(_rank(fits, search.right), (fits > 0).sum()) for fits in found])


def _near(scores: Scores, least: float) -> Scores:
    nearest = np.partition(scores, -MOST_BY_MEANING)[-MOST_BY_MEANING]
    return np.where(scores >= max(least, nearest), scores, 0)


def _reciprocal(scores: Scores) -> Scores:
    places = np.empty(len(scores))
    places[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return np.where(scores > 0, 1 / (RANK_CONSTANT + places), 0)


def _rank(fits: Scores, right: int) -> float:
    return float((fits > fits[right]).sum() + 1) if fits[right] > 0 else np.inf


def main() -> None:
    """Compare, and print a table for each kind of searches."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    projects, keywords = read_tasks(parser.parse_args().folder, ("a-open", "c-keywords"))
    model = model_of("")
    topics = topics_of([as_opportunity(document) for document in projects.documents], model)
    for title, asked in searches(projects, keywords, topics.rows):
        print_table(title, asked, np.stack(list(ranks(topics, asked, model))), topics)


def print_table(title: str, asked: Sequence[Search], found: Scores, topics: Topics) -> None:
    """Print of each way what it finds, and by how much it differs from what the page does."""
    clusters = [str(search.right) for search in asked]
    table = Table(
        *("compared with", "from", "found", "in the first 10", "difference", "MRR", "difference"),
        title=f"{title}: {len(asked)} searches, {len(set(clusters))} topics",
    )
    values = np.hstack([found[:, :, 0] <= 10, 1 / found[:, :, 0]])
    drawn = resampled_means(values, clusters, Draws())
    names = [(way, least) for way in topics.ways for least in (0.0, HIGHER)]
    for row, (way, more) in enumerate(names):
        cells = []
        for column, base in ((row, 0), (row + len(names), len(names))):
            mean, usual = values[:, column].mean(), values[:, base].mean()
            gain = estimate(mean - usual, drawn[:, column] - drawn[:, base])
            cells += [f"{mean:.3f}", f"{gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})"]
        table.add_row(
            way, f"{LEAST_SIMILARITY + more:.2f}", f"{found[:, row, 1].mean():.0f}", *cells
        )
    Console(width=130).print(table)


if __name__ == "__main__":
    main()
