"""How far the sources of fetched messages were read, in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.types import Reading


class MemoryReadings:
    """Keeps the last reading of each source."""

    def __init__(self) -> None:
        self._last: dict[str, Reading] = {}
        self._held: dict[str, datetime] = {}

    async def take(self, source: str, *, now: datetime, until: datetime) -> Reading | None:
        """Begin to read a source, alone until then; None while another reads."""
        if source in self._held and self._held[source] > now:
            return None
        last = self._last.get(source, Reading(source, "", 0))
        self._last[source] = replace(last, fence=last.fence + 1)
        self._held[source] = until
        return self._last[source]

    async def advance(self, reading: Reading, cursor: str, *, until: datetime) -> bool:
        """Note how far was read, and go on alone until then; False when another reads the source now."""
        if self._last[reading.source].fence != reading.fence:
            return False
        self._last[reading.source] = replace(reading, cursor=cursor)
        self._held[reading.source] = until
        return True

    async def release(self, reading: Reading) -> None:
        """Let another process read."""
        if self._last[reading.source].fence == reading.fence:
            self._held.pop(reading.source, None)

    async def sources(self) -> Sequence[str]:
        """Return every source that was ever read."""
        return tuple(sorted(self._last))
