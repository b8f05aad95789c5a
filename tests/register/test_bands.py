from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from register.bands import Band, band, received_by, span
from register.deadlines import add_working_days
from tests.register.office import CALENDAR

DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 1))


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (date(2026, 2, 12), Band.OVERDUE),
        (date(2026, 2, 13), Band.LAST),
        (date(2026, 2, 14), Band.LAST),  # a Saturday made up for
        (date(2026, 2, 24), Band.SOON),  # the first working day after the Spring Festival
        (date(2026, 2, 27), Band.SOON),
        (date(2026, 2, 28), Band.LATER),
    ],
)
def test_the_bands_count_working_days(due: date, expected: Band) -> None:
    assert band(due, date(2026, 2, 13), CALENDAR) is expected


@given(DAYS, st.integers(-60, 60))
def test_what_is_asked_for_is_what_is_in_the_band(today: date, days: int) -> None:
    due = today + timedelta(days=days)
    found = band(due, today, CALENDAR)

    def within(wanted: Band) -> bool:
        asked = span(wanted, today, CALENDAR)
        return (asked.first or due) <= due <= (asked.last or due)

    assert within(Band.OVERDUE) is (found is Band.OVERDUE)
    assert within(Band.LAST) is (found is Band.LAST)
    assert within(Band.SOON) is (found in {Band.LAST, Band.SOON})
    assert within(Band.LATER) is (found is Band.LATER)


@given(DAYS, st.integers(1, 20))
def test_what_was_received_by_then_has_waited_that_long_and_what_came_a_day_later_has_not(
    today: date, days: int
) -> None:
    by = received_by(today, days, CALENDAR)
    assert add_working_days(by, days, CALENDAR).due <= today
    assert add_working_days(by + timedelta(days=1), days, CALENDAR).due > today
