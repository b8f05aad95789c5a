"""A stand-in for the official account's API server."""

import asyncio
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.e2e.standin import OK, Fault, StandIn, asked

__all__ = ["Fault", "Platform", "Push"]

BAD_TOKEN = 40001
BAD_SECRET = 40125
BAD_APP_ID = 40013
TOO_LONG = 45002
MOST_BYTES = 2048


@dataclass(frozen=True, slots=True)
class Push:
    """One accepted customer-service message."""

    openid: str
    text: str
    token: str
    kind: str
    at: float


class Platform(StandIn):
    """Serves tokens, customer-service messages, the typing sign, menus and QR codes for one account.

    `lifetime` is the validity of a token in seconds of `clock`. `script` makes the next calls of "token", "send",
    "typing", "menu" or "code" end with an error code or a Fault, in order; after them all is well again.
    """

    def __init__(
        self, *, app_id: str, secret: str, lifetime: int = 7200, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__()
        self._app_id = app_id
        self._secret = secret
        self.lifetime = lifetime
        self._clock = clock
        self._numbers = itertools.count(1)
        self._valid: dict[str, float] = {}
        self._news = asyncio.Condition()
        self.pushes: list[Push] = []
        self.typings: list[str] = []
        self.notices: list[tuple[str, dict[str, Any]]] = []
        self.menus: list[dict[str, Any]] = []
        self.codes: list[dict[str, Any]] = []
        self.surveys: list[tuple[str, str]] = []
        """Who was asked by a menu, and what they read."""
        self.contents: list[dict[str, Any]] = []
        """What "send" was called with, refused calls included."""
        self.token_delay = 0.0
        """Seconds that a token takes, to let callers meet."""

    @property
    def token_fetches(self) -> int:
        """How often a token was asked for."""
        return self.calls["token"]

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Return what is served."""
        return [
            web.post("/cgi-bin/stable_token", self._token),
            web.post("/cgi-bin/message/custom/send", self._send),
            web.post("/cgi-bin/message/custom/typing", self._typing),
            web.post("/cgi-bin/message/template/send", self._notice),
            web.post("/cgi-bin/message/subscribe/bizsend", self._notice),
            web.post("/cgi-bin/menu/create", self._menu),
            web.post("/cgi-bin/qrcode/create", self._code),
        ]

    def expire_tokens(self) -> None:
        """Refuse every token handed out so far."""
        self._valid.clear()

    def texts(self, openid: str) -> list[str]:
        """Return what a citizen was pushed, in order."""
        return [push.text for push in self.pushes if push.openid == openid]

    async def wait_for_pushes(self, count: int, *, within: float = 10.0) -> None:
        """Return once `count` pushes have been accepted in all; raise TimeoutError."""
        async with asyncio.timeout(within), self._news:
            await self._news.wait_for(lambda: len(self.pushes) >= count)

    async def _token(self, request: web.Request) -> web.StreamResponse:
        async def issue(content: dict[str, Any]) -> dict[str, Any]:
            await asyncio.sleep(self.token_delay)
            if content.get("appid") != self._app_id:
                return self.error(BAD_APP_ID)
            if content.get("secret") != self._secret or content.get("grant_type") != "client_credential":
                return self.error(BAD_SECRET)
            # the platform gives the same token to everybody until its last five minutes
            for token, end in self._valid.items():
                if end - self._clock() > min(300, self.lifetime / 2):
                    return {"access_token": token, "expires_in": int(end - self._clock())}
            token = f"token-{next(self._numbers)}-" + "x" * 500
            self._valid[token] = self._clock() + self.lifetime
            return {"access_token": token, "expires_in": self.lifetime}

        return await self.answer("token", request, issue)

    async def _send(self, request: web.Request) -> web.StreamResponse:
        async def accept(content: dict[str, Any]) -> dict[str, Any]:
            token = request.query.get("access_token", "")
            if self._valid.get(token, 0) <= self._clock():
                return self.error(BAD_TOKEN)
            self.contents.append(content)
            if content["msgtype"] == "msgmenu":
                self.surveys.append((content["touser"], asked(content)))
                return self.error(OK)
            text = content["text"]["content"]
            if len(text.encode()) > MOST_BYTES:
                return self.error(TOO_LONG)
            async with self._news:
                self.pushes.append(Push(content["touser"], text, token, content["msgtype"], self._clock()))
                self._news.notify_all()
            return self.error(OK)

        return await self.answer("send", request, accept)

    async def _notice(self, request: web.Request) -> web.StreamResponse:
        async def accept(content: dict[str, Any]) -> dict[str, Any]:
            if not self._is_valid(request):
                return self.error(BAD_TOKEN)
            self.notices.append((request.path, content))
            return self.error(OK)

        return await self.answer("notice", request, accept)

    async def _menu(self, request: web.Request) -> web.StreamResponse:
        async def put(content: dict[str, Any]) -> dict[str, Any]:
            if not self._is_valid(request):
                return self.error(BAD_TOKEN)
            self.menus.append(content)
            return self.error(OK)

        return await self.answer("menu", request, put)

    async def _code(self, request: web.Request) -> web.StreamResponse:
        async def make(content: dict[str, Any]) -> dict[str, Any]:
            if not self._is_valid(request):
                return self.error(BAD_TOKEN)
            self.codes.append(content)
            return {"ticket": f"ticket/{len(self.codes)}==", "url": f"http://weixin.qq.com/q/{len(self.codes)}"}

        return await self.answer("code", request, make)

    def _is_valid(self, request: web.Request) -> bool:
        return self._valid.get(request.query.get("access_token", ""), 0) > self._clock()

    async def _typing(self, request: web.Request) -> web.StreamResponse:
        async def show(content: dict[str, Any]) -> dict[str, Any]:
            if not self._is_valid(request):
                return self.error(BAD_TOKEN)
            self.typings.append(content["touser"])
            return self.error(OK)

        return await self.answer("typing", request, show)
