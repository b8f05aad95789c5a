"""The platform's API for messages that are not answers: customer-service texts (客服消息) and the typing sign."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from bot.channels.wechat.access_token import AccessToken
from bot.channels.wechat.verdicts import VERDICTS, Verdict, refusal
from bot.channels.wechat.wire import PATIENCE, NoAnswer, NotSent, Wire
from bot.errors import DeliveryFailed, DeliveryUncertain

BASE = "https://api.weixin.qq.com"
_SEND = "/cgi-bin/message/custom/send"
_TYPING = "/cgi-bin/message/custom/typing"
_BUSY_RETRIES = 2
_log = logging.getLogger(__name__)


class WeChatApi:
    """Calls the API of one account over a session that the caller closes.

    `jitter` gives numbers from 0 to 1. Nothing that may have arrived is ever sent again.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        app_id: str,
        secret: str,
        now: Callable[[], datetime],
        api_base: str = BASE,
        timeout: aiohttp.ClientTimeout = PATIENCE,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._wire = Wire(session, api_base, timeout)
        self._token = AccessToken(self._wire, app_id=app_id, secret=secret, now=now, jitter=jitter)
        self._now = now
        self._sleep = sleep
        self._jitter = jitter

    async def send_text(self, openid: str, text: str) -> None:
        """Send a text of at most 2,048 bytes; raise DeliveryFailed, Unreachable, DeliveryUncertain or TooLong.

        `aimsgcontext` stays unset: nothing here is generated.
        """
        await self._call(_SEND, {"touser": openid, "msgtype": "text", "text": {"content": text}})

    async def show_typing(self, openid: str) -> None:
        """Show 对方正在输入 for some seconds, if the platform allows it now."""
        try:
            await self._call(_TYPING, {"touser": openid, "command": "Typing"})
        except DeliveryFailed as error:
            _log.debug("typing was not shown: %s", error.reason)

    async def _call(self, path: str, content: Mapping[str, Any]) -> None:
        """Make a call; renew a stale token once, and wait out a busy platform twice: both times it did nothing."""
        token = await self._token.get()
        renewed, waits = False, 0
        while True:
            code = await self._try(path, content, token)
            verdict = VERDICTS.get(code)
            if code == 0:
                return
            if verdict is Verdict.RENEW and not renewed:
                renewed, failing = True, token
                token = await self._token.renew(failing)
                if token != failing:
                    continue
            if verdict is Verdict.BUSY and waits < _BUSY_RETRIES:
                waits += 1
                await self._sleep(waits * (0.5 + self._jitter()))
                continue
            raise self._refused(code, verdict)

    async def _try(self, path: str, content: Mapping[str, Any], token: str) -> int:
        try:
            answer = await self._wire.post(path, content, token=token)
        except NotSent as error:
            raise DeliveryFailed("连接不上微信平台", retry_after=timedelta(seconds=30)) from error
        except NoAnswer as error:
            raise DeliveryUncertain("已发出，但没有收到微信平台的回执") from error
        code = answer.get("errcode")
        if not isinstance(code, int):
            raise DeliveryUncertain("看不懂微信平台的回执")
        return code

    def _refused(self, code: int, verdict: Verdict | None) -> DeliveryFailed:
        if verdict is Verdict.RECONFIGURE:
            _log.error("the platform refuses the account's calls: an operator has to act", extra={"code": code})
        return refusal(code, verdict, now=self._now())
