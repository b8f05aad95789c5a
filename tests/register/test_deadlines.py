from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar  # type: ignore[import-untyped]  # it ships no types
import holidays
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from register.calendar import Calendar, Notice
from register.deadlines import (
    Deadline,
    Pause,
    Suspended,
    add_working_days,
    count_until,
    count_working_days,
    working_days_left,
)

FOLDER = Path(__file__).resolve().parents[2] / "config" / "calendar"
CALENDAR = Calendar.parse(file.read_text(encoding="utf-8") for file in sorted(FOLDER.glob("*.toml")))
HOLIDAYS = holidays.country_holidays("CN", years=range(2019, 2027))
starts = st.dates(date(2017, 6, 1), date(2038, 1, 1))
official_starts = st.dates(date(2019, 1, 1), date(2026, 10, 1))
pauses = st.lists(
    st.builds(
        lambda since, days: Pause(since, since + timedelta(days=days), "征求意见"),
        st.dates(date(2026, 1, 1), date(2026, 6, 30)),
        st.integers(0, 40),
    ),
    max_size=5,
)
terms = st.integers(1, 60)


@pytest.mark.parametrize(
    ("vector", "start", "n", "due"),
    [
        ("A1", date(2026, 3, 2), 20, date(2026, 3, 30)),
        ("A2", date(2026, 9, 18), 20, date(2026, 10, 22)),
        ("A3", date(2026, 9, 19), 20, date(2026, 10, 22)),
        ("A4", date(2026, 9, 20), 20, date(2026, 10, 23)),
        ("A5", date(2026, 2, 13), 20, date(2026, 3, 19)),
        ("A6", date(2026, 2, 13), 7, date(2026, 3, 2)),
        ("A7", date(2026, 2, 14), 20, date(2026, 3, 20)),
        ("A8", date(2026, 2, 18), 20, date(2026, 3, 20)),
        ("A9", date(2025, 9, 26), 20, date(2025, 10, 30)),
        ("A10", date(2024, 1, 12), 20, date(2024, 2, 8)),
        ("A11", date(2024, 9, 13), 20, date(2024, 10, 17)),
        ("A12", date(2025, 1, 24), 20, date(2025, 2, 27)),
        ("B3", date(2026, 3, 6), 15, date(2026, 3, 27)),
        ("C1", date(2026, 4, 20), 20, date(2026, 5, 20)),
        ("C1 extended", date(2026, 4, 20), 40, date(2026, 6, 17)),
        ("D1", date(2026, 4, 1), 7, date(2026, 4, 13)),
        ("E1", date(2026, 10, 10), 20, date(2026, 11, 6)),
    ],
)
def test_the_golden_vectors_hold_and_are_final(vector: str, start: date, n: int, due: date) -> None:
    deadline = add_working_days(start, n, CALENDAR)
    assert (vector, deadline.due, deadline.provisional) == (vector, due, False)


def test_a_term_that_ends_in_the_last_week_of_the_announced_year_is_provisional() -> None:
    deadline = add_working_days(date(2026, 12, 3), 20, CALENDAR)
    assert (deadline.due, deadline.provisional) == (date(2026, 12, 31), True)


def test_a_term_that_reaches_into_an_unannounced_year_is_estimated() -> None:
    deadline = add_working_days(date(2026, 12, 4), 20, CALENDAR)
    assert (deadline.due, deadline.provisional) == (date(2027, 1, 4), True)


def test_a_term_that_ends_before_the_last_week_is_final() -> None:
    assert not add_working_days(date(2026, 11, 26), 20, CALENDAR).provisional


def test_a_term_that_began_in_a_year_without_notice_stays_provisional_to_its_end() -> None:
    deadline = add_working_days(date(2018, 12, 20), 20, CALENDAR)
    assert not CALENDAR.day(deadline.due).provisional
    assert deadline.provisional


def test_the_notice_of_the_next_year_makes_the_term_final() -> None:
    next_year = Notice(2027, "国办发明电〔2026〕1号", {date(2027, 1, 1): "元旦"}, frozenset())
    assert add_working_days(date(2026, 12, 4), 20, CALENDAR).awaits == (2027,)
    known = replace(CALENDAR, notices=(*CALENDAR.notices, next_year))
    deadline = add_working_days(date(2026, 12, 4), 20, known)
    assert (deadline.due, deadline.provisional) == (date(2027, 1, 4), False)


def test_the_explanation_names_every_day_that_does_not_count() -> None:
    deadline = add_working_days(date(2026, 9, 18), 5, CALENDAR)
    assert deadline.counted == tuple(date(2026, 9, day) for day in (20, 21, 22, 23, 24))
    assert [(day.on.day, day.reason) for day in deadline.skipped] == [(19, "周末")]


