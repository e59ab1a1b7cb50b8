"""Dates followed through everything that happens to an opportunity."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.histories import Followed, followed_dates
from store.calendars import Dated, Past, Picture, Turn
from store.models import OpenTo, Origin

START = datetime(2026, 5, 1, 6, tzinfo=UTC)
SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 15), date(2026, 10, 13), date(2026, 11, 17)


def dated(day: date, hour: int = 15, stage: int | None = None) -> Dated:
    at = datetime.combine(day, time(hour), UTC)
    open_to = OpenTo.INVITED if stage == 2 else OpenTo.ALL
    return Dated(day, at, stage, Origin.STATED, open_to)


def picture(number: int, *days: date, title: str = "Robots at sea") -> Picture:
    """Return what is seen on the ``number``-th day."""
    return Picture(START + timedelta(days=number), title, tuple(map(dated, days)))


def seen(*pictures: Picture, turns: tuple[Turn, ...] = ()) -> list[tuple[int, date, int, bool]]:
    found = followed_dates(Past(pictures, turns))
    return [(one.number, one.dated.day, one.sequence, one.removed) for one in found]


def test_a_date_that_moves_stays_the_same_event() -> None:
    found = seen(picture(0, SEPTEMBER), picture(1, OCTOBER), picture(2, SEPTEMBER))
    assert found == [(1, SEPTEMBER, 2, False)]


def test_an_extension_after_the_day_is_the_same_event() -> None:
    late = (SEPTEMBER - START.date()).days + 1
    assert seen(picture(0, SEPTEMBER), picture(late, OCTOBER)) == [(1, OCTOBER, 1, False)]


def test_one_of_several_dates_moves_and_the_others_stay() -> None:
    found = seen(picture(0, SEPTEMBER, NOVEMBER), picture(1, OCTOBER, NOVEMBER))
    assert found == [(1, OCTOBER, 1, False), (2, NOVEMBER, 0, False)]


def test_a_date_that_has_passed_may_just_go_and_the_numbers_stay() -> None:
    late = (SEPTEMBER - START.date()).days + 1
    later = date(2027, 3, 2)
    found = seen(picture(0, SEPTEMBER, OCTOBER), picture(late, OCTOBER, later))
    assert found == [(1, SEPTEMBER, 0, False), (2, OCTOBER, 0, False), (3, later, 0, False)]


def test_a_date_taken_back_is_removed_and_may_return() -> None:
    both, one = picture(0, SEPTEMBER, OCTOBER), picture(1, SEPTEMBER)
    assert seen(both, one) == [(1, SEPTEMBER, 0, False), (2, OCTOBER, 1, True)]
    back = picture(2, SEPTEMBER, OCTOBER)
    assert seen(both, one, back) == [(1, SEPTEMBER, 0, False), (2, OCTOBER, 2, False)]


def test_a_second_stage_is_no_event() -> None:
    stages = Picture(START, "Two stages", (dated(SEPTEMBER, stage=1), dated(OCTOBER, stage=2)))
    assert seen(stages) == [(1, SEPTEMBER, 0, False)]


def test_a_new_title_is_told_to_calendars_too() -> None:
    found = followed_dates(Past((picture(0, SEPTEMBER), picture(1, SEPTEMBER, title="New")), ()))
    assert [(one.title, one.sequence) for one in found] == [("New", 1)]


@pytest.mark.parametrize(
    ("turns", "sequence", "removed"),
    [
        ([(10, True)], 1, True),
        ([(10, True), (20, False)], 2, False),
        ([(10, True), (11, True)], 1, True),
        ([(5, False)], 0, False),  # missing for a while, which was told to nobody
        ([(200, True)], 1, False),  # closed after its day, as it should be
    ],
)
def test_what_is_withdrawn_or_closed_before_its_day_is_removed(
    turns: list[tuple[int, bool]], sequence: int, removed: bool
) -> None:
    told = tuple(Turn(START + timedelta(days=at), over) for at, over in turns)
    assert seen(picture(0, SEPTEMBER), turns=told) == [(1, SEPTEMBER, sequence, removed)]


days = st.sampled_from([date(2026, 4, 20) + timedelta(days=9 * n) for n in range(12)])
steps = st.lists(
    st.tuples(
        st.sets(days, max_size=4),
        st.sampled_from([15, 10]),
        st.sampled_from(["One title", "Another"]),
        st.lists(st.booleans(), max_size=2),
    ),
    min_size=2,
    max_size=10,
)


@given(steps)
def test_identities_last_and_sequences_never_fall(
    history: list[tuple[set[date], int, str, list[bool]]],
) -> None:
    pictures: list[Picture] = []
    turns: list[Turn] = []
    before: dict[int, Followed] = {}
    for number, (shown, hour, title, flips) in enumerate(history):
        at = START + timedelta(days=10 * number)
        pictures.append(Picture(at, title, tuple(dated(day, hour) for day in sorted(shown))))
        turns += [Turn(at, over) for over in flips]
        found = followed_dates(Past(tuple(pictures), tuple(turns)))
        after = {one.number: one for one in found}
        assert len(after) == len(found)
        assert before.keys() <= after.keys()
        for key, was in before.items():
            now = after[key]
            assert now.sequence >= was.sequence
            assert now.changed_at >= was.changed_at
            if (now.dated, now.title, now.removed) != (was.dated, was.title, was.removed):
                assert now.sequence > was.sequence
        assert shown <= {one.dated.day for one in found}
        before = after
