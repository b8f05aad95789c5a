"""The row of a case: opened, changed by whoever read it last, and read."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from register.errors import StaleCase, UnknownCase
from register.types import Case, Event, NewCase, Status, Step
from storage.columns import Instant
from storage.database import Database
from storage.events import event_row
from storage.numbers import reference, year_of
from storage.tables.register import cases, counters, events


async def open_case(
    database: Database, connection: AsyncConnection, new: NewCase, *, code: str, query_code: Callable[[], str]
) -> tuple[Case, bool]:
    """Open a case within the caller's transaction, or return the one opened before; and whether it is new."""
    year = year_of(code, new.received_at)
    await database.alone(connection, year)
    known = await first_case(connection, _opened_by(new))
    if known is not None:
        return known, False
    count = await connection.scalar(
        database.insert(counters)
        .values(name=year, value=1)
        .on_conflict_do_update(index_elements=[counters.c.name], set_={"value": counters.c.value + 1})
        .returning(counters.c.value)
    )
    row = {
        "reference": reference(year, count),
        "source": new.source,
        "offer": new.offer or None,
        "kind": new.kind,
        "question": new.question,
        "channel": new.channel,
        "user_id": new.user,
        "code": query_code(),
        "status": Status.RECEIVED,
        "received_at": new.received_at,
        "due_on": new.due_on,
        "provisional": new.provisional,
        "department": new.department,
        "evidence": new.evidence,
        "version": 1,
        "paused": new.paused,
    }
    opened = (await connection.execute(insert(cases).values(row).returning(cases))).one()
    event = Event(at=new.received_at, actor="citizen", step=Step.OPEN)
    await connection.execute(insert(events).values(event_row(opened.reference, event)))
    return case_of(opened), True


def _opened_by(new: NewCase) -> ColumnElement[bool]:
    same_source = cases.c.source == new.source
    return or_(same_source, cases.c.offer == new.offer) if new.offer else same_source


def first_handler(actor: str) -> ColumnElement[str]:
    """Return who handles a case after somebody acted on it: who had it, else who acted."""
    return case((cases.c.handler == "", actor), else_=cases.c.handler)


def first_touch(at: datetime) -> ColumnElement[datetime]:
    """Return when a case was first worked on, after somebody did so at that time."""
    return func.coalesce(cases.c.touched_at, literal(at, Instant()))


def handler_within(department: str) -> ColumnElement[str]:
    """Return who handles a case after it was transferred: nobody yet, where the department is another one."""
    return case((cases.c.department == department, cases.c.handler), else_="")


async def change_case(connection: AsyncConnection, known: Case, **values: object) -> Case:
    """Return a case with other values in these columns; raise StaleCase when it was changed since it was read.

    Raises UnknownCase where there is none.
    """
    current = (cases.c.reference == known.reference, cases.c.version == known.version)
    change = update(cases).where(*current).values(**values, version=cases.c.version + 1).returning(cases)
    row = (await connection.execute(change)).first()
    if row is not None:
        return case_of(row)
    gone = await first_case(connection, cases.c.reference == known.reference) is None
    raise UnknownCase(known.reference) if gone else StaleCase(known.reference)


async def first_case(connection: AsyncConnection, where: ColumnElement[bool]) -> Case | None:
    """Return the first case for which a condition holds."""
    row = (await connection.execute(select(cases).where(where))).first()
    return case_of(row) if row else None


def case_of(row: Row[Any]) -> Case:
    """Return the case that a row keeps."""
    return Case(
        reference=row.reference,
        kind=row.kind,
        question=row.question,
        channel=row.channel,
        user=row.user_id,
        code=row.code,
        status=row.status,
        received_at=row.received_at,
        due_on=row.due_on,
        provisional=row.provisional,
        department=row.department,
        evidence=row.evidence,
        version=row.version,
        handler=row.handler,
        touched_at=row.touched_at,
        paused=row.paused,
    )
