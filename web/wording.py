"""What somebody agrees to, line by line, as it is shown to them and kept as proof."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from config.programmes import programme_name
from config.settings import Settings
from config.translation import say
from store.wishes import Wish, wished_profiles
from web.choices import CADENCES, FITS, choices


def wording(session: Session, wish: Wish, settings: Settings) -> list[str]:
    """Return a wish in the words of its language."""
    return list(_lines(session, wish, settings))


def _lines(session: Session, wish: Wish, settings: Settings) -> Iterator[str]:
    language, filters = wish.preferences.language, wish.following.filters
    names = ", ".join(profile.name for profile in wished_profiles(session, wish))
    yield say(language, "Funding calls that fit {groups}", groups=names or "–")
    often = say(language, CADENCES[wish.following.cadence])
    yield say(language, "How often: {often}", often=often)
    yield say(language, "How close a fit: {fit}", fit=say(language, FITS[filters.least_band]))
    if filters.programmes:
        programmes = ", ".join(map(programme_name, filters.programmes))
        yield say(language, "Programmes: {programmes}", programmes=programmes)
    if filters.action_types:
        yield say(language, "Types of action: {types}", types=", ".join(filters.action_types))
    offered = choices(language, settings, ())
    preferences = wish.preferences
    yield say(
        language,
        "Day and hour: {weekday}, {hour}, {zone}",
        weekday=dict(offered.weekdays)[preferences.weekday or ""],
        hour=dict(offered.hours)["" if preferences.hour is None else str(preferences.hour)],
        zone=preferences.time_zone,
    )
