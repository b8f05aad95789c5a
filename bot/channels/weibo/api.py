"""What an account asks of 微博 粉丝服务: texts to followers (发送客服消息)."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import quote

import aiohttp

from bot.channels.wechat.verdicts import Verdict, Verdicts, refusal
from bot.channels.wechat.wire import PATIENCE, NoAnswer, NotSent, Wire
from bot.errors import DeliveryFailed, DeliveryUncertain

BASE = "https://m.api.weibo.com"
VERDICTS: Verdicts = {
    # token missing, ended, withdrawn or refused; application without the right
    **dict.fromkeys((10006, 10013, 10014, 21301, *range(21313, 21320), 21327, 21332), Verdict.RECONFIGURE),
    **dict.fromkeys((10022, 10023, 10024), Verdict.SLOW_DOWN),
    **dict.fromkeys((10002, 10009, 10010), Verdict.BUSY),
    **dict.fromkeys((20012, 20013), Verdict.TOO_LONG),
    20003: Verdict.DROP,
}


class WeiboApi:
    """Sends with a token that the platform's console gives out for long; over a session that the caller closes."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        token: str,
        now: Callable[[], datetime],
        api_base: str = BASE,
        timeout: aiohttp.ClientTimeout = PATIENCE,
    ) -> None:
        self._wire = Wire(session, api_base, timeout)
        self._token = token
        self._now = now

    async def send_text(self, follower: str, text: str) -> None:
        """Send a text of fewer than 300 Chinese characters; raise DeliveryFailed, DeliveryUncertain or TooLong."""
        fields = {
            "access_token": self._token,
            "type": "text",
            "data": quoted(text),
            "receiver_id": follower,
            "save_sender_box": "0",
        }
        try:
            answer = await self._wire.post_form("/2/messages/reply.json", fields)
        except NotSent as error:
            raise DeliveryFailed("连接不上平台", retry_after=timedelta(seconds=30)) from error
        except NoAnswer as error:
            raise DeliveryUncertain("已发出，但没有收到平台的回执") from error
        match answer:
            case {"error_code": int(code)}:
                raise refusal(code, VERDICTS.get(code), now=self._now())
            case {"result": True}:
                return
        raise DeliveryUncertain("看不懂平台的回执")


def quoted(text: str) -> str:
    """Return a text as the platform takes it: JSON, percent-encoded."""
    return quote(json.dumps({"text": text}, ensure_ascii=False), safe="")
