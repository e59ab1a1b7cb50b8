"""How well the stages of the matcher rank: the figures of docs/explanation/matching.md.

A query is a profile made of funded projects, each a facet of title and objective (its keywords are
left out); the topics open on 21 May 2024 are ranked for it. Passages, vectors and stages are those
of ``matcher``; measures and bootstrap are those of the scorer that lies with the benchmark.
Usage: python benchmarks/ranking.py [BENCHMARK FOLDER] [--variants b-open a-open] [--cache FILE]
"""

import argparse
import gzip
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from config.errors import ConfigurationError
from jobs.cli.matching import embedding_bar
from matcher.corpus import Corpus, corpus_of, cut, wanted_of
from matcher.embedder import Vectors, embedder_of
from matcher.stages import Candidate, Candidates, Context, fuse, score_dense, score_lexical
from matcher.text import facets, opening
from matcher.vectors import embedded
from store.db import StoreError, open_engine, upgrade
from store.models import Opportunity, Profile

Scores = NDArray[np.float64]
Grades = Mapping[str, Mapping[str, float]]
"""Profile → right topics → grade."""

SHARED = Path(os.environ.get("CALLWATCH_SHARED", Path(__file__).parents[2] / "shared"))
VARIANTS = ("b-open", "a-open")
"""Those whose topics come with their full texts."""
NOW = datetime(2024, 5, 21, tzinfo=UTC)
"""When the topics in the pool were open."""
MEASURES = ("nDCG@10", "recall@10", "recall@50")
RRF_K = 60
RESAMPLES, SEED = 2_000, 7

# The benchmark keeps a description on one line, the portal's headings within it.
_HEADING = re.compile(r"(Expected Outcome|Expected Impact|Scope|Objective|Specific Challenge):")


@dataclass(frozen=True, slots=True)
class Scored:
    """What each way of scoring says of each topic, for one query."""

    bm25: Scores
    bare: Scores
    dense: Scores
    fused: Scores


RANKINGS: dict[str, Callable[[Scored], Scores]] = {
    "BM25 stage": lambda scored: scored.bm25,
    "bare model": lambda scored: scored.bare,
    "dense stage": lambda scored: scored.dense,
    "RRF of BM25 and bare": lambda scored: reciprocal_ranks(scored.bm25, scored.bare),
    "fused": lambda scored: scored.fused,
}
"""Rows of the table; each orders the topics, best first by what it returns."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The measures of every ranking on one variant."""

    rows: dict[str, Scores]
    """(queries, measures) of each ranking."""
    clusters: list[str]
    """First right topic of each query; queries that share it are drawn together."""


class Texts:
    """Texts with their vectors."""

    def __init__(self, texts: Sequence[str], vectors: Vectors) -> None:
        self._rows = {text: row for row, text in enumerate(texts)}
        self._vectors = vectors

    def vectors_of(self, texts: Sequence[str]) -> Vectors:
        """Return a row for each of ``texts``."""
        return self._vectors[[self._rows[text] for text in texts]]


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the records of a packed file of JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def read_topics(folder: Path) -> list[Opportunity]:
    """Return the pool by topic id, which decides between equal scores."""
    found = [doc for doc in read_lines(folder / "docs.jsonl.gz") if "open" in doc["pools"]]
    return [as_opportunity(doc) for doc in sorted(found, key=lambda doc: str(doc["id"]))]


def as_opportunity(doc: dict[str, Any]) -> Opportunity:
    """Return a topic of the benchmark as the matcher reads one."""
    before, *parts = _HEADING.split(doc["description"])
    sections = [("", before), *zip(parts[::2], parts[1::2], strict=True)]
    return Opportunity(
        topic_id=doc["id"],
        reference=doc["id"],
        title=doc["title"],
        call_title=doc["call_title"],
        destination=doc["destination"],
        keywords=doc["keywords"],
        tags=[],
        sections=[{"label": label, "text": text} for label, text in sections],
    )


