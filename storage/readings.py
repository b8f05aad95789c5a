"""How far the sources of fetched messages were read, in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, null, or_, select, update

from bot.types import Reading
from storage.database import Database, whole
from storage.tables.register import readings


class SqlReadings:
    """Keeps a row a source. Who takes it raises its fence: who held it before can note nothing any more."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @whole
    async def take(self, source: str, *, now: datetime, until: datetime) -> Reading | None:
        """Begin to read a source, alone until then; None while another reads."""
        new = {"source": source, "cursor": "", "fence": 0}
        free = or_(readings.c.held_until.is_(None), readings.c.held_until <= now)
        take = (
            update(readings)
            .where(and_(readings.c.source == source, free))
            .values(fence=readings.c.fence + 1, held_until=until)
            .returning(readings.c.cursor, readings.c.fence)
        )
        async with self._database.begin() as connection:
            await connection.execute(
                self._database.insert(readings).values(new).on_conflict_do_nothing(index_elements=[readings.c.source])
            )
            row = (await connection.execute(take)).first()
        return Reading(source, row.cursor, row.fence) if row else None

    @whole
    async def advance(self, reading: Reading, cursor: str, *, until: datetime) -> bool:
        """Note how far was read, and go on alone until then; False when another reads the source now."""
        change = update(readings).where(_mine(reading)).values(cursor=cursor, held_until=until)
        async with self._database.begin() as connection:
            changed = (await connection.execute(change.returning(readings.c.source))).first()
        return changed is not None

    @whole
    async def release(self, reading: Reading) -> None:
        """Let another process read."""
        async with self._database.begin() as connection:
            await connection.execute(update(readings).where(_mine(reading)).values(held_until=null()))

    @whole
    async def sources(self) -> Sequence[str]:
        """Return every source that was ever read."""
        async with self._database.read() as connection:
            return tuple((await connection.execute(select(readings.c.source).order_by(readings.c.source))).scalars())


def _mine(reading: Reading) -> ColumnElement[bool]:
    return and_(readings.c.source == reading.source, readings.c.fence == reading.fence)
