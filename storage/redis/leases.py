"""The keys that this process holds in Redis, renewed while it lives."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from time import monotonic

from bot.errors import Unavailable

_log = logging.getLogger(__name__)

LONGEST = 60.0
"""Seconds after which nothing is renewed any more: whoever held it has forgotten it."""


class Leases:
    """Renews what is held for longer than a third of its lease (seconds), and is idle otherwise.

    `renew` says whether the key was still ours; `lost` is told a key that was not, or was held too long. `clock` gives
    seconds.
    """

    def __init__(
        self,
        renew: Callable[[str], Awaitable[bool]],
        lease: float,
        *,
        lost: Callable[[str], object],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._renew = renew
        self._pause = lease / 3
        self._lost = lost
        self._clock = clock
        self._held: dict[str, float] = {}
        self._task: asyncio.Task[None] | None = None

    def hold(self, key: str) -> None:
        """Keep a key that was just taken."""
        self._held[key] = self._clock()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    def let_go(self, key: str) -> None:
        """Renew a key no more."""
        self._held.pop(key, None)

    async def renew_due(self) -> None:
        """Renew what is due once."""
        now = self._clock()
        due = [key for key, since in self._held.items() if now - since >= self._pause]
        await asyncio.gather(*(self._renew_one(key, now) for key in due))

    async def aclose(self) -> None:
        """Renew nothing any more."""
        self._held.clear()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while self._held:
            await asyncio.sleep(self._pause)
            await self.renew_due()

    async def _renew_one(self, key: str, now: float) -> None:
        try:
            ours = now - self._held[key] <= LONGEST and await self._renew(key)
        except Unavailable:
            _log.warning("a lease could not be renewed")
            return
        if not ours:
            self.let_go(key)
            self._lost(key)
