"""The register in SQL: gaps, cases and their events."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from bot.types import User
from register.errors import UnknownCase
from register.ports import Vault
from register.types import Case, Event, Gap, NewCase, NewGap, Notice, Status
from storage.cases import change_case, first_case, first_handler, first_touch, open_case
from storage.database import Database, whole
from storage.events import event_row
from storage.gaps import Gaps
from storage.numbers import new_query_code
from storage.parcels import Parcels
from storage.tables.register import cases, events, gap_days, gaps, outbox

FARTHEST = 2**31 - 1
"""The largest offset and id asked of a database; there are never so many rows."""


class SqlRegister:
    """Keeps the register of the office whose numbers begin with `code`.

    A number is taken and its case written in one transaction, one after the other within a year: numbers have no gaps
    and no doubles, whatever fails.
    """

    def __init__(
        self,
        database: Database,
        vault: Vault,
        *,
        code: str,
        now: Callable[[], datetime],
        query_code: Callable[[], str] = new_query_code,
    ) -> None:
        self._database = database
        self._parcels = Parcels(vault)
        self._code = code
        self._now = now
        self._query_code = query_code
        self._gaps = Gaps(database)

    async def note_gap(self, gap: NewGap) -> None:
        """Count an unanswered question."""
        await self._gaps.note(gap)

    @whole
    async def asked_between(self, gaps: Sequence[int], first: date, last: date) -> Mapping[int, int]:
        """Return how often each of these gaps was asked from the first day to the last."""
        counted = (
            select(gap_days.c.gap, func.sum(gap_days.c.times).label("times"))
            .where(gap_days.c.gap.in_(gaps), gap_days.c.day.between(first, last))
            .group_by(gap_days.c.gap)
        )
        async with self._database.read() as connection:
            return {row.gap: row.times for row in await connection.execute(counted)}

    @whole
    async def close_gap(self, gap_id: int, *, by: str) -> None:
        """Close a gap."""
        if gap_id > FARTHEST:
            return
        async with self._database.begin() as connection:
            await connection.execute(
                update(gaps)
                .where(gaps.c.id == gap_id, gaps.c.closed_at.is_(None))
                .values(closed_at=self._now(), closed_by=by)
            )

    @whole
    async def open(self, case: NewCase) -> Case:
        """Open a case, or return the one that its source or offer opened."""
        async with self._database.begin() as connection:
            opened, _ = await open_case(self._database, connection, case, code=self._code, query_code=self._query_code)
        return opened

    @whole
    async def opened_by(self, source: str) -> Case | None:
        """Return the case that this message opened, or None."""
        async with self._database.read() as connection:
            return await first_case(connection, cases.c.source == source)

    @whole
    async def get(self, reference: str) -> Case:
        """Return a case; raise UnknownCase."""
        async with self._database.read() as connection:
            found = await first_case(connection, cases.c.reference == reference)
        if found is None:
            raise UnknownCase(reference)
        return found

    @whole
    async def history(self, reference: str) -> Sequence[Event]:
        """Return the events of a case, oldest first."""
        wanted = select(events).where(events.c.reference == reference).order_by(events.c.id)
        async with self._database.read() as connection:
            return tuple(_event(row) for row in await connection.execute(wanted))

    @whole
    async def record(self, case: Case, event: Event, *, status: Status, notice: Notice | None = None) -> Case:
        """Append an event, set the status and put the notice in the outbox, all or nothing."""
        async with self._database.begin() as connection:
            changed = await change_case(
                connection, case, status=status, handler=first_handler(event.actor), touched_at=first_touch(event.at)
            )
            await connection.execute(insert(events).values(event_row(case.reference, event)))
            if notice is not None:
                user = User(changed.channel, changed.user)
                row = self._parcels.row(user, notice.text, at=event.at, reference=case.reference, asks=notice.asks)
                await connection.execute(insert(outbox).values(row))
            return changed


def _event(row: Row[Any]) -> Event:
    return Event(at=row.at, actor=row.actor, step=row.step, note=row.note)


def gap_of(row: Row[Any]) -> Gap:
    """Return the gap that a row keeps."""
    return Gap(
        id=row.id,
        question=row.question,
        topic=row.topic,
        near_misses=row.near_misses,
        times=row.times,
        first_at=row.first_at,
        last_at=row.last_at,
        closed=row.closed_at is not None,
        department=row.department,
    )
