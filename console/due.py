"""How urgent a case is, in words and as a level for the colour."""

from dataclasses import dataclass
from datetime import date

from register.bands import Band, band
from register.calendar import Calendar
from register.deadlines import working_days_left
from register.types import Case, Status


@dataclass(frozen=True, slots=True)
class Due:
    """The urgency of one case on one day; no level where nothing is owed any more."""

    level: Band | None
    words: str


def due(case: Case, today: date, calendar: Calendar) -> Due:
    """Return how urgent a case is today; `today` is a civil date in China."""
    if case.status is not Status.RECEIVED:
        return Due(None, "")
    if case.paused:
        return Due(Band.PAUSED, "暂停计时")
    level = band(case.due_on, today, calendar)
    if level is Band.OVERDUE:
        return Due(level, f"已超期 {(today - case.due_on).days} 天")
    if case.due_on == today:
        return Due(level, "今天到期")
    return Due(level, f"还有 {working_days_left(today, case.due_on, calendar)} 个工作日")
