"""The watch over requests under way: reads every clock anew, gives each reminder once, sets moved dates right."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from register.calendar import Calendar
from register.docket import Head
from register.office import CIVIL_TIME
from register.reckoning import Reckoned
from register.recomputation import Change
from register.reminders import OpenRequest, Reminder, due_reminders
from register.terms import Terms, terms_on


class Watched(Protocol):
    """What the watch needs of `register.ports.Requests`."""

    async def under_way(self) -> Mapping[str, Head]:
        """Return the heads of all requests that are still owed an answer."""

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

    `reckon` is `register.reckoning.Reckoning.one`: it keeps the last day of one request and tells its clock.
    """

    def __init__(
        self,
        requests: Watched,
        reckon: Callable[[str, Head], Awaitable[Reckoned]],
        *,
        calendar: Callable[[], Calendar],
        terms: Sequence[Terms],
        now: Callable[[], datetime],
    ) -> None:
        self._requests = requests
        self._reckon = reckon
        self._calendar = calendar
        self._terms = terms
        self._now = now

    async def round(self) -> Findings:
        """Set right the last days that have moved, give the reminders that fall due, and return what this call did."""
        now = self._now()
        running: list[OpenRequest] = []
        moved: list[Change] = []
        for reference, head in (await self._requests.under_way()).items():
            reckoned = await self._reckon(reference, head)
            moved += reckoned.changes
            clock = reckoned.clock
            target = clock.target(terms_on(self._terms, clock.since)) if clock is not None else None
            if clock is not None and clock.due is not None and target is not None:
                running.append(OpenRequest(reference, clock.due, target))
        today = now.astimezone(CIVIL_TIME).date()
        reminders = due_reminders(running, today=today, sent=(), calendar=self._calendar())
        given = [each for each in reminders if await self._give(each, now)]
        return Findings(tuple(given), tuple(moved))

    async def _give(self, reminder: Reminder, at: datetime) -> bool:
        sent = reminder.sent
        return await self._requests.remind(sent.reference, sent.stage, sent.day, at=at)
