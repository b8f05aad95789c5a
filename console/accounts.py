"""The page of the accounts: who is invited, who is let in, and who has which role in which department."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from console import texts
from console.auth import Auth, Staff
from console.forms import read_form
from console.journal import Deed, Entry
from console.pages import Pages, see_other
from console.ports import APART, Role
from console.rooms import Room

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AccountViews:
    """Views of the accounts; what is done there is written into the audit trail with it."""

    auth: Auth
    pages: Pages
    departments: Sequence[str]

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """List the accounts."""
        return await self._page(request, staff)

    async def invite(self, request: web.Request, staff: Staff) -> web.Response:
        """Make a one-time link, and show it this once."""
        form = await read_form(request)
        role, department = self._role(form), self._department(form)
        deed = self._deed(staff, Deed.INVITE, "", f"{texts.ROLE[role]} {department}".strip())
        token = await self.auth.invite(role, department, deed=deed)
        link = f"{self.pages.site.origin(request)}{self.pages.base}/invite/{token}"
        return await self._page(request, staff, link=link, role=role)

    async def disable(self, request: web.Request, staff: Staff) -> web.Response:
        """Shut an account out, or let it in again."""
        form = await read_form(request)
        name, disabled = form.get("name", ""), form.get("disabled") == "1"
        deed = self._deed(staff, Deed.DISABLE if disabled else Deed.ENABLE, name)
        if not await self.auth.accounts.disable(name, disabled=disabled, deed=deed):
            return await self._page(request, staff, message=texts.LAST_ADMINISTRATOR)
        LOG.warning("account %s is %s by %s", name, "disabled" if disabled else "enabled", staff.name)
        return see_other(f"{self.pages.base}{Room.ACCOUNTS}")

    async def appoint(self, request: web.Request, staff: Staff) -> web.Response:
        """Give an account another role or department; it has to log in again."""
        form = await read_form(request)
        name, role, department = form.get("name", ""), self._role(form), self._department(form)
        if not await self.auth.may_appoint(name, role, by=staff.name):
            return await self._page(request, staff, message=texts.MAY_NOT_APPOINT)
        account = await self.auth.accounts.get(name)
        before = f"{texts.ROLE[account.role]} {account.department}".strip() if account else ""
        deed = self._deed(staff, Deed.APPOINT, name, f"{before} → {texts.ROLE[role]} {department}".strip())
        await self.auth.accounts.appoint(name, role, department=department, deed=deed)
        return see_other(f"{self.pages.base}{Room.ACCOUNTS}")

    def _deed(self, staff: Staff, deed: Deed, subject: str, note: str = "") -> Entry:
        return Entry(self.auth.now(), staff.name, deed, subject, note)

    def _role(self, form: Mapping[str, str]) -> Role:
        chosen = form.get("role", "")
        if chosen not in set(Role):
            raise web.HTTPBadRequest
        return Role(chosen)

    def _department(self, form: Mapping[str, str]) -> str:
        chosen = form.get("department", "")
        if chosen and chosen not in self.departments:
            raise web.HTTPBadRequest
        return chosen

    async def _page(
        self, request: web.Request, staff: Staff, *, link: str = "", role: Role | None = None, message: str = ""
    ) -> web.Response:
        return self.pages.show(
            request,
            "accounts.html",
            status=422 if message else 200,
            message=message,
            staff=staff,
            accounts=await self.auth.accounts.all(),
            roles=Role,
            apart=APART,
            departments=self.departments,
            administers=staff.role is Role.ADMINISTRATOR,
            link=link,
            invited=role,
            now=self.auth.now(),
        )
