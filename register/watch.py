"""The watch over requests under way: reads every clock anew, gives each reminder once, sets moved dates right."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from register.calendar import Calendar
from register.clock import Clock
from register.docket import Head
from register.office import CIVIL_TIME
from register.recomputation import Change
from register.reminders import OpenRequest, Reminder, due_reminders
from register.terms import Terms, terms_on


class Watched(Protocol):
    """What the watch needs of `register.ports.Requests`."""

    async def under_way(self) -> Mapping[str, Head]:
        """Return the heads of all requests that are still owed an answer."""

    async def reckon(self, reference: str, *, old: date | None, new: date | None, provisional: bool) -> bool:
        """Keep another last day for a request still owed an answer; False when the day kept is not `old` any more."""

    async def remind(self, reference: str, kind: str, due_on: date, *, at: datetime) -> bool:
        """Note that a reminder is given; False when it was given before for this day."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What one round did: reminders given, and last days that were kept wrongly and are right now.

    A kept day is wrong after a calendar has been imported, or when the time for a consultation has ended.
    """

    reminders: tuple[Reminder, ...]
    moved: tuple[Change, ...]


class Watch:
    """Goes round; may be called at any time and by several processes, after any outage.

    `clock_of` reads the clock of one request, None where its day of receipt is not known yet.
    """

    def __init__(
        self,
        requests: Watched,
        clock_of: Callable[[str], Awaitable[Clock | None]],
        *,
        calendar: Callable[[], Calendar],
        terms: Sequence[Terms],
        now: Callable[[], datetime],
    ) -> None:
        self._requests = requests
        self._clock_of = clock_of
        self._calendar = calendar
        self._terms = terms
        self._now = now

    async def round(self) -> Findings:
        """Set right the last days that have moved, give the reminders that fall due, and return what this call did."""
        now = self._now()
        running: list[OpenRequest] = []
        moved: list[Change] = []
        for reference, head in (await self._requests.under_way()).items():
            clock = await self._clock_of(reference)
            if clock is None:
                continue
            if await self._reckon(reference, head, clock):
                moved.append(Change(reference, head.due_on, clock.due, clock.provisional))
            target = clock.target(terms_on(self._terms, clock.since))
            if clock.due is not None and target is not None:
                running.append(OpenRequest(reference, clock.due, target))
        today = now.astimezone(CIVIL_TIME).date()
        reminders = due_reminders(running, today=today, sent=(), calendar=self._calendar())
        given = [each for each in reminders if await self._give(each, now)]
        return Findings(tuple(given), tuple(moved))

    async def _reckon(self, reference: str, head: Head, clock: Clock) -> bool:
        if (clock.due, clock.provisional) == (head.due_on, head.provisional):
            return False
        return await self._requests.reckon(reference, old=head.due_on, new=clock.due, provisional=clock.provisional)

    async def _give(self, reminder: Reminder, at: datetime) -> bool:
        sent = reminder.sent
        return await self._requests.remind(sent.reference, sent.stage, sent.day, at=at)
