"""Reading what was approved for the profiles that a key opens, with the reasons."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from store.db import session_scope
from store.eligibility import Answer, Role, read_kept
from store.listing import opened_matches
from store.models import Basis, Match
from web.api.answering import OWN, answered_page
from web.api.callers import Admission, Caller
from web.api.cursors import AfterNumber, read_cursor, written
from web.api.opportunity_documents import OpportunitySummary, summary_of
from web.api.shapes import Document, Moment, Name, Page, Part, Unknown, moment_of, page_of
from web.site import Site


class ReasonDocument(Document):
    """A passage that carried the score."""

    passage: str
    """Verbatim, cut at about 300 characters."""
    section: str
    """Where in the opportunity it stands."""
    facet: str
    """What of the profile it met."""
    terms: list[str]
    """Words that both have, as the passage has them."""
    similarity: float


class AgainstDocument(Document):
    """What speaks against it; it was not dropped for that."""

    kind: str
    text: str


class RoleDocument(Document):
    """Whether the organisation may take one role."""

    role: Role
    answer: Answer
    says: str
    """Why, in one plain sentence."""
    evidence: str
    """The opportunity's own sentence that decided; empty where a rule did."""
    source: str
    """Address of the official text."""
    verified: bool
    """Whether the rule was compared with the official text."""


class MatchDocument(Document):
    """A profile and an opportunity that belong together."""

    number: int
    """The identity."""
    profile: str
    """Slug."""
    opportunity: OpportunitySummary
    basis: Basis
    """``theme`` where texts were compared, ``rule`` where it is open to any subject."""
    score: float
    """Compare it within one profile only; 0 where a rule decided."""
    percentile: float
    """Share (0 to 1) of the profile's opportunities that score lower; 0 where a rule decided."""
    probability: float | None
    """How likely (0 to 1) people call it useful."""
    band: str
    """``strong``, ``good`` or ``possible``; ``by rule`` where a rule decided."""
    reasons: list[ReasonDocument]
    against: list[AgainstDocument]
    eligibility: list[RoleDocument]
    """One for each role; empty where nobody judged."""
    unknown: dict[str, Unknown]
    """Why a field is null, by its name."""
    proposed: Moment


class MatchQuery(Part):
    """Which matches."""

    profile: Name | None = None
    """Slug of one profile; all that the key opens where none is named."""


def match_routes(site: Site, admit: Admission) -> APIRouter:
    """Return the route of matches."""
    router = APIRouter(tags=["matches"])

    @router.get("/matches", response_model=Page[MatchDocument])
    def list_matches(
        request: Request,
        query: Annotated[MatchQuery, Query()],
        caller: Annotated[Caller, Depends(admit)],
    ) -> Response:
        """List what is approved for the profiles that the key opens, the oldest first."""
        key, after = caller.needed_key(), read_cursor(AfterNumber, query.cursor)
        number = after.number if after else 0
        with session_scope(site.engine) as session:
            rows = opened_matches(session, key, query.profile, number, query.limit + 1)
        return answered_page(
            request, page_of(rows, query.limit, _shown_at(site.clock()), _behind), OWN
        )

    return router


def _shown_at(now: datetime) -> Callable[[Match], MatchDocument]:
    return lambda match: _shown(match, now)


def _shown(match: Match, now: datetime) -> MatchDocument:
    eligibility = read_kept(match.eligibility)
    return MatchDocument(
        number=match.id,
        profile=match.profile.slug,
        opportunity=summary_of(match.opportunity, now),
        basis=match.basis,
        score=match.score,
        percentile=match.percentile,
        probability=match.probability,
        band=match.band,
        reasons=[
            ReasonDocument(**{name: reason[name] for name in ReasonDocument.model_fields})
            for reason in match.reasons
        ],
        against=[AgainstDocument(kind=one["kind"], text=one["text"]) for one in match.against],
        eligibility=[
            RoleDocument(**{name: getattr(verdict, name) for name in RoleDocument.model_fields})
            for verdict in (eligibility.roles if eligibility else ())
        ],
        unknown={"probability": Unknown.NO_FEEDBACK} if match.probability is None else {},
        proposed=moment_of(match.proposed_at),
    )


def _behind(match: Match) -> str:
    return written(AfterNumber(number=match.id))
