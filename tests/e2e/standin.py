"""What the stand-ins for platforms' API servers share: real HTTP on the loopback address, scripted to fail."""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Sequence
from enum import Enum
from typing import Any, Self

from aiohttp import web

OK = 0


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


class StandIn:
    """Serves `routes`. `script` makes the next calls of a name end with an error code or a Fault, in order; after them
    all is well again.
    """

    def __init__(self) -> None:
        self._scripts: defaultdict[str, deque[int | Fault]] = defaultdict(deque)
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.url = ""
        self.calls: defaultdict[str, int] = defaultdict(int)
        self.peers: set[int] = set()
        """The callers' ports: one for each connection."""

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Return what is served."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.add_routes(self.routes())
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
        """Decide how the next calls of a name end."""
        self._scripts[call].extend(ends)

    def error(self, code: int) -> dict[str, Any]:
        """Return the object that tells an error code."""
        return {"errcode": code, "errmsg": "ok" if code == OK else f"error {code}"}

    async def answer(
        self, call: str, request: web.Request, act: Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]
    ) -> web.StreamResponse:
        """Answer a call as it is scripted, else with what `act` makes of its content."""
        self.calls[call] += 1
        if request.transport is not None:
            self.peers.add(request.transport.get_extra_info("peername")[1])
        end = self._scripts[call].popleft() if self._scripts[call] else OK
        content = await _content(request)
        if end == OK:
            return response(await act(content))
        if isinstance(end, int):
            return response(self.error(end))
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


async def _content(request: web.Request) -> dict[str, Any]:
    if request.method == "GET":
        return dict(request.query)
    if request.content_type == "application/x-www-form-urlencoded":
        return dict(await request.post())
    content: dict[str, Any] = json.loads(await request.read())
    return content


def response(content: dict[str, Any]) -> web.Response:
    """Return an object as the platforms do: they often label their JSON as text/plain."""
    return web.Response(text=json.dumps(content, ensure_ascii=False), content_type="text/plain")


def asked(content: dict[str, Any]) -> str:
    """Return what a citizen reads of a menu: its words, and its lines in brackets."""
    menu = content["msgmenu"]
    lines = (line.get("click", line) for line in menu["list"])
    return str(menu["head_content"]) + "".join(f"[{line['content']}]" for line in lines)
