"""What an official account asks of the platform: texts (客服消息), the typing sign, its menu, QR codes."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp

from bot.channels.wechat.access_token import stable_token
from bot.channels.wechat.calls import Calls
from bot.channels.wechat.menu import Button, menu_content
from bot.channels.wechat.notice import Notice
from bot.channels.wechat.shared_token import account_key
from bot.channels.wechat.verdicts import VERDICTS
from bot.channels.wechat.wire import PATIENCE, Wire
from bot.errors import DeliveryFailed
from bot.ports import SharedTokens
from bot.types import Survey

BASE = "https://api.weixin.qq.com"
LONGEST_SCENE = 64
"""Characters of what a QR code stands for."""
LONGEST_LIFE = timedelta(days=30)
"""How long a QR code may live that is not permanent."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SceneCode:
    """A QR code that leads to the account (带参数二维码): its content, and the ticket for its picture."""

    content: str
    ticket: str


class WeChatApi:
    """Calls the API of one account over a session that the caller closes.

    `jitter` gives numbers from 0 to 1, `spare` is another address of the API, `tokens` where processes share the token.
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
        tokens: SharedTokens | None = None,
    ) -> None:
        wire = Wire(session, api_base, timeout, spare=spare)
        issue = stable_token(wire, app_id=app_id, secret=secret)
        self._now = now
        self._calls = Calls(
            wire,
            issue,
            verdicts=VERDICTS,
            now=now,
            sleep=sleep,
            jitter=jitter,
            tokens=tokens,
            account=account_key(app_id, secret),
        )

    async def send_text(self, openid: str, text: str) -> None:
        """Send a text of at most 2,048 bytes; raise DeliveryFailed, Unreachable, DeliveryUncertain or TooLong.

        `aimsgcontext` stays unset: nothing here is generated.
        """
        content = {"touser": openid, "msgtype": "text", "text": {"content": text}}
        await self._calls.make("/cgi-bin/message/custom/send", content)

    async def send_menu(self, openid: str, survey: Survey) -> None:
        """Send a survey as a menu (菜单消息), whose taps come back as text; raise as `send_text`."""
        answers = [{"id": survey.tap(option), "content": option.label} for option in survey.options]
        menu = {"head_content": survey.text, "list": answers, "tail_content": ""}
        content = {"touser": openid, "msgtype": "msgmenu", "msgmenu": menu}
        await self._calls.make("/cgi-bin/message/custom/send", content)

    async def show_typing(self, openid: str) -> None:
        """Show 对方正在输入 for some seconds, if the platform allows it now."""
        content = {"touser": openid, "command": "Typing"}
        try:
            await self._calls.make("/cgi-bin/message/custom/typing", content, repeatable=True)
        except DeliveryFailed as error:
            _log.debug("typing was not shown: %s", error.reason)

    async def send_notice(self, openid: str, notice: Notice, reference: str) -> None:
        """Tell a follower that there is news of a case; raise DeliveryFailed."""
        await self._calls.make(notice.path, notice.content(openid, reference, now=self._now()))

    async def put_menu(self, buttons: Sequence[Button]) -> None:
        """Put a menu in the place of the account's; raise DeliveryFailed."""
        await self._calls.make("/cgi-bin/menu/create", menu_content(buttons), repeatable=True)

    async def scene_code(self, scene: str, *, life: timedelta | None = None) -> SceneCode:
        """Return a QR code for a scene of at most LONGEST_SCENE characters, permanent without `life`.

        An account has 100,000 permanent ones. Raises DeliveryFailed.
        """
        action: dict[str, object] = {"action_name": "QR_LIMIT_STR_SCENE"}
        if life is not None:
            action = {"action_name": "QR_STR_SCENE", "expire_seconds": int(life.total_seconds())}
        content = {**action, "action_info": {"scene": {"scene_str": scene}}}
        answer = await self._calls.make("/cgi-bin/qrcode/create", content, repeatable=True)
        match answer:
            case {"url": str(url), "ticket": str(ticket)}:
                return SceneCode(url, ticket)
        raise DeliveryFailed("看不懂平台的回执")
