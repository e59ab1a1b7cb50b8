"""How fast texts are embedded, beside plain ``SentenceTransformer.encode`` in the same run.

Ours is what a run of the matcher does: texts of like length together, each vector kept in a store,
once on PyTorch and once on the engine of the extra ``fast``. Every round runs each way in turn; the
best round of each counts. Usage: python benchmarks/embedding.py [--texts 96] [--rounds 3]
[--model NAME] [FOLDER OF ANSWERS]
"""

import argparse
import os
import random
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from sentence_transformers import SentenceTransformer

from config.deadlines import deadline_rules
from config.settings import SHIPPED
from crawler.portal import read_record
from crawler.replica import read_records
from matcher.embedder import LazyModel, Role, SentenceTransformerEmbedder, Vectors
from matcher.engines import OpenVinoTransformer
from matcher.model_files import source_of
from matcher.text import pieces
from matcher.vectors import embedded
from store.db import open_engine, upgrade

SHARED = Path(os.environ.get("CALLWATCH_SHARED", Path(__file__).parents[2] / "shared"))
LENGTHS = (64, 128, 254)
"""Tokens of a text, beside the real mix; with two special ones 254 is all that is read."""
SEED = 7

Encode = Callable[[Sequence[str]], Vectors]
Way = Callable[[], Encode]
"""Makes what is timed, anew for every round."""


@dataclass(frozen=True, slots=True)
class Timed:
    """What one way of embedding took, and made."""

    seconds: float
    vectors: Vectors


def main(arguments: Sequence[str] | None = None) -> None:
    """Time every way on every set of texts and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=SHARED / "portal" / "search")
    parser.add_argument("--texts", type=int, default=96)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--model", default="")
    chosen = parser.parse_args(arguments)
    source = source_of(chosen.model)
    with tempfile.TemporaryDirectory() as folder:
        plain = LazyModel(source)
        fast = LazyModel(source, engines=Path(folder) / "engines")
        ways = {"plain": plain_way(plain.model), "ours, PyTorch": our_way(plain, Path(folder))}
        if isinstance(fast.model[0], OpenVinoTransformer):
            ways["ours, OpenVINO"] = our_way(fast, Path(folder))
        sets = text_sets(recorded_passages(chosen.folder), plain.model, chosen.texts)
        Console().print(table_of(sets, ways, chosen.rounds))


def plain_way(model: SentenceTransformer) -> Way:
    """Return the peer: the library's own function, with nothing set but the length of vectors."""

    def encode(texts: Sequence[str]) -> Vectors:
        rows = model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(rows, np.float32)

    return lambda: encode


def our_way(lazy: LazyModel, folder: Path) -> Way:
    """Return what a run of the matcher does, each time with a store that knows no text yet."""
    embedder = SentenceTransformerEmbedder(lazy, Role.DOCUMENT)

    def prepare() -> Encode:
        engine = open_engine(f"sqlite:///{tempfile.mkdtemp(dir=folder)}/store.db")
        upgrade(engine)
        return lambda texts: embedded(engine, embedder, texts).vectors

    return prepare


def recorded_passages(folder: Path) -> list[str]:
    """Return the passages of every record under ``folder``, each once."""
    rules = deadline_rules(SHIPPED)
    topics = (read_record(dict(record), rules) for record in read_records(folder))
    parts = (part.text for topic in topics for part in topic.sections)
    return list(dict.fromkeys(piece for text in parts for piece in pieces(text)))


def text_sets(
    found: Sequence[str], model: SentenceTransformer, number: int
) -> dict[str, list[str]]:
    """Return ``number`` texts of each length, cut from what was ``found``, and a sample of that."""
    draw = random.Random(SEED)  # noqa: S311 - a sample, no secret
    tokens = model.tokenizer(" ".join(draw.sample(found, len(found) // 4)), verbose=False)
    ids = tokens["input_ids"]
    starts = draw.sample(range(1, len(ids) - max(LENGTHS)), number)
    sets = {
        f"{length} tokens": [model.tokenizer.decode(ids[at : at + length - 2]) for at in starts]
        for length in LENGTHS
    }
    return sets | {"passages": draw.sample(found, 4 * number)}


def table_of(sets: Mapping[str, Sequence[str]], ways: Mapping[str, Way], rounds: int) -> Table:
    """Return texts a second of each way, its ratio to the first, and the least cosine to it."""
    threads = torch.get_num_threads()
    table = Table("texts", "way", "texts/s", "ratio", "least cosine", title=f"{threads} threads")
    for name, texts in sets.items():
        best = best_rounds(texts, ways, rounds)
        peer = next(iter(best.values()))
        for way, timed in best.items():
            cosine = float((timed.vectors * peer.vectors).sum(axis=1).min())
            speed = f"{len(texts) / timed.seconds:.1f}"
            table.add_row(name, way, speed, f"{peer.seconds / timed.seconds:.2f}", f"{cosine:.6f}")
    return table


def best_rounds(texts: Sequence[str], ways: Mapping[str, Way], rounds: int) -> dict[str, Timed]:
    """Return the fastest round of each way; in every round each takes its turn."""
    best: dict[str, Timed] = {}
    for _ in range(rounds):
        for name, way in ways.items():
            timed = timed_round(way(), texts)
            if name not in best or timed.seconds < best[name].seconds:
                best[name] = timed
    return best


def timed_round(encode: Encode, texts: Sequence[str]) -> Timed:
    """Return what ``encode`` makes of ``texts``, and how long that takes."""
    started = time.perf_counter()
    vectors = encode(texts)
    return Timed(time.perf_counter() - started, vectors)


if __name__ == "__main__":
    main()
