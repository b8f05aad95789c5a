"""Everything that is kept sealed, brought under the current key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, RowMapping, Table, false, or_, select, update

from register.errors import Unreadable
from register.vault import KeyVault
from storage.database import Database, whole
from storage.seals import SEALED, Bindings
from storage.tables.register import outbox

BATCH = 200
"""Rows to a transaction: others write in between."""


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
        """Bring every row under the current key and binding; a text that still lies in clear is sealed too."""
        done = Renewal()
        for table, key, bindings in SEALED:
            last = None
            while True:
                some, last = await self._some(table, table.c[key], bindings, last, batch)
                done += some
                if last is None:
                    break
        return done

    @whole
    async def _some(
        self, table: Table, key: "Column[object]", bindings: Bindings, last: object, batch: int
    ) -> tuple[Renewal, object]:
        """Renew the rows that follow `last`; give the last of them, None where there are no more."""
        clear = outbox.c.text != "" if table is outbox else false()
        wanted = select(table).where(or_(table.c.sealed.is_not(None), clear)).order_by(key).limit(batch)
        done = Renewal()
        async with self._database.begin() as connection:
            following = wanted if last is None else wanted.where(key > last)
            rows = (await connection.execute(following.with_for_update())).mappings().all()
            for row in rows:
                change, one = self._renewed(row, bindings(dict(row)))
                done += one
                if change:
                    await connection.execute(update(table).where(key == row[key]).values(change))
        return done, rows[-1][key] if rows else None

    def _renewed(self, row: RowMapping, bindings: Sequence[str]) -> tuple[Mapping[str, object], Renewal]:
        present, *formerly = bindings
        if row["sealed"] is None:
            return {"sealed": self._vault.seal(row["text"].encode(), about=present), "text": ""}, Renewal(renewed=1)
        try:
            anew = self._vault.renewed(row["sealed"], about=present, formerly=formerly)
        except Unreadable:
            return {}, Renewal(unreadable=1)
        return ({"sealed": anew}, Renewal(renewed=1)) if anew is not None else ({}, Renewal(current=1))
