"""What can be chosen on a page, in the words of its reader's language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args
from zoneinfo import ZoneInfo, available_timezones

from babel.dates import get_day_names

from config.dates import hour
from config.programmes import programme_name
from config.settings import Settings, Weekday
from config.translation import LANGUAGES, say, translatable
from store.filters import BANDS
from store.models import Cadence

Options = Sequence[tuple[str, str]]
"""(value, words) of each choice."""

WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
HOURS = tuple(str(hour) for hour in range(24))

CADENCES: dict[str, str] = {
    Cadence.INSTANT: translatable("as soon as there is something"),
    Cadence.DAILY: translatable("every day"),
    Cadence.WEEKLY: translatable("every week"),
    Cadence.MONTHLY: translatable("every month"),
}
FITS = {
    "possible": translatable("everything that may fit"),
    "good": translatable("good and strong fits"),
    "strong": translatable("strong fits only"),
}
ACTION_TYPES = {
    "RIA": translatable("Research and innovation (RIA)"),
    "IA": translatable("Innovation (IA)"),
    "CSA": translatable("Coordination and support (CSA)"),
    "COFUND": translatable("Co-funded programmes (COFUND)"),
    "ERC": translatable("European Research Council (ERC)"),
    "MSCA": translatable("Marie Skłodowska-Curie (MSCA)"),
    "EIC": translatable("European Innovation Council (EIC)"),
}
TONGUES = {"en": "English", "nb": "Norsk bokmål"}
"""Languages in their own words."""


def percent_below(percentile: float) -> int:
    """Return of how many in a hundred something is better, as people say it: never of all.

    >>> percent_below(0.5), percent_below(0.999)
    (50, 99)
    """
    return min(99, int(percentile * 100))


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything there is to choose from, in one language."""

    cadences: Options
    fits: Options
    weekdays: Options
    hours: Options
    languages: Options
    zones: Sequence[str]
    programmes: Options
    action_types: Options


def choices(
    language: str, settings: Settings, programmes: Iterable[str], action_types: Iterable[str] = ()
) -> Choices:
    """Return what can be chosen; ``action_types`` are further ones that somebody follows."""
    types = {**ACTION_TYPES, **{one: one for one in action_types if one not in ACTION_TYPES}}
    days = dict(zip(WEEKDAYS, _days(language), strict=True))
    usual = say(language, "{day} (usual here)", day=days[settings.digest_weekday])
    return Choices(
        cadences=said(language, CADENCES),
        fits=said(language, {band: FITS[band] for band in reversed(BANDS)}),
        weekdays=(("", usual), *days.items()),
        hours=(
            ("", say(language, "{hour} (usual here)", hour=_hour(settings.digest_hour, language))),
            *((value, _hour(int(value), language)) for value in HOURS),
        ),
        languages=tuple((code, TONGUES[code]) for code in LANGUAGES),
        zones=sorted(available_timezones()),
        programmes=sorted(
            ((one, programme_name(one, language)) for one in programmes), key=lambda o: o[1]
        ),
        action_types=said(language, types),
    )


def said(language: str, words: Mapping[str, str]) -> Options:
    """Return the choices of a table in a language."""
    return tuple((value, say(language, text)) for value, text in words.items())


def _hour(value: int, language: str) -> str:
    zone = ZoneInfo("UTC")
    return hour(datetime(2000, 1, 1, value, tzinfo=zone), zone, language)


def _days(language: str) -> list[str]:
    return [get_day_names("wide", locale=language)[number] for number in range(7)]
