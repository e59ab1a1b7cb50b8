"""How fast digests leave, beside a bare aiosmtplib loop that sends one fixed message.

Both send to the same server over the same number of connections, in turn, each in a process of
its own; the server is Postfix's smtp-sink where it is installed, else benchmarks/smtp_sink.py.
Composing and rendering are measured on one core, with and without the database. Usage:
python benchmarks/delivery.py [--mails 2000] [--connections 4] [--runs 3] [--composed 200]
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
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from aiosmtplib import SMTP
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from benchmarks.composing import SIZE, composed_with_store, rendered_alone
from benchmarks.memory import peak_memory_mib
from config.settings import Settings
from notifier.channels import open_channel
from notifier.send import deliver
from notifier.terms import Terms
from store.db import open_engine, session_scope, upgrade
from store.messages import messages_by_state
from store.models import MessageState
from tests.mails import queue_mails

ROOT = Path(__file__).parent.parent
START = datetime(2026, 5, 20, 6, tzinfo=UTC)
GOAL_RATIO = 0.9
GOAL_COMPOSED = 200
NAMES = {"bare": "bare aiosmtplib loop, one fixed message", "ours": "Callwatch, from the outbox"}


async def send_bare(port: int, mails: int, connections: int) -> None:
    """Send one fixed message so many times."""
    head = b"From: callwatch@example.org\r\nSubject: 1 new\r\nMessage-ID: <1@example.org>\r\n\r\n"
    line = b"A topic that fits what your group works on, and why it does.\r\n"
    body = head + line * ((SIZE - len(head)) // len(line))

    async def send(number: int) -> None:
        async with SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
            for _ in range(number):
                await client.sendmail("callwatch@example.org", ["reader@example.org"], body)

    await asyncio.gather(*(send(mails // connections) for _ in range(connections)))


def send_ours(engine: Engine, port: int, connections: int) -> None:
    """Send what is queued."""
    settings = Settings(_env_file=None, mail_url=f"smtp://127.0.0.1:{port}")
    terms = Terms(connections, connections, daily_limit=1_000_000)
    began = time.monotonic()
    deliver(
        engine,
        open_channel(settings),
        lambda: datetime.fromtimestamp(START.timestamp() + time.monotonic() - began, UTC),
        terms,
    )


def run_child(what: str, port: int, mails: int, connections: int) -> None:
    """Send, and print how long it took and how much memory."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/bench.db")
        if what == "ours":
            upgrade(engine)
            for start in range(0, mails, 500):
                _queue(engine, range(start, min(mails, start + 500)))
        began, used = time.perf_counter(), time.process_time()
        if what == "ours":
            send_ours(engine, port, connections)
        else:
            asyncio.run(send_bare(port, mails, connections))
        seconds, used = time.perf_counter() - began, time.process_time() - used
        if what == "ours":
            with session_scope(engine) as session:
                mails = messages_by_state(session)[MessageState.SENT]
    print(json.dumps({"seconds": seconds, "cpu": used, "mails": mails, "mib": peak_memory_mib()}))


def _queue(engine: Engine, numbers: range) -> None:
    with Session(engine) as session:
        now = datetime.fromtimestamp(START.timestamp() - numbers.start, UTC)
        queue_mails(session, (f"reader{n}@example.org" for n in numbers), now, SIZE)


def measured(what: str, port: int, mails: int, connections: int) -> dict[str, float]:
    """Return what one run in a child process printed."""
    command = [sys.executable, __file__, "--child", what, str(port), str(mails), str(connections)]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env=_environment(ROOT)
    )
    result: dict[str, float] = json.loads(done.stdout)
    return result


def _environment(root: Path) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(root)}


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


def print_composing(composed: int) -> None:
    """Print how many digests are composed and rendered in a second on one core."""
    table = Table("composing", "digests/s", "kB each", "goal", box=None)
    for name, measure in (
        ("composed and rendered", rendered_alone),
        ("with the ledger, the headers and the outbox", composed_with_store),
    ):
        rate, size = measure(composed)
        table.add_row(name, f"{rate:.0f}", f"{size / 1000:.0f}", f"{GOAL_COMPOSED}")
    Console().print(table)


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--composed", type=int, default=200)
    parser.add_argument("--child", nargs=4)
    options = parser.parse_args()
    if options.child:
        what, *numbers = options.child
        run_child(what, *map(int, numbers))
        return
    results: dict[str, list[dict[str, float]]] = {what: [] for what in NAMES}
    with mail_server() as (server, port):
        for _ in range(options.runs):
            for what, runs in results.items():
                runs.append(measured(what, port, options.mails, options.connections))
    print_delivery(server, results)
    print_composing(options.composed)


if __name__ == "__main__":
    main()
