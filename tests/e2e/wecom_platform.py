"""A stand-in for 企业微信's API server."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import web

from tests.e2e.standin import OK, StandIn

BAD_TOKEN = 40014
BAD_SECRET = 40001
TOO_LONG = 45002
MOST_BYTES = 2048


class WeComPlatform(StandIn):
    """Serves tokens and the messages of one application; calls are "token" and "send"."""

    def __init__(self, *, corp_id: str, secret: str, clock: Callable[[], float]) -> None:
        super().__init__()
        self._corp_id = corp_id
        self._secret = secret
        self._clock = clock
        self._numbers = itertools.count(1)
        self._valid: dict[str, float] = {}
        self.sent: list[dict[str, Any]] = []

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Return what is served."""
        return [web.get("/cgi-bin/gettoken", self._token), web.post("/cgi-bin/message/send", self._send)]

    def texts(self, member: str) -> list[str]:
        """Return what a member was sent, in order."""
        return [content["text"]["content"] for content in self.sent if content["touser"] == member]

    def expire_tokens(self) -> None:
        """Refuse every token handed out so far."""
        self._valid.clear()

    def is_valid(self, request: web.Request) -> bool:
        """Tell whether a call brings a valid token."""
        return self._valid.get(request.query.get("access_token", ""), 0) > self._clock()

    async def _token(self, request: web.Request) -> web.StreamResponse:
        async def issue(content: dict[str, Any]) -> dict[str, Any]:
            if (content.get("corpid"), content.get("corpsecret")) != (self._corp_id, self._secret):
                return self.error(BAD_SECRET)
            # asked again, the platform gives the same one
            held = [token for token, end in self._valid.items() if end > self._clock()]
            token = held[0] if held else f"token-{next(self._numbers)}"
            self._valid.setdefault(token, self._clock() + 7200)
            left = int(self._valid[token] - self._clock())
            return {"errcode": OK, "errmsg": "ok", "access_token": token, "expires_in": left}

        return await self.answer("token", request, issue)

    async def _send(self, request: web.Request) -> web.StreamResponse:
        async def accept(content: dict[str, Any]) -> dict[str, Any]:
            if not self.is_valid(request):
                return self.error(BAD_TOKEN)
            if len(content["text"]["content"].encode()) > MOST_BYTES:
                return self.error(TOO_LONG)
            self.sent.append(content)
            return self.error(OK)

        return await self.answer("send", request, accept)
