"""Files that belong to requests, in SQL: name and content sealed."""

from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from register.enclosures import MOST, REPLYING, Enclosure, NewEnclosure, Purpose
from register.errors import FixedReply, UnknownCase
from register.ports import Vault
from storage.bindings import content_bindings, enclosure_bindings, unsealed
from storage.columns import storable
from storage.database import Database, whole
from storage.tables.register import cases
from storage.tables.requests import enclosure_contents, enclosures, requests


class SqlEnclosures:
    """Keeps files for the form that a source files or has filed."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    @whole
    async def keep(self, source: str, new: NewEnclosure, *, key: str, at: datetime) -> Enclosure | None:
        """Keep a file under a new key, or return the same one kept before; None where there are too many.

        Raises FixedReply for a file of a reply that is not being written.
        """
        row = {
            "key": key,
            "source": source,
            "purpose": new.purpose,
            "kind": new.kind,
            "size": len(new.content),
            "at": at,
            "by": new.by,
            # equal for equal files, so that a form that is sent again brings none twice
            "mark": self._vault.mark(f"{source} {new.purpose} {sha256(new.content).hexdigest()}"),
        }
        sealed = self._vault.seal(storable(new.name).encode(), about=enclosure_bindings(row)[0])
        content = self._vault.seal(new.content, about=content_bindings(row)[0])
        async with self._database.begin() as connection:
            await self._database.alone(connection, f"enclosures {source}")
            if new.purpose is Purpose.REPLY:
                await _expect_writing(connection, source)
            of_source = select(enclosures).where(enclosures.c.source == source)
            known = (await connection.execute(of_source.where(enclosures.c.mark == row["mark"]))).first()
            if known is not None:
                return self._enclosure(known)
            alike = of_source.where(enclosures.c.purpose == new.purpose)
            count = await connection.scalar(select(func.count()).select_from(alike.subquery()))
            if (count or 0) >= MOST[new.purpose]:
                return None
            await connection.execute(insert(enclosures).values(row | {"sealed": sealed}))
            await connection.execute(insert(enclosure_contents).values(key=key, sealed=content))
        return Enclosure(key, new.purpose, storable(new.name), new.kind, len(new.content), at, new.by)

    @whole
    async def drop(self, source: str, key: str) -> None:
        """Erase a file of a form that is not filed yet."""
        filed = exists().where(cases.c.source == source)
        mine = select(enclosures.c.key).where(enclosures.c.source == source, enclosures.c.key == key, ~filed)
        async with self._database.begin() as connection:
            await self._erase(connection, mine)

    @whole
    async def take_back(self, source: str, key: str) -> None:
        """Erase a file of a reply; raise FixedReply where that is not being written."""
        mine = (enclosures.c.source == source, enclosures.c.key == key, enclosures.c.purpose == Purpose.REPLY)
        async with self._database.begin() as connection:
            await _expect_writing(connection, source)
            await self._erase(connection, select(enclosures.c.key).where(*mine))

    @whole
    async def kept(self, source: str) -> tuple[Enclosure, ...]:
        """Return the files of a source, oldest first."""
        wanted = select(enclosures).where(enclosures.c.source == source).order_by(enclosures.c.at, enclosures.c.key)
        async with self._database.read() as connection:
            return tuple(self._enclosure(row) for row in await connection.execute(wanted))

    @whole
    async def source_of(self, reference: str) -> str:
        """Return the source that filed a request; raise UnknownCase."""
        async with self._database.read() as connection:
            filed_by = select(cases.c.source).join(requests, requests.c.reference == cases.c.reference)
            source = await connection.scalar(filed_by.where(cases.c.reference == reference))
        if source is None:
            raise UnknownCase(reference)
        return str(source)

    @whole
    async def content(self, source: str, key: str) -> bytes | None:
        """Return the content of a file of this source, or None: no such file, or erased."""
        wanted = (
            select(enclosure_contents)
            .join(enclosures, enclosures.c.key == enclosure_contents.c.key)
            .where(enclosures.c.source == source, enclosures.c.key == key)
        )
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).first()
        return unsealed(self._vault, row.sealed, content_bindings(row._asdict())) if row is not None else None

    @whole
    async def purge(self, *, unfiled_before: datetime, closed_before: date) -> None:
        """Erase the files of forms that were never filed, and the identity images of requests closed long ago."""
        filed = exists().where(cases.c.source == enclosures.c.source)
        closed = exists().where(
            cases.c.source == enclosures.c.source,
            requests.c.reference == cases.c.reference,
            requests.c.closed_on < closed_before,
        )
        async with self._database.begin() as connection:
            await self._erase(connection, select(enclosures.c.key).where(enclosures.c.at < unfiled_before, ~filed))
            over = select(enclosures.c.key).where(enclosures.c.purpose == Purpose.IDENTITY, closed)
            await connection.execute(delete(enclosure_contents).where(enclosure_contents.c.key.in_(over)))
            await connection.execute(update(enclosures).where(enclosures.c.key.in_(over)).values(purged=True))

    async def _erase(self, connection: AsyncConnection, which: Any) -> None:  # noqa: ANN401  a SELECT of keys
        keys = list((await connection.execute(which)).scalars())
        await connection.execute(delete(enclosure_contents).where(enclosure_contents.c.key.in_(keys)))
        await connection.execute(delete(enclosures).where(enclosures.c.key.in_(keys)))

    def _enclosure(self, row: Row[Any]) -> Enclosure:
        name = unsealed(self._vault, row.sealed, enclosure_bindings(row._asdict())).decode()
        return Enclosure(row.key, row.purpose, name, row.kind, row.size, row.at, row.by, row.purged)


async def _expect_writing(connection: AsyncConnection, source: str) -> None:
    """Hold the request where it stands until the transaction ends; raise FixedReply where no reply is being written."""
    mine = select(cases.c.reference).where(cases.c.source == source).scalar_subquery()
    stage = await connection.scalar(select(requests.c.stage).where(requests.c.reference == mine).with_for_update())
    if stage not in REPLYING:
        raise FixedReply(source)
