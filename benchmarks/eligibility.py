"""Who may apply, counted over recorded answers: the figures of docs/reference/eligibility.md.

Every record is judged for the configured organisation on one day, by the shipped rules and its own
words. Usage: python benchmarks/eligibility.py [FOLDER OF ANSWERS] [--day 2026-05-20] [--types]
"""

import argparse
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from config.deadlines import deadline_rules
from config.settings import SHIPPED
from crawler.portal import read_record
from crawler.replica import read_records
from matcher.eligibility import judge_of
from notifier.eligibility import ROLE_WORDS
from store.collected import Collected
from store.eligibility import ROLES, Answer, Eligibility, is_barred
from store.models import Opportunity

SHARED = Path(os.environ.get("CALLWATCH_SHARED", Path(__file__).parents[2] / "shared"))
ANSWERS: tuple[Answer, ...] = ("yes", "no", "unknown")
Judged = Sequence[tuple[Opportunity, Eligibility]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Judge everything and print the counts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=SHARED / "portal" / "search")
    parser.add_argument("--day", type=date.fromisoformat, default=date(2026, 5, 20))
    parser.add_argument("--types", action="store_true", help="a line for each type of action too")
    chosen = parser.parse_args(arguments)
    judged = judged_in(chosen.folder, chosen.day)
    tell_roles(judged)
    if chosen.types:
        tell_types(judged)


def judged_in(folder: Path, day: date) -> Judged:
    """Return every record under ``folder`` with the verdicts on it."""
    judge, rules = judge_of(SHIPPED), deadline_rules(SHIPPED)
    topics = [as_row(read_record(dict(record), rules)) for record in read_records(folder)]
    return [(topic, judge(topic, day)) for topic in topics]


def as_row(record: Collected) -> Opportunity:
    """Return what is judged of a record."""
    values: dict[str, Any] = {
        "kind": record.kind,
        "topic_id": record.topic_id,
        "title": record.title,
        "programme": record.programme,
        "action_types": list(record.action_types),
        "sections": [asdict(part) for part in record.sections],
        "grant_agreements": list(record.grant_agreements),
        "conditions": [asdict(part) for part in record.conditions],
        "url": record.url,
    }
    return Opportunity(**values)


def tell_roles(judged: Judged) -> None:
    """Print how often each answer was given for each role."""
    print(f"{len(judged)} opportunities")
    for role in ROLES:
        counts = Counter(found.verdict(role).answer for _, found in judged)
        print(f"  {ROLE_WORDS[role]:20}", *(f"{counts[a]:4} {a}" for a in ANSWERS))
    own = sum(any(v.evidence for v in found.roles) for _, found in judged)
    asked = sum(bool(found.demands) for _, found in judged)
    barred = sum(is_barred(found, ()) for _, found in judged)
    print(f"  {own} decided or confirmed by words of their own; {asked} ask more of a consortium")
    print(f"  {barred} closed to the organisation in every role")


def tell_types(judged: Judged) -> None:
    """Print the answers for the three roles, by type of action."""
    lines = Counter(
        (
            topic.programme,
            ", ".join(topic.action_types) or topic.kind.value,
            " / ".join(verdict.answer for verdict in found.roles),
        )
        for topic, found in judged
    )
    for (programme, types, answers), number in sorted(lines.items()):
        print(f"{number:4}  {programme:22} {types:60} {answers}")


if __name__ == "__main__":
    main()
