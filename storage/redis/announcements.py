"""Announcements in Redis that another generation is live: a hint that saves the wait for the next look."""

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta

from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from storage.redis.connection import connect
from storage.redis.keys import generation_channel

_log = logging.getLogger(__name__)
_LOST = (RedisError, OSError, TimeoutError)


class RedisAnnouncements:
    """Publishes and hears announcements; while Redis is down `heard` only waits.

    `within` is how many seconds Redis may take to answer.
    """

    def __init__(self, url: str, *, prefix: str = "zhengda", within: float = 1.0) -> None:
        self._way = connect(url, within=within)
        self._channel = generation_channel(prefix)
        self._heard: PubSub | None = None

    async def announce(self, generation: str) -> None:
        """Tell every process; a Redis that cannot be reached is logged, as all look for themselves soon after."""
        try:
            await self._way.client.execute_command("PUBLISH", self._channel, generation)
        except _LOST:
            _log.warning("the new generation could not be announced; every process finds it by itself")

    async def heard(self, within: timedelta) -> None:
        """Return as soon as a generation is announced, at the latest after this time."""
        loop = asyncio.get_running_loop()
        until = loop.time() + within.total_seconds()
        try:
            listening = await self._listening()
            while (left := until - loop.time()) > 0:
                if await listening.get_message(ignore_subscribe_messages=True, timeout=left):
                    return
        except _LOST:
            await self._deafen()
        await asyncio.sleep(max(0.0, until - loop.time()))

    async def aclose(self) -> None:
        """Close every connection."""
        await self._deafen()
        await self._way.aclose()

    async def _listening(self) -> PubSub:
        """Return the subscription, made when it is first needed."""
        if self._heard is None:
            self._heard = self._way.client.pubsub()
            await self._heard.subscribe(self._channel)
        return self._heard

    async def _deafen(self) -> None:
        listening, self._heard = self._heard, None
        if listening is not None:
            with suppress(*_LOST):
                await listening.aclose()  # type: ignore[no-untyped-call]  # redis-py has not typed it
