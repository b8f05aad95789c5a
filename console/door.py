"""The console's door: cookie, role and form token are checked before a view sees a request."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import web

from console import texts
from console.auth import Auth, Staff
from console.forms import equal, read_form
from console.pages import Pages, see_other
from console.ports import Role

COOKIE = "zhengda_staff"
SECRET_FIELDS = frozenset({"csrf", "version", "password", "again"})

View = Callable[[web.Request, Staff], Awaitable[web.StreamResponse]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Door:
    """Lets requests of staff through to a view."""

    auth: Auth
    pages: Pages

    def open_to(self, *roles: Role, largest: int = 0, in_use: bool = True) -> Callable[[View], Handler]:
        """Return what turns a view into a handler for these roles only; `largest` bytes of a form, 0 for the usual.

        What a page asks for by itself is not `in_use`.
        """

        def admit(view: View) -> Handler:
            async def handle(request: web.Request) -> web.StreamResponse:
                staff = await self.auth.staff(request.cookies.get(COOKIE, ""), in_use=in_use)
                if staff is None:
                    return await self._turn_away(request)
                if staff.role not in roles:
                    raise web.HTTPForbidden
                if largest:
                    request = request.clone(client_max_size=largest)
                if request.method == "POST" and not equal((await read_form(request)).get("csrf", ""), staff.csrf):
                    return await self._keep(request, status=web.HTTPForbidden.status_code)
                return await view(request, staff)

            return handle

        return admit

    def take_files(self, *roles: Role) -> Callable[[View], Handler]:
        """Return the same for a form with files, whose body the view reads: it must check the form's token."""

        def admit(view: View) -> Handler:
            async def handle(request: web.Request) -> web.StreamResponse:
                staff = await self.auth.staff(request.cookies.get(COOKIE, ""))
                if staff is None:
                    return self.pages.show(request, "expired.html", status=401, typed=[], message=texts.FORM_EXPIRED)
                if staff.role not in roles:
                    raise web.HTTPForbidden
                return await view(request, staff)

            return handle

        return admit

    def hand_over(self, response: web.Response, cookie: str) -> None:
        """Give the browser its login."""
        response.set_cookie(
            COOKIE,
            cookie,
            path=self.pages.base,
            httponly=True,
            samesite="Strict",
            secure=self.pages.site.secure_cookies,
        )

    def take_back(self, response: web.Response) -> None:
        """Make the browser forget its login."""
        response.del_cookie(COOKIE, path=self.pages.base)

    async def _turn_away(self, request: web.Request) -> web.Response:
        if request.method == "POST":
            return await self._keep(request, status=web.HTTPUnauthorized.status_code)
        return see_other(f"{self.pages.base}/login?next={quote(request.raw_path, safe='')}")

    async def _keep(self, request: web.Request, *, status: int) -> web.Response:
        """Show what was typed, so that a login that ended loses nothing."""
        form = await read_form(request)
        typed = [text for name, text in form.items() if name not in SECRET_FIELDS and text.strip()]
        return self.pages.show(request, "expired.html", status=status, typed=typed, message=texts.FORM_EXPIRED)
