"""What it takes to fetch and read grantsTenders.json, beside ``json.load`` of the same file.

The file is made of recorded topics until it has the size of the real one; both get it from the same
server on this machine, each run in a process of its own, start-up left out.
Usage: python benchmarks/reference_file.py [FOLDER OF A RECORDED SCAN] [--runs 3] [--megabytes 125]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any

import urllib3
from pydantic import AnyHttpUrl
from rich.console import Console
from rich.table import Table

import crawler
from benchmarks.memory import peak_memory_mib
from config.deadlines import deadline_rules
from config.settings import SHIPPED, Settings
from crawler.reference.entries import read_grant
from crawler.reference.fetching import fetch
from crawler.reference.reading import LiveGrants, is_live
from crawler.replica import read_records
from crawler.replica.reference_file import HEAD, TAIL, as_entry, made_up, tender

SAMPLES = Path(crawler.__file__).parent / "samples"
NOW = datetime(2026, 5, 20, 6, tzinfo=UTC)
SCAN = Path(os.environ.get("CALLWATCH_SHARED", Path(__file__).parents[2] / "shared")) / (
    "portal/search/2026-05-20"
)
HORIZON = 43108390
NAMES = {
    "start": "start-up alone",
    "load": "json.load of the whole file",
    "first": "Callwatch, fetched, proven and read",
    "again": "Callwatch, the kept copy read again",
}


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves a folder and prints nothing."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by http.server
        """Print nothing."""


def entries(folder: Path) -> Iterator[Mapping[str, Any]]:
    """Yield entries without end: the recorded topics once, then old and made-up ones."""
    recorded = [as_entry(r) for r in read_records(folder) if "TOPICS" in str(r["reference"])]
    yield from recorded
    for number in range(100):
        yield made_up(number, "31094502", NOW.date())
    for number in count(1):
        closed = {"id": 31094503, "abbreviation": "Closed", "description": "Closed"}
        old = recorded[number % len(recorded)]
        yield old | {"ccm2Id": 10_000_000 + number, "status": closed}
        yield tender(number)


def write_file(path: Path, folder: Path, size_bytes: int) -> None:
    """Write a file of about ``size_bytes`` to ``path``."""
    with path.open("wb") as file:
        file.write(HEAD)
        for number, entry in enumerate(entries(folder)):
            file.write(b"," if number else b"")
            file.write(json.dumps(entry, ensure_ascii=False).encode())
            if file.tell() > size_bytes:
                break
        file.write(TAIL)


def with_json_load(url: str, folder: Path) -> int:
    """Return how many live topics of Horizon Europe there are, by the shortest way to write."""
    copy, rules = folder / "whole.json", deadline_rules(SHIPPED)
    with (
        urllib3.PoolManager() as pool,
        pool.request("GET", url, preload_content=False) as response,
        copy.open("wb") as file,
    ):
        for piece in response.stream(64 * 1024):
            file.write(piece)
    with copy.open("rb") as file:
        document = json.load(file)
    listed = document["fundingData"]["GrantTenderObj"]
    live = [entry for entry in listed if is_live(entry, NOW.date())]
    ours = [entry for entry in live if entry["frameworkProgramme"]["id"] == HORIZON]
    return len([read_grant(entry, rules) for entry in ours])


def with_callwatch(data_url: str, folder: Path) -> int:
    """Return how many live topics of Horizon Europe there are, as a crawl reads them."""
    settings = Settings(portal_data_url=AnyHttpUrl(data_url), crawl_delay_seconds=0)
    file = fetch(settings, folder, NOW)
    grants = LiveGrants(file.path, "horizon_europe", deadline_rules(SHIPPED), NOW.date())
    return sum(1 for _ in grants)


def run_child(what: str, data_url: str, folder: Path) -> None:
    """Do one run in this process, and print its seconds, peak memory and number of topics."""
    began = time.perf_counter()
    topics = 0
    if what == "load":
        topics = with_json_load(f"{data_url}/referenceData/grantsTenders.json", folder)
    elif what != "start":
        topics = with_callwatch(data_url, folder)
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "peak_mib": peak_memory_mib(), "topics": topics}))


def measured(what: str, data_url: str, folder: str) -> dict[str, float]:
    """Return what one run in a child process printed."""
    done = subprocess.run(
        [sys.executable, __file__, "--child", what, data_url, folder],
        check=True,
        capture_output=True,
        text=True,
    )
    result: dict[str, float] = json.loads(done.stdout)
    return result


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=SCAN if SCAN.is_dir() else SAMPLES)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--megabytes", type=float, default=125)
    parser.add_argument("--child", nargs=3, metavar=("WHAT", "URL", "FOLDER"))
    options = parser.parse_args()
    if options.child:
        what, data_url, folder = options.child
        run_child(what, data_url, Path(folder))
        return
    results: dict[str, list[dict[str, float]]] = {what: [] for what in NAMES}
    with tempfile.TemporaryDirectory() as served:
        (Path(served) / "referenceData").mkdir()
        path = Path(served) / "referenceData" / "grantsTenders.json"
        write_file(path, options.folder, int(options.megabytes * 1e6))
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=served))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for _ in range(options.runs):
            with tempfile.TemporaryDirectory() as folder:
                for what, runs in results.items():
                    runs.append(measured(what, f"http://127.0.0.1:{server.server_port}", folder))
        server.shutdown()
        print_table(path.stat().st_size, results)


def print_table(size_bytes: int, results: dict[str, list[dict[str, float]]]) -> None:
    """Print the medians, and each beside ``json.load``."""
    table = Table("run", "seconds", "× load", "peak MiB", "MiB above start-up", "× load", box=None)
    seconds = {w: statistics.median(r["seconds"] for r in runs) for w, runs in results.items()}
    peak = {w: max(r["peak_mib"] for r in runs) for w, runs in results.items()}
    above = {what: mib - peak["start"] for what, mib in peak.items()}
    for what, name in NAMES.items():
        table.add_row(
            name,
            f"{seconds[what]:.2f}",
            f"{seconds[what] / seconds['load']:.2f}",
            f"{peak[what]:.0f}",
            f"{above[what]:.0f}",
            f"{above[what] / above['load']:.2f}",
        )
    console, counted = Console(), {int(runs[0]["topics"]) for runs in results.values()} - {0}
    console.print(
        f"{size_bytes / 1e6:.0f} MB, {' or '.join(map(str, counted))} live topics of Horizon"
        f" Europe, median of {len(results['load'])} runs"
    )
    console.print(table)


if __name__ == "__main__":
    main()
