"""callwatch review: what waits for an adviser, and what an adviser decides."""

import getpass
from datetime import datetime
from typing import Annotated

import typer

from config.deadlines import BRUSSELS
from config.translation import SOURCE
from jobs.cli.console import AsJson, Now, complain, counted, out, print_json
from jobs.cli.context import open_context
from jobs.cli.feedback import exclusion_hint
from jobs.cli.matching import Slug
from jobs.cli.tables import TopicLine, topic_table
from notifier.eligibility import in_a_word, worth_a_line
from store.eligibility import is_hidden, read_kept
from store.models import Match
from store.opportunities import next_cutoff
from store.profiles import profile_by_slug
from store.reviews import approve, is_reopened, pending_matches, reject

review = typer.Typer(help="The queue of proposed matches, without a browser.", no_args_is_help=True)

By = Annotated[str | None, typer.Option(help="Who decides; your login name by default.")]
Ids = Annotated[list[int] | None, typer.Argument(metavar="ID", help="Numbers of matches.")]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module to ``app``."""
    app.add_typer(review, name="review")


@review.command("list")
def list_pending(profile: Slug = None, as_json: AsJson = False, now: Now = None) -> None:
    """List the matches that wait for a decision, best first within each profile.

    Example: [bold]callwatch review list --profile power-grids[/bold]
    """
    context = open_context(now)
    with context.session() as session:
        if profile is not None:
            profile_by_slug(session, profile)
        waiting = pending_matches(session, context.now, profile)
        rows = [_pending_row(found, context.now) for found in waiting]
        lines = [_pending_line(found, context.now) for found in waiting]
    if as_json:
        print_json(rows)
        return
    if not rows:
        out.print("Nothing waits for a decision.")
        return
    out.print(
        topic_table(("id", "profile", "band"), lines, out.width, "closes · may apply · title")
    )
    number = counted(len(rows), "match waits", "matches wait")
    out.print(f"{number}. Decide with: callwatch review approve ID…, or reject ID…", markup=False)


def _pending_row(found: Match, now: datetime) -> dict[str, object]:
    cutoff = next_cutoff(found.opportunity, now)
    return {
        "id": found.id,
        "profile": found.profile.slug,
        "topic_id": found.opportunity.topic_id,
        "reference": found.opportunity.reference,
        "title": found.opportunity.title,
        "deadline": cutoff.deadline.isoformat() if cutoff else None,
        "basis": found.basis.value,
        "band": found.band,
        "percentile": found.percentile,
        "probability": found.probability,
        "reasons": found.reasons,
        "against": found.against,
        "proposed_at": found.proposed_at.isoformat(),
        "reopened": is_reopened(found),
        "eligibility": found.eligibility,
    }


def _pending_line(found: Match, now: datetime) -> TopicLine:
    cutoff = next_cutoff(found.opportunity, now)
    eligibility = read_kept(found.eligibility)
    closes = f"{cutoff.deadline.astimezone(BRUSSELS):%Y-%m-%d}" if cutoff else "no date"
    parts = [closes, in_a_word(eligibility), found.opportunity.title]
    hint = worth_a_line(eligibility, SOURCE).text
    if is_hidden(eligibility, found.profile.roles) and hint:
        parts.append(hint)
    before = (str(found.id), found.profile.slug, found.band)
    against = tuple(f"against: {one['text']}" for one in found.against)
    return TopicLine(before, found.opportunity.topic_id, " · ".join(parts), against)


@review.command("approve")
def approve_matches(
    ids: Ids = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Everything that waits; for set-ups without advisers.")
    ] = False,
    profile: Slug = None,
    by: By = None,
    comment: Annotated[str | None, typer.Option(help="Kept with the decision.")] = None,
    now: Now = None,
) -> None:
    """Approve matches: they go out with the next digest.

    Examples: [bold]callwatch review approve 12 15[/bold] ·
    [bold]callwatch review approve --all[/bold]
    """
    _want_one_of(ids, everything)
    context = open_context(now)
    with context.session() as session:
        if everything and profile is not None:
            profile_by_slug(session, profile)
        waiting = pending_matches(session, context.now, profile) if everything else ()
        wanted = [match.id for match in waiting] if everything else ids or []
        who = by or getpass.getuser()
        approved = [approve(session, wanted_id, who, comment, context.now) for wanted_id in wanted]
        hidden = sum(is_hidden(read_kept(m.eligibility), m.profile.roles) for m in approved)
    out.print(f"{len(approved)} approved")
    if hidden:
        complain(
            f"callwatch: {counted(hidden, 'match is', 'matches are')} kept from readers all the"
            " same: we may apply in no role of the profile; see: callwatch review list --json"
        )


@review.command("reject")
def reject_matches(
    ids: Annotated[list[int], typer.Argument(metavar="ID", help="Numbers of matches.")],
    reason: Annotated[
        str | None,
        typer.Option(help="A short code: off-topic, not-eligible, excluded topic: WORDS …"),
    ] = None,
    by: By = None,
    comment: Annotated[str | None, typer.Option(help="Kept with the decision.")] = None,
    now: Now = None,
) -> None:
    """Reject matches: they do not go out.

    Example: [bold]callwatch review reject 17 --reason not-eligible[/bold]
    """
    context = open_context(now)
    with context.session() as session:
        who = by or getpass.getuser()
        rejected = [reject(session, each, who, reason, comment, context.now) for each in ids]
        hints = {exclusion_hint(match.profile, reason): None for match in rejected}
    out.print(f"{len(ids)} rejected")
    for hint in filter(None, hints):
        out.print(hint, markup=False)


def _want_one_of(ids: list[int] | None, everything: bool) -> None:
    if bool(ids) == everything:
        raise typer.BadParameter("name the numbers of matches, or --all; not both")
