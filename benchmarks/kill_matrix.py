"""What a sender loses and repeats when it is killed, beside one that records a batch afterwards.

Digests go out on several connections to a real SMTP server, and the sender gets SIGKILL at random
moments until so many kills are done; then it may finish. Usage:
python benchmarks/kill_matrix.py [--mails 400] [--connections 4] [--kills 20] [--seed 1]
"""

import argparse
import asyncio
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aiosmtplib import SMTP
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, func, select, update

from benchmarks.smtp_sink import Taken, sink
from config.settings import Settings
from notifier.channels import open_channel
from notifier.send import deliver
from notifier.terms import Terms
from store.db import open_engine, session_scope, upgrade
from store.messages import LEASE
from store.models import Message, MessageState
from tests.mails import queue_mails

ROOT = str(Path(__file__).parent.parent)
START = datetime(2026, 5, 20, 6, tzinfo=UTC)
BATCH = 100
DELAY_SECONDS = 0.03
"""What the server takes for a mail, so that kills find mails in hand."""
LONGEST_SECONDS = 1.5
"""Within this time after its first step a sender is killed."""


@dataclass(frozen=True, slots=True)
class Course:
    """What is sent, and how often its sender is killed."""

    mails: int
    connections: int
    kills: int
    seed: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a course led to."""

    lost: int
    copies: int
    """Beyond the first of each mail."""
    most_copies: int
    altered: int
    """Mails of which two copies differ in a byte."""
    kills: int
    not_sent: int
    """Mails that the store does not show as sent."""


def ours(engine: Engine, port: int, connections: int, now: datetime) -> None:
    """Send what is due as Callwatch does."""
    settings = Settings(_env_file=None, mail_url=f"smtp://127.0.0.1:{port}")
    terms = Terms(connections=connections, per_domain=connections)
    deliver(engine, open_channel(settings), lambda: now, terms)


def batch(engine: Engine, port: int, connections: int, now: datetime) -> None:
    """Send what is due in batches, each recorded once all of it was sent."""
    while True:
        with session_scope(engine) as session:
            due = select(Message).where(Message.state == MessageState.QUEUED).limit(BATCH)
            mails = [(row.id, row.subscriber.address, row.body) for row in session.scalars(due)]
        if not mails:
            return
        asyncio.run(_send_batch([mail[1:] for mail in mails], port, connections))
        with session_scope(engine) as session:
            done = update(Message).where(Message.id.in_([mail[0] for mail in mails]))
            session.execute(done.values(state=MessageState.SENT, sent_at=now))


async def _send_batch(mails: list[tuple[str, bytes]], port: int, connections: int) -> None:
    async def send(part: list[tuple[str, bytes]]) -> None:
        async with SMTP(hostname="127.0.0.1", port=port) as client:
            for address, body in part:
                await client.sendmail("callwatch@example.org", [address], body)

    await asyncio.gather(*(send(mails[n::connections]) for n in range(connections)))


STRATEGIES: dict[str, Callable[[Engine, int, int, datetime], None]] = {
    "Callwatch": ours,
    "batch recorded afterwards": batch,
}


def run_child(strategy: str, url: str, port: int, connections: int, at: str) -> None:
    """Send what is due, once the parent was told that everything is loaded."""
    engine = open_engine(url)
    print("ready", flush=True)
    STRATEGIES[strategy](engine, port, connections, datetime.fromisoformat(at))


def run_course(strategy: str, course: Course, url: str) -> Outcome:
    """Queue mails in the empty database at ``url``, send and kill, and return what came of it."""
    engine = open_engine(url)
    upgrade(engine)
    with session_scope(engine) as session:
        queue_mails(session, (f"reader{n}@example.org" for n in range(course.mails)), START, 2000)
    drawn, taken, kills = random.Random(course.seed), Taken(DELAY_SECONDS), 0  # noqa: S311 - moments
    with sink(taken) as port:
        for number in range(course.kills + 3):
            ends = drawn.uniform(0, LONGEST_SECONDS) if number < course.kills else None
            at = (START + number * LEASE / 2).isoformat()
            command = (strategy, url, str(port), str(course.connections), at)
            kills += _send_and_kill(command, ends)
    outcome = _outcome(engine, taken, course, kills)
    engine.dispose()
    return outcome


def _send_and_kill(command: tuple[str, ...], ends: float | None) -> bool:
    """Run a sender, for ``ends`` seconds or to its end; return whether it was killed."""
    child = subprocess.Popen(
        [sys.executable, __file__, "--child", *command],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": ROOT},
    )
    with child:
        if child.stdout is None or child.stdout.readline() != "ready\n":
            raise RuntimeError("the sender did not start")
        if ends is None:
            return child.wait() < 0
        time.sleep(ends)
        child.kill()
        return child.wait() == -signal.SIGKILL


def _outcome(engine: Engine, taken: Taken, course: Course, kills: int) -> Outcome:
    with session_scope(engine) as session:
        sent = select(func.count(Message.id)).where(Message.state == MessageState.SENT)
        number = session.scalars(sent).one()
    return Outcome(
        lost=course.mails - len(taken.ids),
        copies=taken.ids.total() - len(taken.ids),
        most_copies=max(taken.ids.values(), default=0),
        altered=sum(len(bodies) > 1 for bodies in taken.bodies.values()),
        kills=kills,
        not_sent=course.mails - number,
    )


def main() -> None:
    """Run the courses, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=400)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", nargs=5)
    options = parser.parse_args()
    if options.child:
        strategy, url, port, connections, at = options.child
        run_child(strategy, url, int(port), int(connections), at)
        return
    course = Course(options.mails, options.connections, options.kills, options.seed)
    columns = ("sender", "mails", "kills", "lost", "copies", "most of one", "allowed", "altered")
    table = Table(*columns, box=None)
    for strategy in STRATEGIES:
        with tempfile.TemporaryDirectory() as folder:
            found = run_course(strategy, course, f"sqlite:///{Path(folder) / 'kill.db'}")
        counts = (course.mails, found.kills, found.lost, found.copies, found.most_copies)
        allowed = found.kills * course.connections
        table.add_row(strategy, *map(str, (*counts, allowed, found.altered)))
    Console().print(table)


if __name__ == "__main__":
    main()
