import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import TypeVar

import pytest
from sqlalchemy import Connection, select

from bot.errors import Unavailable
from register.types import NewGap
from storage.database import Database
from storage.gaps import Gaps
from storage.tables.register import gaps
from tests.fakes import MONDAY
from tests.storage.conftest import locked

T = TypeVar("T")

GAP = NewGap("炖排骨", "炖排骨", MONDAY, "g")


class CountedDatabase(Database):
    """A database that counts its write transactions, and tells when the first has begun."""

    def __init__(self, url: str, *, patience: float) -> None:
        super().__init__(url, patience=patience)
        self.transactions = 0
        self.begun = asyncio.Event()

    async def write(self, work: Callable[[Connection], T]) -> T:
        def counted(connection: Connection) -> T:
            self.transactions += 1
            self.begun.set()
            return work(connection)

        return await super().write(counted)


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[CountedDatabase]:
    database = CountedDatabase(sqlite_url, patience=0.01)
    yield database
    await database.aclose()


async def counts(database: Database) -> dict[str, int]:
    async with database.read() as connection:
        return {row.question: row.times for row in await connection.execute(select(gaps))}


async def test_questions_that_come_at_once_share_a_transaction(database: CountedDatabase) -> None:
    noted = Gaps(database)
    other = replace(GAP, question="学游泳", normalised="学游泳")

    await asyncio.gather(*(noted.note(gap) for _ in range(20) for gap in (GAP, other)))

    assert await counts(database) == {"炖排骨": 20, "学游泳": 20}
    assert database.transactions == 1


async def test_questions_that_come_while_a_transaction_runs_share_the_next_one(database: CountedDatabase) -> None:
    noted = Gaps(database)
    first = asyncio.create_task(noted.note(GAP))
    await database.begun.wait()
    assert not first.done()

    await asyncio.gather(first, *(noted.note(GAP) for _ in range(20)))

    assert await counts(database) == {"炖排骨": 21}
    assert database.transactions == 2


async def test_questions_that_come_while_the_lock_is_waited_for_share_the_transaction(sqlite_url: str) -> None:
    database = CountedDatabase(sqlite_url, patience=5)
    noted = Gaps(database)
    with locked(sqlite_url):
        first = asyncio.create_task(noted.note(GAP))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        others = [asyncio.create_task(noted.note(GAP)) for _ in range(20)]
        await asyncio.sleep(0)
        assert not database.begun.is_set()
    await asyncio.gather(first, *others)

    assert await counts(database) == {"炖排骨": 21}
    assert database.transactions == 1
    await database.aclose()


async def test_what_waits_for_a_transaction_is_written_although_the_database_is_being_closed(
    database: CountedDatabase, sqlite_url: str
) -> None:
    noted = Gaps(database)
    first = asyncio.create_task(noted.note(GAP))
    await database.begun.wait()
    second = asyncio.create_task(noted.note(GAP))
    await asyncio.sleep(0)
    await database.aclose()
    await asyncio.gather(first, second)

    again = Database(sqlite_url)
    assert await counts(again) == {"炖排骨": 2}
    await again.aclose()


async def test_a_question_counts_as_soon_as_it_is_noted(database: CountedDatabase) -> None:
    noted = Gaps(database)
    for times in (1, 2):
        await noted.note(GAP)
        assert await counts(database) == {"炖排骨": times}


async def test_who_goes_away_takes_nobody_elses_count_along_and_is_not_counted_twice(
    database: CountedDatabase,
) -> None:
    noted = Gaps(database)
    first, *others = [asyncio.create_task(noted.note(GAP)) for _ in range(5)]
    await database.begun.wait()
    first.cancel()
    await asyncio.gather(*others)

    assert first.cancelled()
    assert await counts(database) == {"炖排骨": 5}


async def test_all_who_share_a_transaction_learn_that_it_failed(database: CountedDatabase, sqlite_url: str) -> None:
    noted = Gaps(database)
    with locked(sqlite_url):
        outcomes = await asyncio.gather(*(noted.note(GAP) for _ in range(5)), return_exceptions=True)

    assert {type(outcome) for outcome in outcomes} == {Unavailable}
    assert await counts(database) == {}
    await noted.note(GAP)
    assert await counts(database) == {"炖排骨": 1}
