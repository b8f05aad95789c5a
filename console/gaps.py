"""The gaps: questions that the published documents do not answer."""

from dataclasses import dataclass

from aiohttp import web

from console import texts
from console.auth import Staff
from console.forms import whole_number
from console.pages import Pages, see_other
from register.ports import Register

SIZE = 20


@dataclass(frozen=True, slots=True)
class GapViews:
    """Views of the gaps."""

    pages: Pages
    register: Register

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Show one page of open gaps, most asked first."""
        number = max(1, whole_number(request.query.get("page", ""), otherwise=1))
        found = await self.register.gaps(offset=(number - 1) * SIZE, limit=SIZE + 1)
        return self.pages.show(
            request,
            "gaps.html",
            staff=staff,
            gaps=found[:SIZE],
            number=number,
            more=len(found) > SIZE,
            done=texts.LINK_DONE.get(request.query.get("done", ""), ""),
        )

    async def close(self, request: web.Request, staff: Staff) -> web.Response:
        """Close a gap."""
        await self.register.close_gap(int(request.match_info["id"]), by=staff.name)
        return see_other(f"{self.pages.base}/gaps")
