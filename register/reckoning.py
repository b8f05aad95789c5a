"""The kept last days set right: when another calendar is in force, and when the time for a consultation has ended."""

from collections.abc import Sequence
from dataclasses import dataclass

from register.calendar import Calendar
from register.clock import Clock
from register.course import clock_events
from register.docket import Head
from register.errors import StaleCase
from register.facts import Fact
from register.office import DisclosureOffice
from register.recomputation import Change, recompute
from register.request import Act
from register.steps import RequestStep, Role


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What the clock of a request shows, None where its day of receipt is not known, and the change this call kept."""

    clock: Clock | None
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Goes through the requests under way; several processes may do so at once, and each change is kept once."""

    office: DisclosureOffice

    async def preview(self, new: Calendar, *, old: Calendar | None = None) -> Sequence[Change]:
        """Return what a calendar changes for the requests under way, those with less time first.

        It is compared with another, or else with the one in force.
        """
        histories = {}
        for reference in await self.office.requests.under_way():
            told = clock_events((await self.office.requests.load(reference)).events)
            if told:
                histories[reference] = told
        office = self.office
        return recompute(histories, old=old or office.calendar(), new=new, terms=office.terms, today=office.today())

    async def all(self) -> Sequence[Change]:
        """Keep what the calendar now in force changes and return it, those with less time first."""
        heads = await self.office.requests.under_way()
        found = [(await self.one(reference, head)).change for reference, head in heads.items()]
        return sorted((change for change in found if change is not None), key=Change.urgency)

    async def one(self, reference: str, head: Head) -> Reckoned:
        """Keep the last day of a request where `head` tells another.

        A change that another calendar made is an event in the request's history (deadline_recomputed); the end of a
        consultation is told by the history itself. Raises UnknownCase.
        """
        file = await self.office.load(reference)
        clock, version = file.clock, self.office.calendar().version
        if clock is None or (clock.due, clock.provisional, version) == (head.due_on, head.provisional, head.calendar):
            return Reckoned(clock)
        change = Change(reference, head.due_on, clock.due, clock.provisional)
        same = (clock.due, clock.provisional) == (head.due_on, head.provisional)
        if same or head.calendar in {"", version}:
            kept = await self.office.requests.reckon(
                reference, old=head.due_on, new=clock.due, provisional=clock.provisional, calendar=version
            )
            return Reckoned(clock, change if kept and not same else None)
        if file.docket.head != head:
            # another process was faster
            return Reckoned(clock)
        return Reckoned(clock, change if await self._tell(change, version, len(file.docket.events)) else None)

    async def _tell(self, change: Change, calendar: str, version: int) -> bool:
        days = {Fact.PREVIOUS_DUE: change.old, Fact.DUE_ON: change.new}
        facts = {fact: day.isoformat() for fact, day in days.items() if day is not None} | {Fact.CALENDAR: calendar}
        office = self.office
        act = Act(RequestStep.RECOMPUTE, "system", Role.SYSTEM, office.now(), office.today(), facts)
        try:
            await office.act(change.reference, act, version=version)
        except StaleCase:
            # whoever acted meanwhile has kept the new day
            return False
        return True