def read_profiles(folder: Path, variant: str) -> list[Profile]:
    """Return the thematic queries of ``variant``."""
    found = read_lines(folder / f"queries-{variant}.jsonl.gz")
    return [as_profile(line) for line in found if line["stratum"] == "thematic"]


def as_profile(line: dict[str, Any]) -> Profile:
    """Return a query as a profile: each project of a history, or the one objective, is a facet."""
    projects = [f"{found['title']}. {found['objective']}" for found in line.get("profile", [])]
    return Profile(slug=line["qid"], text="", keywords=[], facets=projects or [line["text"]])


def texts_of(topics: Sequence[Opportunity], profiles: Sequence[Profile]) -> list[str]:
    """Return every text to embed, each once."""
    texts = [passage.text for found in cut(topics) for passage in found]
    texts += [opening(topic) for topic in topics]
    for profile in profiles:
        texts += [text for facet in facets(profile) for text in facet.texts]
        texts += profile.facets
    return list(dict.fromkeys(texts))


def index(topics: Sequence[Opportunity], texts: Texts) -> Corpus:
    """Return the corpus of ``topics``."""
    passages = cut(topics)
    vectors = texts.vectors_of([passage.text for found in passages for passage in found])
    return corpus_of(topics, passages, vectors, texts.vectors_of([opening(t) for t in topics]))


def scored(profile: Profile, corpus: Corpus, texts: Texts) -> Scored:
    """Return the scores of every topic; the bare model reads openings and projects uncut."""
    wants = facets(profile)
    vectors = texts.vectors_of([text for facet in wants for text in facet.texts])
    context = Context(profile, wanted_of(wants, vectors), corpus, NOW)
    candidates: Candidates = [Candidate(topic, at) for at, topic in enumerate(corpus.opportunities)]
    for stage in (score_dense, score_lexical, fuse):
        candidates = stage(candidates, context)
    bare = (corpus.openings @ texts.vectors_of(profile.facets).T).mean(axis=1)
    return Scored(
        bm25=np.array([c.lexical for c in candidates]),
        bare=bare.astype(np.float64),
        dense=np.array([c.dense for c in candidates]),
        fused=np.array([c.score for c in candidates]),
    )


def best_first(scores: Scores) -> NDArray[np.intp]:
    """Return the places of ``scores`` from the highest; equal ones keep their order."""
    return np.argsort(-scores, kind="stable")


def reciprocal_ranks(*several: Scores) -> Scores:
    """Return the reciprocal rank fusion of ``several`` scores.

    >>> reciprocal_ranks(np.array([9.0, 1.0]), np.array([8.0, 2.0])).round(4).tolist()
    [0.0328, 0.0323]
    """
    ranks = np.array([np.argsort(best_first(scores)) + 1 for scores in several])
    fused: Scores = (1 / (RRF_K + ranks)).sum(axis=0)
    return fused


def read_scorer(folder: Path) -> ModuleType:
    """Return the benchmark's scorer; it lies with the data, not with us."""
    spec = spec_from_file_location("score_retrieval", folder / "score_retrieval.py")
    if spec is None or spec.loader is None:
        raise ImportError(f"{folder}: score_retrieval.py cannot be imported")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measured(
    profiles: Sequence[Profile], grades: Grades, corpus: Corpus, texts: Texts, scorer: ModuleType
) -> Measured:
    """Return the measures of every ranking; ``grades`` are the right topics of each profile."""
    ids = [topic.topic_id for topic in corpus.opportunities]
    rows: dict[str, list[Sequence[float]]] = {name: [] for name in RANKINGS}
    for profile in profiles:
        found = scored(profile, corpus, texts)
        for name, scores_of in RANKINGS.items():
            ranking = [ids[at] for at in best_first(scores_of(found))]
            measures = scorer.measures_of(ranking, grades[profile.slug])
            rows[name].append(measures[: len(MEASURES)])
    by_ranking = {name: np.array(values) for name, values in rows.items()}
    return Measured(by_ranking, [min(grades[profile.slug]) for profile in profiles])


