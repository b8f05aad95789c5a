"""Where documents came from, in SQL."""

from collections.abc import Mapping

from sqlalchemy import delete, select

from storage.database import Database, whole
from storage.tables.knowledge import origins

_AT_ONCE = 500
"""Rows written in one statement."""


class SqlOrigins:
    """Keeps one row for each document: the source that brought it last."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @whole
    async def of(self, source: str) -> Mapping[str, str]:
        """Return the ids of the documents that a source brought last, each with its place in the source."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(origins).where(origins.c.source == source))
            return {row.document: row.place for row in rows}

    @whole
    async def keep(self, source: str, places: Mapping[str, str]) -> None:
        """Make these the documents of a source, and no others; one that another source had is of this one now."""
        rows = [{"document": document, "source": source, "place": place} for document, place in places.items()]
        put = self._database.insert(origins)
        put = put.on_conflict_do_update(
            index_elements=[origins.c.document],
            set_={"source": put.excluded.source, "place": put.excluded.place},
        )
        async with self._database.begin() as connection:
            await connection.execute(delete(origins).where(origins.c.source == source))
            for first in range(0, len(rows), _AT_ONCE):
                await connection.execute(put, rows[first : first + _AT_ONCE])
