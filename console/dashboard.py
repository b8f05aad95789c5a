"""The first page after the login: what is due, what is missing, what the bot knows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from aiohttp import web

from console.auth import Staff
from console.calendar import MAY_CHANGE, missing_year
from console.due import SOON
from console.oversight import Oversight
from console.pages import Pages, today
from console.ports import Accounts, Role
from knowledge.ports import Retriever
from knowledge.review import ReviewDesk
from knowledge.revisions import UNDER_WAY, ReviewState
from register.ports import Register
from register.types import Status, Wanted

BATCH = 200
MANY = 1000
LOOKED_THROUGH = 50
"""Texts under review whose findings are counted: each is read whole."""
WAITS_IN: Mapping[Role, ReviewState] = MappingProxyType(
    {
        Role.EDITOR: ReviewState.RETURNED,
        Role.REVIEWER: ReviewState.DRAFT,
        Role.SECRECY: ReviewState.REVIEWED,
        Role.PUBLISHER: ReviewState.CLEARED,
    }
)
"""The state in which a text waits for a role."""


@dataclass(frozen=True, slots=True)
class Workload:
    """How many open cases there are, and how many of them press."""

    open: int
    overdue: int
    soon: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many texts are under review, how many of them wait for the reader, and how many findings are open.

    There are `more` findings where only the oldest texts were looked through.
    """

    total: int
    mine: int
    findings: int
    more: bool


async def workload(register: Register, day: date) -> Workload:
    """Count the open cases on a day; reads only those that press, because the register gives the earliest due first."""
    overdue = soon = offset = 0
    while True:
        page = await register.find(Wanted(status=Status.RECEIVED, offset=offset, limit=BATCH))
        pressing = [case for case in page.cases if case.due_on <= day + SOON]
        overdue += sum(case.due_on < day for case in pressing)
        soon += sum(case.due_on >= day for case in pressing)
        offset += len(page.cases)
        if len(pressing) < BATCH or offset >= page.total:
            return Workload(page.total, overdue, soon)


@dataclass(frozen=True, slots=True)
class DashboardViews:
    """The dashboard."""

    pages: Pages
    register: Register
    retriever: Retriever
    review: ReviewDesk
    accounts: Accounts
    now: Callable[[], datetime]
    oversight: Oversight | None = None

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Show the counts."""
        gaps = len(await self.register.gaps(limit=MANY))
        only_one = staff.role is Role.ADMINISTRATOR and await self.accounts.count() == 1
        return self.pages.show(
            request,
            "dashboard.html",
            staff=staff,
            workload=await workload(self.register, today(self.now())),
            gaps=f"{gaps}+" if gaps == MANY else str(gaps),
            generation=self.retriever.generation,
            passages=self.retriever.size,
            documents=await self.review.documents.count(),
            waiting=await self._waiting(staff.role),
            only_one=only_one,
            missing=missing_year(self.oversight.timekeeper) if self.oversight and staff.role in MAY_CHANGE else None,
        )

    async def _waiting(self, role: Role) -> Waiting:
        """Count the texts under review, those that wait for this role, and the findings nobody has resolved."""
        counts = {state: (await self.review.revisions.pending(state=state, limit=1)).total for state in UNDER_WAY}
        oldest = await self.review.revisions.pending(limit=LOOKED_THROUGH)
        findings = sum(len(revision.unresolved) for revision in oldest.revisions)
        return Waiting(
            total=sum(counts.values()),
            mine=counts[WAITS_IN[role]] if role in WAITS_IN else 0,
            findings=findings,
            more=oldest.total > LOOKED_THROUGH,
        )
