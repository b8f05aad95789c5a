import asyncio
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import func, select

from storage.database import Database, driven
from storage.sqlite import take_lock
from storage.tables.register import counters


def fault(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code
    return error


class Lock:
    """A lock that so many tries find taken, or broken."""

    def __init__(self, *, taken: int, code: int = sqlite3.SQLITE_BUSY) -> None:
        self.left = taken
        self.code = code
        self.tries = 0

    async def begin(self) -> None:
        self.tries += 1
        if self.tries <= self.left:
            raise fault(self.code)


async def test_a_lock_is_tried_until_it_is_free() -> None:
    lock = Lock(taken=5)
    await take_lock(lock.begin, patience=60)
    assert lock.tries == 6


@pytest.mark.parametrize("code", [sqlite3.SQLITE_BUSY_RECOVERY, sqlite3.SQLITE_BUSY_SNAPSHOT])
async def test_a_lock_that_is_busy_for_a_special_reason_is_tried_again(code: int) -> None:
    lock = Lock(taken=1, code=code)
    await take_lock(lock.begin, patience=60)
    assert lock.tries == 2


async def test_patience_ends() -> None:
    lock = Lock(taken=10**6)
    with pytest.raises(sqlite3.OperationalError):
        await take_lock(lock.begin, patience=0)
    assert lock.tries == 1


async def test_what_is_not_a_taken_lock_is_not_waited_for() -> None:
    lock = Lock(taken=1, code=sqlite3.SQLITE_FULL)
    with pytest.raises(sqlite3.OperationalError):
        await take_lock(lock.begin, patience=60)


async def test_a_file_that_another_process_has_for_itself_is_waited_for_when_it_is_opened(sqlite_url: str) -> None:
    database = Database(sqlite_url, patience=60)
    with closing(sqlite3.connect(driven(sqlite_url).database or "", isolation_level=None)) as other:
        # as while it recovers what a killed process left, or is the last to close the file
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("INSERT INTO counters (name, value) VALUES ('浚县-2026', 1)")
        opening = asyncio.create_task(_count(database))
        await asyncio.wait({opening}, timeout=0.1)
        assert not opening.done()

    assert await opening == 1
    await database.aclose()


async def _count(database: Database) -> int | None:
    async with database.begin() as connection:
        return await connection.scalar(select(func.count()).select_from(counters))


async def test_a_long_transaction_looks_for_the_lock_by_itself(sqlite_url: str) -> None:
    database = Database(sqlite_url, patience=60)
    async with database._writer.connect() as connection:
        # SQLite's own waiting, with its growing pauses, would be behind everybody else's
        assert (await connection.exec_driver_sql("PRAGMA busy_timeout")).scalar() == 0
    await database.aclose()
