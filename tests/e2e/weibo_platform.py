"""A stand-in for 微博's API server."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from tests.e2e.standin import StandIn

BAD_TOKEN = 21332
TOO_LONG = 20012
LONGEST = 300


class WeiboPlatform(StandIn):
    """Serves the messages of one account; the call is "send"."""

    def __init__(self, *, token: str) -> None:
        super().__init__()
        self._token = token
        self.sent: list[tuple[str, str]] = []

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Return what is served."""
        return [web.post("/2/messages/reply.json", self._send)]

    def error(self, code: int) -> dict[str, Any]:
        """Return the object that tells an error code."""
        return {"error_code": code, "error": f"error {code}", "request": "/2/messages/reply.json"}

    async def _send(self, request: web.Request) -> web.StreamResponse:
        async def accept(content: dict[str, Any]) -> dict[str, Any]:
            if content["access_token"] != self._token:
                return self.error(BAD_TOKEN)
            text = json.loads(unquote(content["data"]))["text"]
            if sum(1 if ord(sign) > 255 else 0.5 for sign in text) >= LONGEST:
                return self.error(TOO_LONG)
            self.sent.append((content["receiver_id"], text))
            return {"result": True, "receiver_id": content["receiver_id"], "type": "text", "data": content["data"]}

        return await self.answer("send", request, accept)
