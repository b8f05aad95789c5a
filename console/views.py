"""The views of the queue that somebody keeps under a name."""

from dataclasses import dataclass
from urllib.parse import parse_qsl

from aiohttp import web

from console import queue_texts
from console.auth import Staff
from console.filters import Filters
from console.forms import Typed, read_form
from console.pages import see_other
from console.ports import SavedView
from console.queue import QueueViews
from console.rooms import Room

LONGEST = 20
"""Characters of a view's name."""
MOST = 20
"""Views of one person."""


@dataclass(frozen=True, slots=True)
class SavedViewViews:
    """Keeps and drops somebody's own views."""

    queue: QueueViews

    async def keep(self, request: web.Request, staff: Staff) -> web.Response:
        """Keep the filters under a name, in place of an earlier view of that name."""
        form = await read_form(request)
        filters = Filters.read(dict(parse_qsl(form.get("query", ""))))
        name = " ".join(form.get("name", "").split())
        kept = await self.queue.counter.views.of(staff.name)
        if not name or len(name) > LONGEST:
            words = queue_texts.VIEW_NAME.format(limit=LONGEST)
            return await self.queue.page(request, staff, filters, typed=Typed(words, "view", form))
        if len(kept) >= MOST and name not in {view.name for view in kept}:
            words = queue_texts.VIEWS_FULL.format(limit=MOST)
            return await self.queue.page(request, staff, filters, typed=Typed(words, "view", form))
        await self.queue.counter.views.keep(SavedView(staff.name, name, filters.query))
        return self._back(filters, "kept")

    async def drop(self, request: web.Request, staff: Staff) -> web.Response:
        """Drop a view; one that is gone already is no trouble."""
        form = await read_form(request)
        await self.queue.counter.views.drop(staff.name, form.get("name", ""))
        return self._back(Filters(), "dropped")

    def _back(self, filters: Filters, done: str) -> web.Response:
        return see_other(f"{self.queue.pages.base}{Room.QUEUE}?{filters.query}&done={done}")
