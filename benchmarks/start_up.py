"""How long the command line takes to start, beside Python itself and the libraries it prints with.

Each is started in turn, as often as asked for, and counts with its fastest run: what else the
machine does only adds to it. Usage: python benchmarks/start_up.py [--runs 7]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

CALLWATCH = str(Path(sys.executable).with_name("callwatch"))
GOAL_SECONDS = 0.5
STARTED: dict[str, Sequence[str]] = {
    "python -c pass": (sys.executable, "-c", "pass"),
    "import typer, rich": (sys.executable, "-c", "import typer, rich.table, rich.panel"),
    "callwatch --help": (CALLWATCH, "--help"),
    "callwatch profiles check": (CALLWATCH, "profiles", "check"),
    "callwatch opportunities": (CALLWATCH, "opportunities"),
    "import sentence_transformers": (sys.executable, "-c", "import sentence_transformers"),
}
"""Name → command. The first is the peer; the last is what most commands do without."""


def seconds_of(command: Sequence[str], folder: str) -> tuple[float, float]:
    """Return how long ``command`` ran in an empty ``folder``, and how much of it on a processor."""
    before, began = os.times(), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, cwd=folder)
    wall, after = time.perf_counter() - began, os.times()
    used = after.children_user + after.children_system
    return wall, used - before.children_user - before.children_system


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in STARTED}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(options.runs):
            for name, command in STARTED.items():
                runs[name].append(seconds_of(command, folder))
    print_table({name: min(found) for name, found in runs.items()})


def print_table(fastest: dict[str, tuple[float, float]]) -> None:
    """Print the seconds of each, beside those of Python; and the goal, where there is one."""
    peer = next(iter(fastest.values()))[0]
    table = Table("started", "seconds", "of a processor", "× python", "× goal", box=None)
    table.columns[0].no_wrap = True
    for name, (wall, used) in fastest.items():
        goal = f"{wall / GOAL_SECONDS:.2f}" if name == "callwatch --help" else ""
        table.add_row(name, f"{wall:.2f}", f"{used:.2f}", f"{wall / peer:.1f}", goal)
    Console().print(table)


if __name__ == "__main__":
    main()
