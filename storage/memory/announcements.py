"""Announcements within one process that another generation is live."""

import asyncio
from contextlib import suppress
from datetime import timedelta


class MemoryAnnouncements:
    """Wakes who waits in this process; what other processes do is found by looking."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    async def announce(self, _generation: str) -> None:
        """Wake who waits."""
        self._rung.set()

    async def heard(self, within: timedelta) -> None:
        """Return as soon as a generation is announced, at the latest after this time."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._rung.wait(), within.total_seconds())
        self._rung.clear()
