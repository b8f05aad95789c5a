"""The administrator's page: accounts, and invitations for further ones."""

import logging
from dataclasses import dataclass

from aiohttp import web

from console import texts
from console.auth import Auth, Staff
from console.forms import read_form
from console.pages import Pages, see_other
from console.ports import Role

LOG = logging.getLogger(__name__)


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

    async def disable(self, request: web.Request, staff: Staff) -> web.Response:
        """Shut an account out, or let it in again."""
        form = await read_form(request)
        disabled = form.get("disabled") == "1"
        if await self.auth.disable(form.get("name", ""), disabled=disabled):
            LOG.warning("account %s is %s by %s", form.get("name"), "disabled" if disabled else "enabled", staff.name)
            return see_other(f"{self.pages.base}/accounts")
        return await self._page(request, staff, link="", role=None, message=texts.LAST_ADMINISTRATOR)

    async def _page(
        self, request: web.Request, staff: Staff, *, link: str, role: Role | None, message: str = ""
    ) -> web.Response:
        accounts = await self.auth.accounts.all()
        return self.pages.show(
            request,
            "accounts.html",
            status=422 if message else 200,
            message=message,
            staff=staff,
            accounts=accounts,
            roles=Role,
            link=link,
            invited=role,
            now=self.auth.now(),
        )
