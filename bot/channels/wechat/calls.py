"""Calls of a platform's API with an access token, and what its refusals mean."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.channels.wechat.access_token import AccessToken, Issue
from bot.channels.wechat.shared_token import SharedToken
from bot.channels.wechat.verdicts import Verdict, Verdicts, refusal
from bot.channels.wechat.wire import NoAnswer, NotSent, Wire
from bot.errors import DeliveryFailed, DeliveryUncertain
from bot.ports import SharedTokens

_BUSY_RETRIES = 2
_SOON = timedelta(seconds=30)
_log = logging.getLogger(__name__)


class Calls:
    """Makes the calls of one account. Nothing that may have arrived is sent again, unless it may arrive twice.

    `tokens` are where the processes share the access token of the `account` (see `account_key`).
    """

    def __init__(
        self,
        wire: Wire,
        issue: Issue,
        *,
        verdicts: Verdicts,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        tokens: SharedTokens | None = None,
        account: str = "",
    ) -> None:
        self._wire = wire
        shared = SharedToken(tokens, account, now=now, sleep=sleep) if tokens is not None else None
        self._token = AccessToken(issue, verdicts=verdicts, now=now, jitter=jitter, shared=shared)
        self._verdicts = verdicts
        self._now = now
        self._sleep = sleep
        self._jitter = jitter

    async def make(self, path: str, content: Mapping[str, Any], *, repeatable: bool = False) -> Mapping[str, Any]:
        """Return the answer to a call; raise DeliveryFailed or a subclass.

        A stale token is renewed once and a busy platform waited for twice: both times it did nothing. `repeatable`
        calls may be carried out twice: they are never uncertain.
        """
        token = await self._token.get()
        renewed, waits = False, 0
        while True:
            answer = await self._try(path, content, token, repeatable=repeatable)
            # some calls that only ask are answered without a code
            code = answer.get("errcode", 0)
            verdict = self._verdicts.get(code)
            if code == 0:
                return answer
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

    async def _try(self, path: str, content: Mapping[str, Any], token: str, *, repeatable: bool) -> Mapping[str, Any]:
        try:
            answer = await self._wire.post(path, content, token=token, repeatable=repeatable)
        except NotSent as error:
            raise DeliveryFailed("连接不上平台", retry_after=_SOON) from error
        except NoAnswer as error:
            if repeatable:
                raise DeliveryFailed("没有收到平台的回执", retry_after=_SOON) from error
            raise DeliveryUncertain("已发出，但没有收到平台的回执") from error
        if isinstance(answer.get("errcode"), int) or (repeatable and "errcode" not in answer):
            return answer
        raise DeliveryUncertain("看不懂平台的回执")

    def _refused(self, code: int, verdict: Verdict | None) -> DeliveryFailed:
        if verdict is Verdict.RECONFIGURE:
            _log.error("the platform refuses the account's calls: an operator has to act", extra={"code": code})
        return refusal(code, verdict, now=self._now())
