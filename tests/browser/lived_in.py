"""An installation in which people have been at work: what the pages are looked at with."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.acts import Act, append
from store.db import session_scope
from store.logins import Holder, person_of
from store.models import (
    Cadence,
    Decision,
    Match,
    Opportunity,
    Profile,
    ReviewStatus,
    Subscriber,
    Verdict,
)
from store.sign_ins import sign_in
from store.subscribers import Signup, subscribe
from store.words import OwnWord, matches_to_judge, say_word
from tests.browser.installation import Installation
from tests.browser.sights import ADVISER, READER
from tests.links import ZONE, links_to

GROUPS = ("ocean-structures", "teacher-learning")


def signed_in(site: Installation, address: str) -> str:
    """Return what a browser of somebody with an account keeps."""
    with session_scope(site.engine) as session:
        person = person_of(session, Holder(address, "en", ZONE), site.clock.now)
        return sign_in(session, person.id, site.clock.now)


def lived_in(site: Installation) -> dict[str, str]:
    """Let people decide, read and follow; return what the addresses of pages name."""
    with session_scope(site.engine) as session:
        topic = Opportunity.topic_id == site.recorded.recording.moved
        moved = select(Match).join(Match.opportunity).where(topic)
        for match in session.scalars(moved):
            append(match, Act(Decision.APPROVE, ADVISER, site.clock.now))
        subscriber = _reader(session, READER, site.clock.now)
        _reader(session, ADVISER, site.clock.now)
    site.crawl_and_match()
    with session_scope(site.engine) as session:
        reopened = session.scalars(moved).first()
        waiting = select(Match).join(Match.opportunity).where(~topic)
        matches = session.scalars(waiting.order_by(Match.score.desc(), Match.id)).all()
        assert reopened is not None
        _decide(matches, site.clock.now)
        told, unjudged = _for_readers(session)
        judged = matches_to_judge(session, subscriber, told.id)
        say_word(session, subscriber, judged, OwnWord(Verdict.USEFUL, None, site.clock.now))
        return {
            "told": told.reference,
            "judged": str(told.id),
            "unjudged": str(unjudged.id),
            "opportunity": reopened.opportunity.reference,
            "reopened": str(reopened.id),
            "group": reopened.profile.slug,
            "approved": str(matches[0].id),
            "version": str(matches[0].review_version),
            "rejected": str(matches[1].id),
            **links_to(
                session,
                site.settings,
                session.get_one(Subscriber, subscriber),
                GROUPS,
                site.clock.now,
            ),
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


def _for_readers(session: Session) -> Sequence[Opportunity]:
    """Approve what fits the readers' groups best; return two calls that are told them by it."""
    fitting = (
        select(Match)
        .join(Match.profile)
        .where(Profile.slug.in_(GROUPS), Match.review_status == ReviewStatus.PENDING)
        .order_by(Match.id.desc())
    )
    found = {match.opportunity: match for match in session.scalars(fitting)}
    chosen = list(found)[:2]
    for opportunity in chosen:
        append(found[opportunity], Act(Decision.APPROVE, ADVISER, found[opportunity].proposed_at))
    session.flush()
    return chosen


def _reader(session: Session, address: str, now: datetime) -> int:
    for slug in GROUPS:
        signup = Signup(address, slug, Cadence.WEEKLY, "en", ZONE, "the tests")
        found = subscribe(session, signup, now)
    return found.subscriber_id
