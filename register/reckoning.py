"""The kept last days set right: when another calendar is in force, and when the time for a consultation has ended."""

from collections.abc import Sequence
from dataclasses import dataclass

from register.calendar import Calendar
from register.clock import Clock
from register.correspondence import File
from register.course import fold
from register.docket import Head
from register.errors import StaleCase
from register.facts import Fact
from register.office import DisclosureOffice
from register.recomputation import Change, Underway, moved_letters, recompute
from register.request import Act
from register.steps import RequestStep, Role
from register.timeline import clock_events


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What the clock of a request shows, None where its day of receipt is not known, and the changes this call kept."""

    clock: Clock | None
    changes: tuple[Change, ...] = ()


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
            events = (await self.office.requests.load(reference)).events
            told, request = clock_events(events), fold(events)
            if told:
                histories[reference] = Underway(told, frozenset(request.letters), request.noted)
        office = self.office
        return recompute(histories, old=old or office.calendar(), new=new, terms=office.terms, today=office.today())

    async def all(self) -> Sequence[Change]:
        """Keep what the calendar now in force changes and return it, those with less time first."""
        heads = await self.office.requests.under_way()
        found = [change for reference, head in heads.items() for change in (await self.one(reference, head)).changes]
        return sorted(found, key=Change.urgency)

    async def one(self, reference: str, head: Head) -> Reckoned:
        """Keep the last days of a request where `head` or its history tells others: for its answer, for its letters.

        A change that another calendar made is an event in the request's history (deadline_recomputed); the end of a
        consultation is told by the history itself. Raises UnknownCase.
        """
        file = await self.office.load(reference)
        if file.clock is None:
            return Reckoned(None)
        own = await self._answer(file, file.clock, head)
        letters = await self._letters(file, file.clock)
        return Reckoned(file.clock, (*own, *letters))

    async def _answer(self, file: File, clock: Clock, head: Head) -> Sequence[Change]:
        """Keep the last day for the answer."""
        reference, version = file.docket.case.reference, self.office.calendar().version
        if (clock.due, clock.provisional, version) == (head.due_on, head.provisional, head.calendar):
            return ()
        change = Change(reference, head.due_on, clock.due, clock.provisional)
        same = (clock.due, clock.provisional) == (head.due_on, head.provisional)
        if same or head.calendar in {"", version}:
            kept = await self.office.requests.reckon(
                reference, old=head.due_on, new=clock.due, provisional=clock.provisional, calendar=version
            )
            return (change,) if kept and not same else ()
        # otherwise another process was faster
        return (change,) if file.docket.head == head and await self._tell(change, file) else ()

    async def _letters(self, file: File, clock: Clock) -> Sequence[Change]:
        """Keep the last day for each view and fee that is still waited for; what was judged stays as it was judged."""
        reference = file.docket.case.reference
        kept = []
        for change in moved_letters(reference, file.request.letters, clock):
            # what was kept just now is an event too
            now = await self.office.load(reference)
            if now.request.letters.get(change.letter) == change.old and await self._tell(change, now):
                kept.append(change)
        return kept

    async def _tell(self, change: Change, file: File) -> bool:
        days = {Fact.PREVIOUS_DUE: change.old, Fact.DUE_ON: change.new}
        facts = {fact: day.isoformat() for fact, day in days.items() if day is not None}
        facts[Fact.CALENDAR] = self.office.calendar().version
        fee = file.request.fee
        if change.letter:
            asked = Fact.FEE_NOTICE if fee is not None and fee.notice == change.letter else Fact.CONSULTATION
            facts[asked] = change.letter
        office = self.office
        act = Act(RequestStep.RECOMPUTE, "system", Role.SYSTEM, office.now(), office.today(), facts)
        try:
            await office.act(change.reference, act, version=len(file.docket.events))
        except StaleCase:
            # whoever acted meanwhile has kept the new day for the answer; that of a letter is kept the next time
            return False
        return True
