"""A stand-in for 微信客服: keeps what customers write until it is fetched, takes each text of one number once."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import web

from tests.e2e.standin import OK, asked
from tests.e2e.wecom_platform import BAD_TOKEN, WeComPlatform

KEPT = "wkTestAccount0001"
"""The one account (open_kfid) of the service."""


class KfPlatform(WeComPlatform):
    """Serves tokens, "sync", "send" and "welcome"; `page` is how many messages it gives at a time."""

    def __init__(self, *, corp_id: str, secret: str, clock: Callable[[], float], page: int = 100) -> None:
        super().__init__(corp_id=corp_id, secret=secret, clock=clock)
        self.page = page
        self.items: list[dict[str, Any]] = []
        self.delivered: dict[str, tuple[str, str]] = {}
        """Customer and text of each number."""
        self.surveys: list[tuple[str, str]] = []
        """Who was asked by a menu, and what they read."""
        self.taps: list[str] = []
        """What a tap on each line of these menus brings back."""
        self.welcomed: list[tuple[str, str]] = []
        self.gap = False
        """Whether every other page is empty, as it may be on the platform."""
        self._ids = itertools.count(1)

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Return what is served."""
        return [
            *super().routes(),
            web.post("/cgi-bin/kf/sync_msg", self._sync),
            web.post("/cgi-bin/kf/send_msg", self._send_msg),
            web.post("/cgi-bin/kf/send_msg_on_event", self._welcome),
        ]

    def texts(self, member: str) -> list[str]:
        """Return what a customer was sent, in order."""
        return [text for customer, text in self.delivered.values() if customer == member]

    def write(self, customer: str, text: str, /, **changes: Any) -> None:  # noqa: ANN401  any field of a message
        """Keep what a customer writes."""
        item = {"origin": 3, "external_userid": customer, "msgtype": "text", "text": {"content": text}}
        self.keep(item | changes)

    def happen(self, event_type: str, **event: Any) -> None:  # noqa: ANN401  any field of an event
        """Keep an event."""
        self.keep({"origin": 4, "msgtype": "event", "event": {"event_type": event_type, "open_kfid": KEPT, **event}})

    def keep(self, item: dict[str, Any]) -> None:
        """Keep a message with a number of the platform's."""
        self.items.append({"msgid": f"m{next(self._ids)}", "open_kfid": KEPT, "send_time": int(self._clock()), **item})

    async def _sync(self, request: web.Request) -> web.StreamResponse:
        async def page(content: dict[str, Any]) -> dict[str, Any]:
            if not self.is_valid(request):
                return self.error(BAD_TOKEN)
            start, _, empty = content.get("cursor", "0.").partition(".")
            if self.gap and not empty:
                return self.error(OK) | {"next_cursor": f"{start}.e", "has_more": 1, "msg_list": []}
            end = min(int(start) + min(self.page, content["limit"]), len(self.items))
            more = int(end < len(self.items))
            return self.error(OK) | {
                "next_cursor": f"{end}.",
                "has_more": more,
                "msg_list": self.items[int(start) : end],
            }

        return await self.answer("sync", request, page)

    async def _send_msg(self, request: web.Request) -> web.StreamResponse:
        async def accept(content: dict[str, Any]) -> dict[str, Any]:
            if not self.is_valid(request):
                return self.error(BAD_TOKEN)
            assert content["open_kfid"] == KEPT
            assert len(content["msgid"]) <= 32
            if content["msgtype"] == "msgmenu":
                self.surveys.append((content["touser"], asked(content)))
                self.taps += [line["click"]["id"] for line in content["msgmenu"]["list"]]
            else:
                self.delivered.setdefault(content["msgid"], (content["touser"], content["text"]["content"]))
            return self.error(OK) | {"msgid": content["msgid"]}

        return await self.answer("send", request, accept)

    async def _welcome(self, request: web.Request) -> web.StreamResponse:
        async def greet(content: dict[str, Any]) -> dict[str, Any]:
            self.welcomed.append((content["code"], content["text"]["content"]))
            return self.error(OK)

        return await self.answer("welcome", request, greet)
