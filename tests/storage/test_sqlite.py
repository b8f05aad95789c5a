import sqlite3

import pytest

from storage.database import Database
from storage.sqlite import take_lock


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


async def test_a_long_transaction_looks_for_the_lock_by_itself(sqlite_url: str) -> None:
    database = Database(sqlite_url, patience=60)
    async with database._writer.connect() as connection:
        # SQLite's own waiting, with its growing pauses, would be behind everybody else's
        assert (await connection.exec_driver_sql("PRAGMA busy_timeout")).scalar() == 0
    await database.aclose()
