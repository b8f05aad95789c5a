"""The queue: all cases, filtered, the most urgent first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from console.auth import Staff
from console.due import due
from console.forms import cleaned, whole_number
from console.pages import Pages, today
from console.ports import Role
from console.request_texts import STAGE
from register.docket import Head
from register.ports import Register, Requests
from register.types import Case, CaseKind, Status, Wanted

SIZE = 20
LONGEST = 100


@dataclass(frozen=True, slots=True)
class QueueViews:
    """The list of cases."""

    pages: Pages
    register: Register
    now: Callable[[], datetime]
    requests: Requests | None = None

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Show one page of the queue; without a filter the open cases, `status=all` for every case."""
        chosen = request.query.get("status", Status.RECEIVED)
        status = Status(chosen) if chosen in set(Status) else None
        asked = request.query.get("kind", "")
        kind = CaseKind(asked) if asked in set(CaseKind) else None
        if staff.role is not Role.OFFICER:
            # inquiries are none of their business
            kind = CaseKind.REQUEST
        text = cleaned(request.query.get("text", "")).strip()[:LONGEST]
        number = max(1, whole_number(request.query.get("page", ""), otherwise=1))
        page = await self.register.find(
            Wanted(kind=kind, status=status, text=text, offset=(number - 1) * SIZE, limit=SIZE)
        )
        day = today(self.now())
        heads = await self._heads(page.cases)
        return self.pages.show(
            request,
            "queue.html",
            staff=staff,
            rows=[(case, heads.get(case.reference), due(case, day)) for case in page.cases],
            may_enter=self.requests is not None and staff.role in {Role.INTAKE, Role.OFFICER},
            stages=STAGE,
            kinds=CaseKind,
            kind=kind or "",
            total=page.total,
            number=number,
            last=max(1, -(-page.total // SIZE)),
            chosen=status or "all",
            statuses=Status,
            text=text,
        )

    async def _heads(self, cases: Sequence[Case]) -> Mapping[str, Head]:
        """Return where the formal requests among some cases stand."""
        references = [case.reference for case in cases if case.kind is CaseKind.REQUEST]
        return await self.requests.heads(references) if self.requests is not None and references else {}
