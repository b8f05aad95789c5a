"""The administrator's page: accounts, and invitations for further ones."""

from dataclasses import dataclass

from aiohttp import web

from console.auth import Auth, Staff
from console.forms import read_form
from console.pages import Pages
from console.ports import Role


@dataclass(frozen=True, slots=True)
class AccountViews:
    """Views of the accounts."""

    auth: Auth
    pages: Pages

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """List the accounts."""
        return await self._page(request, staff, link="", role=None)

    async def invite(self, request: web.Request, staff: Staff) -> web.Response:
        """Make a one-time link, and show it this once."""
        chosen = (await read_form(request)).get("role", "")
        if chosen not in set(Role):
            raise web.HTTPBadRequest
        role = Role(chosen)
        token = await self.auth.invite(role)
        link = f"{self.pages.site.origin(request)}{self.pages.base}/invite/{token}"
        return await self._page(request, staff, link=link, role=role)

    async def _page(self, request: web.Request, staff: Staff, *, link: str, role: Role | None) -> web.Response:
        accounts = await self.auth.accounts.all()
        return self.pages.show(
            request,
            "accounts.html",
            staff=staff,
            accounts=accounts,
            roles=Role,
            link=link,
            invited=role,
            now=self.auth.now(),
        )
