"""What an official account asks of the platform: customer-service texts (客服消息) and the typing sign."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from datetime import datetime

import aiohttp

from bot.channels.wechat.access_token import stable_token
from bot.channels.wechat.calls import Calls
from bot.channels.wechat.verdicts import VERDICTS
from bot.channels.wechat.wire import PATIENCE, Wire
from bot.errors import DeliveryFailed

BASE = "https://api.weixin.qq.com"
_log = logging.getLogger(__name__)


class WeChatApi:
    """Calls the API of one account over a session that the caller closes.

    `jitter` gives numbers from 0 to 1, `spare` is another address of the API.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        app_id: str,
        secret: str,
        now: Callable[[], datetime],
        api_base: str = BASE,
        spare: str = "",
        timeout: aiohttp.ClientTimeout = PATIENCE,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        wire = Wire(session, api_base, timeout, spare=spare)
        issue = stable_token(wire, app_id=app_id, secret=secret)
        self._calls = Calls(wire, issue, verdicts=VERDICTS, now=now, sleep=sleep, jitter=jitter)

    async def send_text(self, openid: str, text: str) -> None:
        """Send a text of at most 2,048 bytes; raise DeliveryFailed, Unreachable, DeliveryUncertain or TooLong.

        `aimsgcontext` stays unset: nothing here is generated.
        """
        content = {"touser": openid, "msgtype": "text", "text": {"content": text}}
        await self._calls.make("/cgi-bin/message/custom/send", content)

    async def show_typing(self, openid: str) -> None:
        """Show 对方正在输入 for some seconds, if the platform allows it now."""
        content = {"touser": openid, "command": "Typing"}
        try:
            await self._calls.make("/cgi-bin/message/custom/typing", content, repeatable=True)
        except DeliveryFailed as error:
            _log.debug("typing was not shown: %s", error.reason)
