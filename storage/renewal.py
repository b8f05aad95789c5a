"""Everything that is kept sealed, brought under the current key."""

from dataclasses import dataclass

from sqlalchemy import Column, Table, select, update

from register.errors import Unreadable
from register.vault import KeyVault
from storage.database import Database, whole
from storage.tables.requests import acts, drafts, papers, uploads

BATCH = 200
"""Rows to a transaction: others write in between."""

# table, its key, and the column that says what a content is about
SEALED: tuple[tuple[Table, str, str], ...] = (
    (acts, "id", "reference"),
    (papers, "id", "reference"),
    (uploads, "id", "source"),
    (drafts, "owner", "owner"),
)


@dataclass(frozen=True, slots=True)
class Renewal:
    """How many rows were brought under the current key, had been, and do not open with any key at hand."""

    renewed: int = 0
    current: int = 0
    unreadable: int = 0

    def __add__(self, other: "Renewal") -> "Renewal":
        return Renewal(self.renewed + other.renewed, self.current + other.current, self.unreadable + other.unreadable)


class SqlSeals:
    """Seals anew what was sealed under an earlier key; may be broken off and begun again at any time."""

    def __init__(self, database: Database, vault: KeyVault) -> None:
        self._database = database
        self._vault = vault

    async def renew(self, *, batch: int = BATCH) -> Renewal:
        """Bring every row under the current key."""
        done = Renewal()
        for table, key, about in SEALED:
            last = None
            while True:
                some, last = await self._some(table, table.c[key], table.c[about], last, batch)
                done += some
                if last is None:
                    break
        return done

    @whole
    async def _some(
        self, table: Table, key: "Column[object]", about: "Column[object]", last: object, batch: int
    ) -> tuple[Renewal, object]:
        """Renew the rows that follow `last`; give the last of them, None where there are no more."""
        wanted = select(key.label("key"), about.label("about"), table.c.sealed).order_by(key).limit(batch)
        done = Renewal()
        async with self._database.begin() as connection:
            following = wanted if last is None else wanted.where(key > last)
            rows = (await connection.execute(following.with_for_update())).all()
            for row in rows:
                anew, one = self._renewed(row.sealed, row.about)
                done += one
                if anew is not None:
                    await connection.execute(update(table).where(key == row.key).values(sealed=anew))
        return done, rows[-1].key if rows else None

    def _renewed(self, sealed: bytes, about: str) -> tuple[bytes | None, Renewal]:
        try:
            anew = self._vault.renewed(sealed, about=about)
        except Unreadable:
            return None, Renewal(unreadable=1)
        return anew, Renewal(current=1) if anew is None else Renewal(renewed=1)
