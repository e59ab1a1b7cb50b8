"""How the matches of a profile are printed: by theme, then what is open to any subject."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from config.translation import SOURCE
from jobs.cli.console import counted, out
from notifier.eligibility import in_one_line, who_may_apply
from store.models import Basis

if TYPE_CHECKING:
    from matcher.results import BestMatch, ProfileResult
    from store.matches import Reason


def tell_matches(result: "ProfileResult", most: int | None) -> None:
    """Print the ``most`` best matches of each kind, or all where it is None."""
    matched = counted(result.matched, "match", "matches")
    out.print(f"\n[bold]{result.slug}[/bold] – {matched}, {result.new} new", end="")
    out.print(f", {result.reopened} reopened" if result.reopened else "")
    by_theme = [match for match in result.best if match.basis is Basis.THEME]
    by_rule = [match for match in result.best if match.basis is Basis.RULE]
    _tell(by_theme, most)
    if by_rule:
        out.print("  open to any subject")
        _tell(by_rule, most)


def _tell(matches: "Sequence[BestMatch]", most: int | None) -> None:
    shown = matches[:most]
    for match in shown:
        out.print(f"  {match.band:8}  {match.topic_id}", markup=False)
        _indented(Text(match.title, "italic"))
        _tell_score(match)
        _tell_eligibility(match)
        for reason in match.reasons:
            _indented(_said(match, reason))
        for one in match.against:
            _indented(Text.assemble(("against: ", "dim"), one.text))
    if rest := len(matches) - len(shown):
        out.print(f"  … and {rest} more; --all prints them")


def _tell_eligibility(match: "BestMatch") -> None:
    _indented(Text.assemble(("may apply: ", "dim"), _who(match)))
    for note in match.eligibility.notes if match.eligibility else ():
        _indented(Text.assemble(("note: ", "dim"), note.text))


def _who(match: "BestMatch") -> str:
    return in_one_line(who_may_apply(match.eligibility, SOURCE))


def _tell_score(match: "BestMatch") -> None:
    """Print what each way of comparing gave; the numbers add up."""
    if not match.parts:
        return
    shares = dict.fromkeys((part.name for part in match.parts), 0.0)
    for part in match.parts:
        shares[part.name] += part.points
    told = (f"{name} {points:+.2f}" for name, points in shares.items())
    _indented(Text.assemble(("score: ", "dim"), f"{match.score:.2f} = {', '.join(told)}"))


def _said(match: "BestMatch", reason: "Reason") -> Text:
    """Return a reason as it is printed: a rule's is our own sentence, a passage is quoted."""
    if match.basis is Basis.RULE:
        return Text.assemble("· ", (reason.facet, "dim"), f": {reason.passage}")
    facet, passage = Text(reason.facet, "dim"), Text(reason.passage)
    facet.highlight_words(reason.facet_terms, "bold")
    passage.highlight_words(reason.terms, "bold")
    return Text.assemble("· ", facet, ": “", passage, "”")


def _indented(text: Text) -> None:
    out.print(Padding(text, (0, 0, 0, 12), expand=False))
