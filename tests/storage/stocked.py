"""Databases with rows in every table, made from the columns' types: what comes later is included by itself."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Column, insert

from storage.columns import Choice
from storage.database import Database
from storage.rows import kind_of, tables

VALUES: Mapping[type, Callable[[int], object]] = {
    int: lambda number: number + 1,
    bool: lambda number: bool(number % 2),
    float: lambda number: number + 0.1,
    bytes: lambda number: bytes([0, 255, number % 256]),
    date: lambda number: date(2026, 3, 1 + number % 28),
    datetime: lambda number: datetime(2026, 3, 2, 1, 0, 0, number, tzinfo=UTC),
    str: lambda number: f"名“{number}”\n😀",
}


async def fill(database: Database, rows: int = 3) -> None:
    """Put so many rows into every table; a row refers to the one with its number."""
    async with database.begin() as connection:
        for table in tables():
            for number in range(rows):
                values = {column.name: value_of(column, number) for column in table.columns}
                await connection.execute(insert(table), values)


def value_of(column: Column[Any], number: int) -> object:
    if column.nullable and number % 3 == 1 and not column.unique:
        return None
    if isinstance(column.type, Choice):
        return list(column.type.members)[0 if column.name == "state" else number % 2]
    if isinstance(column.type, JSON):
        return {"键": [number, 0.1, None, True], "text": "文"}
    return VALUES[kind_of(column)](number)
