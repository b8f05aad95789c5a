"""A stand-in for the platform's API server: real HTTP on the loopback address, scripted to fail."""

import asyncio
import itertools
import json
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Self

from aiohttp import web

OK = 0
BAD_TOKEN = 40001
BAD_SECRET = 40125
BAD_APP_ID = 40013
TOO_LONG = 45002
MOST_BYTES = 2048


class Fault(Enum):
    """A way for a call to end without an orderly answer; some take effect first."""

    TIMEOUT = "no answer for as long as the caller waits"
    DONE_TIMEOUT = "takes effect, then no answer"
    HALF_BODY = "takes effect, then the connection breaks in the middle of the answer"
    NOT_JSON = "takes effect, then answers something else"
    DISCONNECT = "closes the connection without an answer"
    LIST = "takes effect, then answers a JSON list"
    NO_CODE = "takes effect, then answers a JSON object without errcode"
    SERVER_ERROR = "HTTP 502 from a gateway"
    NOT_FOUND = "HTTP 404 from a gateway"


_DONE = frozenset({Fault.DONE_TIMEOUT, Fault.HALF_BODY, Fault.NOT_JSON, Fault.LIST, Fault.NO_CODE})
_ANSWERS = {
    Fault.NOT_JSON: (200, "<html>ok</html>"),
    Fault.LIST: (200, "[]"),
    Fault.NO_CODE: (200, "{}"),
    Fault.SERVER_ERROR: (502, "<html>bad gateway</html>"),
    Fault.NOT_FOUND: (404, "<html>not found</html>"),
}


@dataclass(frozen=True, slots=True)
class Push:
    """One accepted customer-service message."""

    openid: str
    text: str
    token: str
    kind: str
    at: float


class Platform:
    """Serves tokens, customer-service messages, the typing sign, menus and QR codes for one account.

    `lifetime` is the validity of a token in seconds of `clock`. `script` makes the next calls of "token", "send",
    "typing", "menu" or "code" end with an error code or a Fault, in order; after them all is well again.
    """

    def __init__(
        self, *, app_id: str, secret: str, lifetime: int = 7200, clock: Callable[[], float] = time.time
    ) -> None:
        self._app_id = app_id
        self._secret = secret
        self.lifetime = lifetime
        self._clock = clock
        self._numbers = itertools.count(1)
        self._valid: dict[str, float] = {}
        self._scripts: defaultdict[str, deque[int | Fault]] = defaultdict(deque)
        self._closing = asyncio.Event()
        self._news = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self.url = ""
        self.pushes: list[Push] = []
        self.typings: list[str] = []
        self.menus: list[dict[str, Any]] = []
        self.codes: list[dict[str, Any]] = []
        self.contents: list[dict[str, Any]] = []
        """What "send" was called with, refused calls included."""
        self.calls: defaultdict[str, int] = defaultdict(int)
        self.peers: set[int] = set()
        """The callers' ports: one for each connection."""
        self.token_delay = 0.0
        """Seconds that a token takes, to let callers meet."""

    @property
    def token_fetches(self) -> int:
        """How often a token was asked for."""
        return self.calls["token"]

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.add_routes(
            [
                web.post("/cgi-bin/stable_token", self._token),
                web.post("/cgi-bin/message/custom/send", self._send),
                web.post("/cgi-bin/message/custom/typing", self._typing),
                web.post("/cgi-bin/menu/create", self._menu),
                web.post("/cgi-bin/qrcode/create", self._code),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()

    def script(self, call: str, *ends: int | Fault) -> None:
        """Decide how the next calls of "token", "send" or "typing" end."""
        self._scripts[call].extend(ends)

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
                return _error(BAD_APP_ID)
            if content.get("secret") != self._secret or content.get("grant_type") != "client_credential":
                return _error(BAD_SECRET)
            # the platform gives the same token to everybody until its last five minutes
            for token, end in self._valid.items():
                if end - self._clock() > min(300, self.lifetime / 2):
                    return {"access_token": token, "expires_in": int(end - self._clock())}
            token = f"token-{next(self._numbers)}-" + "x" * 500
            self._valid[token] = self._clock() + self.lifetime
            return {"access_token": token, "expires_in": self.lifetime}

        return await self._answer("token", request, issue)

    async def _send(self, request: web.Request) -> web.StreamResponse:
        async def accept(content: dict[str, Any]) -> dict[str, Any]:
            token = request.query.get("access_token", "")
            if self._valid.get(token, 0) <= self._clock():
                return _error(BAD_TOKEN)
            self.contents.append(content)
            text = content["text"]["content"]
            if len(text.encode()) > MOST_BYTES:
                return _error(TOO_LONG)
            async with self._news:
                self.pushes.append(Push(content["touser"], text, token, content["msgtype"], self._clock()))
                self._news.notify_all()
            return _error(OK)

        return await self._answer("send", request, accept)

    async def _menu(self, request: web.Request) -> web.StreamResponse:
        async def put(content: dict[str, Any]) -> dict[str, Any]:
            if not self._is_valid(request):
                return _error(BAD_TOKEN)
            self.menus.append(content)
            return _error(OK)

        return await self._answer("menu", request, put)

    async def _code(self, request: web.Request) -> web.StreamResponse:
        async def make(content: dict[str, Any]) -> dict[str, Any]:
            if not self._is_valid(request):
                return _error(BAD_TOKEN)
            self.codes.append(content)
            return {"ticket": f"ticket/{len(self.codes)}==", "url": f"http://weixin.qq.com/q/{len(self.codes)}"}

        return await self._answer("code", request, make)

    def _is_valid(self, request: web.Request) -> bool:
        return self._valid.get(request.query.get("access_token", ""), 0) > self._clock()

    async def _typing(self, request: web.Request) -> web.StreamResponse:
        async def show(content: dict[str, Any]) -> dict[str, Any]:
            if not self._is_valid(request):
                return _error(BAD_TOKEN)
            self.typings.append(content["touser"])
            return _error(OK)

        return await self._answer("typing", request, show)

    async def _answer(
        self, call: str, request: web.Request, act: Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]
    ) -> web.StreamResponse:
        self.calls[call] += 1
        if request.transport is not None:
            self.peers.add(request.transport.get_extra_info("peername")[1])
        end = self._scripts[call].popleft() if self._scripts[call] else OK
        content = json.loads(await request.read())
        if end == OK:
            return _response(await act(content))
        if isinstance(end, int):
            return _response(_error(end))
        if end in _DONE:
            await act(content)
        return await self._fail(end, request)

    async def _fail(self, fault: Fault, request: web.Request) -> web.StreamResponse:
        if fault in {Fault.TIMEOUT, Fault.DONE_TIMEOUT}:
            await self._closing.wait()
        if fault is Fault.HALF_BODY:
            response = web.StreamResponse(headers={"Content-Length": "28"})
            await response.prepare(request)
            await response.write(b'{"errcode":0,')
        if fault in _ANSWERS:
            status, text = _ANSWERS[fault]
            return web.Response(status=status, text=text)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()


def _error(code: int) -> dict[str, Any]:
    return {"errcode": code, "errmsg": "ok" if code == OK else f"error {code}"}


def _response(content: dict[str, Any]) -> web.Response:
    # the platform often labels its JSON as text/plain
    return web.Response(text=json.dumps(content, ensure_ascii=False), content_type="text/plain")
