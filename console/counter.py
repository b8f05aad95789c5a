"""The office's counter: what of the queue somebody may see, and to whom it can be given."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

from console.auth import Staff
from console.due import Due, due
from console.filters import Filters
from console.pages import SHANGHAI, today
from console.ports import Account, Accounts, Role, SavedViews
from console.sight import kind_for, sight_of
from register.bands import received_by
from register.calendar import Calendar
from register.docket import Head
from register.ports import Requests
from register.queue import EntryKind, Queue, Wanted
from register.types import Case, CaseKind

HANDLES = frozenset({Role.INTAKE, Role.OFFICER})
"""To whom a case can be given."""


@dataclass(frozen=True, slots=True)
class Row:
    """One case as a line of the queue; `head` tells where a formal request stands, None for an inquiry."""

    case: Case
    due: Due
    head: Head | None


@dataclass(frozen=True, slots=True)
class Office:
    """What the pages of the queue know of the office: its departments, and after how many days a case is overlooked."""

    departments: Sequence[str]
    unread_days: int


@dataclass(frozen=True, slots=True)
class Counter:
    """Asks the register for what somebody may see, on the day it is."""

    queue: Queue
    accounts: Accounts
    views: SavedViews
    calendar: Callable[[], Calendar]
    now: Callable[[], datetime]
    office: Office
    requests: Requests | None = None

    def wanted(self, filters: Filters, staff: Staff, *, offset: int = 0, limit: int = 0) -> Wanted:
        """Return what the register is asked for, so that nobody sees what is not theirs."""
        day, calendar = today(self.now()), self.calendar()
        # received by the end of that civil day
        after = received_by(day, self.office.unread_days, calendar)
        return replace(filters, kind=kind_for(staff, filters.kind)).wanted(
            today=day,
            calendar=calendar,
            sight=sight_of(staff),
            unread_before=datetime.combine(after, time.max, SHANGHAI),
            offset=offset,
            limit=limit,
        )

    async def open_cases(self, staff: Staff) -> int:
        """Return how many open cases somebody may see; gaps have no clock and are none."""
        everything, gaps = (self.wanted(Filters(kind=kind), staff) for kind in ("", EntryKind.GAP))
        among = await self.queue.count(gaps) if gaps.with_gaps else 0
        return await self.queue.count(everything) - among

    async def rows(self, cases: Sequence[Case]) -> Sequence[Row]:
        """Return cases as lines of the queue."""
        heads = await self._heads(cases)
        day, calendar = today(self.now()), self.calendar()
        return tuple(Row(case, due(case, day, calendar), heads.get(case.reference)) for case in cases)

    async def handlers(self) -> Sequence[Account]:
        """Return the colleagues to whom a case can be given."""
        return tuple(each for each in await self.accounts.all() if each.role in HANDLES and not each.disabled)

    async def _heads(self, cases: Sequence[Case]) -> Mapping[str, Head]:
        references = [case.reference for case in cases if case.kind is CaseKind.REQUEST]
        return await self.requests.heads(references) if self.requests is not None and references else {}
