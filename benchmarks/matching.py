"""How long matching takes beside the bare products it contains, and how much memory.

Texts are drawn from words of a natural frequency, vectors at random: both cost what real ones cost,
and no model is needed. Each number of profiles is matched in a process of its own, so that peaks
of memory can be compared. Usage: python benchmarks/matching.py [--topics 5000] [--profiles 500]
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.sparse import csr_array

from benchmarks.drawn_texts import Drawn, drawn_vectors
from benchmarks.memory import peak_memory_mib
from benchmarks.timing import timed
from matcher.corpus import Corpus, Wanted, corpus_of, wants_of
from matcher.lexical import Index
from matcher.measures import BLOCK, measured
from matcher.results import scored_match
from matcher.stages import Context, matched

GOAL = 1.5
"""How many times the bare products matching may take."""


@dataclass
class Timings:
    """Seconds of each step, for one number of profiles."""

    profiles: int
    index: float = 0.0
    products: float = 0.0
    word_products: float = 0.0
    measure: float = 0.0
    stages: float = 0.0
    reasons: float = 0.0
    matches: int = 0
    peak_mib: float = 0.0
    """Of the process, when all profiles were matched."""

    @property
    def bare(self) -> float:
        """Return the seconds of all products, of vectors and of words."""
        return self.products + self.word_products

    @property
    def matching(self) -> float:
        """Return the seconds from vectors to what every stage leaves."""
        return self.measure + self.stages


def products(corpus: Corpus, wants: Sequence[Wanted]) -> None:
    """Multiply the vectors that matching multiplies, block by block, and forget it."""
    sought = np.concatenate([wanted.vectors for wanted in wants])
    for start in range(0, len(sought), BLOCK):
        block = sought[start : start + BLOCK].T
        corpus.vectors @ block
        corpus.wholes @ block


def word_products(corpus: Corpus, wants: Sequence[Wanted]) -> float:
    """Return the seconds of the sparse products over words and pairs of words, made ready."""
    queries = [" ".join(facet.texts) for wanted in wants for facet in wanted.facets]
    seconds = 0.0
    for start in range(0, len(queries), BLOCK):
        for index in (corpus.lexicon.bm25, corpus.lexicon.tfidf):
            weighed = index.read(queries[start : start + BLOCK])
            seconds += timed(partial(multiply, weighed, index))[1]
    return seconds


def multiply(weighed: csr_array, index: Index) -> None:
    """Multiply queries with texts, and forget it."""
    (weighed @ index.texts.T).toarray()


def timings(topics: int, count: int) -> Timings:
    """Match ``count`` profiles with ``topics``, step by step."""
    drawn, steps = Drawn(), Timings(count)
    opportunities, profiles = drawn.opportunities(topics), drawn.profiles(count)
    corpus, steps.index = timed(lambda: corpus_of(opportunities, drawn_vectors))
    wants = tuple(wants_of(profiles, drawn_vectors))
    products(corpus, wants[:1])  # a first time costs more
    _, steps.products = timed(lambda: products(corpus, wants))
    steps.word_products = word_products(corpus, wants)
    given = measured(corpus, wants)
    everywhere = np.ones(topics, bool)
    for profile, wanted in zip(profiles, wants, strict=True):
        how, seconds = timed(lambda: next(given))
        steps.measure += seconds
        context = Context(profile, wanted, corpus, how, everywhere)
        kept, seconds = timed(lambda: matched(context))  # noqa: B023 - called at once
        steps.stages += seconds
        _, seconds = timed(lambda: [scored_match(one, context) for one in kept])  # noqa: B023
        steps.reasons += seconds
        steps.matches += len(kept)
    steps.peak_mib = peak_memory_mib()
    return steps


def apart(topics: int, count: int) -> Timings:
    """Return the timings of a process of its own."""
    command = [sys.executable, __file__, "--topics", str(topics), "--one", str(count)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Timings(**json.loads(done.stdout))


def print_table(topics: int, found: Sequence[Timings]) -> None:
    """Print the steps of each, as seconds and beside the products."""
    table = Table(
        "step", *(f"{one.profiles:,} profiles" for one in found), "× vectors", "× both", box=None
    )
    last = found[-1]
    for name, of in STEPS.items():
        ratios = (f"{of(last) / bare:.2f}" for bare in (last.products, last.bare))
        table.add_row(name, *(f"{of(one):.2f} s" for one in found), *ratios)
    table.add_row("matches", *(f"{one.matches:,}" for one in found))
    table.add_row("peak memory", *(f"{one.peak_mib:,.0f} MiB" for one in found))
    Console().print(
        f"{topics:,} topics; goal: matching at most {GOAL} × the products it contains",
        table,
        sep="\n",
    )


STEPS: dict[str, Callable[[Timings], float]] = {
    "products of vectors (numpy)": lambda t: t.products,
    "products of words (scipy)": lambda t: t.word_products,
    "compare": lambda t: t.measure,
    "fuse, drop": lambda t: t.stages,
    "matching (both)": lambda t: t.matching,
    "reasons": lambda t: t.reasons,
    "index, once": lambda t: t.index,
}


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--topics", type=int, default=5000)
    parser.add_argument("--profiles", type=int, default=500)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one is not None:
        print(json.dumps(asdict(timings(options.topics, options.one))))
        return
    counts = sorted({max(options.profiles // 5, 1), options.profiles})
    print_table(options.topics, [apart(options.topics, count) for count in counts])


if __name__ == "__main__":
    main()
