"""The turns of the channels' switches in memory."""

from collections.abc import Mapping, Sequence

from bot.switches import Switching


class MemorySwitches:
    """Keeps every turn."""

    def __init__(self) -> None:
        self._turns: list[Switching] = []

    async def turn(self, switching: Switching) -> None:
        """Keep a turn; it counts from now on."""
        self._turns.append(switching)

    async def standing(self) -> Mapping[str, Switching]:
        """Return the last turn of each channel that was ever switched."""
        return {turn.channel: turn for turn in self._turns}

    async def record(self, *, limit: int = 50) -> Sequence[Switching]:
        """Return the latest turns, newest first."""
        return tuple(reversed(self._turns))[:limit]
