"""The page of the queue, and the badge that counts it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from console import queue_texts, texts
from console.auth import Staff
from console.counter import Counter
from console.filters import ALL, NOBODY, Filters
from console.forms import NOTHING, Typed, whole_number
from console.pages import Pages
from console.ports import Account, Role
from console.request_texts import STAGE
from console.sight import FORMAL_ONLY, sight_of
from register.bands import Band
from register.types import Status

SIZE = 20
ASSIGNS = frozenset({Role.INTAKE, Role.OFFICER})
"""Who gives cases to colleagues and departments (分办、转办)."""


@dataclass(frozen=True, slots=True)
class Given:
    """What became of one case that was to be given away, in words."""

    reference: str
    done: bool
    words: str


@dataclass(frozen=True, slots=True)
class QueueViews:
    """The list of what has to be handled, and the badge that counts it."""

    pages: Pages
    counter: Counter

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Show one page of the queue; without a choice the open entries, `status=all` for every case."""
        return await self.page(request, staff, Filters.read(request.query))

    async def badge(self, _request: web.Request, staff: Staff) -> web.Response:
        """Tell how many open cases somebody has to think of, and how many of them are overdue, as JSON."""
        overdue = self.counter.wanted(Filters(band=Band.OVERDUE), staff)
        numbers = {
            "open": await self.counter.open_cases(staff),
            "overdue": await self.counter.queue.count(overdue),
        }
        words = queue_texts.BADGE.format(**numbers)
        return web.json_response({**numbers, "words": words}, headers={"Cache-Control": "no-store"})

    async def page(
        self,
        request: web.Request,
        staff: Staff,
        filters: Filters,
        *,
        typed: Typed = NOTHING,
        given: Sequence[Given] = (),
    ) -> web.Response:
        """Return the page of these filters; `given` tells what became of each case that was to be given away."""
        number = max(1, whole_number(request.query.get("page", ""), otherwise=1))
        wanted = self.counter.wanted(filters, staff, offset=(number - 1) * SIZE, limit=SIZE)
        page = await self.counter.queue.find(wanted)
        handlers = await self.counter.handlers()
        return self.pages.show(
            request,
            "queue.html",
            status=typed.status,
            typed=typed,
            done=queue_texts.VIEW_DONE.get(request.query.get("done", ""), ""),
            staff=staff,
            filters=filters,
            rows=await self.counter.rows(page.cases),
            gaps=page.gaps,
            given=given,
            choices=self._choices(staff, handlers),
            shortcuts=_shortcuts(staff, self.counter.office.unread_days),
            may_enter=self.counter.requests is not None and staff.role in ASSIGNS,
            may_assign=staff.role in ASSIGNS and bool(page.cases),
            may_answer_gaps=staff.role is Role.OFFICER,
            handlers=handlers,
            departments=self.counter.office.departments,
            views=await self.counter.views.of(staff.name),
            stages=STAGE,
            total=page.total,
            number=number,
            last=max(1, -(-page.total // SIZE)),
            unread_days=self.counter.office.unread_days,
        )

    def _choices(self, staff: Staff, handlers: Sequence[Account]) -> Mapping[str, Mapping[str, str]]:
        """Return what each choice of the filters offers, with the words for it."""
        departments = self.counter.office.departments if sight_of(staff) is None else ()
        return {
            "status": {**{status: texts.STATUS[status] for status in Status}, ALL: queue_texts.ALL},
            "kind": {} if staff.role in FORMAL_ONLY else queue_texts.KIND,
            "band": queue_texts.BAND,
            "department": {each: each for each in departments},
            "handler": {NOBODY: queue_texts.UNASSIGNED, **{each.name: each.name for each in handlers}},
        }


def _shortcuts(staff: Staff, unread_days: int) -> Mapping[str, str]:
    """Return the views that everybody has."""
    own = {queue_texts.MINE: Filters(handler=staff.name)} if staff.role in ASSIGNS else {}
    views = own | {
        queue_texts.UNASSIGNED: Filters(handler=NOBODY),
        queue_texts.BAND[Band.OVERDUE]: Filters(band=Band.OVERDUE),
        queue_texts.UNREAD.format(days=unread_days): Filters(unread="1"),
    }
    return {name: filters.query for name, filters in views.items()}
