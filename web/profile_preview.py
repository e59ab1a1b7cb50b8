"""What a profile would bring, shown while it is written. Looking writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from babel.numbers import format_decimal
from fastapi import APIRouter, Request, Response

from config.translation import say, say_kept, translatable
from store.db import session_scope
from store.forecasts import Column, Expected, Forecast
from store.models import Profile
from store.profile_contents import fill
from web.choices import percent_below, said
from web.desk_chart import BOTTOM, LEFT, RIGHT, TOP, Bar
from web.desk_words import FITS
from web.forms import Form, SentForm
from web.limits import TooOftenError, keep_to, previewing
from web.profile_form import read_draft
from web.profile_health import Hint
from web.profile_room import Room, Visit, visit

WIDTH, HEIGHT = 400, 180
"""Of the drawing, in its own units: it stands beside the form."""

SHOWN = 8
"""Matches of a preview."""

TOO_OFTEN = translatable(
    "There were many previews in the last minutes. Write on, and look again in a while: nothing is"
    " lost, and the profile can be saved."
)


@dataclass(frozen=True, slots=True)
class Picture:
    """The drawing of scores."""

    width: int
    height: int
    base: int
    left: int
    right: int
    bars: tuple[Bar, ...]
    marks: tuple[tuple[float, str], ...]
    most: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What is shown of a forecast."""

    forecast: Forecast
    best: Sequence[Expected]
    more: int
    """Matches beside those shown."""
    a_week: str
    picture: Picture | None
    hints: tuple[Hint, ...]


def preview_routes(room: Room) -> APIRouter:
    """Return the route of the preview alone, as the page asks for it while one types."""
    router = APIRouter()

    @router.post("/profiles/preview")
    def show(request: Request, form: SentForm) -> Response:
        """Show what a draft would bring, as a part of a page."""
        is_free = may_preview(room, request, form)
        with session_scope(room.site.engine) as session:
            seen = visit(room, session, request)
            values: dict[str, object] = {
                "preview": preview_of(seen, form) if is_free else None,
                "too_often": "" if is_free else say(seen.language, TOO_OFTEN),
            }
            answer = seen.page("profile_preview.html", with_words(seen, values))
        answer.status_code = 200 if is_free else 429
        return answer

    return router


def may_preview(room: Room, request: Request, form: Form) -> bool:
    """Count that a preview is asked for, and return whether that is not too often."""
    with session_scope(room.site.engine) as session:
        seen = visit(room, session, request)
        seen.check(form)
    try:
        keep_to(room.site, previewing(seen.person.address))
    except TooOftenError:
        return False
    return True


def with_words(seen: Visit, values: dict[str, object]) -> dict[str, object]:
    """Return values of a page with the words of a preview."""
    return {
        **values,
        "fits": dict(said(seen.language, FITS)),
        "below": percent_below,
        "against": partial(say_kept, seen.language, "against"),
        "decimal": partial(format_decimal, format="0.##", locale=seen.language),
    }


def preview_of(seen: Visit, form: Form) -> Preview | None:
    """Return what a draft would bring; None where nothing can tell."""
    draft = read_draft(form)
    wanted = Profile(slug="", version=0)
    fill(wanted, draft.document)
    if seen.room.forecaster is None:
        return None
    found = seen.room.forecaster.forecast(seen.session, wanted, seen.now)
    if found is None:
        return None
    hints = seen.hints(draft.document, len(found.best) if found.compared else None, seen.now)
    return Preview(
        forecast=found,
        best=found.best[:SHOWN],
        more=max(0, len(found.best) - SHOWN),
        a_week=_a_week(found, seen.language),
        picture=picture_of(found.scores, seen.language) if found.scores else None,
        hints=hints,
    )


def picture_of(columns: Sequence[Column], language: str) -> Picture:
    """Return the drawing of how well the open calls fit."""
    most = max(one.matched + one.others for one in columns)
    base = HEIGHT - BOTTOM
    bars = [bar for at, one in enumerate(columns) for bar in _bars(one, at, len(columns), most)]
    low, high = columns[0].lower, columns[-1].upper
    usual = len(columns) * -low / (high - low) if low < 0 < high else 0.0
    marks = {0.0: low, usual: 0.0 if usual else low, float(len(columns)): high}
    return Picture(
        width=WIDTH,
        height=HEIGHT,
        base=base,
        left=LEFT,
        right=WIDTH - RIGHT,
        bars=tuple(bars),
        marks=tuple(
            (round(_x(at, len(columns)), 2), format_decimal(value, "0.##", locale=language))
            for at, value in marks.items()
        ),
        most=most,
    )


def _bars(one: Column, at: int, columns: int, most: int) -> list[Bar]:
    bars, y = [], float(HEIGHT - BOTTOM)
    width = (WIDTH - LEFT - RIGHT) / columns
    for kind, number in (("kept", one.matched), ("others", one.others)):
        height = (HEIGHT - BOTTOM - TOP) * number / most
        y -= height
        if number:
            x = _x(at, columns) + 1
            bars.append(Bar(kind, *(round(v, 2) for v in (x, y, width - 2, height))))
    return bars


def _x(at: float, columns: int) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * at / columns


def _a_week(found: Forecast, language: str) -> str:
    """Return how much a usual week brings."""
    if not found.estimate.weeks:
        return say(language, "How much a week brings is not known yet.")
    number = found.estimate.a_week
    if number < 0.25:
        return say(language, "After that, less than one a month.")
    return say(
        language,
        "After that, about {number} a week.",
        number=format_decimal(number, "0.#", locale=language),
    )
