"""An installation in which people have been at work: what the pages are looked at with."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.replica import PortalReplica, read_records
from jobs.demo import SAMPLES
from store.acts import Act, append
from store.db import session_scope
from store.filters import Filters
from store.following import Following, Preferences
from store.issued_tokens import issue_confirmation, issue_entrance
from store.logins import Holder, issue_link, person_of
from store.models import Cadence, Decision, Match, Opportunity, Subscriber
from store.sign_ins import sign_in
from store.subscribers import Signup, subscribe
from store.tokens import manage_token, signing_key, stop_token, visit_token
from store.wishes import Wish
from tests.browser.installation import Installation
from tests.browser.sights import ADVISER, READER

WIND = "HORIZON-CL5-2026-09-D3-03"
BEFORE, AFTER = "2026-09-15", "2026-09-08"
GROUPS = ("ocean-structures", "teacher-learning")
ZONE = "Europe/Oslo"


def signed_in(site: Installation, address: str) -> str:
    """Return what a browser of somebody with an account keeps."""
    with session_scope(site.engine) as session:
        person = person_of(session, Holder(address, "en", ZONE), site.clock.now)
        return sign_in(session, person.id, site.clock.now)


def moved_records() -> list[dict[str, object]]:
    """Return the samples, the deadline of one topic a week earlier."""
    records = [dict(record) for record in read_records(SAMPLES)]
    return [_moved(record) if WIND in json.dumps(record) else record for record in records]


def _moved(record: dict[str, object]) -> dict[str, object]:
    moved: dict[str, object] = json.loads(json.dumps(record).replace(BEFORE, AFTER))
    return moved


def lived_in(site: Installation) -> dict[str, str]:
    """Let people decide, read and follow; return what the addresses of pages name."""
    with session_scope(site.engine) as session:
        wind = select(Match).join(Match.opportunity).where(Opportunity.topic_id == WIND)
        for match in session.scalars(wind):
            append(match, Act(Decision.APPROVE, ADVISER, site.clock.now))
        subscriber = _reader(session, site.clock.now)
    site.clock.now += timedelta(days=1)
    with PortalReplica(moved_records()) as replica:
        site.crawl_and_match(replica)
    with session_scope(site.engine) as session:
        reopened = session.scalars(wind).first()
        waiting = select(Match).join(Match.opportunity).where(Opportunity.topic_id != WIND)
        matches = session.scalars(waiting.order_by(Match.score.desc(), Match.id)).all()
        assert reopened is not None
        _decide(matches, site.clock.now)
        return {
            "opportunity": reopened.opportunity.reference,
            "reopened": str(reopened.id),
            "group": reopened.profile.slug,
            "approved": str(matches[0].id),
            "version": str(matches[0].review_version),
            "rejected": str(matches[1].id),
            **_links(session, site, session.get_one(Subscriber, subscriber)),
        }


def _decide(matches: Sequence[Match], now: datetime) -> None:
    acts = (
        Act(Decision.APPROVE, ADVISER, now, comment="Asked the group: they want it."),
        Act(Decision.REJECT, ADVISER, now, reason_code="too-large"),
        Act(Decision.ASSIGN, ADVISER, now, assignee="contact@example.org"),
        Act(Decision.APPROVE, ADVISER, now),
        Act(Decision.REJECT, ADVISER, now, reason_code="off-topic"),
    )
    for act, match in zip(acts * 4, matches, strict=False):
        append(match, act)


def _reader(session: Session, now: datetime) -> int:
    for slug in GROUPS:
        signup = Signup(READER, slug, Cadence.WEEKLY, "en", ZONE, "the tests")
        found = subscribe(session, signup, now)
    return found.subscriber_id


def _links(session: Session, site: Installation, reader: Subscriber) -> dict[str, str]:
    key, now = signing_key(session, site.settings), site.clock.now
    following = Following(Cadence.WEEKLY, Filters((), (), "possible"))
    wish = Wish(GROUPS, following, Preferences("en", ZONE, None, None))
    return {
        "confirmation": issue_confirmation(session, reader, wish, now).secret,
        "entrance": issue_entrance(session, reader, now).secret,
        "login": issue_link(session, Holder(ADVISER, "en", ZONE), "", now).secret,
        "settings": manage_token(key, reader, now),
        "visit": visit_token(key, reader, now),
        "stop": stop_token(key, reader),
    }
