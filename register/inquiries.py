"""Inquiries (咨询) that wait for an answer, and the day by which the office means to give it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from register.calendar import Calendar
from register.deadlines import add_working_days
from register.office import CIVIL_TIME
from register.recomputation import Change


@dataclass(frozen=True, slots=True)
class Target:
    """The office's own target (no law sets one): `days` working days after the civil day of receipt."""

    days: int
    calendar: Callable[[], Calendar]

    def __call__(self, received_at: datetime) -> tuple[date, bool]:
        """Return the day an inquiry is to be answered by, and whether it rests on a year not announced yet."""
        deadline = add_working_days(received_at.astimezone(CIVIL_TIME).date(), self.days, self.calendar())
        return deadline.due, deadline.provisional


@dataclass(frozen=True, slots=True)
class Waiting:
    """An inquiry without an answer, with the day that is kept for it."""

    reference: str
    received_at: datetime
    due_on: date
    provisional: bool


class Inquiries(Protocol):
    """Keeps the days of inquiries."""

    async def waiting(self) -> Sequence[Waiting]:
        """Return the inquiries that wait for an answer."""

    async def reckon(self, inquiry: Waiting, *, due_on: date, provisional: bool) -> bool:
        """Keep another day; False when it was answered, or another day was kept, meanwhile."""


async def set_right(inquiries: Inquiries, target: Callable[[datetime], tuple[date, bool]]) -> Sequence[Change]:
    """Keep the day of each inquiry that waits as the target counts it now, and return what this call changed."""
    changes = []
    for each in await inquiries.waiting():
        due_on, provisional = target(each.received_at)
        moved = (due_on, provisional) != (each.due_on, each.provisional)
        if moved and await inquiries.reckon(each, due_on=due_on, provisional=provisional):
            changes.append(Change(each.reference, each.due_on, due_on, provisional))
    return changes
