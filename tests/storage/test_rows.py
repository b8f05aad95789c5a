from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import Table, func, insert, select

from storage.database import Database
from storage.errors import Different, Occupied
from storage.migrations import migrate
from storage.rows import Filling, Tally, columns_of, lines, tables, tally
from storage.tables.register import counters, gaps
from tests.storage.stocked import fill, value_of


@pytest.fixture
async def empty(empty_url: str) -> AsyncIterator[Database]:
    """A second database, with the schema and nothing in it."""
    await migrate(empty_url)
    opened = Database(empty_url)
    yield opened
    await opened.aclose()


async def copy(source: Database, target: Database) -> None:
    async with source.snapshot() as reading, target.begin() as writing:
        filling = Filling(target, writing)
        await filling.claim(table.name for table in tables())
        for table in tables():
            await filling.fill(table.name, lines(reading, table, columns_of(table)))


async def tallies(database: Database) -> dict[str, Tally]:
    async with database.snapshot() as connection:
        return {table.name: await tally(connection, table, columns_of(table)) for table in tables()}


async def rows_of(database: Database, table: Table) -> list[tuple[object, ...]]:
    async with database.read() as connection:
        return [tuple(row) for row in await connection.execute(select(table).order_by(*table.primary_key.columns))]


async def test_a_copy_holds_the_same_values_on_another_database(database: Database, empty: Database) -> None:
    await fill(database)

    await copy(database, empty)

    assert await tallies(empty) == await tallies(database)
    for table in tables():
        assert await rows_of(empty, table) == await rows_of(database, table)


async def test_after_a_copy_ids_go_on(database: Database, empty: Database) -> None:
    await fill(database)
    await copy(database, empty)

    async with empty.begin() as connection:
        values = {column.name: value_of(column, 3) for column in gaps.columns if column.name != "id"}
        await connection.execute(insert(gaps), values)
        assert await connection.scalar(select(func.max(gaps.c.id))) == 4


async def test_a_database_with_a_single_row_is_not_written_over(database: Database, empty: Database) -> None:
    await fill(database)
    async with empty.begin() as connection:
        await connection.execute(insert(counters), {"name": "浚县-2026", "value": 7})

    with pytest.raises(Occupied, match="counters"):
        await copy(database, empty)

    assert sum([each.rows for each in (await tallies(empty)).values()]) == 1


async def test_what_does_not_come_out_as_told_leaves_nothing(database: Database) -> None:
    async def some() -> AsyncIterator[str]:
        yield '["浚县-2026",7]'

    told = Tally(("name", "value"), 2, "0" * 64)
    with pytest.raises(Different):
        async with database.begin() as connection:
            await Filling(database, connection).fill("counters", some(), told)

    assert await rows_of(database, counters) == []


async def test_a_snapshot_does_not_see_what_is_written_meanwhile(database: Database) -> None:
    async with AsyncExitStack() as stack:
        reading = await stack.enter_async_context(database.snapshot())
        before = await tally(reading, counters, columns_of(counters))
        async with database.begin() as connection:
            await connection.execute(insert(counters), {"name": "浚县-2026", "value": 7})
        assert await tally(reading, counters, columns_of(counters)) == before

    assert len(await rows_of(database, counters)) == 1