def plain_table(*headings: str) -> Table:
    """Return a table without lines, narrow enough for 80 columns."""
    return Table(*headings, box=None, padding=(0, 2, 0, 0), pad_edge=False)


def figures_table(results: dict[str, Measured]) -> Table:
    """Return the mean of each measure, a row for each ranking."""
    table = plain_table("ranking")
    for variant in results:
        for measure in MEASURES:
            table.add_column(f"{variant}\n{measure}".replace("@", "\n@"), justify="right")
    for name in RANKINGS:
        means = [mean for found in results.values() for mean in found.rows[name].mean(axis=0)]
        table.add_row(name, *(f"{mean:.3f}" for mean in means))
    return table


def intervals_table(scorer: ModuleType, results: dict[str, Measured]) -> Table:
    """Return what the fused ranking is better by than each other, with its interval."""
    table = plain_table("fused minus", "measure", *results)
    for name in [name for name in RANKINGS if name != "fused"]:
        cells: list[list[str]] = [[] for _ in MEASURES]
        for found in results.values():
            gains = found.rows["fused"] - found.rows[name]
            low, high = scorer.interval(gains, found.clusters, RESAMPLES, SEED)
            for at, mean in enumerate(gains.mean(axis=0)):
                cells[at].append(f"{mean:+.3f} ({low[at]:+.3f} {high[at]:+.3f})")
        for measure, row in zip(MEASURES, cells, strict=True):
            table.add_row(name if measure == MEASURES[0] else "", measure, *row)
    return table


def embed(texts: Sequence[str], cache: Path | None) -> Texts:
    """Return ``texts`` with their vectors; without a ``cache`` these are gone afterwards."""
    with tempfile.TemporaryDirectory() as folder, embedding_bar() as report:
        engine = open_engine(f"sqlite:///{cache or Path(folder, 'vectors.db')}")
        upgrade(engine)
        found = embedded(engine, embedder_of(""), texts, report)
        engine.dispose()
    return Texts(texts, found.vectors)


def compare(folder: Path, variants: Sequence[str], cache: Path | None) -> None:
    """Rank, measure and print."""
    scorer = read_scorer(folder)
    topics = read_topics(folder)
    profiles = {variant: read_profiles(folder, variant) for variant in variants}
    texts = embed(texts_of(topics, [p for found in profiles.values() for p in found]), cache)
    corpus = index(topics, texts)
    results = {}
    for variant, found in profiles.items():
        grades = scorer.read_qrels(folder / f"qrels-{variant}.txt")
        results[variant] = measured(found, grades, corpus, texts, scorer)
    console = Console(highlight=False)
    sizes = [f"{len(found)} thematic queries {variant}" for variant, found in profiles.items()]
    console.print(f"{', '.join(sizes)}; {len(topics)} topics\n")
    console.print(figures_table(results))
    console.print(f"\npaired bootstrap by topic, 95 %, {RESAMPLES} resamples, seed {SEED}\n")
    console.print(intervals_table(scorer, results))


def main() -> None:
    """Read the options, compare; what is missing is one line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    usual = SHARED / "benchmark"
    parser.add_argument("folder", nargs="?", type=Path, default=usual, help=f"default: {usual}")
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=VARIANTS)
    parser.add_argument("--cache", type=Path, metavar="FILE", help="SQLite file to keep vectors in")
    options = parser.parse_args()
    if not (options.folder / "docs.jsonl.gz").is_file():
        print(f"{options.folder}: no benchmark here (docs.jsonl.gz is missing)", file=sys.stderr)
        sys.exit(2)
    try:
        compare(options.folder, options.variants, options.cache)
    except (ConfigurationError, StoreError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
