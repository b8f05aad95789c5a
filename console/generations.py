"""The generations of the index: which one citizens are answered from, the next one, and the way back."""

from dataclasses import dataclass

from aiohttp import web

from console import texts
from console.auth import Staff
from console.forms import NOTHING, Typed, read_form
from console.pages import Pages, see_other
from console.ports import Role
from console.rooms import Room
from knowledge.errors import UnknownGeneration
from knowledge.ports import Generations
from knowledge.upkeep import Stage, Standing, SwitchKind

RECENT = 20


@dataclass(frozen=True, slots=True)
class GenerationViews:
    """The page of the generations."""

    pages: Pages
    generations: Generations

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Show the generations, the record of switches and how far the reload is."""
        return await self._page(request, staff, NOTHING)

    async def reload(self, request: web.Request, staff: Staff) -> web.Response:
        """Begin to build the next generation; a second time while it is being built is no trouble."""
        force = (await read_form(request)).get("force") == "yes"
        begun = await self.generations.reload(by=staff.name, force=force)
        return self._done("begun" if begun else "running")

    async def rollback(self, request: web.Request, staff: Staff) -> web.Response:
        """Go back to the generation before, if the live one is still the one that was shown."""
        seen = (await read_form(request)).get("live", "")
        if seen != await self._live():
            return await self._page(request, staff, Typed(texts.GENERATION_CHANGED, status=409))
        try:
            await self.generations.rollback(by=staff.name)
        except UnknownGeneration:
            return await self._page(request, staff, Typed(texts.NO_GENERATION_BEFORE, status=409))
        return self._done("rolled-back")

    def _done(self, what: str) -> web.Response:
        return see_other(f"{self.pages.base}{Room.GENERATIONS}?done={what}")

    async def _live(self) -> str:
        listed = await self.generations.all()
        return next((facts.id for facts in listed if facts.standing is Standing.LIVE), "")

    async def _page(self, request: web.Request, staff: Staff, typed: Typed) -> web.Response:
        listed, progress = await self.generations.all(), await self.generations.progress()
        done = request.query.get("done", "")
        if done in {"begun", "running"} and not progress.running:
            done = "switched" if progress.stage is Stage.DONE else ""
        standing = {facts.standing: facts for facts in listed}
        return self.pages.show(
            request,
            "generations.html",
            status=typed.status,
            here=f"{self.pages.base}{Room.GENERATIONS}",
            staff=staff,
            listed=listed,
            live=standing.get(Standing.LIVE),
            previous=standing.get(Standing.PREVIOUS),
            switches=await self.generations.switches(limit=RECENT),
            progress=progress,
            stage=Stage,
            kinds=SwitchKind,
            may_switch=staff.role is Role.PUBLISHER,
            typed=typed,
            done=texts.GENERATION_DONE.get(done, ""),
        )
