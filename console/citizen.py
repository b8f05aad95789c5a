"""The citizens' pages: the chat, the status of a case and the privacy notice."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.errors import BotError
from bot.types import Reply
from console import texts
from console.enclosures import Enclosing
from console.forms import equal, read_form
from console.pages import Pages
from console.request_texts import STAGE
from register.enclosures import Enclosure, Purpose
from register.lookup import Lookup
from register.steps import Stage
from register.types import Case

COOKIE = "zhengda_user"
DAY = 24 * 3600
HALF_A_YEAR = 180 * DAY
LONGEST = 2000
REPLIED = frozenset({Stage.SIGNED, Stage.DELIVERED, Stage.CLOSED})
"""Where what the office gives is decided."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question with its reply, as a browser without JavaScript sees it."""

    question: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class ChatViews:
    """The chat page. `chat` answers a text of the user that a token stands for, `allow` counts a visitor's address."""

    pages: Pages
    issue_token: Callable[[], str]
    check_token: Callable[[str], bool]
    chat: Callable[[str, str], Awaitable[Reply]]
    allow: Callable[[web.Request], bool]

    async def show(self, request: web.Request) -> web.Response:
        """Show the page with its privacy notice, before anything was asked."""
        return self._page(request)

    async def ask(self, request: web.Request) -> web.Response:
        """Answer the form of a browser without JavaScript; what could not be sent is shown again."""
        form = await read_form(request)
        text, token = form.get("text", "").strip(), form.get("user", "")
        known = equal(token, request.cookies.get(COOKIE, "")) and self.check_token(token)
        if not known:
            return self._page(request, status=403, text=text, message=texts.CHAT_EXPIRED)
        refused = _refusal(text)
        if refused:
            return self._page(request, status=422, text=text, message=refused)
        if not self.allow(request):
            return self._page(request, status=429, text=text, message=texts.CHAT_TOO_MANY)
        try:
            reply = await self.chat(token, text)
        except BotError:
            return self._page(request, status=503, text=text, message=texts.CHAT_BUSY)
        return self._page(request, exchange=Exchange(form.get("label") or text, reply))

    async def privacy(self, request: web.Request) -> web.Response:
        """Show the privacy notice."""
        return self.pages.show(request, "privacy.html", days=HALF_A_YEAR // DAY)

    def _page(
        self,
        request: web.Request,
        *,
        status: int = 200,
        text: str = "",
        message: str = "",
        exchange: Exchange | None = None,
    ) -> web.Response:
        token = request.cookies.get(COOKIE, "")
        if not self.check_token(token):
            token = self.issue_token()
        response = self.pages.show(
            request,
            "chat.html",
            status=status,
            token=token,
            text=text,
            message=message,
            exchange=exchange,
            longest=LONGEST,
        )
        remember(response, token, secure=self.pages.site.secure_cookies)
        return response


def remember(response: web.Response, token: str, *, secure: bool) -> None:
    """Let the browser keep who the visitor is, so that answers find the way back."""
    response.set_cookie(COOKIE, token, max_age=HALF_A_YEAR, httponly=True, samesite="Lax", secure=secure)


def _refusal(text: str) -> str:
    if not text:
        return texts.CHAT_EMPTY
    return texts.TOO_LONG.format(limit=LONGEST, length=len(text)) if len(text) > LONGEST else ""


@dataclass(frozen=True, slots=True)
class StatusViews:
    """The page that tells where a case stands to who knows its number and query code."""

    pages: Pages
    lookup: Lookup
    files: Enclosing | None = None
    """The files of formal requests; None where the office takes none."""

    async def show(self, request: web.Request) -> web.Response:
        """Show the form."""
        return await self._page(request, None, {})

    async def find(self, request: web.Request) -> web.Response:
        """Show the case, or the one text for everything that is not it.

        Changes nothing and needs no login, hence no form token.
        """
        form = await read_form(request)
        return await self._page(request, await self._case(request, form), form)

    async def download(self, request: web.Request) -> web.Response:
        """Give out a file of the reply to who knows number and query code."""
        form = await read_form(request)
        case = await self._case(request, form)
        given = await self._given(case) if case is not None else ()
        wanted = next((each for each in given if each.key == form.get("key", "")), None)
        if case is None or wanted is None or self.files is None:
            return await self._page(request, None, form)
        return await self.files.download(await self.files.files.source_of(case.reference), wanted.key)

    async def _case(self, request: web.Request, form: Mapping[str, str]) -> Case | None:
        return await self.lookup.find(
            form.get("reference", ""), form.get("code", ""), asker=self.pages.site.visitor(request)
        )

    async def _given(self, case: Case) -> Sequence[Enclosure]:
        """Return the files of a reply that was signed."""
        head = await self.lookup.head(case)
        if self.files is None or head is None or head.stage not in REPLIED:
            return ()
        kept = await self.files.files.kept(await self.files.files.source_of(case.reference))
        return tuple(each for each in kept if each.purpose is Purpose.REPLY)

    async def _page(self, request: web.Request, case: Case | None, form: Mapping[str, str]) -> web.Response:
        sought = bool(form)
        return self.pages.show(
            request,
            "status.html",
            status=web.HTTPNotFound.status_code if sought and case is None else web.HTTPOk.status_code,
            case=case,
            answers=await self.lookup.answers(case) if case else (),
            given=await self._given(case) if case else (),
            stages=STAGE,
            head=await self.lookup.head(case) if case else None,
            reference=form.get("reference", ""),
            code=form.get("code", "") if case else "",
            message=texts.NOT_FOUND_CASE if sought and case is None else "",
        )
