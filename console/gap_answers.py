"""Answers a cluster of gaps once, and tells everybody who asked the same and can be reached."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from console import queue_texts, texts
from console.auth import Staff
from console.cases import CHARACTERS, LONGEST
from console.filters import Filters
from console.forms import NOTHING, Typed, read_form, whole_number
from console.gaps import Cluster, GapViews
from console.pages import Pages
from console.queue import Given
from console.sight import may_see
from knowledge.clusters import alike
from register.desk import Desk
from register.errors import IllegalTransition, StaleCase, UnknownCase
from register.queue import EntryKind
from register.types import Case

LOOKED_THROUGH = 5000
"""Open cases of a kind that are compared, the most urgent ones."""
TICK = "case:"
"""What the name of a ticked box begins with; its value is the version that was shown."""


@dataclass(frozen=True, slots=True)
class GapAnswerViews:
    """The page of one cluster: who asked the same, and the one answer for all of them.

    Each inquiry is answered in one transaction with its text in the outbox, so that nobody is told twice. A formal
    request is never answered here: it has its own steps, and another person's is only shown (条例第四十四条).
    """

    gaps: GapViews
    desk: Desk

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Show a cluster with the open cases that ask the same; raise HTTPNotFound."""
        return await self._page(request, staff, await self._cluster(request, staff), NOTHING)

    async def answer(self, request: web.Request, staff: Staff) -> web.Response:
        """Answer every ticked inquiry, then close the gaps; what could not be answered is told one by one."""
        cluster = await self._cluster(request, staff)
        form = await read_form(request)
        text = form.get("text", "").strip()
        if not text or len(text.encode()) > LONGEST:
            long = texts.ANSWER_TOO_LONG.format(limit=CHARACTERS, length=math.ceil(len(text.encode()) / 3))
            typed = Typed(long if text else queue_texts.NO_ANSWER, values=form)
            return await self._page(request, staff, cluster, typed)
        ticked = {name.removeprefix(TICK): value for name, value in form.items() if name.startswith(TICK)}
        given = [
            await self._tell(reference, whole_number(version, otherwise=0), text, staff)
            for reference, version in ticked.items()
        ]
        for gap in cluster.gaps:
            await self.desk.register.close_gap(gap.id, by=staff.name)
        return await self._page(request, staff, cluster, NOTHING, given=given, text=text)

    async def _tell(self, reference: str, version: int, text: str, staff: Staff) -> Given:
        try:
            if not may_see(staff, await self.desk.register.get(reference)):
                return Given(reference, done=False, words=queue_texts.NOT_YOURS_TO_ANSWER)
            await self.desk.answer(reference, text, by=staff.name, version=version)
        except UnknownCase:
            return Given(reference, done=False, words=queue_texts.NOT_YOURS_TO_ANSWER)
        except (StaleCase, IllegalTransition):
            return Given(reference, done=False, words=queue_texts.NOT_TOLD)
        return Given(reference, done=True, words=queue_texts.TOLD)

    async def _cluster(self, request: web.Request, staff: Staff) -> Cluster:
        wanted = int(request.match_info["id"])
        for cluster in await self.gaps.clusters(staff):
            if wanted in {gap.id for gap in cluster.gaps}:
                return cluster
        raise web.HTTPNotFound

    async def _alike(self, cluster: Cluster, kind: EntryKind, staff: Staff) -> Sequence[Case]:
        """Return the open cases of a kind that ask what the cluster asks, and that somebody may see."""
        counter = self.gaps.counter
        page = await counter.queue.find(counter.wanted(Filters(kind=kind), staff, limit=LOOKED_THROUGH))
        questions = [gap.question for gap in cluster.gaps]
        return [case for case in page.cases if alike(case.question, questions)]

    async def _page(
        self,
        request: web.Request,
        staff: Staff,
        cluster: Cluster,
        typed: Typed,
        *,
        given: Sequence[Given] = (),
        text: str = "",
    ) -> web.Response:
        pages: Pages = self.gaps.pages
        return pages.show(
            request,
            "gap_answer.html",
            status=typed.status,
            staff=staff,
            cluster=cluster,
            typed=typed,
            given=given,
            answered=text,
            inquiries=() if text else await self._alike(cluster, EntryKind.INQUIRY, staff),
            requests=await self._alike(cluster, EntryKind.REQUEST, staff),
            ticked=_ticked(typed.values),
            longest=CHARACTERS,
        )


def _ticked(values: Mapping[str, str]) -> frozenset[str]:
    return frozenset(name.removeprefix(TICK) for name in values if name.startswith(TICK))
