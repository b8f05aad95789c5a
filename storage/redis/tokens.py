"""Access tokens in Redis, where the processes share them; they end there with their validity."""

import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from bot.types import Token
from storage.redis.asking import asked
from storage.redis.connection import connect
from storage.redis.keys import token_keys
from storage.redis.scripts import DROP

ASKING = 12_000
"""Milliseconds after which a process that asks for a token is no longer waited for."""


class RedisTokens:
    """Keeps the tokens of all accounts; `within` is how many seconds Redis may take to answer."""

    def __init__(self, url: str, *, now: Callable[[], datetime], prefix: str = "zhengda", within: float = 1.0) -> None:
        self._way = connect(url, within=within)
        self._redis = self._way.client
        self._drop = self._redis.register_script(DROP)
        self._now = now
        self._prefix = prefix
        self._me = secrets.token_hex(8)

    async def load(self, account: str) -> Token | None:
        """Return an account's token, or None."""
        kept = await asked(self._redis.get(token_keys(self._prefix, account).token))
        if kept is None:
            return None
        try:
            value, good_until, insisted_until = json.loads(kept)
            return Token(str(value), _time(good_until), _time(insisted_until) if insisted_until else None)
        except (ValueError, TypeError):
            # another version of this program kept something else
            return None

    async def keep(self, account: str, token: Token) -> None:
        """Keep an account's token until it ends."""
        left = int((token.good_until - self._now()).total_seconds() * 1000)
        if left > 0:
            insisted_until = token.insisted_until.timestamp() if token.insisted_until else None
            value = json.dumps([token.value, token.good_until.timestamp(), insisted_until])
            await asked(self._redis.set(token_keys(self._prefix, account).token, value, px=left))

    async def begin(self, account: str) -> bool:
        """Whether this process, and no other now, is to ask for the account's token."""
        key = token_keys(self._prefix, account).asking
        return bool(await asked(self._redis.set(key, self._me, nx=True, px=ASKING)))

    async def end(self, account: str) -> None:
        """Ask no more."""
        await asked(self._drop(keys=[token_keys(self._prefix, account).asking], args=[self._me]))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._way.aclose()


def _time(seconds: object) -> datetime:
    return datetime.fromtimestamp(float(str(seconds)), UTC)
