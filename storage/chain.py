"""The chain over all acts on formal requests and all looks at personal data: each is linked to the one before it."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC
from hashlib import sha256
from typing import Any

from sqlalchemy import Table, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from register.ports import Vault
from storage.database import Database
from storage.tables.register import counters
from storage.tables.requests import acts, reveals

CHAIN = "acts"
"""The counter whose value is the number of the chain's last link."""
LOOK = "reveal"
"""The step that a look is in the chain."""


class Chain:
    """Writes rows with their number and link, within the caller's transaction."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def append(
        self, connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]], contents: Sequence[bytes]
    ) -> None:
        """Write rows and what each says to the end of the chain; its lock is held until the transaction ends."""
        await self._database.alone(connection, CHAIN)
        number = await connection.scalar(select(counters.c.value).where(counters.c.name == CHAIN)) or 0
        link = await self._link(connection, number)
        linked = []
        for row, content in zip(rows, contents, strict=True):
            number += 1
            link = link_of(self._vault, link, {**row, "number": number}, content)
            linked.append({**row, "number": number, "link": link})
        await connection.execute(insert(table), linked)
        await connection.execute(
            self._database.insert(counters)
            .values(name=CHAIN, value=number)
            .on_conflict_do_update(index_elements=[counters.c.name], set_={"value": number})
        )

    async def _link(self, connection: AsyncConnection, number: int) -> str:
        for table in (acts, reveals):
            link = await connection.scalar(select(table.c.link).where(table.c.number == number))
            if link is not None:
                return str(link)
        return ""


def look_content(row: Mapping[str, Any]) -> bytes:
    """Return what a look says beside who looked, when and at what."""
    return json.dumps([row["role"], row["reason"]], ensure_ascii=False).encode("utf-8", "surrogatepass")


def link_of(vault: Vault, previous: str, row: Mapping[str, Any], content: bytes) -> str:
    """Return what links a row to the one before it: nobody without the key can make it for another content."""
    at, place, step = row["at"].astimezone(UTC).isoformat(), row.get("place", 0), row.get("step", LOOK)
    columns = (row["number"], row["reference"], place, at, row["actor"])
    return vault.mark("\n".join(map(str, (previous, *columns, step, sha256(content).hexdigest()))))