@pytest.mark.parametrize("n", [0, -1])
def test_a_term_without_days_is_refused(n: int) -> None:
    with pytest.raises(ValueError, match="at least one working day"):
        add_working_days(date(2026, 3, 2), n, CALENDAR)


@given(start=starts, n=terms)
def test_a_term_ends_on_a_working_day_and_every_day_of_it_is_explained(start: date, n: int) -> None:
    deadline = add_working_days(start, n, CALENDAR)
    assert CALENDAR.day(deadline.due).working
    assert len(deadline.counted) == n
    assert deadline.counted[-1] == deadline.due
    explained = sorted([*deadline.counted, *(day.on for day in deadline.skipped)])
    assert explained == [start + timedelta(days=offset) for offset in range(1, (deadline.due - start).days + 1)]


@given(start=starts, n=terms)
def test_a_longer_term_ends_later(start: date, n: int) -> None:
    assert add_working_days(start, n, CALENDAR).due < add_working_days(start, n + 1, CALENDAR).due


@given(start=starts, n=terms, later=st.integers(1, 40))
def test_a_later_start_never_ends_sooner(start: date, n: int, later: int) -> None:
    moved = add_working_days(start + timedelta(days=later), n, CALENDAR)
    assert add_working_days(start, n, CALENDAR).due <= moved.due


@given(start=starts, first=terms, second=terms)
def test_terms_add_up(start: date, first: int, second: int) -> None:
    between = add_working_days(start, first, CALENDAR).due
    assert add_working_days(between, second, CALENDAR).due == add_working_days(start, first + second, CALENDAR).due


@given(start=official_starts, n=st.integers(1, 40))
def test_a_term_ends_where_two_other_calendars_end_it(start: date, n: int) -> None:
    due = add_working_days(start, n, CALENDAR).due
    theirs = chinese_calendar.get_workdays(start + timedelta(days=1), start + timedelta(days=90))
    assert theirs[n - 1] == due
    assert HOLIDAYS.get_nth_working_day(start, n) == due


@given(start=official_starts, n=st.integers(1, 40), after=st.integers(1, 60))
def test_a_new_holiday_never_ends_a_term_sooner(start: date, n: int, after: int) -> None:
    day = start + timedelta(days=after)
    assume(CALENDAR.day(day).working)
    changed = _with(day, working=False)
    assert _due(start, n, CALENDAR) <= _due(start, n, changed)


@given(start=official_starts, n=st.integers(1, 40), after=st.integers(1, 60))
def test_a_new_working_weekend_never_ends_a_term_later(start: date, n: int, after: int) -> None:
    day = start + timedelta(days=after)
    assume(not CALENDAR.day(day).working)
    changed = _with(day, working=True)
    assert changed.day(day).working
    assert _due(start, n, changed) <= _due(start, n, CALENDAR)


THIRD_PARTY = Pause(date(2026, 3, 6), date(2026, 3, 24), "征求第三方意见")
AGENCY = Pause(date(2026, 3, 18), date(2026, 3, 30), "征求其他机关意见")


@pytest.mark.parametrize(
    ("vector", "start", "n", "paused", "due"),
    [
        ("B1", date(2026, 3, 2), 20, [THIRD_PARTY], date(2026, 4, 16)),
        ("B2", date(2026, 3, 2), 20, [THIRD_PARTY, AGENCY], date(2026, 4, 22)),
        ("C2", date(2026, 4, 20), 40, [Pause(date(2026, 5, 11), date(2026, 5, 20), "")], date(2026, 6, 29)),
    ],
)
def test_the_golden_vectors_with_pauses_hold(vector: str, start: date, n: int, paused: list[Pause], due: date) -> None:
    reached = count_working_days(start, n, CALENDAR, paused)
    assert isinstance(reached, Deadline)
    assert (vector, reached.due) == (vector, due)


def test_a_working_day_in_a_pause_is_skipped_and_a_weekend_in_it_keeps_its_reason() -> None:
    reached = count_working_days(date(2026, 3, 2), 20, CALENDAR, [THIRD_PARTY])
    reasons = {day.on.day: day.reason for day in reached.skipped if day.on.month == 3}
    assert (reasons[9], reasons[8], reasons[24]) == ("征求第三方意见", "周末", "征求第三方意见")
    assert date(2026, 3, 6) in reached.counted
    assert date(2026, 3, 25) in reached.counted


def test_a_term_stands_still_while_a_pause_goes_on() -> None:
    reached = count_working_days(date(2026, 3, 2), 20, CALENDAR, [Pause(date(2026, 3, 6), None, "征求意见")])
    assert isinstance(reached, Suspended)
    assert (reached.since, reached.remaining, reached.counted[-1]) == (date(2026, 3, 6), 16, date(2026, 3, 6))
    assert reached.calendar == CALENDAR.version


