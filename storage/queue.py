"""The queue in SQL: cases and gaps in one order, and what hands a case over."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, case, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from register.queue import Page, Wanted
from register.types import Case, Event, Gap, Status
from storage.cases import case_of, change_case
from storage.database import Database, whole
from storage.events import event_row
from storage.register import FARTHEST, gap_of
from storage.tables.register import cases, events, gaps

Conditions = list[ColumnElement[bool]]
ORDER = (cases.c.paused, cases.c.due_on, cases.c.reference)


class SqlQueue:
    """Shows what has to be handled, and hands cases over."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @whole
    async def find(self, wanted: Wanted) -> Page:
        """Return one page."""
        async with self._database.read() as connection:
            matches = self._conditions(wanted)
            look = _searched if wanted.text else _in_sections
            keys, total = await look(connection, wanted, matches) if wanted.with_cases else ((), 0)
            rows = await connection.execute(select(cases).where(cases.c.reference.in_(keys))) if keys else ()
            known = {row.reference: case_of(row) for row in rows}
            gap_total = await self._gap_count(connection, wanted)
            offset, left = max(wanted.offset - total, 0), wanted.limit - len(keys)
            questions = await self._gaps(connection, wanted, offset, left) if left and offset < gap_total else ()
        return Page(tuple(known[key] for key in keys), questions, total + gap_total)

    @whole
    async def count(self, wanted: Wanted) -> int:
        """Return how many match."""
        async with self._database.read() as connection:
            counts = await _counts(connection, self._conditions(wanted)) if wanted.with_cases else {}
            return sum(counts.values()) + await self._gap_count(connection, wanted)

    @whole
    async def hand_over(self, case: Case, event: Event, *, handler: str, department: str) -> Case:
        """Give a case to a handler of a department, with its event."""
        async with self._database.begin() as connection:
            changed = await change_case(connection, case, handler=handler, department=department)
            await connection.execute(insert(events).values(event_row(case.reference, event)))
        return changed

    async def _gap_count(self, connection: AsyncConnection, wanted: Wanted) -> int:
        if not wanted.with_gaps:
            return 0
        open_gaps = select(func.count()).select_from(gaps).where(*self._gap_conditions(wanted))
        return await connection.scalar(open_gaps) or 0

    async def _gaps(self, connection: AsyncConnection, wanted: Wanted, offset: int, limit: int) -> tuple[Gap, ...]:
        order = (gaps.c.times.desc(), gaps.c.last_at.desc(), gaps.c.id)
        page = select(gaps).where(*self._gap_conditions(wanted)).order_by(*order).offset(offset).limit(limit)
        return tuple(gap_of(row) for row in await connection.execute(page))

    def _conditions(self, wanted: Wanted) -> Conditions:
        found = [*_of_the_case(wanted), *_of_the_term(wanted)]
        if wanted.text:
            found.append(self._holds(wanted.text, cases.c.reference, cases.c.question))
        if wanted.sight is not None:
            found.append(or_(cases.c.department == wanted.sight.department, cases.c.handler == wanted.sight.name))
        return found

    def _gap_conditions(self, wanted: Wanted) -> Conditions:
        found: Conditions = [gaps.c.closed_at.is_(None)]
        if wanted.department:
            found.append(gaps.c.department == wanted.department)
        if wanted.sight is not None:
            found.append(gaps.c.department == wanted.sight.department)
        if wanted.text:
            found.append(self._holds(wanted.text, gaps.c.question))
        return found

    def _holds(self, text: str, *columns: ColumnElement[str]) -> ColumnElement[bool]:
        # SQLite's LIKE ignores the case of Latin letters by itself, and 汉字 have none; lower() costs as much again
        if self._database.postgresql and text.lower() != text.upper():
            return or_(*(column.icontains(text, autoescape=True) for column in columns))
        return or_(*(column.contains(text, autoescape=True) for column in columns))


async def _in_sections(connection: AsyncConnection, wanted: Wanted, matches: Conditions) -> tuple[Sequence[str], int]:
    """Return a page's numbers and the total: each status is a section that one index gives in order."""
    counts = await _counts(connection, matches)
    offset, keys = min(wanted.offset, FARTHEST), list[str]()
    for status in Status:
        count = counts.get(status, 0)
        if len(keys) < wanted.limit and offset < count:
            section = select(cases.c.reference).where(cases.c.status == status, *matches).order_by(*ORDER)
            keys += await connection.scalars(section.offset(offset).limit(wanted.limit - len(keys)))
        offset = max(offset - count, 0)
    return keys, sum(counts.values())


async def _searched(connection: AsyncConnection, wanted: Wanted, matches: Conditions) -> tuple[Sequence[str], int]:
    """Return the same where words are looked for: every row is read, but only once."""
    found = select(cases.c.reference, func.count().over().label("total")).where(*matches).order_by(_rank(), *ORDER)
    rows = (await connection.execute(found.offset(min(wanted.offset, FARTHEST)).limit(wanted.limit))).all()
    if rows or not wanted.offset:
        return [row.reference for row in rows], rows[0].total if rows else 0
    return (), sum((await _counts(connection, matches)).values())


def _rank() -> ColumnElement[int]:
    return case({status: place for place, status in enumerate(Status)}, value=cases.c.status)


async def _counts(connection: AsyncConnection, matches: Conditions) -> dict[Status, int]:
    by_status = select(cases.c.status, func.count().label("number")).where(*matches).group_by(cases.c.status)
    return {row.status: row.number for row in await connection.execute(by_status)}


def _of_the_case(wanted: Wanted) -> Conditions:
    found: Conditions = []
    if wanted.kind is not None:
        found.append(cases.c.kind == wanted.kind)
    if wanted.status is not None:
        # by the rank no index leads to the rows, which is slower than reading all where each has to be looked at
        in_it = _rank() == list(Status).index(wanted.status) if wanted.text else cases.c.status == wanted.status
        found.append(in_it)
    if wanted.department:
        found.append(cases.c.department == wanted.department)
    if wanted.handler or wanted.unassigned:
        found.append(cases.c.handler == wanted.handler)
    return found


def _of_the_term(wanted: Wanted) -> Conditions:
    found: Conditions = []
    if wanted.paused:
        found.append(cases.c.paused)
    if wanted.due is not None:
        found.append(~cases.c.paused)
        found += [cases.c.due_on >= wanted.due.first] if wanted.due.first else []
        found += [cases.c.due_on <= wanted.due.last] if wanted.due.last else []
    if wanted.unread_before is not None:
        found += [cases.c.touched_at.is_(None), cases.c.received_at < wanted.unread_before]
    if wanted.received_from is not None:
        found.append(cases.c.received_at >= wanted.received_from)
    return found
