"""The gaps: what citizens asked and the published documents do not answer, the same question in other words as one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from aiohttp import web

from console import queue_texts, texts
from console.auth import Staff
from console.counter import Counter
from console.filters import Filters
from console.forms import cleaned, whole_number
from console.pages import Pages, see_other, today
from console.rooms import Room
from knowledge.clusters import clustered
from register.ports import Register
from register.queue import EntryKind
from register.types import Gap

SIZE = 20
MOST = 2000
"""Gaps that are looked through, the most asked ones."""
WEEK = timedelta(days=6)
"""From the first day of a week to its last."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Gaps that ask the same thing, the most asked first, with how often they were asked this week and the one before.

    A week is seven days, today among them.
    """

    gaps: tuple[Gap, ...]
    recent: int = 0
    before: int = 0

    @property
    def lead(self) -> Gap:
        """The gap that speaks for all."""
        return self.gaps[0]

    @property
    def times(self) -> int:
        """How often it was asked in all."""
        return sum(gap.times for gap in self.gaps)

    @property
    def ids(self) -> str:
        """The numbers of the gaps as they stand in an address."""
        return ",".join(str(gap.id) for gap in self.gaps)

    @property
    def trend(self) -> str:
        """In words how this week compares with the one before."""
        direction = (self.recent > self.before) - (self.recent < self.before)
        return queue_texts.TREND[direction].format(recent=self.recent, before=self.before)


@dataclass(frozen=True, slots=True)
class GapViews:
    """Views of the gaps."""

    pages: Pages
    counter: Counter
    register: Register

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Show one page of clusters of open gaps, most asked first."""
        number = max(1, whole_number(request.query.get("page", ""), otherwise=1))
        text = cleaned(request.query.get("text", "")).strip()[:100]
        found = await self.clusters(staff, text)
        shown = await self._with_weeks(found[(number - 1) * SIZE : number * SIZE])
        return self.pages.show(
            request,
            "gaps.html",
            staff=staff,
            clusters=shown,
            text=text,
            total=len(found),
            number=number,
            last=max(1, -(-len(found) // SIZE)),
            done=texts.LINK_DONE.get(request.query.get("done", ""), ""),
        )

    async def close(self, request: web.Request, staff: Staff) -> web.Response:
        """Close the gaps of a cluster; those that somebody may not see stay open."""
        wanted = {int(each) for each in request.match_info["ids"].split(",")}
        for gap in await self._open(staff):
            if gap.id in wanted:
                await self.register.close_gap(gap.id, by=staff.name)
        return see_other(f"{self.pages.base}{Room.GAPS}")

    async def clusters(self, staff: Staff, text: str = "") -> Sequence[Cluster]:
        """Return the clusters of the gaps that somebody may see, most asked first."""
        gaps = await self._open(staff, text)
        found = [
            Cluster(tuple(gaps[place] for place in places)) for places in clustered([gap.question for gap in gaps])
        ]
        return sorted(found, key=lambda cluster: -cluster.times)

    async def _open(self, staff: Staff, text: str = "") -> Sequence[Gap]:
        """Return the open gaps that somebody may see, most asked first."""
        asked = Filters(kind=EntryKind.GAP, text=text)
        return (await self.counter.queue.find(self.counter.wanted(asked, staff, limit=MOST))).gaps

    async def _with_weeks(self, clusters: Sequence[Cluster]) -> Sequence[Cluster]:
        day = today(self.counter.now())
        ids = [gap.id for cluster in clusters for gap in cluster.gaps]
        start = day - WEEK
        recent = await self.register.asked_between(ids, start, day)
        before = await self.register.asked_between(ids, start - timedelta(days=7), start - timedelta(days=1))
        return [
            replace(
                each,
                recent=sum(recent.get(gap.id, 0) for gap in each.gaps),
                before=sum(before.get(gap.id, 0) for gap in each.gaps),
            )
            for each in clusters
        ]
