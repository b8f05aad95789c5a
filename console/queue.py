"""The queue: all cases, filtered, the most urgent first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from console.auth import Staff
from console.due import due
from console.forms import cleaned, whole_number
from console.pages import Pages, today
from register.ports import Register
from register.types import Status, Wanted

SIZE = 20
LONGEST = 100


@dataclass(frozen=True, slots=True)
class QueueViews:
    """The list of cases."""

    pages: Pages
    register: Register
    now: Callable[[], datetime]

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Show one page of the queue; without a filter the open cases, `status=all` for every case."""
        chosen = request.query.get("status", Status.RECEIVED)
        status = Status(chosen) if chosen in set(Status) else None
        text = cleaned(request.query.get("text", "")).strip()[:LONGEST]
        number = max(1, whole_number(request.query.get("page", ""), otherwise=1))
        page = await self.register.find(Wanted(status=status, text=text, offset=(number - 1) * SIZE, limit=SIZE))
        day = today(self.now())
        return self.pages.show(
            request,
            "queue.html",
            staff=staff,
            rows=[(case, due(case, day)) for case in page.cases],
            total=page.total,
            number=number,
            last=max(1, -(-page.total // SIZE)),
            chosen=status or "all",
            statuses=Status,
            text=text,
        )
