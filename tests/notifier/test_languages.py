"""A mail in Norwegian bokmål: our words are, what the Commission wrote is English and says so."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from config.internal_deadlines import InternalDeadlines, InternalRule
from config.translation import Said
from notifier.amounts import amount_range, budget_line
from notifier.deadlines import days_left_words, deadline_lines
from notifier.digest import Heading, Reader, compose
from notifier.eligibility import in_one_line, who_may_apply
from notifier.internal import internal_lines
from notifier.quiet import Watched, render_quiet
from notifier.render import COUNTED, FITS, Links, Rendered, render
from store.digests import Ledger
from store.eligibility import ROLES, Answer, Consortium, Eligibility, Rate, RoleVerdict, as_kept
from store.matches import BY_RULE
from store.models import Basis, Cadence, Cutoff, Kind, Match, Opportunity, Origin, Status
from tests.notifier.conftest import World, reason

OSLO, HELSINKI = ZoneInfo("Europe/Oslo"), ZoneInfo("Europe/Helsinki")
ASKS = "whom this ERC grant is for is not known here, read its page"
ASKS_IN_NORWEGIAN = "hvem dette ERC-stipendet er for, er ikke kjent her; les siden om det"
SUMS = Rate(None, "lump sum of EUR 120,000 or 250,000", sums_eur=(120_000, 250_000))
LINKS = Links(*(f"https://callwatch.example.org/{page}" for page in ("stop", "ics", "me", "all")))
MakeCutoff = Callable[..., Cutoff]


def eligibility(answer: Answer, says: str, **values: Any) -> Eligibility:
    parts = {"consortium": None, "rate": None, "demands": ()} | values
    return Eligibility(
        roles=tuple(RoleVerdict(role, answer, says, "a-rule", "") for role in ROLES),
        section="",
        single_applicant=False,
        notes=(),
        **parts,
    )


def norwegian(matches: list[Match], now: datetime) -> Rendered:
    reader = Reader(1, "nb", OSLO)
    digest = compose(matches, Ledger({}, frozenset(), {}), reader, Cadence.WEEKLY, now)
    assert digest is not None
    return render(digest, LINKS)


@pytest.fixture
def mail(world: World, now: datetime) -> Rendered:
    kept = eligibility(
        "yes",
        "",
        consortium=Consortium(3, 3, 3, 1, ""),
        rate=Rate(100, "100 %"),
        demands=("Two cities",),
    )
    match = world.match(
        world.profile("Havrobotikk"), world.opportunity(), eligibility=as_kept(kept)
    )
    return norwegian([match], now)


def test_a_mail_says_everything_of_ours_in_norwegian(mail: Rendered) -> None:
    assert mail.subject == "1 ny: Robots at sea"
    assert mail.language == "nb"
    for said in (
        "EU-MIDLER FOR DEG\n1 ny - 20. mai 2026",
        "NYTT FOR DEG\n============\n",
        "Søknadsfrist: tirsdag 15. september 2026 kl. 17.00 Brussel-tid\n",
        "\n                118 dager igjen\n",
        "Budsjett: omtrent 3 tildelinger på 7–9 millioner euro hver; 24 millioner euro totalt\n",
        "Hvem kan søke: Dere kan lede eller delta · kostnadsdekning 100 %",
        "Horisont Europa, RIA – Research and Innovation Action, HORIZON-CL5-2026-",
        "Passer for Havrobotikk (sterkt treff):\n",
        "svarer til: underwater vehicles\n",
        "Du får denne e-posten hver uke fordi du følger Havrobotikk.\n",
        "Stopp disse e-postene: https://callwatch.example.org/stop\n",
        "Kilde: Den europeiske union, Funding & Tenders Portal; tekstene er forkortet\n",
    ):
        assert said in mail.text


def test_what_the_commission_wrote_is_marked_as_english(mail: Rendered) -> None:
    assert '<html lang="nb">' in mail.html
    assert re.search(r'<h3 lang="en"[^>]*><a[^>]*>Robots at sea</a>', mail.html)
    marked = re.findall(r'<span lang="en">(.*?)</span>', mail.html)
    assert "RIA – Research and Innovation Action" in marked
    assert "two cities" in marked
    assert any("inspect wind farms." in passage for passage in marked)
    assert "Havrobotikk" not in " ".join(marked)


def test_an_english_mail_marks_nothing(world: World, now: datetime) -> None:
    match = world.match(world.profile(), world.opportunity())
    reader = Reader(1, "en", OSLO)
    digest = compose([match], Ledger({}, frozenset(), {}), reader, Cadence.WEEKLY, now)
    assert digest is not None
    assert re.findall('lang="[a-z]+"', render(digest, LINKS).html) == ['lang="en"']


def test_a_rules_reason_is_said_in_norwegian(world: World, now: datetime) -> None:
    kept = reason(f"You named the action type ERC; {ASKS}.", terms=[])
    match = world.match(
        world.profile(), world.opportunity(), basis=Basis.RULE, band=BY_RULE, reasons=[kept]
    )
    said = f"Du har oppgitt tiltakstypen ERC; {ASKS_IN_NORWEGIAN}."
    found = norwegian([match], now)
    assert "ÅPENT FOR ALLE FAG" in found.text
    assert said in " ".join(found.text.split())
    assert said in found.html
    assert '<p class="rule" lang="en"' not in found.html


def test_a_verdict_that_nobody_translated_stays_english_beside_norwegian() -> None:
    found = who_may_apply(eligibility("unknown", "ask the dean of our house"), "nb")
    assert found == (Said("ukjent", "nb"), Said("ask the dean of our house", "en"))


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (
            eligibility("unknown", "a prize has rules of its own; read the rules of contest"),
            "ukjent – en pris har egne regler; les konkurransereglene",
        ),
        (
            eligibility("yes", "", rate=Rate(None, "up to 60 %")),
            "Dere kan lede eller delta · kostnadsdekning inntil 60 %",
        ),
        (
            eligibility("yes", "", rate=SUMS),
            "Dere kan lede eller delta · engangsbeløp på 120\xa0000 eller 250\xa0000 euro",
        ),
        (
            eligibility("yes", "", consortium=Consortium(4, 3, 3, 2, "")),
            "Dere kan lede eller delta · minst 4 organisasjoner i 3 land, to i EU-medlemsland",
        ),
        (eligibility("no", ""), "Dere kan verken lede eller delta"),
    ],
)
def test_who_may_apply_is_said_in_norwegian(found: Eligibility, line: str) -> None:
    assert in_one_line(who_may_apply(found, "nb")) == line


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"budget_eur": "37.8e6", "budget_shared_by": 1}, "37,8 millioner euro totalt"),
        ({"max_contribution_eur": "400000"}, "tildelinger på inntil 400\xa0000 euro hver"),
        (
            {"shared_budget_eur": "1.2e9", "budget_shared_by": 2},
            "1,2 milliarder euro delt med 1 annen utlysning",
        ),
        ({"budget_shared_by": 3}, "budsjettet deles med 2 andre utlysninger"),
        ({}, "ikke oppgitt av kilden"),
    ],
)
def test_a_budget_is_said_as_norwegians_write_it(columns: dict[str, Any], words: str) -> None:
    values = {n: Decimal(v) if n.endswith("_eur") else v for n, v in columns.items()}
    found = Opportunity(kind=Kind.TOPIC, **({"budget_shared_by": 0} | values))
    assert budget_line(found, "nb") == words


def test_a_range_over_two_units_keeps_the_norwegian_separators() -> None:
    found = amount_range(Decimal(500_000), Decimal(1_500_000), "nb")
    assert found == "500\xa0000–1,5 millioner euro"


def test_dates_and_hours_are_said_as_norwegians_write_them(
    make_cutoff: MakeCutoff, now: datetime
) -> None:
    found = Opportunity(
        kind=Kind.TOPIC,
        status=Status.FORTHCOMING,
        opens_on=date(2026, 6, 17),
        cutoffs=[make_cutoff(origin=Origin.RULE)],
    )
    assert deadline_lines(found, now, HELSINKI, "nb") == (
        "åpner 17. juni 2026",
        "søknadsfrist tirsdag 15. september 2026 kl. 17.00 Brussel-tid (etter programmets regel)",
        "kl. 18.00 i din tidssone (Europe/Helsinki)",
    )
    assert days_left_words(found, now, "nb") == "åpner om 28 dager"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("notice to the faculty", "NTNU: notice to the faculty innen 16. august 2026"),
        (
            {"en": "notice to the faculty", "nb": "melding til fakultetet"},
            "NTNU: melding til fakultetet innen 16. august 2026",
        ),
        ({"en": "notice to the faculty"}, "NTNU: notice to the faculty innen 16. august 2026"),
    ],
)
def test_an_institution_says_its_deadlines_in_the_languages_it_likes(
    world: World, now: datetime, name: str | dict[str, str], said: str
) -> None:
    rule = InternalRule.model_validate(
        {
            "id": "faculty", "institution": "NTNU", "name": name, "days_before": 30,
            "counted": "calendar_days", "enabled": True, "valid_from": date(2026, 1, 1),
            "valid_to": date(2026, 12, 31), "source": "https://example.org/rules",
        }
    )  # fmt: skip
    match = world.match(world.profile(), world.opportunity())
    (line,) = internal_lines([match], InternalDeadlines(rules=(rule,)), "nb", now)
    assert line == f"{said} (institusjonens egen frist)"


def test_a_note_that_we_still_look_is_said_in_norwegian(now: datetime) -> None:
    reader = Reader(1, "nb", OSLO)
    found = render_quiet(Watched(1_200, now), now - timedelta(weeks=9), ["Hav"], reader, LINKS)
    assert found.subject == "Ikke noe nytt siden 18. mars 2026; vi leter fortsatt"
    assert "Vi leter fortsatt: 1200 EU-utlysninger er åpne eller kommende" in found.text
    assert "De ble sist bekreftet på portalen 20. mai 2026." in found.text
    assert '<html lang="nb">' in found.html


def test_every_section_and_every_band_has_words() -> None:
    assert set(Heading) - set(COUNTED) == {Heading.CHANGED}  # counted by what changed
    assert set(FITS) | {BY_RULE} == {"strong", "good", "possible", BY_RULE}
