"""The proposals to the calendar in SQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, func, insert, select, update

from register.gazette import NewProposal, Proposal, Standing
from register.recomputation import Change
from storage.database import Database, whole
from storage.tables.register import calendar_proposals as proposals

REPORT = TypeAdapter(tuple[Change, ...])
ALONE = "calendar"
"""Confirmations are counted, so they are made one after the other."""


class SqlGazette:
    """Keeps the proposals."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @whole
    async def propose(self, new: NewProposal) -> Proposal:
        """Keep a proposal; one of the same name that still waits is dropped in its favour."""
        waiting = (proposals.c.name == new.name, proposals.c.standing == Standing.WAITING)
        dropped = {"standing": Standing.DROPPED, "settled_by": new.by, "settled_at": new.at}
        row = {"name": new.name, "text": new.text, "source": new.source, "by": new.by, "at": new.at}
        row |= {"standing": Standing.WAITING, "settled_by": "", "version": 0}
        async with self._database.begin() as connection:
            await connection.execute(update(proposals).where(*waiting).values(dropped))
            kept = await connection.execute(insert(proposals).values(row).returning(proposals.c.id))
            return Proposal(kept.scalar_one(), new)

    @whole
    async def proposal(self, number: int) -> Proposal | None:
        """Return a proposal, or None."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(proposals).where(proposals.c.id == number))).first()
        return _proposal(row) if row else None

    @whole
    async def proposals(self, *, limit: int = 100) -> Sequence[Proposal]:
        """Return the latest proposals, newest first."""
        wanted = select(proposals).order_by(proposals.c.id.desc()).limit(limit)
        async with self._database.read() as connection:
            return tuple(_proposal(row) for row in await connection.execute(wanted))

    @whole
    async def settle(self, number: int, *, by: str, at: datetime, confirmed: bool) -> bool:
        """Put a waiting proposal in force as the next version of its name, or drop it; False when it waits no more."""
        settled: dict[str, object] = {"settled_by": by, "settled_at": at, "standing": Standing.DROPPED}
        waiting = (proposals.c.id == number, proposals.c.standing == Standing.WAITING)
        async with self._database.begin() as connection:
            await self._database.alone(connection, ALONE)
            if confirmed:
                name = select(proposals.c.name).where(proposals.c.id == number).scalar_subquery()
                latest = select(func.coalesce(func.max(proposals.c.version), 0)).where(proposals.c.name == name)
                count = select(func.coalesce(func.max(proposals.c.edition), 0))
                settled |= {
                    "standing": Standing.CONFIRMED,
                    "version": (await connection.scalar(latest) or 0) + 1,
                    "edition": (await connection.scalar(count) or 0) + 1,
                }
            return bool((await connection.execute(update(proposals).where(*waiting).values(settled))).rowcount)

    @whole
    async def in_force(self, *, before: int = 0) -> Mapping[str, str]:
        """Return the texts in force by name, empty ones included: now, or before that edition."""
        wanted = select(proposals.c.name, proposals.c.text).where(proposals.c.standing == Standing.CONFIRMED)
        if before:
            wanted = wanted.where(proposals.c.edition < before)
        async with self._database.read() as connection:
            rows = await connection.execute(wanted.order_by(proposals.c.edition))
            return {row.name: row.text for row in rows}

    @whole
    async def edition(self) -> int:
        """Return how many proposals were confirmed; cheap."""
        async with self._database.read() as connection:
            return await connection.scalar(select(func.max(proposals.c.edition))) or 0

    @whole
    async def note_report(self, number: int, report: Sequence[Change]) -> None:
        """Keep which requests a confirmed proposal has moved."""
        kept = REPORT.dump_python(tuple(report), mode="json")
        async with self._database.begin() as connection:
            await connection.execute(update(proposals).where(proposals.c.id == number).values(report=kept))


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal(
        id=row.id,
        brought=NewProposal(row.name, row.text, row.source, row.by, row.at),
        standing=row.standing,
        settled_by=row.settled_by,
        settled_at=row.settled_at,
        version=row.version,
        edition=row.edition or 0,
        report=None if row.report is None else REPORT.validate_python(row.report),
    )
