"""The queue in memory."""

from collections.abc import Mapping, MutableMapping
from dataclasses import replace
from datetime import date

from register.errors import StaleCase, UnknownCase
from register.queue import Page, Span, Wanted
from register.types import Case, CaseKind, Event, Gap, Status


class MemoryQueue:
    """Shows the cases and gaps of a register in memory, and hands cases over."""

    def __init__(
        self, cases: MutableMapping[str, Case], events: Mapping[str, list[Event]], gaps: Mapping[int, Gap]
    ) -> None:
        self._cases = cases
        self._events = events
        self._gaps = gaps

    async def find(self, wanted: Wanted) -> Page:
        """Return one page."""
        order = tuple(Status)
        cases = [case for case in self._cases.values() if wanted.with_cases and _matches(case, wanted)]
        cases.sort(key=lambda case: (order.index(case.status), case.paused, case.due_on, case.reference))
        gaps = [gap for gap in self._gaps.values() if wanted.with_gaps and _gap_matches(gap, wanted)]
        gaps.sort(key=lambda gap: (-gap.times, -gap.last_at.timestamp(), gap.id))
        shown = cases[wanted.offset : wanted.offset + wanted.limit]
        offset = max(wanted.offset - len(cases), 0)
        return Page(tuple(shown), tuple(gaps[offset : offset + wanted.limit - len(shown)]), len(cases) + len(gaps))

    async def count(self, wanted: Wanted) -> int:
        """Return how many match."""
        return (await self.find(replace(wanted, offset=0, limit=0))).total

    async def hand_over(self, case: Case, event: Event, *, handler: str, department: str) -> Case:
        """Give a case to a handler of a department, with its event."""
        current = self._cases.get(case.reference)
        if current is None:
            raise UnknownCase(case.reference)
        if current.version != case.version:
            raise StaleCase(case.reference)
        changed = replace(current, handler=handler, department=department, version=current.version + 1)
        self._cases[case.reference] = changed
        self._events[case.reference].append(event)
        return changed


def _matches(case: Case, wanted: Wanted) -> bool:
    text, sight = wanted.text.lower(), wanted.sight
    return all(
        (
            wanted.kind is None or case.kind is CaseKind(wanted.kind),
            wanted.status in {None, case.status},
            not wanted.department or case.department == wanted.department,
            not (wanted.handler or wanted.unassigned) or case.handler == wanted.handler,
            _term_matches(case, wanted),
            text in case.reference.lower() or text in case.question.lower(),
            sight is None or case.department == sight.department or case.handler == sight.name,
        )
    )


def _term_matches(case: Case, wanted: Wanted) -> bool:
    since, before = wanted.received_from, wanted.unread_before
    return all(
        (
            case.paused or not wanted.paused,
            wanted.due is None or (not case.paused and _within(wanted.due, case.due_on)),
            since is None or case.received_at >= since,
            before is None or (case.touched_at is None and case.received_at < before),
        )
    )


def _within(span: Span, day: date) -> bool:
    return (span.first or day) <= day <= (span.last or day)


def _gap_matches(gap: Gap, wanted: Wanted) -> bool:
    department = wanted.sight.department if wanted.sight else gap.department
    return all(
        (
            not gap.closed,
            wanted.department in {"", gap.department},
            gap.department == department,
            wanted.text.lower() in gap.question.lower(),
        )
    )
