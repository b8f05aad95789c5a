"""The history of a case: one event more, and the case's version with it."""

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from register.types import Event
from storage.tables.register import cases, events


async def append(connection: AsyncConnection, reference: str, event: Event) -> None:
    """Append an event to a case within the caller's transaction; do nothing when there is no such case."""
    # the case first: its row lock puts the events of a case in one order
    known = await connection.execute(
        update(cases).where(cases.c.reference == reference).values(version=cases.c.version + 1)
    )
    if known.rowcount:
        await connection.execute(insert(events).values(event_row(reference, event)))


def event_row(reference: str, event: Event) -> dict[str, object]:
    """Return the row that keeps an event."""
    return {"reference": reference, "at": event.at, "actor": event.actor, "step": event.step, "note": event.note}
