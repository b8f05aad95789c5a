"""The audit trail in SQL: read from where everything was written down, newest first."""

from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, insert, literal, select

from console.journal import Entry, Field, Trail
from storage.database import Database, whole
from storage.register import FARTHEST
from storage.tables.console import deeds, switchings
from storage.tables.knowledge import review_events
from storage.tables.register import calendar_proposals, events
from storage.tables.requests import acts, reveals

_NOTHING = literal("")


@dataclass(frozen=True, slots=True)
class Source:
    """The columns of one table that tell who did what; what is not kept there is empty."""

    field: Field
    at: ColumnElement[datetime]
    actor: ColumnElement[str]
    step: ColumnElement[str]
    subject: ColumnElement[str]
    key: ColumnElement[int]
    note: ColumnElement[str] = _NOTHING
    before: ColumnElement[str] = _NOTHING
    after: ColumnElement[str] = _NOTHING


_brought, _reviewed, _turned = calendar_proposals.c, review_events.c, switchings.c
SOURCES = (
    # what was written to a citizen is the case's; the trail says only that it was done
    Source(Field.CASES, events.c.at, events.c.actor, events.c.step, events.c.reference, events.c.id),
    Source(Field.REQUESTS, acts.c.at, acts.c.actor, acts.c.step, acts.c.reference, acts.c.id),
    Source(
        Field.REVEALS,
        reveals.c.at,
        reveals.c.actor,
        literal("reveal"),
        reveals.c.reference,
        reveals.c.id,
        reveals.c.reason,
    ),
    Source(
        Field.REVIEW,
        _reviewed.at,
        _reviewed.actor,
        _reviewed.step,
        _reviewed.document,
        _reviewed.id,
        _reviewed.note,
        _reviewed.before,
        _reviewed.after,
    ),
    Source(Field.OFFICE, deeds.c.at, deeds.c.actor, deeds.c.deed, deeds.c.subject, deeds.c.id, deeds.c.note),
    Source(Field.CALENDAR, _brought.at, _brought.by, literal("propose"), _brought.name, _brought.id),
    Source(Field.CALENDAR, _brought.settled_at, _brought.settled_by, _brought.standing, _brought.name, _brought.id),
    Source(
        Field.CHANNELS,
        _turned.at,
        _turned.by,
        case((_turned.off, "off"), else_="on"),
        _turned.channel,
        _turned.id,
        _turned.reason,
        case((_turned.off, ""), else_="off"),
        case((_turned.off, "off"), else_=""),
    ),
)


class SqlJournal:
    """Keeps what staff do outside cases and documents, and reads all that was ever written down."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @whole
    async def note(self, entry: Entry) -> None:
        """Keep an entry of the OFFICE field, for good."""
        async with self._database.begin() as connection:
            await connection.execute(insert(deeds).values(deed_row(entry)))

    @whole
    async def trail(
        self,
        *,
        field: Field | None = None,
        actor: str = "",
        subject: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        offset: int = 0,
        limit: int = 50,
    ) -> Trail:
        """Return what was done, newest first."""
        wanted = min(offset, FARTHEST) + limit + 1
        asked = _Asked(actor, subject, since, until)
        async with self._database.read() as connection:
            kept = [
                [_entry(row, each.field) for row in await connection.execute(asked.of(each).limit(wanted))]
                for each in SOURCES
                if field in {None, each.field}
            ]
        newest = merge(*kept, key=attrgetter("at"), reverse=True)
        found = tuple(islice(newest, offset, offset + limit + 1))
        return Trail(found[:limit], more=len(found) > limit)


def deed_row(entry: Entry) -> dict[str, Any]:
    """Return the row of an entry of the OFFICE field."""
    return {
        "at": entry.at,
        "actor": entry.actor,
        "deed": entry.step,
        "subject": entry.subject,
        "note": entry.note,
    }


@dataclass(frozen=True, slots=True)
class _Asked:
    actor: str
    subject: str
    since: datetime | None
    until: datetime | None

    def of(self, source: Source) -> Select[Any]:
        """Return the query of one source, newest first."""
        names = ("at", "actor", "step", "subject", "note", "before", "after")
        found = select(*(getattr(source, name).label(name) for name in names)).where(source.at.is_not(None))
        if self.actor:
            found = found.where(source.actor == self.actor)
        if self.subject:
            found = found.where(source.subject == self.subject)
        if self.since is not None:
            found = found.where(source.at >= self.since)
        if self.until is not None:
            found = found.where(source.at < self.until)
        return found.order_by(source.at.desc(), source.key.desc())


def _entry(row: Row[Any], field: Field) -> Entry:
    return Entry(row.at, row.actor, str(row.step), row.subject, row.note, field, row.before, row.after)
