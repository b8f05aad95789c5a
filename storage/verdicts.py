"""What citizens say of the answers that people gave them, in SQL."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.types import OPEN_FOR
from register.types import VERDICT, Case, Event, Step
from storage.cases import first_case
from storage.database import Database, whole
from storage.events import append
from storage.parcels import ARRIVED, parcel_of
from storage.tables.register import cases, events, outbox

LATEST = 20
"""Answers among which the one that was judged is looked for."""


class SqlVerdicts:
    """Finds the answer in the outbox, whose rows outlive their texts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @whole
    async def judge(self, channel: str, user: str, parcel: str, *, resolved: bool, at: datetime) -> Case | None:
        """Note a verdict on the answer that came to this citizen in this parcel."""
        arrived = (
            select(outbox)
            .where(
                outbox.c.channel == channel,
                outbox.c.user_id == user,
                outbox.c.state.in_(ARRIVED),
                outbox.c.asks,
                func.coalesce(outbox.c.claimed_at, outbox.c.settled_at) > at - OPEN_FOR,
            )
            .order_by(outbox.c.id.desc())
            .limit(LATEST)
        )
        async with self._database.begin() as connection:
            rows = (await connection.execute(arrived)).all()
            answer = next((row for row in rows if parcel_of(row, "").key == parcel), None)
            return await self._note(connection, answer, resolved=resolved, at=at) if answer else None

    async def _note(self, connection: AsyncConnection, row: Row[Any], *, resolved: bool, at: datetime) -> Case | None:
        await self._database.alone(connection, f"verdict {row.reference}")
        step = Step.RESOLVED if resolved else Step.UNRESOLVED
        given = events.c.step.in_(VERDICT), events.c.at >= row.created_at
        last = select(events.c.step).where(events.c.reference == row.reference, *given)
        if await connection.scalar(last.order_by(events.c.id.desc()).limit(1)) is not step:
            await append(connection, row.reference, Event(at=at, actor="citizen", step=step))
        return await first_case(connection, cases.c.reference == row.reference)
