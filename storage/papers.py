"""The letters of formal requests in SQL: sealed, bound to their place, their numbers without gaps."""

from collections.abc import Sequence

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from register.docket import Paper
from register.errors import TakenNumber
from register.ports import Vault
from storage.bindings import paper_bindings, unsealed
from storage.database import Database
from storage.request_rows import paper_bytes, paper_of
from storage.tables.register import counters
from storage.tables.requests import papers


class Papers:
    """Keeps and reads letters within the caller's transaction."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def append(self, connection: AsyncConnection, reference: str, made: Sequence[Paper]) -> None:
        """Keep letters after those that a request has."""
        kept = await connection.scalar(select(func.count()).select_from(papers).where(papers.c.reference == reference))
        for place, paper in enumerate(made, (kept or 0) + 1):
            row = {"reference": reference, "place": place, "number": paper.number or None}
            sealed = self._vault.seal(paper_bytes(paper), about=paper_bindings(row)[0])
            await connection.execute(insert(papers).values(row | {"sealed": sealed}))

    async def of(self, connection: AsyncConnection, reference: str) -> tuple[Paper, ...]:
        """Return the letters of a request, oldest first; raise Unreadable."""
        wanted = select(papers).where(papers.c.reference == reference).order_by(papers.c.id)
        rows = (await connection.execute(wanted)).mappings().all()
        return tuple(paper_of(unsealed(self._vault, row["sealed"], paper_bindings(dict(row)))) for row in rows)

    async def last_number(self, connection: AsyncConnection, series: str) -> int:
        """Return the last number taken of a series of letters; 0 at its beginning."""
        return await connection.scalar(select(counters.c.value).where(counters.c.name == series)) or 0

    async def take_number(self, connection: AsyncConnection, series: str, number: int) -> None:
        """Take the next number of a series; raise TakenNumber where it is not this one any more."""
        await self._database.alone(connection, series)
        if number != await self.last_number(connection, series) + 1:
            raise TakenNumber(series)
        await connection.execute(
            self._database.insert(counters)
            .values(name=series, value=number)
            .on_conflict_do_update(index_elements=[counters.c.name], set_={"value": number})
        )
