"""Pages of the office and lists of the API, one after the other, beside a page that asks nothing.

    python -m benchmarks.alone [--database postgres]

The store is that of a large university, as in ``benchmarks.load``, in which people were told of
what was approved, said what is useful, and applied. The app answers in this process, so that what
is printed is the page's own time: all of it, and what of it this processor worked. What is left
is mostly the database.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from fastapi.testclient import TestClient
from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from benchmarks.filled import ADVISER, NOW, fill
from benchmarks.load import DATABASES, MATCHES, OPPORTUNITIES, PROFILES
from config.settings import Settings
from jobs.cli.feeds import publisher
from store.api_keys import Grant, make_key
from store.db import open_engine, session_scope, upgrade
from store.models import (
    Application,
    ApplicationState,
    Cadence,
    Change,
    ChangeKind,
    CrawlRun,
    Endpoint,
    Feedback,
    Match,
    Message,
    MessageItem,
    MessageState,
    Opportunity,
    Profile,
    ReviewStatus,
    Revision,
    Severity,
    Subscriber,
    SubscriberState,
    Subscription,
    Verdict,
)
from web.app import create_app
from web.cookies import PLAIN

TIMES = 5
PEER = "/desk/matches/0"
PAGES = (
    PEER, "/desk", "/desk/unmatched", "/desk/unmatched?page=20", "/desk/policies",
    "/desk/policies/{group}", "/desk/audit", "/desk/audit?words=adviser", "/desk/audit.csv",
    "/reports", "/reports?by=faculty", "/reports?by=profile", "/reports?by=programme",
    "/reports?by=month", "/reports.xlsx?by=profile", "/applications", "/profiles",
    "/api/v1/opportunities?limit=100", "/api/v1/changes?limit=100", "/api/v1/profiles?limit=100",
    "/api/v1/matches?limit=100", "/api/v1/common-grants/opportunities?pageSize=100",
    "/api/v1/common-grants/opportunities?pageSize=100&page=40",
)  # fmt: skip
STATES = (
    ApplicationState.PLANNED, ApplicationState.SUBMITTED, ApplicationState.AWARDED,
    ApplicationState.REJECTED,
)  # fmt: skip


def main() -> None:
    """Fill a store, ask for each page some times, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=sorted(DATABASES), default="sqlite")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, DATABASES[asked.database](Path(folder)) as url:
        engine = open_engine(url)
        upgrade(engine)
        secret = fill(engine, OPPORTUNITIES, PROFILES, MATCHES)
        key = live(engine)
        print(f"{asked.database}: {OPPORTUNITIES:,} opportunities, {MATCHES:,} matches")
        for line in measured(engine, secret, key):
            print(line)
        engine.dispose()


def measured(engine: Engine, secret: str, key: str) -> Iterator[str]:
    """Yield a line for each page."""
    settings = Settings(_env_file=None, api_requests=1_000_000)
    app = create_app(settings, engine, lambda: NOW, publisher(settings))
    client = TestClient(app, headers={"Authorization": f"Bearer {key}"})
    client.cookies.set(PLAIN, secret)
    with session_scope(engine) as session:
        group = session.scalars(select(Profile.slug).limit(1)).one()
    yield f"{'page':58} {'all, ms':>8} {'here, ms':>8} {'kB':>6}"
    for page in PAGES:
        path = page.format(group=group)
        size = len(client.get(path).content)
        took = [_timed(client, path) for _ in range(TIMES)]
        whole, here = (1000 * statistics.median(each) for each in zip(*took, strict=True))
        yield f"{page:58} {whole:8.0f} {here:8.0f} {size / 1000:6.0f}"


def _timed(client: TestClient, path: str) -> tuple[float, float]:
    """Return the seconds that a page took, and those of them that this process worked."""
    began, worked = time.perf_counter(), time.process_time()
    client.get(path)
    return time.perf_counter() - began, time.process_time() - worked


def live(engine: Engine) -> str:
    """Let readers be told of what was approved, find some of it useful, and apply; return a key."""
    with session_scope(engine) as session:
        pairs = session.execute(
            select(Match.id, Match.profile_id, Match.opportunity_id)
            .where(Match.review_status == ReviewStatus.APPROVED)
            .order_by(Match.id)
        ).all()
        told: dict[int, list[tuple[int, int]]] = {}
        for match, profile, opportunity in pairs:
            told.setdefault(profile, []).append((match, opportunity))
        _read(session, told)
        _apply(session, told)
        _change(session)
        seen = tuple(session.scalars(select(Profile.department).distinct()))
        made = make_key(session, Grant("intranet", (), seen, timedelta(days=30)), NOW)
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    return made.secret


def _read(session: Session, told: dict[int, list[tuple[int, int]]]) -> None:
    """Let each group have a reader, who was told of all that was approved, and liked a tenth."""
    for profile, matches in told.items():
        reader = Subscriber(
            address=f"reader{profile}@ntnu.example", language="en", time_zone="Europe/Oslo",
            state=SubscriberState.ACTIVE, consent="drawn", created_at=NOW, confirmed_at=NOW,
        )  # fmt: skip
        reader.subscriptions = [
            Subscription(
                profile_id=profile, cadence=Cadence.WEEKLY, scheduled_at=NOW, created_at=NOW
            )
        ]
        message = Message(
            subscriber=reader, message_id=f"<{profile}@ntnu.example>", state=MessageState.SENT,
            composed_at=NOW, sent_at=NOW, body=b"drawn",
        )  # fmt: skip
        message.items = [MessageItem(opportunity_id=one, content_hash="") for _, one in matches]
        session.add(message)
        session.flush()
        session.add_all(
            Feedback(match_id=match, subscriber_id=reader.id, verdict=Verdict.USEFUL, at=NOW)
            for match, _ in matches[::10]
        )


def _apply(session: Session, told: dict[int, list[tuple[int, int]]]) -> None:
    rows = [
        {
            "profile_id": profile, "opportunity_id": matches[0][1], "state": state,
            "day": NOW.date(), "at": NOW, "by": ADVISER,
        }
        for profile, matches in told.items()
        for state in STATES[: 1 + profile % len(STATES)]
    ]  # fmt: skip
    session.execute(insert(Application), rows)


def _change(session: Session) -> None:
    """Let every opportunity have changed once."""
    run = CrawlRun(source="horizon_europe", endpoint=Endpoint.SEARCH_API, started_at=NOW)
    session.add(run)
    session.flush()
    numbers = session.scalars(select(Opportunity.id)).all()
    session.execute(
        insert(Revision),
        [
            {
                "id": n, "opportunity_id": n, "crawl_run_id": run.id, "seen_at": NOW,
                "content_hash": "", "fields": {}, "raw": b"",
            }
            for n in numbers
        ],
    )  # fmt: skip
    session.execute(
        insert(Change),
        [
            {
                "opportunity_id": n, "revision_id": n, "kind": ChangeKind.BUDGET,
                "severity": Severity.NOTABLE, "field": "budget", "detected_at": NOW,
            }
            for n in numbers
        ],
    )  # fmt: skip


if __name__ == "__main__":
    main()
