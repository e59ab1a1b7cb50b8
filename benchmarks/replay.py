"""Crawl recorded scans in the order of their days, and print the events found on each.

    python -m benchmarks.replay ../shared/portal/search [--source horizon_europe …]

Each folder of the scans is named by its day and served by a replica of the portal.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pydantic import AnyHttpUrl
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from config.settings import SHIPPED, Settings
from config.sources import Source
from crawler.replica import PortalReplica, read_records
from crawler.run import crawl
from store.db import open_engine, upgrade
from store.models import Change, ChangeKind, Opportunity, Severity

KINDS = tuple(kind for kind in ChangeKind if kind is not ChangeKind.OTHER)


def replayed(scans: Path, sources: Sequence[str], folder: Path) -> Engine:
    """Return a database into which every scan was crawled."""
    url = f"sqlite:///{folder / 'replay.db'}"
    engine = open_engine(url)
    upgrade(engine)
    for scan in sorted(path for path in scans.iterdir() if path.is_dir()):
        with PortalReplica(read_records(scan)) as replica:
            settings = Settings(
                _env_file=None,
                database_url=url,
                portal_search_url=AnyHttpUrl(replica.search_url),
                crawl_delay_seconds=0,
                config_dir=SHIPPED,
                keep_answers_days=0,
            )
            for report in crawl([Source(name, (0, 9_999)) for name in sources], settings, at(scan)):
                complete = "complete" if report.complete else "; ".join(report.problems)
                sys.stderr.write(f"{scan.name} {report.source}: {report.seen} seen, {complete}\n")
    return engine


def at(scan: Path) -> datetime:
    """Return the moment at which a scan is crawled."""
    return datetime.fromisoformat(f"{scan.name}T06:00:00+00:00")


def table(engine: Engine) -> list[str]:
    """Return the events by day and kind as lines of a Markdown table."""
    counts: Counter[tuple[str, ChangeKind]] = Counter()
    noise: Counter[str] = Counter()
    with Session(engine) as session:
        for change in session.scalars(select(Change).order_by(Change.id)):
            day = change.detected_at.date().isoformat()
            counts[day, change.kind] += 1
            noise[day] += change.severity is Severity.NOISE
    used = [kind for kind in KINDS if any(counts[day, kind] for day in noise)]
    heads = ["day", *(kind.value.replace("_", " ") for kind in used), "of these noise"]
    lines = ["| " + " | ".join(heads) + " |", "| --- |" + " ---: |" * (len(heads) - 1)]
    for day in sorted(noise):
        cells = [day, *(str(counts[day, kind] or "") for kind in used), str(noise[day] or "")]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def moves(engine: Engine) -> list[str]:
    """Return every moved deadline as a line of a Markdown table."""
    kinds = [kind for kind in ChangeKind if kind.value.startswith("deadline_")]
    query = (
        select(Change, Opportunity)
        .join(Opportunity)
        .where(Change.kind.in_(kinds), Change.severity != Severity.NOISE)
        .order_by(Change.id)
    )
    lines = ["| noticed | topic | what | before | after |", "| --- | --- | --- | --- | --- |"]
    with Session(engine) as session:
        for change, opportunity in session.execute(query):
            what = change.kind.value.replace("_", " ")
            lines.append(
                f"| {change.detected_at:%Y-%m-%d} | {opportunity.topic_id} | {what}"
                f" | {change.before or '–'} | {change.after or '–'} |"
            )
    return lines if len(lines) > 2 else ["No deadline moved."]


def main(arguments: Sequence[str]) -> int:
    """Replay the scans named in ``arguments`` and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replay", description=__doc__)
    parser.add_argument("scans", type=Path, help="folder of folders, each named by its day")
    parser.add_argument("--source", action="append", help="by default horizon_europe, erasmus_plus")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        sources = options.source or ["horizon_europe", "erasmus_plus"]
        engine = replayed(options.scans, sources, Path(folder))
        sys.stdout.write("\n".join([*table(engine), "", *moves(engine), ""]))
        engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
