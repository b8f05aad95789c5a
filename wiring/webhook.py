"""Reminders posted to an address of the office's own, each once, with patience."""

import asyncio
import hashlib
import hmac
import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus

import aiohttp

from bot.errors import Unavailable
from config.settings import Settings
from register.prompts import Post, Posting, Prompt
from storage.database import Database
from storage.prompts import SqlPrompts
from wiring.parts import utc_now

_log = logging.getLogger(__name__)
GLANCE = 10.0
"""Seconds between two looks for reminders."""
WITHIN = aiohttp.ClientTimeout(total=10, connect=5)
FOR_NOW = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
PAUSES = (30, 120, 600, 3600, 3600, 3600)
"""Seconds before the next tries, as long as the address surely did not take a reminder."""


class Webhook:
    """Posts reminders as JSON: number, stage, day, department and handler, nothing about the applicant.

    With a secret the header `X-Zhengda-Signature` is the HMAC-SHA256 (hex) of the body. `Idempotency-Key` names the
    reminder. What may have arrived, because the answer did not come, is not sent again.
    """

    def __init__(
        self,
        posting: Posting,
        session: aiohttp.ClientSession,
        *,
        url: str,
        secret: str,
        now: Callable[[], datetime],
    ) -> None:
        self._posting = posting
        self._session = session
        self._url = url
        self._secret = secret.encode()
        self._now = now

    async def run(self) -> None:
        """Post for ever; a store that fails is asked again."""
        while True:
            try:
                while await self.post_one():
                    pass
            except Unavailable:
                _log.exception("reminders could not be posted")
            await asyncio.sleep(GLANCE)

    async def post_one(self) -> bool:
        """Post the next reminder that is due; False when there is none."""
        prompt = await self._posting.claim(now=self._now())
        if prompt is None:
            return False
        outcome = await self._post(prompt)
        if outcome is not Post.DUE:
            await self._posting.settle(prompt, outcome)
        elif prompt.tries > len(PAUSES):
            _log.error("the reminder of %s is given up", prompt.reference)
            await self._posting.settle(prompt, Post.FAILED)
        else:
            pause = timedelta(seconds=PAUSES[prompt.tries - 1])
            await self._posting.settle(prompt, Post.DUE, again_at=self._now() + pause)
        return True

    async def _post(self, prompt: Prompt) -> Post:
        body = _body(prompt)
        headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": _key(prompt)}
        if self._secret:
            headers["X-Zhengda-Signature"] = hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        try:
            sending = self._session.post(self._url, data=body, headers=headers, timeout=WITHIN, allow_redirects=False)
            async with sending as response:
                return _outcome(response.status)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return Post.DUE
        except (aiohttp.ClientError, TimeoutError):
            _log.warning("it is not known whether the reminder of %s arrived", prompt.reference)
            return Post.UNCERTAIN


def open_webhook(settings: Settings, database: Database, session: aiohttp.ClientSession) -> Webhook:
    """Return what posts reminders to the address that the settings name."""
    told = settings.reminders
    return Webhook(SqlPrompts(database), session, url=told.webhook, secret=told.secret.get_secret_value(), now=utc_now)


def _outcome(status: int) -> Post:
    """Return how an answer settles a reminder: taken, refused for now, or refused for good."""
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return Post.SENT
    return Post.DUE if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in FOR_NOW else Post.FAILED


def _key(prompt: Prompt) -> str:
    parts = f"{prompt.reference}/{prompt.stage}/{prompt.day}"
    # headers are ASCII, and the number begins with the office's name
    return hashlib.sha256(parts.encode()).hexdigest()[:32]


def _body(prompt: Prompt) -> bytes:
    told = {
        "reference": prompt.reference,
        "stage": prompt.stage,
        "day": str(prompt.day),
        "at": prompt.at.isoformat(),
        "department": prompt.department,
        "handler": prompt.handler,
    }
    return json.dumps(told, ensure_ascii=False).encode()
