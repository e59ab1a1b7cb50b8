"""What a dry run says: which mail would go to whom, what it tells, and why."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from jobs.cli.console import out, print_json

if TYPE_CHECKING:
    from notifier.entries import Entry
    from notifier.outbox import Composed


def print_planned(planned: "list[Composed]") -> None:
    """Print each mail that would go out as one JSON document, with its whole text."""
    print_json(
        [
            {
                "subscriber": one.subscriber_id,
                "to": one.to,
                "message_id": None,
                "state": "planned",
                "purpose": one.purpose.value,
                "subject": one.subject,
                "items": len(one.items),
                "told": [_told(entry) for entry in one.entries],
                "text": one.text,
            }
            for one in planned
        ]
    )


def tell_planned(planned: "list[Composed]", *, whole: bool) -> None:
    """Print each mail in a few lines, or as it would be read."""
    if not planned:
        out.print("Nothing is due: nobody has anything new to read in this window.")
    for one in planned:
        kind = f"{one.cadence.value} {one.purpose.value}"
        _say(f"subscriber {one.subscriber_id} ({kind}) to {one.to}: {one.subject}")
        for line in [one.text] if whole else _lines(one):
            _say(line)


def _lines(one: "Composed") -> Iterator[str]:
    for entry in one.entries:
        changes = f" [{'; '.join(entry.changes)}]" if entry.changes else ""
        yield f"    {entry.topic_id}  {entry.title}{changes}"
        yield f"        for {', '.join(entry.profiles)}"


def _told(entry: "Entry") -> dict[str, object]:
    return {
        "topic_id": entry.topic_id,
        "title": entry.title,
        "changes": list(entry.changes),
        "profiles": list(entry.profiles),
        "why": ["".join(piece.text for piece in reason.passage) for reason in entry.why],
    }


def _say(line: str) -> None:
    out.print(line, markup=False, highlight=False, soft_wrap=True)
