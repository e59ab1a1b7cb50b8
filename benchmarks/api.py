"""A page of the API's list, over HTTP, beside the bare query that it is made of."""

import argparse
import http.client
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from sqlalchemy import Engine

from benchmarks.timing import timed
from config.settings import Settings
from store.db import open_engine, session_scope, upgrade
from store.listing import Filters, listed_opportunities
from tests.rows import cutoff_row, opportunity_row
from web.app import create_app

NOW = datetime(2026, 5, 20, 6, tzinfo=UTC)
PAGE = 50
TEXT = "Proposals are expected to say how they bring about what the topic asks for. " * 80


def fill(engine: Engine, number: int) -> None:
    """Store opportunities with a text and a deadline each."""
    section = {"label": "Scope", "html": TEXT, "text": TEXT}
    with session_scope(engine) as session:
        for one in range(number):
            row = opportunity_row(f"{one}TOPICSen", sections=[section])
            row.cutoffs = [cutoff_row(NOW + timedelta(days=one % 400 - 50))]
            session.add(row)


def page_over_http(port: int) -> Callable[[], None]:
    """Return what reads the first page over one connection that stays open."""
    connection = http.client.HTTPConnection("127.0.0.1", port)

    def read() -> None:
        connection.request("GET", f"/api/v1/opportunities?limit={PAGE}")
        answer = connection.getresponse()
        answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(answer.status)

    return read


def bare_query(engine: Engine) -> None:
    """Read the rows of the first page, and make nothing of them."""
    with session_scope(engine) as session:
        listed_opportunities(session, Filters(), NOW, None, PAGE + 1)


def milliseconds(work: Callable[[], None], times: int) -> tuple[float, float]:
    """Return the median and the 95th percentile of how long ``work`` takes."""
    work()
    took = [timed(work)[1] * 1_000 for _ in range(times)]
    return statistics.median(took), statistics.quantiles(took, n=20)[-1]


def main() -> None:
    """Measure both, and print them side by side."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--opportunities", type=int, default=5_000)
    options.add_argument("--times", type=int, default=200)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'callwatch.db'}")
        upgrade(engine)
        fill(engine, asked.opportunities)
        app = create_app(Settings(_env_file=None, api_requests=10**9), engine, lambda: NOW)
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", access_log=False))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        rows = {
            "the page over HTTP": milliseconds(page_over_http(port), asked.times),
            "the bare query": milliseconds(lambda: bare_query(engine), asked.times),
        }
        server.should_exit = True
        thread.join()
        engine.dispose()
    print(f"{PAGE} of {asked.opportunities} opportunities, {asked.times} times, on SQLite")
    for name, (median, late) in rows.items():
        print(f"{name:20} median {median:6.1f} ms   95 % within {late:6.1f} ms")


if __name__ == "__main__":
    main()
