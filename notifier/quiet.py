"""The note to a reader who has had no mail for long: nothing was found, and we still look."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from config.dates import day
from notifier.digest import Reader
from notifier.render import Links, Rendered, render_mail
from store.digest_runs import last_written_at
from store.models import Subscriber
from store.opportunities import current_opportunities, last_confirmed_at


@dataclass(frozen=True, slots=True)
class Watched:
    """What was looked at and held nothing."""

    opportunities: int
    """Open or forthcoming."""
    confirmed_at: datetime | None
    """When a source last confirmed one of them; None where none ever did."""


def watched(session: Session, now: datetime) -> Watched:
    """Return what is looked at now."""
    return Watched(len(current_opportunities(session, now)), last_confirmed_at(session))


def quiet_since(
    session: Session, subscriber: Subscriber, weeks: int, now: datetime
) -> datetime | None:
    """Return since when a reader has heard nothing, if that is too long; else None."""
    if not weeks or not subscriber.wants_quiet_notes:
        return None
    since = last_written_at(session, subscriber.id) or subscriber.confirmed_at
    return since if since and now - since >= timedelta(weeks=weeks) else None


def render_quiet(
    found: Watched, since: datetime, profiles: list[str], reader: Reader, links: Links
) -> Rendered:
    """Return the words of the note."""
    values = {
        "since": day(since.astimezone(reader.zone).date(), reader.language),
        "opportunities": found.opportunities,
        "confirmed": found.confirmed_at
        and day(found.confirmed_at.astimezone(reader.zone).date(), reader.language),
        "profiles": sorted(profiles),
        "links": links,
    }
    return render_mail("quiet", reader.language, values)
