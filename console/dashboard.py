"""The first page after the login: what is due, what is missing, what the bot knows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from types import MappingProxyType

from aiohttp import web

from console import oversight_texts
from console.auth import Staff
from console.calendar import MAY_CHANGE, missing_year
from console.counter import HANDLES, Counter
from console.filters import Filters
from console.oversight import Oversight
from console.pages import SHANGHAI, Pages, see_other, today
from console.ports import Role
from console.rooms import ENTER, Room
from console.statistics import Pulse, pulse
from knowledge.ports import Retriever
from knowledge.review import ReviewDesk
from knowledge.revisions import UNDER_WAY, ReviewState
from register.bands import Band
from register.prompts import Prompt
from register.queue import EntryKind

WEEK = timedelta(days=6)
"""From the first of seven days to the last."""
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
    """How many open cases and gaps somebody has to think of, and how many of the cases press.

    `last` and `soon`: no more than one, and five, working days are left; `unread`: received long ago, and nobody has
    worked on it; `new`: received today.
    """

    open: int
    new: int
    overdue: int
    last: int
    soon: int
    unread: int
    gaps: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many texts are under review, how many of them wait for the reader, and how many findings are open.

    There are `more` findings where only the oldest texts were looked through.
    """

    total: int
    mine: int
    findings: int
    more: bool


async def workload(counter: Counter, staff: Staff) -> Workload:
    """Count what somebody may see of the queue."""
    cases = counter.wanted(Filters(), staff)
    midnight = datetime.combine(today(counter.now()), time.min, SHANGHAI)
    counted = {
        "overdue": Filters(band=Band.OVERDUE),
        "last": Filters(band=Band.LAST),
        "soon": Filters(band=Band.SOON),
        "unread": Filters(unread="1"),
        "gaps": Filters(kind=EntryKind.GAP),
    }
    numbers = {name: await counter.queue.count(counter.wanted(asked, staff)) for name, asked in counted.items()}
    new = await counter.queue.count(replace(cases, status=None, received_from=midnight))
    return Workload(open=await counter.open_cases(staff), new=new, **numbers)


@dataclass(frozen=True, slots=True)
class DashboardViews:
    """The dashboard."""

    pages: Pages
    counter: Counter
    retriever: Retriever
    review: ReviewDesk
    oversight: Oversight | None = None

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Show the counts."""
        only_one = staff.role is Role.ADMINISTRATOR and await self.counter.accounts.count() == 1
        return self.pages.show(
            request,
            "dashboard.html",
            staff=staff,
            workload=await workload(self.counter, staff),
            generation=self.retriever.generation,
            passages=self.retriever.size,
            documents=await self.review.documents.count(),
            waiting=await self._waiting(staff.role),
            only_one=only_one,
            prompts=await self._prompts(staff),
            pulse=await self._pulse(staff.role),
            share=oversight_texts.share,
            reminded=oversight_texts.REMINDED,
            missing=missing_year(self.oversight.timekeeper) if self.oversight and staff.role in MAY_CHANGE else None,
            unread_days=self.counter.office.unread_days,
            sees_queue=staff.role in ENTER[Room.QUEUE],
            sees_documents=staff.role in ENTER[Room.DOCUMENTS],
        )

    async def _pulse(self, role: Role) -> Pulse | None:
        """Return how questions go, for those who read the statistics."""
        if self.oversight is None or self.oversight.figures is None or role not in ENTER[Room.STATISTICS]:
            return None
        return await pulse(self.oversight.figures, today(self.counter.now()))

    async def _prompts(self, staff: Staff) -> Sequence[Prompt]:
        """Return the reminders that somebody has not seen: of their own requests, for 受理 also of nobody's."""
        if self.oversight is None or self.oversight.prompts is None or staff.role not in HANDLES:
            return ()
        return await self.oversight.prompts.unseen(staff.name, unassigned=staff.role is Role.INTAKE)

    async def seen(self, request: web.Request, staff: Staff) -> web.Response:
        """Take a request's reminders off the list of who handles it."""
        reference = request.match_info["reference"]
        prompts = self.oversight.prompts if self.oversight is not None else None
        if prompts is not None and any(each.reference == reference for each in await self._prompts(staff)):
            await prompts.see(reference, by=staff.name, at=self.counter.now())
        return see_other(self.pages.base)

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
