"""How long a daily update takes when ten topics changed, beside a run that changed nothing.

A store of drawn topics and profiles is matched; then some topics get other texts, and all is
matched again. The embedded model reads what changed; the vectors of the rest are drawn. Usage:
python benchmarks/update.py [--topics 1200] [--profiles 500] [--changed 10] [--runs 3]
"""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from benchmarks.drawn_texts import DIMENSION, Drawn, drawn_vectors
from benchmarks.timing import timed
from config.bottom_up import open_kinds
from config.settings import SHIPPED
from matcher.eligibility import judge_of
from matcher.embedder import Embedder, TextModel, Vectors, model_of
from matcher.run import Means, match_profiles
from store.db import open_engine, session_scope, upgrade
from store.models import Opportunity
from tests.rows import cutoff_row

GOAL_SECONDS = 3.0
START = datetime(2026, 5, 20, tzinfo=UTC)


class Reading:
    """Draws vectors until told to read."""

    model_id = "drawn, then read"
    dimension = DIMENSION

    def __init__(self, model: Embedder) -> None:
        self._model = model
        self.encode: Callable[[Sequence[str]], Vectors] = drawn_vectors

    def read_from_now_on(self) -> None:
        """Load the model, and let it make all further vectors."""
        self._model.encode(["The model is loaded."])
        self.encode = self._model.encode


def fill(session: Session, drawn: Drawn, topics: int, profiles: int) -> None:
    """Add topics with a deadline ahead, and profiles."""
    for opportunity in drawn.opportunities(topics):
        opportunity.cutoffs = [cutoff_row(START + timedelta(days=60))]
        opportunity.last_seen_at = START
        session.add(opportunity)
    session.add_all(drawn.profiles(profiles))


def change(session: Session, drawn: Drawn, count: int, run: int) -> None:
    """Give the first ``count`` topics other texts."""
    others = drawn.opportunities(count)
    rows = session.scalars(select(Opportunity).order_by(Opportunity.topic_id).limit(count))
    for opportunity, other in zip(rows, others, strict=True):
        opportunity.sections, opportunity.content_hash = other.sections, f"{other.topic_id}-{run}"


def measure(engine: Engine, options: argparse.Namespace) -> dict[str, tuple[int, float]]:
    """Return name → texts embedded, and seconds of the fastest run."""
    drawn, model = Drawn(), Reading(model_of("").documents)
    means = Means(TextModel(model, model), judge_of(SHIPPED), open_kinds(SHIPPED))
    with session_scope(engine) as session:
        fill(session, drawn, options.topics, options.profiles)
    first, seconds = timed(lambda: match_profiles(engine, means, START))
    model.read_from_now_on()
    found = {"first, vectors drawn": (first.embedded, seconds)}
    for run in range(options.runs):
        changed = options.changed
        for name, count in ((f"{changed} topics changed", changed), ("nothing changed", 0)):
            with session_scope(engine) as session:
                change(session, drawn, count, run)
            now = START + timedelta(hours=run + 1)
            done, seconds = timed(lambda: match_profiles(engine, means, now))  # noqa: B023
            before = found.get(name, (0, float("inf")))
            found[name] = min(before, (done.embedded, seconds), key=lambda pair: pair[1])
    return found


def print_table(found: dict[str, tuple[int, float]], options: argparse.Namespace) -> None:
    """Print the runs, each beside the one that changed nothing, and the goal."""
    peer = found["nothing changed"][1]
    table = Table("run", "texts embedded", "seconds", "× nothing changed", "× goal", box=None)
    for name, (embedded, seconds) in found.items():
        goal = f"{seconds / GOAL_SECONDS:.2f}" if name.endswith("topics changed") else ""
        table.add_row(name, f"{embedded:,}", f"{seconds:.2f}", f"{seconds / peer:.1f}", goal)
    said = f"{options.topics:,} topics, {options.profiles:,} profiles; goal: {GOAL_SECONDS:g} s"
    Console().print(said, table, sep="\n")


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, default in (("topics", 1200), ("profiles", 500), ("changed", 10), ("runs", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'callwatch.db'}")
        upgrade(engine)
        print_table(measure(engine, options), options)
        engine.dispose()


if __name__ == "__main__":
    main()
