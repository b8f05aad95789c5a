"""The audit trail in SQL: read from where everything was written down, newest first."""

from heapq import merge
from itertools import islice
from operator import attrgetter

from sqlalchemy import ColumnElement, FromClause, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from console.journal import Entry, Field, Trail
from storage.database import Database, whole
from storage.register import FARTHEST
from storage.tables.console import deeds
from storage.tables.knowledge import review_events
from storage.tables.register import events
from storage.tables.requests import acts, reveals

_Columns = tuple[FromClause, ColumnElement[str], ColumnElement[str], ColumnElement[str]]
# what was written to a citizen is the case's; the trail says only that it was done
_NOTHING = literal("")
_LOOKED = literal("reveal")
SOURCES: dict[Field, _Columns] = {
    Field.CASES: (events, events.c.step, events.c.reference, _NOTHING),
    Field.REQUESTS: (acts, acts.c.step, acts.c.reference, _NOTHING),
    Field.REVEALS: (reveals, _LOOKED, reveals.c.reference, reveals.c.reason),
    Field.REVIEW: (review_events, review_events.c.step, review_events.c.document, review_events.c.note),
    Field.OFFICE: (deeds, deeds.c.deed, deeds.c.subject, deeds.c.note),
}


class SqlJournal:
    """Keeps what staff do outside cases and documents, and reads all that was ever written down."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @whole
    async def note(self, entry: Entry) -> None:
        """Keep an entry of the OFFICE field, for good."""
        row = {
            "at": entry.at,
            "actor": entry.actor,
            "deed": entry.step,
            "subject": entry.subject,
            "note": entry.note,
        }
        async with self._database.begin() as connection:
            await connection.execute(insert(deeds).values(row))

    @whole
    async def trail(
        self, *, field: Field | None = None, actor: str = "", subject: str = "", offset: int = 0, limit: int = 50
    ) -> Trail:
        """Return what was done, newest first."""
        wanted = min(offset, FARTHEST) + limit + 1
        async with self._database.read() as connection:
            kept = [await _latest(connection, each, actor, subject, wanted) for each in Field if field in {None, each}]
        newest = merge(*kept, key=attrgetter("at"), reverse=True)
        found = tuple(islice(newest, offset, offset + limit + 1))
        return Trail(found[:limit], more=len(found) > limit)


async def _latest(connection: AsyncConnection, field: Field, actor: str, subject: str, wanted: int) -> list[Entry]:
    table, step, about, note = SOURCES[field]
    found = select(table.c.at, table.c.actor, step.label("step"), about.label("subject"), note.label("note"))
    if actor:
        found = found.where(table.c.actor == actor)
    if subject:
        found = found.where(about == subject)
    rows = await connection.execute(found.order_by(table.c.at.desc(), table.c.id.desc()).limit(wanted))
    return [Entry(row.at, row.actor, str(row.step), row.subject, row.note, field) for row in rows]
