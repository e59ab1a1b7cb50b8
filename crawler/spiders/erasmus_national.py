"""The actions of Erasmus+ that national agencies run, from a dated file of the configuration."""

import html
import json
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import HttpUrl

from config.deadlines import BRUSSELS, NATIONAL, DeadlineRule, deadline_rules, placed_in_time
from config.erasmus_national import FIELDS, Offer, Round, Statement, erasmus_national
from config.errors import ConfigurationError
from crawler.base import SourceSpider
from crawler.fields import as_safe_html, as_text
from crawler.items import CollectedPage, Look
from store.collected import Collected, CollectedBudget, CollectedCutoff, CollectedSection
from store.models import Endpoint, Kind, OpenTo, Origin, Status

PROGRAMME = "erasmus_plus"


class ErasmusNationalSpider(SourceSpider):
    """Read what the configuration says of the yearly calls; the portal knows nothing of them."""

    name = "erasmus_national"

    # SourceSpider
    endpoint = Endpoint.CONFIGURATION
    expected = range(20, 301)  # 28 a year, and the years stay; an agency of one field has fewer
    fill_rates = {"sections": 1.0, "conditions": 1.0}

    async def start(self) -> AsyncIterator[CollectedPage]:
        """Yield everything as one page, without a request."""
        folder = self.job.settings.configuration
        try:
            offers = {reference_of(offer): offer for offer in erasmus_national(folder).offers()}
            rules = deadline_rules(folder)
        except ConfigurationError as error:
            self.coverage.fail(1, "; ".join(str(error).splitlines()))
            return
        self.coverage.take(len(offers), offers, 0)
        # the file is the whole source: what was taken out of it long ago is not offered any more
        self.looks = {d.reference: Look.GONE for d in self.doubts if d.reference not in offers}
        records = [as_record(offer) for offer in offers.values()]
        yield CollectedPage(
            1,
            tuple(
                self.read_each(
                    records,
                    lambda record: read_offer(offers[record["reference"]], rules, self.job.now),
                )
            ),
        )


def reference_of(offer: Offer) -> str:
    """Return what stays the same of an offer, whatever is corrected in it."""
    return f"ERASMUS-NATIONAL/{offer.call.year}/{offer.id}"


def as_record(offer: Offer) -> dict[str, Any]:
    """Return what the file says of ``offer``, ready to be kept as JSON."""
    return {
        "reference": reference_of(offer),
        "field": offer.field,
        "action": offer.action.model_dump(mode="json"),
        "call": offer.call.model_dump(mode="json", exclude={"rounds"}),
        "rounds": [found.model_dump(mode="json", exclude={"actions"}) for found in offer.rounds],
    }


def read_offer(offer: Offer, rules: Iterable[DeadlineRule], now: datetime) -> Collected:
    """Return an offer as it stands at ``now``."""
    action, call = offer.action, offer.call
    code = f"ERASMUS-{action.code}"
    cutoffs = tuple(_cutoffs(offer, tuple(rules), code))
    sums = sorted(action.amounts.lump_sums_eur)
    return Collected(
        reference=reference_of(offer),
        kind=Kind.NATIONAL,
        topic_id=f"ERASMUS-{offer.id}-{call.year}",
        call_id=call.call_id or "",
        call_title=f"Erasmus+ call for proposals {call.year}",
        title=_title(offer),
        status=_status(offer, cutoffs, now),
        programme=PROGRAMME,
        action_types=(code,),
        action_labels=(f"ERASMUS {action.code} (national agency)",),
        grant_agreements=(),
        opens_on=_opens_on(offer),
        deadline_model="multiple cut-off" if len(offer.rounds) > 1 else "single-stage",
        cutoffs=cutoffs,
        budget=CollectedBudget(
            min_contribution_eur=Decimal(sums[0]) if sums else None,
            max_contribution_eur=Decimal(sums[-1]) if sums else None,
        ),
        sections=(_what(offer),),
        conditions=tuple(_conditions(offer)),
        destination="",
        keywords=(),
        tags=(),
        priorities=(),
        divisions=(),
        news=(),
        url=str(action.url),
        raw=json.dumps(as_record(offer), ensure_ascii=False, separators=(",", ":")).encode(),
    )


def _title(offer: Offer) -> str:
    field = f" in {FIELDS[offer.field]}" if len(offer.action.fields) > 1 else ""
    return f"{offer.action.title}{field}, {offer.call.year} call"


def _opens_on(offer: Offer) -> date:
    """Return when the first round opens: with the call, where no opening of its own is known.

    Of a call that is not published nobody knows; the column needs a day, and no reader is shown it
    (``store.opportunities.is_opening_known``).
    """
    return offer.rounds[0].opens or offer.call.published or date(offer.call.year, 1, 1)


def _status(offer: Offer, cutoffs: tuple[CollectedCutoff, ...], now: datetime) -> Status:
    if not cutoffs:
        return Status.FORTHCOMING
    if cutoffs[-1].deadline <= now:
        return Status.CLOSED
    today = now.astimezone(BRUSSELS).date()
    return Status.FORTHCOMING if today < _opens_on(offer) else Status.OPEN


def _cutoffs(offer: Offer, rules: tuple[DeadlineRule, ...], code: str) -> Iterator[CollectedCutoff]:
    for found in offer.rounds:
        if found.deadline is None:
            continue
        moment = placed_in_time(
            found.deadline, PROGRAMME, rules, kind=NATIONAL, action_types=(code,)
        )
        yield CollectedCutoff(
            stage=None,
            day=found.deadline,
            deadline=moment.at,
            origin=Origin.RULE if moment.rule_id else Origin.UNKNOWN,
            rule_id=moment.rule_id,
            open_to=OpenTo.ALL,
            verified=found.verified,
            note=found.note,
        )


def _what(offer: Offer) -> CollectedSection:
    about = (offer.action.funds, offer.action.fields[offer.field])
    return _part("What it funds", "".join(f"<p>{html.escape(text)}</p>" for text in about))


def _conditions(offer: Offer) -> Iterator[CollectedSection]:
    """Yield what is no matter of content: as on the portal, groups are not matched by it."""
    action = offer.action
    who = [_said(action.applicants), html.escape(action.university)]
    if action.consortium:
        who.append(_said(action.consortium))
    yield _part("Who may apply", _bullets(who))
    yield _part("Amounts", f"<p>{_said(action.amounts)}</p>")
    yield _part("Dates", _bullets(map(_round, offer.rounds)))


def _said(statement: Statement) -> str:
    doubt = "" if statement.verified else "not verified; "
    host = str(statement.source.host).removeprefix("www.")
    return f"{html.escape(statement.text)} ({doubt}{_link(statement.source, host)})"


def _round(found: Round) -> str:
    """Return a round in words; whether its date is verified is told with the cut-off itself."""
    day = f"{found.deadline.day} {found.deadline:%B %Y}" if found.deadline else "not published yet"
    words = "; ".join(part for part in (f"Round {found.number}: {day}", found.note) if part)
    return f"{html.escape(words)} ({_link(found.source, 'source')})"


def _link(url: HttpUrl, words: str) -> str:
    return f'<a href="{html.escape(str(url))}">{html.escape(words)}</a>'


def _bullets(items: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"


def _part(label: str, markup: str) -> CollectedSection:
    safe = as_safe_html(markup)
    return CollectedSection(label, safe, as_text(safe))
