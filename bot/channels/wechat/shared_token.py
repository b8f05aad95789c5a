"""One account's access token as all processes know it: asked for by one of them, used by all."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from hashlib import blake2b
from itertools import repeat

from bot.errors import Unavailable
from bot.ports import SharedTokens
from bot.types import Token

_log = logging.getLogger(__name__)
GLANCE = 0.2
"""Seconds between looks whether another process has got the token."""
LOOKS = 50
"""Looks before this process asks for itself: the platform may take ten seconds."""


class SharedToken:
    """Gets a token from the other processes, or asks for it on behalf of all. Without them it asks for itself."""

    def __init__(
        self,
        tokens: SharedTokens,
        account: str,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._tokens = tokens
        self._account = account
        self._now = now
        self._sleep = sleep

    async def fetch(self, ask: Callable[[], Awaitable[Token]], *, failing: str) -> Token:
        """Return a valid token instead of the failing one, or what the platform gives; raises what `ask` does."""
        try:
            known = await self._known(failing)
        except Unavailable:
            _log.warning("the access token is not shared now; this process asks for its own")
            return await ask()
        if known is not None:
            return known
        try:
            token = await ask()
            await self._share(token)
        finally:
            await self._leave()
        return token

    async def _known(self, failing: str) -> Token | None:
        """Return the others' token; None where this process is to ask, as it came first or the first took too long."""
        first = False
        for _ in repeat(None, LOOKS):
            token, now = await self._tokens.load(self._account), self._now()
            if token is not None and now < token.good_until and token.instead_of(failing, now=now):
                if first:
                    await self._leave()
                return token
            if first:
                return None
            # whoever was first may have ended since this process looked: so it looks once more
            first = await self._tokens.begin(self._account)
            if not first:
                await self._sleep(GLANCE)
        return None

    async def _share(self, token: Token) -> None:
        try:
            await self._tokens.keep(self._account, token)
        except Unavailable:
            _log.warning("the access token could not be shared; every process asks for its own")

    async def _leave(self) -> None:
        try:
            await self._tokens.end(self._account)
        except Unavailable:
            # it ends by itself
            _log.info("the others wait a moment longer for the access token")


def account_key(identity: str, secret: str) -> str:
    """Return what tells an account from others, and one secret of it from another; neither can be read from it."""
    return blake2b(f"{identity} {secret}".encode(), digest_size=16).hexdigest()
