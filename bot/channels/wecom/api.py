"""What an application asks of 企业微信: texts to members (应用消息)."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime

import aiohttp

from bot.channels.wechat.access_token import corporate_token
from bot.channels.wechat.calls import Calls
from bot.channels.wechat.shared_token import account_key
from bot.channels.wechat.wire import PATIENCE, Wire
from bot.channels.wecom.verdicts import VERDICTS
from bot.ports import SharedTokens

BASE = "https://qyapi.weixin.qq.com"


def corporate_calls(
    session: aiohttp.ClientSession,
    *,
    corp_id: str,
    secret: str,
    now: Callable[[], datetime],
    api_base: str = BASE,
    timeout: aiohttp.ClientTimeout = PATIENCE,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    jitter: Callable[[], float] = random.random,
    tokens: SharedTokens | None = None,
) -> Calls:
    """Return the calls that one secret of an enterprise may make, over a session that the caller closes."""
    wire = Wire(session, api_base, timeout)
    issue = corporate_token(wire, corp_id=corp_id, secret=secret)
    return Calls(
        wire,
        issue,
        verdicts=VERDICTS,
        now=now,
        sleep=sleep,
        jitter=jitter,
        tokens=tokens,
        account=account_key(corp_id, secret),
    )


class WeComApi:
    """Sends the messages of one application."""

    def __init__(self, calls: Calls, *, agent_id: int) -> None:
        self._calls = calls
        self._agent_id = agent_id

    async def send_text(self, member: str, text: str) -> None:
        """Send a text of at most 2,048 bytes; raise DeliveryFailed, DeliveryUncertain or TooLong."""
        content = {"touser": member, "msgtype": "text", "agentid": self._agent_id, "text": {"content": text}}
        await self._calls.make("/cgi-bin/message/send", content)
