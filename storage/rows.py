"""Everything that is kept, row by row, in a form that is the same on every database."""

import json
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Column, Table, TypeDecorator, exists, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.errors import Different, Occupied
from storage.tables import METADATA

BATCH = 500
"""Rows that are held in memory at once."""

_READ: Mapping[type, Callable[[str], object]] = {
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    bytes: b64decode,
}


@dataclass(frozen=True, slots=True)
class Tally:
    """What tells whether two tables hold the same: number of rows and SHA-256 of their lines, over these columns."""

    columns: tuple[str, ...]
    rows: int
    sha256: str


class Counter:
    """Counts the lines of one table as they go by."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = tuple(columns)
        self._rows = 0
        self._digest = sha256()

    def add(self, line: str) -> None:
        """Count one more line."""
        self._rows += 1
        self._digest.update(line.encode() + b"\n")

    @property
    def tally(self) -> Tally:
        """What was counted so far."""
        return Tally(self._columns, self._rows, self._digest.hexdigest())


def tables() -> Sequence[Table]:
    """Return every table, each after those that it refers to."""
    return METADATA.sorted_tables


def columns_of(table: Table) -> tuple[str, ...]:
    """Return the names of a table's columns."""
    return tuple(column.name for column in table.columns)


def kind_of(column: Column[Any]) -> type:
    """Return the class of a column's values in Python, that of the plain type where ours is laid over it."""
    kind = column.type
    return (kind.impl_instance if isinstance(kind, TypeDecorator) else kind).python_type


async def lines(connection: AsyncConnection, table: Table, columns: Sequence[str]) -> AsyncIterator[str]:
    """Yield a table's rows as lines of JSON, in the order of their keys."""
    wanted = select(*(table.c[name] for name in columns)).order_by(*table.primary_key.columns)
    async with connection.stream(wanted, execution_options={"yield_per": BATCH}) as rows:
        async for row in rows:
            yield json.dumps([_plain(value) for value in row], ensure_ascii=False, separators=(",", ":"))


async def tally(connection: AsyncConnection, table: Table, columns: Sequence[str]) -> Tally:
    """Return what a table holds, counted."""
    counter = Counter(columns)
    async for line in lines(connection, table, columns):
        counter.add(line)
    return counter.tally


class Filling:
    """Fills an empty database in one transaction: all of it, or nothing."""

    def __init__(self, database: Database, connection: AsyncConnection) -> None:
        self._database = database
        self._connection = connection

    async def claim(self, names: Iterable[str]) -> None:
        """Raise Occupied if any of these tables has a row."""
        for name in names:
            if await self._connection.scalar(select(exists().select_from(METADATA.tables[name]))):
                raise Occupied(f"数据库里已有数据（{name}），只能恢复或复制到空的数据库。")

    async def fill(self, name: str, source: AsyncIterator[str], told: Tally | None = None) -> Tally:
        """Write lines into a table, read them again, and return what is there; raise Different if it is not `told`."""
        table = METADATA.tables[name]
        columns = told.columns if told else columns_of(table)
        counter, batch = Counter(columns), list[dict[str, object]]()
        async for line in source:
            counter.add(line)
            batch.append(values_of(line, [table.c[column] for column in columns]))
            if len(batch) == BATCH:
                await self._connection.execute(insert(table), batch)
                batch.clear()
        if batch:
            await self._connection.execute(insert(table), batch)
        there = await tally(self._connection, table, columns)
        if there != counter.tally or (told is not None and there != told):
            raise Different(f"{name} 写入后与原来不一致，全部撤回，没有保存。")
        await self._continue(table)
        return there

    async def _continue(self, table: Table) -> None:
        """Let the next id follow the greatest: PostgreSQL counts beside the table."""
        column = table.autoincrement_column
        if column is None or not self._database.postgresql:
            return
        greatest = await self._connection.scalar(select(func.max(column)))
        if greatest is not None:
            await self._connection.execute(
                text("SELECT setval(pg_get_serial_sequence(:table, :column), :greatest)"),
                {"table": table.name, "column": column.name, "greatest": greatest},
            )


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return b64encode(value).decode() if isinstance(value, bytes) else value


def values_of(line: str, columns: Sequence[Column[Any]]) -> dict[str, Any]:
    """Return the values of a line by the names of its columns."""
    values = json.loads(line)
    return {column.name: _native(value, column) for column, value in zip(columns, values, strict=True)}


def _native(value: Any, column: Column[Any]) -> object:  # noqa: ANN401  whatever JSON holds
    read = _READ.get(kind_of(column))
    return value if read is None or value is None else read(value)
