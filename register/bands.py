"""How much of a term is left, in working days, as the queue and the dashboard sort it; pure."""

from datetime import date, timedelta
from enum import StrEnum

from register.calendar import Calendar
from register.deadlines import add_working_days, working_days_left
from register.queue import Span

_DAY = timedelta(days=1)


class Band(StrEnum):
    """How urgent an open case is (临期提醒); the last day itself is not overdue."""

    OVERDUE = "overdue"
    """逾期"""
    LAST = "last"
    """红色: no more than one working day is left."""
    SOON = "soon"
    """临期: no more than five working days are left."""
    LATER = "later"
    """正常"""
    PAUSED = "paused"
    """暂停: the clock stands still."""


LEFT = {Band.LAST: 1, Band.SOON: 5}
"""Working days after today that are left at most."""


def band(due: date, today: date, calendar: Calendar) -> Band:
    """Return how urgent a running term is on a civil day."""
    if due < today:
        return Band.OVERDUE
    # beyond as many civil days there are certainly more than five working days; it spares counting a distant term
    left = working_days_left(today, min(due, today + _DAY * 30), calendar)
    return next((each for each, most in LEFT.items() if left <= most), Band.LATER)


def span(wanted: Band, today: date, calendar: Calendar) -> Span:
    """Return the last days that a band asks for: 临期 includes 红色, and neither what is overdue."""
    if wanted is Band.OVERDUE:
        return Span(None, today - _DAY)
    if wanted in LEFT:
        return Span(today, _limit(LEFT[wanted], today, calendar))
    return Span(_limit(LEFT[Band.SOON], today, calendar) + _DAY, None)


def received_by(today: date, days: int, calendar: Calendar) -> date:
    """Return the latest day from which so many working days have passed, today counted as one that has."""
    on, left = today, days
    while left:
        left -= calendar.day(on).working
        on -= _DAY
    return on


def _limit(left: int, today: date, calendar: Calendar) -> date:
    """Return the last civil day after which no more than so many working days are left."""
    return add_working_days(today, left + 1, calendar).due - _DAY
