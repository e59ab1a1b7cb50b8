"""Which matches of a profile need an adviser, and a picture of what a threshold would do."""

import logging
import math
from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from config.profiles import ReviewRule
from config.translation import say, translatable
from store.db import in_transaction, session_scope
from store.models import Profile, ProfileOrigin, ReviewPolicy
from store.policies import Judged, judged_matches, let_through, picture, set_policy
from store.profile_versions import Author
from store.profiles import UnknownProfileError, profile_by_slug
from store.unmatched import profiles_of
from web.choices import said
from web.desk_chart import chart_of
from web.desk_office import ADVISERS, Look, Office, look
from web.desk_reading import departments_of
from web.desk_words import POLICIES
from web.forms import Form, SentForm
from web.profile_list import grouped
from web.reading import ProblemsError, Reading
from web.site import see_other

log = logging.getLogger(__name__)

ACT = "policy"
USUAL = 0.95
"""Threshold that is shown where a profile has none."""
NO_THRESHOLD = translatable("Enter a number from 0 to 100.")
TRIED = (0.5, 0.75, 0.9, 0.95, 0.99)
"""Thresholds of the table beside the picture."""


def policy_pages(office: Office) -> APIRouter:
    """Return the routes of review policies."""
    router = APIRouter()

    @router.api_route("/desk/policies", methods=["GET", "HEAD"])
    def show_all(request: Request) -> Response:
        """Show the policy of every profile."""
        with session_scope(office.site.engine) as session:
            return _list(look(office, session, request))

    @router.api_route("/desk/policies/{slug}", methods=["GET", "HEAD"])
    def show(slug: str, request: Request) -> Response:
        """Show the policy of a profile, and try a threshold."""
        with session_scope(office.site.engine) as session:
            seen = look(office, session, request)
            tried = read_percent(request.query_params.get("threshold", ""))
            return _page(seen, _profile(seen, slug), tried, {})

    @router.post("/desk/policies/{slug}")
    def change(slug: str, request: Request, form: SentForm) -> Response:
        """Let a profile be reviewed by another policy."""
        try:
            in_transaction(office.site.engine, lambda s: _change(office, s, request, (slug, form)))
        except ProblemsError as error:
            with session_scope(office.site.engine) as session:
                seen = look(office, session, request, *ADVISERS)
                return _page(seen, _profile(seen, slug), None, error.problems)
        return see_other(f"/desk/policies/{slug}?done=yes")

    return router


def read_percent(text: str) -> float | None:
    """Return a percentage as a share; None where it is none.

    >>> read_percent("95"), read_percent("97,5"), read_percent("101"), read_percent("nan")
    (0.95, 0.975, None, None)
    """
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value / 100 if math.isfinite(value) and 0 <= value <= 100 else None


def _change(office: Office, session: Session, request: Request, sent: tuple[str, Form]) -> None:
    slug, form = sent
    seen = look(office, session, request, *ADVISERS)
    profile = _profile(seen, slug)
    seen.check(form, ACT)
    wanted = _read_policy(form)
    author = Author(seen.person.address, ProfileOrigin.POLICY, seen.now)
    set_policy(session, profile, wanted, author)
    log.info("policy changed", extra={"profile_id": profile.id, "policy": wanted.policy})


def _read_policy(form: Form) -> ReviewRule:
    reading = Reading(form)
    policy = reading.among("policy", POLICIES)
    threshold = read_percent(form.one("threshold"))
    if policy == ReviewPolicy.AUTO_ABOVE and threshold is None:
        reading.refuse("threshold", NO_THRESHOLD)
    reading.check()
    kept = threshold if policy == ReviewPolicy.AUTO_ABOVE else None
    return ReviewRule.model_validate({"policy": policy, "threshold": kept})


def _profile(seen: Look, slug: str) -> Profile:
    """Return a profile that the person sees."""
    own = departments_of(seen.person)
    try:
        profile = profile_by_slug(seen.session, slug)
    except UnknownProfileError as error:
        raise HTTPException(404) from error
    if own is not None and profile.department not in own:
        raise HTTPException(404)
    return profile


def _list(seen: Look) -> Response:
    profiles = profiles_of(seen.session, departments_of(seen.person))
    values: dict[str, object] = {
        "groups": grouped(profiles, seen.office.departments(seen.person)),
        "policies": dict(said(seen.language, POLICIES)),
    }
    return seen.page("desk_policies.html", values, {})


def _page(
    seen: Look, profile: Profile, tried: float | None, problems: Mapping[str, str]
) -> Response:
    judged = judged_matches(seen.session, profile)
    kept = USUAL if profile.review_threshold is None else profile.review_threshold
    threshold = kept if tried is None else tried
    values: dict[str, object] = {
        "profile": profile,
        "policies": said(seen.language, POLICIES),
        "threshold": threshold,
        "percent": f"{threshold * 100:g}",
        "chart": chart_of(picture(judged), threshold),
        "tried": let_through(judged, threshold),
        "rows": _rows(judged, threshold),
        "judged": len(judged),
        "done": say(
            seen.language, "The policy is saved. It holds for what is proposed from now on."
        )
        if seen.request.query_params.get("done")
        else "",
        "form_token": seen.token(ACT),
        "may_change": not seen.person.departments,
    }
    return seen.page("desk_policy.html", values, problems)


def _rows(judged: list[Judged], threshold: float) -> list[tuple[str, object]]:
    """Return what several thresholds would have let through, the one tried among them."""
    thresholds = sorted({*TRIED, threshold})
    return [(f"{one * 100:g}", let_through(judged, one)) for one in thresholds]
