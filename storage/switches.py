"""The turns of the channels' switches in SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, func, insert, select

from bot.switches import Switching
from storage.database import Database, whole
from storage.tables.console import switchings


class SqlSwitches:
    """Keeps every turn."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @whole
    async def turn(self, switching: Switching) -> None:
        """Keep a turn; it counts from now on."""
        async with self._database.begin() as connection:
            await connection.execute(insert(switchings).values(asdict(switching)))

    @whole
    async def standing(self) -> Mapping[str, Switching]:
        """Return the last turn of each channel that was ever switched."""
        last = select(func.max(switchings.c.id)).group_by(switchings.c.channel)
        async with self._database.read() as connection:
            rows = await connection.execute(select(switchings).where(switchings.c.id.in_(last)))
            return {row.channel: _switching(row) for row in rows}

    @whole
    async def record(self, *, limit: int = 50) -> Sequence[Switching]:
        """Return the latest turns, newest first."""
        wanted = select(switchings).order_by(switchings.c.id.desc()).limit(limit)
        async with self._database.read() as connection:
            return tuple(_switching(row) for row in await connection.execute(wanted))


def _switching(row: Row[Any]) -> Switching:
    return Switching(row.channel, row.reason, row.notice, row.by, row.at, off=row.off)