def test_a_standing_term_is_explained_to_the_day_on_which_it_stood_still() -> None:
    reached = count_working_days(date(2026, 3, 2), 20, CALENDAR, [Pause(date(2026, 3, 4), None, "征求意见")])
    assert isinstance(reached, Suspended)
    assert (reached.counted, reached.skipped) == ((date(2026, 3, 3), date(2026, 3, 4)), ())


def test_a_pause_that_goes_on_since_before_the_start_takes_every_day() -> None:
    reached = count_working_days(date(2026, 3, 2), 20, CALENDAR, [Pause(date(2026, 2, 6), None, "征求意见")])
    assert isinstance(reached, Suspended)
    assert (reached.since, reached.remaining, reached.skipped) == (date(2026, 3, 2), 20, ())


@pytest.mark.parametrize("until", [None, date(2026, 5, 1)])
def test_a_pause_that_begins_on_the_last_day_or_later_does_not_revive_a_term(until: date | None) -> None:
    reached = count_working_days(date(2026, 3, 2), 20, CALENDAR, [Pause(date(2026, 3, 30), until, "征求意见")])
    assert isinstance(reached, Deadline)
    assert reached.due == date(2026, 3, 30)


def test_a_pause_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        count_working_days(date(2026, 3, 2), 20, CALENDAR, [Pause(date(2026, 3, 9), date(2026, 3, 6), "")])


@given(start=st.dates(date(2026, 1, 1), date(2026, 6, 30)), n=terms, held=pauses, more=pauses)
def test_another_pause_never_ends_a_term_sooner(start: date, n: int, held: list[Pause], more: list[Pause]) -> None:
    assert _paused_due(start, n, held) <= _paused_due(start, n, [*held, *more])


@given(start=st.dates(date(2026, 1, 1), date(2026, 6, 30)), n=terms, held=pauses)
def test_pauses_count_once_however_often_and_in_whatever_order_they_are_given(
    start: date, n: int, held: list[Pause]
) -> None:
    once = count_working_days(start, n, CALENDAR, held)
    assert count_working_days(start, n, CALENDAR, [*reversed(held), *held]) == once


@given(start=st.dates(date(2026, 1, 1), date(2026, 6, 30)), n=terms, held=pauses)
def test_a_paused_term_explains_every_day_and_counts_exactly_its_own(start: date, n: int, held: list[Pause]) -> None:
    reached = count_working_days(start, n, CALENDAR, held)
    assert isinstance(reached, Deadline)
    assert len(reached.counted) == n
    assert all(day.reason for day in reached.skipped)
    assert not any(pause.since < on <= (pause.until or date.max) for pause in held for on in reached.counted)
    explained = sorted([*reached.counted, *(day.on for day in reached.skipped)])
    assert explained == [start + timedelta(days=offset) for offset in range(1, (reached.due - start).days + 1)]


def test_a_fixed_last_day_is_explained_and_final() -> None:
    fixed = count_until(date(2026, 9, 24), date(2026, 9, 29), CALENDAR)
    assert fixed.counted == (date(2026, 9, 28), date(2026, 9, 29))
    assert [day.reason for day in fixed.skipped] == ["中秋节"] * 3
    assert not count_until(date(2026, 12, 1), date(2027, 1, 8), CALENDAR).provisional
    with pytest.raises(ValueError, match="before it begins"):
        count_until(date(2026, 9, 24), date(2026, 9, 23), CALENDAR)


@pytest.mark.parametrize(
    ("today", "left"),
    [
        (date(2026, 9, 18), 5),
        (date(2026, 9, 20), 4),
        (date(2026, 9, 23), 1),
        (date(2026, 9, 24), 0),
        (date(2026, 9, 25), 0),
    ],
)
def test_the_days_left_are_working_days(today: date, left: int) -> None:
    assert working_days_left(today, date(2026, 9, 24), CALENDAR) == left


def test_the_days_left_end_with_the_last_day() -> None:
    assert working_days_left(date(2026, 9, 21), date(2026, 9, 22), CALENDAR) == 1


def _paused_due(start: date, n: int, held: list[Pause]) -> date:
    reached = count_working_days(start, n, CALENDAR, held)
    assert isinstance(reached, Deadline)
    return reached.due


def _due(start: date, n: int, calendar: Calendar) -> date:
    deadline: Deadline = add_working_days(start, n, calendar)
    return deadline.due


def _with(day: date, *, working: bool) -> Calendar:
    """Return the shipped calendar with one day of an announced year changed."""
    notices = []
    for notice in CALENDAR.notices:
        off, work = dict(notice.off), set(notice.work)
        # the next year's notice may tell of the last week
        off.pop(day, None)
        work.discard(day)
        if notice.year == day.year and working:
            work.add(day)
        elif notice.year == day.year:
            off[day] = "临时放假"
        notices.append(replace(notice, off=off, work=frozenset(work)))
    return replace(CALENDAR, notices=tuple(notices))
