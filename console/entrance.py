"""The pages in front of the door: login, logout and the one-time invitation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from console import texts
from console.auth import Auth, Refusal, Staff
from console.door import COOKIE, Door
from console.forms import equal, read_form
from console.journal import Deed, Entry
from console.pages import Pages, is_own_path, see_other
from console.ports import Account

FORM_COOKIE = "zhengda_form"
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Entrance:
    """Views for people who are not logged in yet.

    Their forms carry a token that is also in a cookie which other sites can neither read nor set.
    """

    auth: Auth
    door: Door
    pages: Pages
    token: Callable[[], str]

    async def login(self, request: web.Request) -> web.Response:
        """Show the login form."""
        return self._form(request, "login.html", next=request.query.get("next", ""), created="created" in request.query)

    async def log_in(self, request: web.Request) -> web.Response:
        """Let somebody in, or say why not."""
        form = await read_form(request)
        entered = {"name": form.get("name", ""), "next": form.get("next", "")}
        if not self._is_ours(request, form):
            return self._form(request, "login.html", status=403, message=texts.FORM_EXPIRED, **entered)
        address = self.pages.site.client(request)
        outcome = await self.auth.log_in(entered["name"], form.get("password", ""), address=address)
        if isinstance(outcome, Refusal):
            status = 429 if outcome is Refusal.LOCKED else 401
            return self._form(request, "login.html", status=status, message=texts.REFUSAL[outcome], **entered)
        await self.auth.log_out(request.cookies.get(COOKIE, ""))
        base = self.pages.base
        response = see_other(entered["next"] if is_own_path(entered["next"], base=base) else base)
        self.door.hand_over(response, outcome)
        response.del_cookie(FORM_COOKIE, path=base)
        return response

    async def log_out(self, request: web.Request, _staff: Staff) -> web.Response:
        """End the login."""
        await self.auth.log_out(request.cookies.get(COOKIE, ""))
        response = see_other(f"{self.pages.base}/login")
        self.door.take_back(response)
        return response

    async def invitation(self, request: web.Request) -> web.Response:
        """Show the form that makes an account, while the invitation is good."""
        role = await self.auth.invited(request.match_info["token"])
        if role is None:
            return self._invalid(request)
        return self._form(request, "invite.html", role=role)

    async def accept(self, request: web.Request) -> web.Response:
        """Make the account, or say what is wrong with name or password."""
        token = request.match_info["token"]
        role = await self.auth.invited(token)
        if role is None:
            return self._invalid(request)
        form = await read_form(request)
        message = await self._create(request, token, form)
        if message:
            return self._form(request, "invite.html", status=422, role=role, name=form.get("name", ""), message=message)
        return see_other(f"{self.pages.base}/login?created")

    async def _create(self, request: web.Request, token: str, form: Mapping[str, str]) -> str:
        if not self._is_ours(request, form):
            return texts.FORM_EXPIRED
        if form.get("password", "") != form.get("again", ""):
            return texts.PASSWORDS_DIFFER
        name, password = form.get("name", ""), form.get("password", "")
        outcome = await self.auth.redeem(token, name, password, deed=self._joined)
        return "" if isinstance(outcome, Account) else texts.REFUSAL[outcome]

    def _joined(self, account: Account) -> Entry:
        note = f"{texts.ROLE[account.role]} {account.department}".strip()
        return Entry(self.auth.now(), account.name, Deed.JOIN, account.name, note)

    def _is_ours(self, request: web.Request, form: Mapping[str, str]) -> bool:
        return equal(form.get("csrf", ""), request.cookies.get(FORM_COOKIE, ""))

    def _invalid(self, request: web.Request) -> web.Response:
        return self.pages.show(
            request, "error.html", status=410, title="链接已失效", advice=texts.REFUSAL[Refusal.EXPIRED]
        )

    def _form(self, request: web.Request, template: str, *, status: int = 200, **context: object) -> web.Response:
        csrf = request.cookies.get(FORM_COOKIE) or self.token()
        shown = {"name": "", "message": "", "next": "", "created": False, **context, "csrf": csrf}
        response = self.pages.show(request, template, status=status, **shown)
        response.set_cookie(
            FORM_COOKIE,
            csrf,
            max_age=HOUR,
            path=self.pages.base,
            httponly=True,
            samesite="Strict",
            secure=self.pages.site.secure_cookies,
        )
        return response
