"""Terms counted in working days, with the reason beside every day that does not count; pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from register.calendar import Calendar, Day

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a term and how it was reached: every civil day after the start is counted or skipped.

    The term ends with the end of `due`; compare civil dates in Asia/Shanghai, never times. `provisional` while a notice
    that is still to come may move it: show it as 预计.
    """

    due: date
    counted: tuple[date, ...]
    skipped: tuple[Day, ...]
    provisional: bool


def add_working_days(start: date, n: int, calendar: Calendar) -> Deadline:
    """Return the n-th working day after a date; the date itself never counts, whether it is a working day or not.

    `start` is the day of receipt (国令711号 art. 31) and n is 20 for the answer (art. 33), 7 for the notice to correct
    a request (art. 30), 15 for a third party heard (art. 32). That the first day is left out is 民法典 art. 201.
    Raises ValueError when n is not positive.
    """
    if n < 1:
        raise ValueError(f"a term has at least one working day, not {n}")
    counted: list[date] = []
    skipped: list[Day] = []
    provisional = False
    on = start
    while len(counted) < n:
        on += _DAY
        day = calendar.day(on)
        provisional = provisional or day.provisional
        if day.working:
            counted.append(on)
        else:
            skipped.append(day)
    return Deadline(due=on, counted=tuple(counted), skipped=tuple(skipped), provisional=provisional)
