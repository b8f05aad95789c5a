"""What citizens say of the answers that people gave them, in SQL."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.types import ParcelState
from register.types import VERDICT, Case, Event, Step
from register.verdicts import OPEN_FOR, REPEATED
from storage.cases import first_case
from storage.database import Database, whole
from storage.events import append
from storage.parcels import parcel_of
from storage.tables.register import cases, events, outbox

LATEST = 20
"""Answers among which the one that was tapped is looked for."""


class SqlVerdicts:
    """Finds the answer in the outbox, whose rows outlive their texts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @whole
    async def judge(
        self, channel: str, user: str, *, resolved: bool, at: datetime, parcel: str = "", firmly: bool = False
    ) -> Case | None:
        """Note a verdict on the answer that reached this citizen last, or came in this parcel."""
        arrived = (
            select(outbox)
            .where(
                outbox.c.channel == channel,
                outbox.c.user_id == user,
                outbox.c.state == ParcelState.SENT,
                outbox.c.asks,
                outbox.c.settled_at > at - OPEN_FOR,
            )
            .order_by(outbox.c.settled_at.desc(), outbox.c.id.desc())
            .limit(LATEST)
        )
        async with self._database.begin() as connection:
            rows = (await connection.execute(arrived)).all()
            found = [row for row in rows if not parcel or parcel_of(row, "").key == parcel]
            if not found:
                return None
            return await self._note(connection, found[0], resolved=resolved, at=at, firmly=firmly or bool(parcel))

    async def _note(
        self, connection: AsyncConnection, row: Row[Any], *, resolved: bool, at: datetime, firmly: bool
    ) -> Case | None:
        await self._database.alone(connection, f"verdict {row.reference}")
        step = Step.RESOLVED if resolved else Step.UNRESOLVED
        earlier = (
            select(events.c.step, events.c.at)
            .where(events.c.reference == row.reference, events.c.step.in_(VERDICT), events.c.at >= row.settled_at)
            .order_by(events.c.id.desc())
            .limit(1)
        )
        last = (await connection.execute(earlier)).first()
        if last is not None and not firmly and (last.step is not step or at - last.at > REPEATED):
            return None
        if last is None or last.step is not step:
            await append(connection, row.reference, Event(at=at, actor="citizen", step=step))
        return await first_case(connection, cases.c.reference == row.reference)
