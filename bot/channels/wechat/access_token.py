"""The access token of an account (接口调用凭据), fetched once for everybody who waits for it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.channels.wechat.shared_token import SharedToken
from bot.channels.wechat.verdicts import Verdict, Verdicts, refusal
from bot.channels.wechat.wire import NoAnswer, NotSent, Wire
from bot.errors import DeliveryFailed
from bot.types import Token

Issue = Callable[[], Awaitable[Mapping[str, Any]]]
"""Asks the platform for a token; raises NotSent or NoAnswer."""
_EARLY = timedelta(minutes=5)
_SPREAD = timedelta(minutes=1)
_PAUSE = timedelta(seconds=30)
_log = logging.getLogger(__name__)


class AccessToken:
    """Holds the account's token and renews it before it ends; with `shared`, once for all processes.

    `jitter` gives numbers from 0 to 1.
    """

    def __init__(
        self,
        issue: Issue,
        *,
        verdicts: Verdicts,
        now: Callable[[], datetime],
        jitter: Callable[[], float],
        shared: SharedToken | None = None,
    ) -> None:
        self._issue = issue
        self._shared = shared
        self._verdicts = verdicts
        self._now = now
        self._jitter = jitter
        self._lock = asyncio.Lock()
        self._token = Token("", datetime.min.replace(tzinfo=now().tzinfo))

    async def get(self) -> str:
        """Return a valid token; raise DeliveryFailed when the platform gives none."""
        if self._now() < self._token.good_until:
            return self._token.value
        async with self._lock:
            if self._now() >= self._token.good_until:
                await self._fetch()
        return self._token.value

    async def renew(self, failing: str) -> str:
        """Return the token to use after `failing` was refused; the same one when there is no other.

        Many callers with one failing token make one fetch.
        """
        async with self._lock:
            if not self._token.instead_of(failing, now=self._now()):
                await self._fetch(failing)
        return self._token.value

    async def _fetch(self, failing: str = "") -> None:
        ask = partial(self._asked, failing)
        self._token = await (self._shared.fetch(ask, failing=failing) if self._shared else ask())

    async def _asked(self, failing: str) -> Token:
        try:
            answer = await self._issue()
        except (NotSent, NoAnswer) as error:
            raise DeliveryFailed("取不到接口凭证", retry_after=_PAUSE) from error
        token, seconds = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(seconds, int):
            raise self._refused(answer.get("errcode"))
        now, life = self._now(), timedelta(seconds=seconds)
        good_until = now + life - min(_EARLY, life / 2) - min(_SPREAD, life / 4) * self._jitter()
        return Token(token, good_until, now + _PAUSE if token == failing else None)

    def _refused(self, answered: object) -> DeliveryFailed:
        code = answered if isinstance(answered, int) else 0
        verdict = self._verdicts.get(code)
        # a refused credential is a stale token elsewhere, but a wrong secret here
        verdict = Verdict.RECONFIGURE if verdict is Verdict.RENEW else verdict
        if verdict is Verdict.RECONFIGURE:
            _log.error("no access token: check app_id, secret and the list of addresses", extra={"code": code})
        return refusal(code, verdict, now=self._now())


def stable_token(wire: Wire, *, app_id: str, secret: str) -> Issue:
    """Return how an official account gets its token.

    Every process gets the same one while it is valid, and both the old and the new one hold for five minutes, so that
    processes which cannot share it do each other no harm (https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/getStableAccessToken.html).
    """
    content = {"grant_type": "client_credential", "appid": app_id, "secret": secret, "force_refresh": False}
    return lambda: wire.post("/cgi-bin/stable_token", content, repeatable=True)


def corporate_token(wire: Wire, *, corp_id: str, secret: str) -> Issue:
    """Return how an application of 企业微信 gets its token: asked again, the platform gives the same one."""
    return lambda: wire.get("/cgi-bin/gettoken", {"corpid": corp_id, "corpsecret": secret})
