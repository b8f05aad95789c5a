"""The first page after the login: what is due, what is missing, what the bot knows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from aiohttp import web

from console.auth import Staff
from console.due import SOON
from console.pages import Pages, today
from console.ports import Accounts, Role
from knowledge.ports import DocumentStore, Retriever
from register.ports import Register
from register.types import Status, Wanted

BATCH = 200
MANY = 1000


@dataclass(frozen=True, slots=True)
class Workload:
    """How many open cases there are, and how many of them press."""

    open: int
    overdue: int
    soon: int


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
    documents: DocumentStore
    accounts: Accounts
    now: Callable[[], datetime]

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
            documents=await self.documents.count(),
            only_one=only_one,
        )
