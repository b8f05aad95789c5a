"""What 微信客服 is asked for: the messages of its customers, and texts to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.channels.wechat.calls import Calls
from bot.errors import DeliveryFailed
from bot.types import Survey

LIMIT = 100
"""Messages of one page: so many are fetched again when a process ends in the middle of them."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of messages as the platform writes them."""

    items: Sequence[Mapping[str, Any]]
    cursor: str
    more: bool


class KfApi:
    """Calls the API of 微信客服; everything may be repeated, as texts carry a number of our own."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def sync(self, account: str, cursor: str, *, token: str) -> Page:
        """Return the page after `cursor` of one account (open_kfid); raise DeliveryFailed."""
        content: dict[str, object] = {"open_kfid": account, "limit": LIMIT, "voice_format": 0}
        content |= {name: value for name, value in (("cursor", cursor), ("token", token)) if value}
        answer = await self._calls.make("/cgi-bin/kf/sync_msg", content, repeatable=True)
        match answer:
            case {"next_cursor": str(following), "msg_list": list(items)}:
                known = [item for item in items if isinstance(item, dict)]
                return Page(known, following, answer.get("has_more") == 1)
        raise DeliveryFailed("看不懂平台的回执")

    async def send_text(self, account: str, customer: str, text: str, *, msgid: str) -> None:
        """Send a text of at most 2,048 bytes, once for each `msgid`; raise DeliveryFailed, Unreachable or TooLong."""
        await self._send(account, customer, msgid, {"msgtype": "text", "text": {"content": text}})

    async def send_menu(self, account: str, customer: str, survey: Survey, *, msgid: str) -> None:
        """Send a survey as a menu (菜单消息), once for each `msgid`; raise as `send_text`."""
        answers = [
            {"type": "click", "click": {"id": survey.tap(option), "content": option.label}} for option in survey.options
        ]
        menu = {"head_content": survey.text, "list": answers}
        await self._send(account, customer, msgid, {"msgtype": "msgmenu", "msgmenu": menu})

    async def welcome(self, code: str, text: str) -> None:
        """Greet somebody who has just come in, within 20 seconds; raise DeliveryFailed."""
        content = {"code": code, "msgtype": "text", "text": {"content": text}}
        await self._calls.make("/cgi-bin/kf/send_msg_on_event", content, repeatable=True)

    async def _send(self, account: str, customer: str, msgid: str, content: Mapping[str, object]) -> None:
        addressed = {"touser": customer, "open_kfid": account, "msgid": msgid, **content}
        await self._calls.make("/cgi-bin/kf/send_msg", addressed, repeatable=True)
