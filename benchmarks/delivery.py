"""How fast digests are composed and leave, beside a bare aiosmtplib loop.

A university's readers each get a digest of their own: from the first query to the last recorded
answer. The bare loop sends one fixed message of that size to the same server over the same number
of connections. Both take turns, each in a process of its own; the server is Postfix's smtp-sink
where it is installed, else benchmarks/smtp_sink.py. Composing runs on one core; what is told there
is CPU time. Usage:
python benchmarks/delivery.py [--mails 2000] [--connections 4] [--runs 3]
"""

import argparse
import asyncio
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from aiosmtplib import SMTP
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from benchmarks.composing import SETTINGS, mail_bytes, rendered_alone
from benchmarks.memory import peak_memory_mib
from benchmarks.readership import NOW, readership
from benchmarks.timing import timed
from notifier.channels import open_channel
from notifier.outbox import compose_due
from notifier.send import deliver
from notifier.terms import Terms
from store.db import session_scope
from store.messages import messages_by_state
from store.models import MessageState

ROOT = Path(__file__).parent.parent
SIZE = 38_000
"""Bytes of the fixed message, as many as a digest has."""
GOAL_RATIO = 0.9
GOAL_COMPOSED = 200
ALONE = 300
NAMES = {"bare": "bare aiosmtplib loop, one fixed message", "ours": "Callwatch, from the outbox"}


@dataclass(frozen=True, slots=True)
class Course:
    """What is sent, and where to."""

    port: int
    mails: int
    connections: int


async def send_bare(course: Course) -> None:
    """Send one fixed message so many times."""
    head = b"From: callwatch@example.org\r\nSubject: 1 new\r\nMessage-ID: <1@example.org>\r\n\r\n"
    line = b"A topic that fits what your group works on, and why it does.\r\n"
    body = head + line * ((SIZE - len(head)) // len(line))

    async def send(number: int) -> None:
        async with SMTP(hostname="127.0.0.1", port=course.port, start_tls=False) as client:
            for _ in range(number):
                await client.sendmail("callwatch@example.org", ["reader@example.org"], body)

    each = course.mails // course.connections
    await asyncio.gather(*(send(each) for _ in range(course.connections)))


def send_ours(engine: Engine, course: Course) -> None:
    """Send what is queued."""
    settings = SETTINGS.model_copy(update={"mail_url": f"smtp://127.0.0.1:{course.port}"})
    terms = Terms(course.connections, course.connections, daily_limit=1_000_000)
    began = time.monotonic()
    deliver(
        engine,
        open_channel(settings),
        lambda: NOW + timedelta(seconds=time.monotonic() - began),
        terms,
    )


def measure_bare(course: Course) -> dict[str, float]:
    """Return how long the bare loop took."""
    _, seconds, cpu = _timed(lambda: asyncio.run(send_bare(course)))
    return {"mails": course.mails, "seconds": seconds, "cpu": cpu}


def measure_ours(course: Course) -> dict[str, float]:
    """Return how long it took to compose what readers are due, and to deliver it."""
    with readership(course.mails) as engine:
        _, composing, composing_cpu = _timed(lambda: compose_due(engine, SETTINGS, NOW))
        _, seconds, cpu = _timed(lambda: send_ours(engine, course))
        with session_scope(engine) as session:
            sent = messages_by_state(session)[MessageState.SENT]
        return {
            "mails": sent,
            "seconds": seconds,
            "cpu": cpu,
            "composing": composing,
            "composing_cpu": composing_cpu,
            "bytes": mail_bytes(engine),
        }


def _timed(work: Callable[[], object]) -> tuple[object, float, float]:
    """Return what ``work`` returns, and the seconds of the clock and of the processor it took."""
    used = time.process_time()
    result, seconds = timed(work)
    return result, seconds, time.process_time() - used


MEASURES: dict[str, Callable[[Course], dict[str, float]]] = {
    "bare": measure_bare,
    "ours": measure_ours,
}


def measured(what: str, course: Course) -> dict[str, float]:
    """Return what one run in a child process printed."""
    numbers = map(str, (course.port, course.mails, course.connections))
    done = subprocess.run(
        [sys.executable, __file__, "--child", what, *numbers],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    result: dict[str, float] = json.loads(done.stdout)
    return result


@contextmanager
def mail_server() -> Iterator[tuple[str, int]]:
    """Yield the name and the port of a mail server in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    found = shutil.which("smtp-sink", path=f"{os.environ['PATH']}:/usr/sbin")
    ours = [sys.executable, str(ROOT / "benchmarks/smtp_sink.py"), str(port)]
    theirs = [str(found), "-u", "nobody", f"127.0.0.1:{port}", "200"]
    with subprocess.Popen(theirs if found else ours) as process:
        try:
            _wait_for(port)
            yield ("Postfix's smtp-sink" if found else "benchmarks/smtp_sink.py"), port
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the mail server did not start")


def print_delivery(server: str, results: dict[str, list[dict[str, float]]]) -> None:
    """Print the medians, and ours as part of the bare loop's of the same run."""
    table = Table("run", "mails/s", "CPU ms/mail", "× bare", "peak MiB", box=None)
    rates = {
        what: [run["mails"] / run["seconds"] for run in runs] for what, runs in results.items()
    }
    ratios = [ours / bare for ours, bare in zip(rates["ours"], rates["bare"], strict=True)]
    for what, runs in results.items():
        cpu = statistics.median(1000 * run["cpu"] / run["mails"] for run in runs)
        ratio = statistics.median(ratios) if what == "ours" else 1
        mib = max(run["mib"] for run in runs)
        rate = statistics.median(rates[what])
        table.add_row(NAMES[what], f"{rate:.0f}", f"{cpu:.2f}", f"{ratio:.2f}", f"{mib:.0f}")
    console = Console()
    console.print(f"to {server}, median of {len(ratios)} runs; goal: × bare at least {GOAL_RATIO}")
    console.print(table)


def print_composing(runs: list[dict[str, float]]) -> None:
    """Print how many digests are composed in a second on one core, and how long the whole took."""
    table = Table("composing", "digests/s", "CPU ms/digest", "goal", box=None)
    cpu = statistics.median(run["composing_cpu"] / run["mails"] for run in runs)
    store = "from the first query to the queued row"
    table.add_row(store, f"{1 / cpu:.0f}", f"{1000 * cpu:.2f}", str(GOAL_COMPOSED))
    alone = rendered_alone(ALONE)
    without = "composed and rendered, all read before"
    table.add_row(without, f"{alone:.0f}", f"{1000 / alone:.2f}", str(GOAL_COMPOSED))
    whole = statistics.median(run["composing"] + run["seconds"] for run in runs)
    size = statistics.median(run["bytes"] for run in runs)
    console = Console()
    console.print(table)
    console.print(
        f"{runs[0]['mails']:.0f} digests of {size / 1000:.1f} kB, all in all: {whole:.0f} s"
    )


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--child", nargs=4)
    options = parser.parse_args()
    if options.child:
        what, *numbers = options.child
        found = MEASURES[what](Course(*map(int, numbers)))
        print(json.dumps(found | {"mib": peak_memory_mib()}))
        return
    results: dict[str, list[dict[str, float]]] = {what: [] for what in NAMES}
    with mail_server() as (server, port):
        course = Course(port, options.mails, options.connections)
        for _ in range(options.runs):
            for what, runs in results.items():
                runs.append(measured(what, course))
    print_delivery(server, results)
    print_composing(results["ours"])


if __name__ == "__main__":
    main()
