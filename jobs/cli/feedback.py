"""callwatch feedback: what a reader or an adviser thinks of a match, and what follows at once."""

from typing import Annotated

import typer
import yaml

from jobs.cli.console import Now, out
from jobs.cli.context import open_context
from matcher.feedback import excluded_words
from store.feedback import keep_feedback, reader_id
from store.models import Feedback, Profile, Verdict
from store.subscribers import read_address

EFFECTS = {
    Verdict.USEFUL: "noted",
    Verdict.NOT_FOR_US: "kept from every reader of the profile from now on",
    Verdict.DISMISSED: "not told again",
}


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module to ``app``."""
    app.command("feedback")(give_feedback)


def read_verdict(text: str) -> Verdict:
    """Return the verdict that a person types.

    Raises:
        typer.BadParameter: If there is no such verdict.

    >>> read_verdict("not-for-us").value
    'not_for_us'
    """
    try:
        return Verdict(text.replace("-", "_"))
    except ValueError as error:
        known = ", ".join(verdict.value.replace("_", "-") for verdict in Verdict)
        raise typer.BadParameter(f"no such verdict: {text!r}; known: {known}") from error


def give_feedback(
    match: Annotated[int, typer.Argument(help="Number of the match.")],
    verdict: Annotated[
        Verdict, typer.Argument(parser=read_verdict, metavar="useful|not-for-us|dismissed")
    ],
    reason: Annotated[
        str | None, typer.Option(help="Why: off-topic, already-applied, excluded topic: WORDS …")
    ] = None,
    reader: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Whose word it is; an adviser's if absent."),
    ] = None,
    now: Now = None,
) -> None:
    """Say what a match is worth to its group: it acts at once, and later matching learns of it.

    Example: [bold]callwatch feedback 17 not-for-us --reason "excluded topic: fish vaccine"[/bold]
    """
    context = open_context(now)
    with context.session() as session:
        subscriber = None if reader is None else reader_id(session, read_address(reader))
        said = Feedback(
            match_id=match, subscriber_id=subscriber, at=context.now, verdict=verdict, reason=reason
        )
        profile = keep_feedback(session, said).profile
        slug, hint = profile.slug, exclusion_hint(profile, reason)
    out.print(f"{EFFECTS[verdict]}: match {match} of {slug}", markup=False)
    if hint:
        out.print(hint, markup=False)


def exclusion_hint(profile: Profile, reason: str | None) -> str:
    """Return how to exclude what ``reason`` names; nothing where it names nothing new."""
    words = excluded_words(reason)
    if words is None or words.casefold() in map(str.casefold, profile.excluded_keywords):
        return ""
    line = {"excluded_keywords": [*profile.excluded_keywords, words]}
    written = yaml.safe_dump(line, default_flow_style=None, allow_unicode=True, width=10_000)
    return f"to exclude it, write in {profile.slug}.yaml and import the file:\n{written.strip()}"
