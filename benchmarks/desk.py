"""How fast the desk answers at 50,000 matches, beside the bare query of its page.

    python benchmarks/desk.py [--database URL] [--users 20] [--pages 400]

The app runs in a process of its own and answers over HTTP on loopback; each user asks for one page
after the other, without a pause. The bare query is what the page's rows cost without words.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import Request, urlopen

from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

sys.path.insert(0, str(Path(__file__).parent.parent))

from config.accounts import LOCAL
from config.settings import Settings
from store.db import open_engine, upgrade
from store.models import Match, ReviewStatus, Subscriber, SubscriberState
from store.queue import Order, Wanted, queue_page
from store.sign_ins import sign_in
from store.tokens import signing_key
from tests.rows import cutoff_row, opportunity_row, profile_row

NOW = datetime(2026, 5, 20, 6, tzinfo=UTC)
PROFILES, OPPORTUNITIES, MATCHES = 500, 5_000, 50_000
PORT = 8791
PATHS = ("", "?order=deadline", "?page=7", "?department=itk", "?days=30", "?state=approved")


def fill(engine: Engine) -> str:
    """Fill a database, and return the secret of somebody who is signed in."""
    with Session(engine) as session:
        profiles = [profile_row(f"p{n}", department=("itk", "imt")[n % 2]) for n in range(PROFILES)]
        topics = [opportunity_row(f"T{n}", title=f"A topic {n}") for n in range(OPPORTUNITIES)]
        for n, topic in enumerate(topics):
            topic.cutoffs = [cutoff_row(NOW + timedelta(days=1 + n % 400))]
        session.add_all([*profiles, *topics])
        session.flush()
        keys = [p.id for p in profiles], [t.id for t in topics]
        session.execute(insert(Match), [_match(n, *keys) for n in range(MATCHES)])
        person = Subscriber(
            address=LOCAL.address, language="en", time_zone="Europe/Oslo",
            state=SubscriberState.PENDING, consent="", created_at=NOW,
        )  # fmt: skip
        session.add(person)
        session.flush()
        signing_key(session, Settings(_env_file=None))
        secret = sign_in(session, person.id, NOW)
        session.commit()
        return secret


def _match(n: int, profiles: list[int], topics: list[int]) -> dict[str, object]:
    passage = "Grid-forming converters for offshore wind farms, with a view to stability. " * 3
    reason = {
        "passage": passage, "section": "Scope", "facet": "offshore wind", "similarity": 0.6,
        "terms": ["wind", "offshore"], "facet_terms": ["wind"],
    }  # fmt: skip
    status = (ReviewStatus.PENDING, ReviewStatus.PENDING, ReviewStatus.APPROVED)[n % 3]
    profile = n % PROFILES
    topic = (profile * 7 + n // PROFILES * 50) % OPPORTUNITIES
    return {
        "profile_id": profiles[profile], "opportunity_id": topics[topic],
        "score": 0.5, "percentile": n % 1000 / 1000, "band": "good", "reasons": [reason, reason],
        "content_hash": "v1", "profile_version": 1, "review_status": status, "review_version": 0,
        "current": True, "by_hand": False, "proposed_at": NOW, "scored_at": NOW,
    }  # fmt: skip


def asked(path: str, secret: str) -> float:
    """Return how long a page of the desk takes, in milliseconds."""
    request = Request(
        f"http://127.0.0.1:{PORT}/desk{path}", headers={"Cookie": f"callwatch={secret}"}
    )
    began = time.perf_counter()
    with urlopen(request) as answer:  # noqa: S310 - the same
        answer.read()
    return (time.perf_counter() - began) * 1000


def bare(engine: Engine) -> float:
    """Return how long the rows of a page take, in milliseconds, the median of twenty."""
    times = []
    for n in range(20):
        wanted = Wanted(order=(Order.FIT, Order.DEADLINE)[n % 2])
        with Session(engine) as session:
            began = time.perf_counter()
            queue_page(session, wanted, NOW)
            times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def wait_until(works: Callable[[], object]) -> None:
    """Wait until something works, half a minute at most."""
    for _ in range(60):
        try:
            works()
        except URLError:
            time.sleep(0.5)
        else:
            return
    raise SystemExit("the app does not answer")


def main() -> None:
    """Fill a database, ask for pages, and print how long they took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database")
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--pages", type=int, default=400)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        url = options.database or f"sqlite:///{folder}/callwatch.db"
        engine = open_engine(url)
        upgrade(engine)
        secret = fill(engine)
        print(f"{engine.dialect.name}: {MATCHES:,} matches")
        print(f"bare query: {bare(engine):.1f} ms")
        _measure(url, secret, options.users, options.pages)


def _measure(url: str, secret: str, users: int, pages: int) -> None:
    serve = ["-c", "from jobs.cli import main; main()", "serve", "--port", str(PORT)]
    environment = {**os.environ, "CALLWATCH_DATABASE_URL": url}
    server = subprocess.Popen(
        [sys.executable, *serve, "--now", NOW.isoformat()],
        env=environment, cwd=Path(__file__).parent.parent, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_until(lambda: asked("", secret))
        alone = [asked(path, secret) for path in PATHS * 5]
        print(f"one user: median {statistics.median(alone):.0f} ms")
        with ThreadPoolExecutor(users) as pool:
            times = sorted(pool.map(lambda n: asked(PATHS[n % len(PATHS)], secret), range(pages)))
        p95 = times[int(len(times) * 0.95)]
        print(f"{users} users: median {statistics.median(times):.0f} ms, p95 {p95:.0f} ms")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
