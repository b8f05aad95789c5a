"""Reminders of open requests: five working days before, one before, on the last day, and overdue; pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from register.calendar import Calendar

_DAY = timedelta(days=1)


class Stage(StrEnum):
    """How far a term has come, in the order in which it happens."""

    FIVE_LEFT = "five_left"
    """T-5: five working days remain."""
    ONE_LEFT = "one_left"
    """T-1: one working day remains."""
    LAST_DAY = "last_day"
    """T-0."""
    OVERDUE = "overdue"
    """The day after the last day."""


_LEFT = {Stage.FIVE_LEFT: 5, Stage.ONE_LEFT: 1, Stage.LAST_DAY: 0}


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A request whose clock runs: its last day, and the day to aim at, earlier as long as the last day may move."""

    reference: str
    due: date
    target: date


@dataclass(frozen=True, slots=True)
class Sent:
    """What is kept of a reminder so that it is not given again: which stage before (or after) which day."""

    reference: str
    stage: Stage
    day: date


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder to write down as `sent` on the day it belongs to, `on`, even when that day has passed.

    `superseded`: a later stage has been reached meanwhile, so nobody has to be told of this one any more.
    """

    sent: Sent
    on: date
    superseded: bool


def due_reminders(
    requests: Iterable[OpenRequest], *, today: date, sent: Collection[Sent], calendar: Calendar
) -> Sequence[Reminder]:
    """Return every reminder whose day has come and that is not among `sent`, each once, in the order of their days.

    Days on which nobody asked are caught up. When the last day moves, the stages before the new one come again. Stages
    before it look to the target, 逾期 to the last day itself.
    """
    known = frozenset(sent)
    reminders = [reminder for request in requests for reminder in _of(request, today, calendar)]
    return sorted(
        (reminder for reminder in reminders if reminder.sent not in known),
        key=lambda reminder: (reminder.on, reminder.sent.reference, list(Stage).index(reminder.sent.stage)),
    )


def _of(request: OpenRequest, today: date, calendar: Calendar) -> Sequence[Reminder]:
    days = dict.fromkeys(_LEFT, request.target) | {Stage.OVERDUE: request.due}
    begun = {stage: _begins(stage, day, calendar) for stage, day in days.items()}
    reached = [stage for stage in Stage if begun[stage] <= today]
    return [
        Reminder(Sent(request.reference, stage, days[stage]), begun[stage], superseded=stage is not reached[-1])
        for stage in reached
    ]


def _begins(stage: Stage, day: date, calendar: Calendar) -> date:
    """Return the first civil day on which no more than the stage's working days remain."""
    if stage is Stage.OVERDUE:
        return day + _DAY
    on, left = day, int(calendar.day(day).working)
    while left <= _LEFT[stage]:
        on -= _DAY
        left += calendar.day(on).working
    return on
