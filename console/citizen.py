"""The citizens' pages: the chat and the privacy notice."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from bot.errors import BotError
from bot.types import Reply
from console import texts
from console.forms import equal, read_form
from console.pages import Pages

COOKIE = "zhengda_user"
DAY = 24 * 3600
HALF_A_YEAR = 180 * DAY
LONGEST = 2000


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
