"""The access token of an account (接口调用凭据), fetched once for everybody who waits for it."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.channels.wechat.verdicts import VERDICTS, Verdict, refusal
from bot.channels.wechat.wire import NoAnswer, NotSent, Wire
from bot.errors import DeliveryFailed

_PATH = "/cgi-bin/stable_token"
_EARLY = timedelta(minutes=5)
_SPREAD = timedelta(minutes=1)
_PAUSE = timedelta(seconds=30)
_log = logging.getLogger(__name__)


class AccessToken:
    """Holds the account's token and renews it before it ends.

    `stable_token` gives every process the same token while it is valid, and both the old and the new one for
    five minutes, so processes need not share it (https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/getStableAccessToken.html).
    """

    def __init__(
        self, wire: Wire, *, app_id: str, secret: str, now: Callable[[], datetime], jitter: Callable[[], float]
    ) -> None:
        self._wire = wire
        self._app_id = app_id
        self._secret = secret
        self._now = now
        self._jitter = jitter
        self._lock = asyncio.Lock()
        self._token = ""
        self._good_until = datetime.min.replace(tzinfo=now().tzinfo)
        self._rejected = ""
        self._rejected_until = self._good_until

    async def get(self) -> str:
        """Return a valid token; raise DeliveryFailed when the platform gives none."""
        if self._now() < self._good_until:
            return self._token
        async with self._lock:
            if self._now() >= self._good_until:
                await self._fetch()
        return self._token

    async def renew(self, failing: str) -> str:
        """Return the token to use after `failing` was refused; the same one when there is no other.

        Many callers with one failing token make one fetch.
        """
        async with self._lock:
            if failing != self._token or (failing == self._rejected and self._now() < self._rejected_until):
                return self._token
            await self._fetch()
            self._rejected = failing if self._token == failing else ""
            self._rejected_until = self._now() + _PAUSE
        return self._token

    async def _fetch(self) -> None:
        content = {
            "grant_type": "client_credential",
            "appid": self._app_id,
            "secret": self._secret,
            "force_refresh": False,
        }
        try:
            answer = await self._wire.post(_PATH, content)
        except (NotSent, NoAnswer) as error:
            raise DeliveryFailed("取不到公众号接口凭证", retry_after=_PAUSE) from error
        token, seconds = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(seconds, int):
            raise self._refused(answer.get("errcode"))
        life = timedelta(seconds=seconds)
        self._token = token
        self._good_until = self._now() + life - min(_EARLY, life / 2) - min(_SPREAD, life / 4) * self._jitter()

    def _refused(self, answered: object) -> DeliveryFailed:
        code = answered if isinstance(answered, int) else 0
        verdict = VERDICTS.get(code)
        # a refused credential is a stale token elsewhere, but a wrong secret here
        verdict = Verdict.RECONFIGURE if verdict is Verdict.RENEW else verdict
        if verdict is Verdict.RECONFIGURE:
            _log.error("no access token: check app_id, secret and the list of addresses", extra={"code": code})
        return refusal(code, verdict, now=self._now())
