from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from register.calendar import Calendar, Notice
from register.deadlines import Deadline, add_working_days

FOLDER = Path(__file__).resolve().parents[2] / "config" / "calendar"
CALENDAR = Calendar.parse(file.read_text(encoding="utf-8") for file in sorted(FOLDER.glob("*.toml")))
starts = st.dates(date(2022, 6, 1), date(2038, 1, 1))
official_starts = st.dates(date(2024, 1, 1), date(2026, 10, 1))
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
    deadline = add_working_days(date(2023, 12, 20), 20, CALENDAR)
    assert not CALENDAR.day(deadline.due).provisional
    assert deadline.provisional


def test_the_notice_of_the_next_year_makes_the_term_final() -> None:
    next_year = Notice(2027, "国办发明电〔2026〕1号", {date(2027, 1, 1): "元旦"}, frozenset())
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


def _due(start: date, n: int, calendar: Calendar) -> date:
    deadline: Deadline = add_working_days(start, n, calendar)
    return deadline.due


def _with(day: date, *, working: bool) -> Calendar:
    """Return the shipped calendar with one day of an announced year changed."""
    notices = []
    for notice in CALENDAR.notices:
        off, work = dict(notice.off), set(notice.work)
        if notice.year == day.year:
            off.pop(day, None)
            work.discard(day)
            if working:
                work.add(day)
            else:
                off[day] = "临时放假"
        notices.append(replace(notice, off=off, work=frozenset(work)))
    return replace(CALENDAR, notices=tuple(notices))
