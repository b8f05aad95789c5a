"""Terms counted in working days, with the reason beside every day that does not count; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from register.calendar import Calendar, Day

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pause:
    """Days that do not count: those after `since` up to and with `until`, which is None while the pause goes on.

    `since` is the day a letter left, `until` the day its answer arrived or the time for it ended (国令711号 art. 33).
    """

    since: date
    until: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a term and how it was reached: every civil day after the start is counted or skipped.

    The term ends with the end of `due`; compare civil dates in Asia/Shanghai, never times. `awaits` are the years whose
    notices, still to come, may move it; `calendar` is the version of the calendar.
    """

    due: date
    counted: tuple[date, ...]
    skipped: tuple[Day, ...]
    awaits: tuple[int, ...]
    calendar: str

    @property
    def provisional(self) -> bool:
        """Whether a notice that is still to come may move the term: show it as 预计."""
        return bool(self.awaits)


@dataclass(frozen=True, slots=True)
class Suspended:
    """A term that stands still since a day: how far it had been counted, and how many working days remain."""

    since: date
    remaining: int
    counted: tuple[date, ...]
    skipped: tuple[Day, ...]
    calendar: str


def add_working_days(start: date, n: int, calendar: Calendar) -> Deadline:
    """Return the n-th working day after a date; the date itself never counts, whether it is a working day or not.

    `start` is the day of receipt (国令711号 art. 31) and n is 20 for the answer (art. 33), 7 for the notice to correct
    a request (art. 30), 15 for a third party heard (art. 32). That the first day is left out is 民法典 art. 201.
    Raises ValueError when n is not positive.
    """
    walk = _walk(start, n, calendar, (), date.max)
    return Deadline(walk.on, tuple(walk.counted), tuple(walk.skipped), tuple(sorted(walk.awaits)), calendar.version)


def count_working_days(start: date, n: int, calendar: Calendar, pauses: Sequence[Pause] = ()) -> Deadline | Suspended:
    """Return the n-th working day after a date that no pause takes away, or how many remain where one goes on.

    Overlapping pauses take a day once. A pause after the term has ended changes nothing. On a day both off and in a
    pause the calendar's reason is given.

    Raises ValueError when n is not positive or a pause ends before it begins.
    """
    if any(pause.until is not None and pause.until < pause.since for pause in pauses):
        raise ValueError("a pause ends before it begins")
    stop = min((pause.since for pause in pauses if pause.until is None), default=date.max)
    walk = _walk(start, n, calendar, pauses, stop)
    counted, skipped = tuple(walk.counted), tuple(walk.skipped)
    if len(counted) < n:
        return Suspended(max(start, stop), n - len(counted), counted, skipped, calendar.version)
    return Deadline(walk.on, counted, skipped, tuple(sorted(walk.awaits)), calendar.version)


def count_until(start: date, due: date, calendar: Calendar) -> Deadline:
    """Return a term that ends on a fixed date, such as one an order sets, with its days counted and skipped.

    Nothing that is announced later moves it. Raises ValueError when it ends before it begins.
    """
    if due < start:
        raise ValueError("a term ends before it begins")
    days = [calendar.day(start + _DAY * offset) for offset in range(1, (due - start).days + 1)]
    counted = tuple(day.on for day in days if day.working)
    return Deadline(due, counted, tuple(day for day in days if not day.working), (), calendar.version)


def working_days_left(today: date, due: date, calendar: Calendar) -> int:
    """Return how many working days lie after today up to and with the last day of a term; 0 on that day and later."""
    return sum(calendar.day(today + _DAY * offset).working for offset in range(1, (due - today).days + 1))


class _Walk(NamedTuple):
    on: date
    counted: list[date]
    skipped: list[Day]
    awaits: set[int]


def _walk(start: date, n: int, calendar: Calendar, pauses: Sequence[Pause], stop: date) -> _Walk:
    """Go from day to day until n are counted or the last day is reached that may be."""
    if n < 1:
        raise ValueError(f"a term has at least one working day, not {n}")
    counted: list[date] = []
    skipped: list[Day] = []
    awaits: set[int] = set()
    on = start
    while len(counted) < n and on < stop:
        on += _DAY
        day = calendar.day(on)
        if day.awaits is not None:
            awaits.add(day.awaits)
        reason = _paused(on, pauses)
        if not day.working:
            skipped.append(day)
        elif reason is None:
            counted.append(on)
        else:
            skipped.append(replace(day, reason=reason))
    return _Walk(on, counted, skipped, awaits)


def _paused(on: date, pauses: Iterable[Pause]) -> str | None:
    held = (pause.reason for pause in pauses if pause.since < on and pause.until is not None and on <= pause.until)
    return next(held, None)
