"""A store as full as that of a large university, drawn with a seed: what pages are measured on."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from benchmarks.drawn_texts import Drawn, drawn_vectors
from config.accounts import LOCAL
from config.organisation import read_organisation
from config.programmes import programmes
from config.settings import Settings
from matcher.eligibility import judge_of
from matcher.embedder import model_of
from matcher.text import headline, opening
from store.db import session_scope
from store.eligibility import as_kept
from store.embeddings import hash_of_text, keep_vectors
from store.logins import Holder, person_of
from store.models import Decision, Match, Opportunity, Profile, Review, ReviewStatus, Status
from store.sign_ins import sign_in
from store.tokens import signing_key
from tests.notifier.conftest import cutoff

NOW = datetime(2026, 5, 20, 6, tzinfo=UTC)
TYPES = ("HORIZON-RIA", "HORIZON-IA", "HORIZON-CSA", "HORIZON-ERC", "HORIZON-TMA-MSCA-DN")
STATUSES = (ReviewStatus.PENDING, ReviewStatus.PENDING, ReviewStatus.APPROVED)
BANDS = ("possible", "good", "strong")
ADVISER = "adviser@ntnu.example"


def fill(engine: Engine, opportunities: int, profiles: int, matches: int) -> str:
    """Fill an empty store; return the secret of an administrator's browser."""
    settings = Settings(_env_file=None)
    with session_scope(engine) as session:
        topics = _opportunities(session, opportunities)
        groups = _profiles(session, settings, profiles)
        _matches(session, settings, (groups, topics), matches)
        signing_key(session, settings)
        person = person_of(session, Holder(LOCAL.address, "en", settings.time_zone), NOW)
        session.flush()
        secret = sign_in(session, person.id, NOW)
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")  # as a database does by itself in time
    return secret


def _opportunities(session: Session, number: int) -> Sequence[Opportunity]:
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
    session.add_all(rows)
    model = model_of("").documents.model_id
    texts = [told(row) for row in rows for told in (opening, headline)]
    vectors = (row.astype("<f4").tobytes() for row in drawn_vectors(texts))
    keep_vectors(session, model, dict(zip(map(hash_of_text, texts), vectors, strict=True)))
    return rows


def _profiles(session: Session, settings: Settings, number: int) -> Sequence[Profile]:
    departments = tuple(read_organisation(settings.configuration).departments())
    rows = Drawn().profiles(number)
    for place, row in enumerate(rows):
        row.department = departments[place % len(departments)]
    session.add_all(rows)
    session.flush()
    return rows


def _matches(
    session: Session,
    settings: Settings,
    rows: tuple[Sequence[Profile], Sequence[Opportunity]],
    number: int,
) -> None:
    """Spread matches over four fifths of the opportunities; a third of them is approved."""
    profiles, topics = rows
    matched = topics[: len(topics) * 4 // 5]
    judge = judge_of(settings.configuration)
    kept = [as_kept(judge(topic, NOW.date())) for topic in matched[:100]]
    drawn = []
    for n in range(number):
        profile, turn = n % len(profiles), n // len(profiles)
        topic = matched[(profile * 7 + turn * 41) % len(matched)]
        drawn.append(_match(n, profiles[profile], topic, kept[n % len(kept)]))
    session.execute(insert(Match), drawn)
    session.execute(insert(Review), [_approval(one) for one in drawn if one["review_version"]])


def _match(n: int, profile: Profile, topic: Opportunity, kept: dict[str, Any]) -> dict[str, Any]:
    words = str(topic.sections[0]["text"]).split("\n")
    reason = {
        "passage": words[n % len(words)][2:300], "section": "Scope", "facet": profile.facets[0],
        "similarity": 0.6, "terms": [], "facet_terms": [],
    }  # fmt: skip
    status = STATUSES[n % len(STATUSES)]
    return {
        "id": n + 1, "profile_id": profile.id, "opportunity_id": topic.id, "score": 0.5,
        "percentile": n * 7919 % 100_003 / 100_003, "band": BANDS[n % len(BANDS)],
        "reasons": [reason, reason], "eligibility": kept, "content_hash": topic.content_hash,
        "profile_version": 1, "review_status": status,
        "review_version": int(status is ReviewStatus.APPROVED), "current": True, "by_hand": False,
        "proposed_at": NOW, "scored_at": NOW,
    }  # fmt: skip


def _approval(match: dict[str, Any]) -> dict[str, Any]:
    return {"match_id": match["id"], "at": NOW, "by": ADVISER, "decision": Decision.APPROVE}
