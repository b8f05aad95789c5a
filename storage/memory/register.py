"""The register in memory."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.types import User
from register.errors import StaleCase, UnknownCase
from register.types import Case, Event, Gap, NewCase, NewGap, Notice, Status, Step
from storage.memory.tables import MemoryTables
from storage.numbers import BEIJING, new_query_code, reference, year_of


class MemoryRegister:
    """Keeps the register of the office whose numbers begin with `code`."""

    def __init__(
        self,
        tables: MemoryTables,
        *,
        code: str,
        now: Callable[[], datetime],
        query_code: Callable[[], str] = new_query_code,
    ) -> None:
        self._tables = tables
        self._code = code
        self._now = now
        self._query_code = query_code
        self._opened: dict[str, str] = {}
        self._offered: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._gaps = tables.gaps
        self._open_gaps: dict[str, int] = {}
        self._asked: list[tuple[int, date]] = []

    async def note_gap(self, gap: NewGap) -> None:
        """Count an unanswered question."""
        known = self._open_gaps.get(gap.normalised)
        self._asked.append((known or len(self._gaps) + 1, gap.asked_at.astimezone(BEIJING).date()))
        if known is not None:
            old = self._gaps[known]
            self._gaps[known] = replace(old, times=old.times + 1, last_at=gap.asked_at)
            return
        number = self._open_gaps[gap.normalised] = len(self._gaps) + 1
        self._gaps[number] = Gap(
            number,
            gap.question,
            gap.topic,
            gap.near_misses,
            1,
            gap.asked_at,
            gap.asked_at,
            closed=False,
            department=gap.department,
        )

    async def asked_between(self, gaps: Sequence[int], first: date, last: date) -> Mapping[int, int]:
        """Return how often each of these gaps was asked from the first day to the last."""
        return Counter(gap for gap, day in self._asked if gap in gaps and first <= day <= last)

    async def close_gap(self, gap_id: int, *, by: str) -> None:  # noqa: ARG002 - who closed it is only kept on disk
        """Close a gap."""
        gap = self._gaps.get(gap_id)
        if gap is not None and not gap.closed:
            self._gaps[gap_id] = replace(gap, closed=True)
            self._open_gaps = {key: number for key, number in self._open_gaps.items() if number != gap_id}

    async def open(self, case: NewCase) -> Case:
        """Open a case, or return the one that its source or offer opened."""
        known = self._opened.get(case.source) or self._offered.get(case.offer)
        if known is not None:
            return self._tables.cases[known]
        year = year_of(self._code, case.received_at)
        count = self._counts[year] = self._counts.get(year, 0) + 1
        opened = Case(
            reference=reference(year, count),
            kind=case.kind,
            question=case.question,
            channel=case.channel,
            user=case.user,
            code=self._query_code(),
            status=Status.RECEIVED,
            received_at=case.received_at,
            due_on=case.due_on,
            provisional=case.provisional,
            department=case.department,
            evidence=case.evidence,
            version=1,
            paused=case.paused,
        )
        self._tables.cases[opened.reference] = opened
        self._tables.events[opened.reference] = [Event(at=case.received_at, actor="citizen", step=Step.OPEN)]
        self._opened[case.source] = opened.reference
        if case.offer:
            self._offered[case.offer] = opened.reference
        return opened

    async def opened_by(self, source: str) -> Case | None:
        """Return the case that this message opened, or None."""
        known = self._opened.get(source)
        return self._tables.cases[known] if known else None

    async def get(self, reference: str) -> Case:
        """Return a case; raise UnknownCase."""
        case = self._tables.cases.get(reference)
        if case is None:
            raise UnknownCase(reference)
        return case

    async def history(self, reference: str) -> Sequence[Event]:
        """Return the events of a case, oldest first."""
        return tuple(self._tables.events.get(reference, ()))

    async def record(self, case: Case, event: Event, *, status: Status, notice: Notice | None = None) -> Case:
        """Append an event, set the status and put the notice in the outbox, all or nothing."""
        current = await self.get(case.reference)
        if current.version != case.version:
            raise StaleCase(case.reference)
        self._tables.cases[case.reference] = replace(
            current,
            status=status,
            handler=current.handler or event.actor,
            touched_at=current.touched_at or event.at,
        )
        self._tables.append(case.reference, event)
        if notice is not None:
            user = User(current.channel, current.user)
            self._tables.put(user, notice.text, at=event.at, reference=case.reference, held=False, asks=notice.asks)
        return self._tables.cases[case.reference]
