"""The switch of each channel: off, the bot answers every message there with one notice, and 查询 stays possible."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.errors import Unavailable

_log = logging.getLogger(__name__)
GLANCE = 2.0
"""Seconds between two looks whether somebody has switched, in whichever process."""


@dataclass(frozen=True, slots=True)
class Switching:
    """One turn of a channel's switch. `notice` is what citizens are told while it is off, `reason` what staff read."""

    channel: str
    off: bool = field(kw_only=True)
    reason: str
    notice: str
    by: str
    at: datetime


class Switches(Protocol):
    """Keeps every turn of the switches, for ever."""

    async def turn(self, switching: Switching) -> None:
        """Keep a turn; it counts from now on."""

    async def standing(self) -> Mapping[str, Switching]:
        """Return the last turn of each channel that was ever switched; cheap."""

    async def record(self, *, limit: int = 50) -> Sequence[Switching]:
        """Return the latest turns, newest first."""


class Switchboard:
    """Tells which channels are off, from what was seen at the last look."""

    def __init__(self, switches: Switches) -> None:
        self.switches = switches
        self._off: Mapping[str, Switching] = {}

    def off(self, channel: str) -> Switching | None:
        """Return by what a channel was switched off; None while it answers."""
        return self._off.get(channel)

    async def look(self) -> None:
        """Take over what is kept now."""
        standing = await self.switches.standing()
        self._off = {channel: last for channel, last in standing.items() if last.off}

    async def turn(self, switching: Switching) -> None:
        """Keep a turn; here it counts at once, in other processes within seconds."""
        await self.switches.turn(switching)
        await self.look()

    async def remark(self) -> str:
        """Return which channels are off and why; empty while all answer."""
        return "；".join(f"{channel} 已停用：{last.reason}" for channel, last in sorted(self._off.items()))

    async def follow(self) -> None:
        """Look for ever; while the store cannot serve, what was seen last holds."""
        while True:
            try:
                await self.look()
            except Unavailable:
                _log.exception("the switches cannot be read; they stay as they were")
            await asyncio.sleep(GLANCE)
