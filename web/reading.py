"""What people entered, read into what the store knows; every field that is wrong is told."""

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from config.programmes import programmes
from config.translation import LANGUAGES, translatable
from store.filters import BANDS, Filters
from store.following import Extras, Following, Preferences
from store.models import Cadence
from store.subscribers import SignupError, read_address
from store.wishes import Wish
from web.choices import HOURS, WEEKDAYS
from web.forms import Form

LONGEST_PAUSE = timedelta(days=366)
MOST_PROFILES = 50

_ACTION_TYPE = re.compile(r"[A-Z][A-Z0-9-]{0,30}")

NO_ADDRESS = translatable("Enter a mail address, such as name@example.org.")
NO_PROFILE = translatable("Choose at least one group to follow.")
MANY_PROFILES = translatable("Choose fewer groups: fifty at most.")
UNKNOWN = translatable("Choose one of the values that are offered.")
NO_ZONE = translatable("Enter a time zone, such as Europe/Oslo.")
NO_DAY = translatable("Enter a day after today and within a year.")


class ProblemsError(ValueError):
    """Fields that cannot be used, each with what to do about it, in English."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


class Reading:
    """Reads the fields of one form, and gathers what is wrong with them."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._problems: dict[str, str] = {}

    def check(self) -> None:
        """Pass where nothing was wrong.

        Raises:
            ProblemsError: If something was.
        """
        if self._problems:
            raise ProblemsError(self._problems)

    def refuse(self, name: str, problem: str) -> None:
        """Note that a field cannot be used."""
        self._problems.setdefault(name, problem)

    def address(self) -> str:
        """Return the address, in lower case."""
        try:
            return read_address(self._form.one("address"))
        except SignupError:
            self.refuse("address", NO_ADDRESS)
            return ""

    def among(self, name: str, known: Collection[str], problem: str = UNKNOWN) -> str:
        """Return a value that must be one of those known."""
        value = self._form.one(name)
        if value not in known:
            self.refuse(name, problem)
        return value

    def some(self, name: str, known: Collection[str]) -> tuple[str, ...]:
        """Return the values of a field, each once, all of them known."""
        values = tuple(dict.fromkeys(self._form.many(name)))
        if not set(values) <= set(known):
            self.refuse(name, UNKNOWN)
        return values

    def action_types(self) -> tuple[str, ...]:
        """Return the types of action; of what form they are is checked, which there are is not."""
        values = tuple(dict.fromkeys(self._form.many("action_type")))
        if len(values) > MOST_PROFILES or not all(map(_ACTION_TYPE.fullmatch, values)):
            self.refuse("action_type", UNKNOWN)
        return values


def read_following(reading: Reading) -> Following:
    """Return how a profile is to be followed."""
    cadence = reading.among("cadence", list(Cadence))
    filters = Filters(
        reading.some("programme", programmes()),
        reading.action_types(),
        reading.among("least_band", BANDS),
    )
    return Following(Cadence(cadence) if cadence in list(Cadence) else Cadence.WEEKLY, filters)


def read_preferences(reading: Reading) -> Preferences:
    """Return how somebody wants to be written to."""
    weekday = reading.among("weekday", ("", *WEEKDAYS))
    hour = reading.among("hour", ("", *HOURS))
    return Preferences(
        reading.among("language", LANGUAGES),
        reading.among("time_zone", available_timezones(), NO_ZONE),
        next((day for day in WEEKDAYS if day == weekday), None),
        int(hour) if hour in HOURS else None,
    )


def read_profiles(reading: Reading, slugs: Collection[str]) -> tuple[str, ...]:
    """Return the profiles that were chosen: one at least."""
    chosen = reading.some("profile", slugs)
    if not chosen:
        reading.refuse("profile", NO_PROFILE)
    if len(chosen) > MOST_PROFILES:
        reading.refuse("profile", MANY_PROFILES)
    return chosen


def read_wish(form: Form, slugs: Collection[str]) -> tuple[str, Wish]:
    """Return an address, and what is wished for it.

    Raises:
        ProblemsError: If a field cannot be used.
    """
    reading = Reading(form)
    address = reading.address()
    wish = Wish(read_profiles(reading, slugs), read_following(reading), read_preferences(reading))
    reading.check()
    return address, wish


def read_own_address(form: Form) -> str:
    """Return the address of a form that asks for nothing else.

    Raises:
        ProblemsError: If it cannot be used.
    """
    reading = Reading(form)
    address = reading.address()
    reading.check()
    return address


def read_extras(form: Form) -> Extras:
    """Return which mails besides digests somebody wants: a box that is not ticked is not sent."""
    return Extras(form.has("alerts"), form.has("reminders"), form.has("quiet_notes"))


def read_pause(form: Form, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the beginning of the day on which a pause ends.

    Raises:
        ProblemsError: If it is no day, or none ahead, or too far.
    """
    try:
        end = datetime.combine(date.fromisoformat(form.one("until")), time(), zone)
    except (ValueError, OverflowError) as error:
        raise ProblemsError({"until": NO_DAY}) from error
    if not now < end <= now + LONGEST_PAUSE:
        raise ProblemsError({"until": NO_DAY})
    return end


def as_form(following: Following, **more: tuple[str, ...]) -> Form:
    """Return the form in which a following is shown."""
    filters = following.filters
    return Form(
        {
            "cadence": (following.cadence.value,),
            "programme": filters.programmes,
            "action_type": filters.action_types,
            "least_band": (filters.least_band,),
            **more,
        }
    )
