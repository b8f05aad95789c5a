"""The days by which inquiries are to be answered, in SQL."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select, update

from register.inquiries import Waiting
from register.types import CaseKind, Status
from storage.database import Database, whole
from storage.tables.register import cases

_WAITS = (cases.c.kind == CaseKind.INQUIRY, cases.c.status == Status.RECEIVED)


class SqlInquiries:
    """Keeps the days of inquiries beside their cases."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @whole
    async def waiting(self) -> Sequence[Waiting]:
        """Return the inquiries that wait for an answer."""
        wanted = select(cases.c.reference, cases.c.received_at, cases.c.due_on, cases.c.provisional).where(*_WAITS)
        async with self._database.read() as connection:
            return tuple(Waiting(*row) for row in await connection.execute(wanted))

    @whole
    async def reckon(self, inquiry: Waiting, *, due_on: date, provisional: bool) -> bool:
        """Keep another day; False when it was answered, or another day was kept, meanwhile."""
        change = (
            update(cases)
            .where(
                *_WAITS,
                cases.c.reference == inquiry.reference,
                cases.c.due_on == inquiry.due_on,
                cases.c.provisional == inquiry.provisional,
            )
            .values(due_on=due_on, provisional=provisional)
        )
        async with self._database.begin() as connection:
            return bool((await connection.execute(change)).rowcount)
