import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import IntegrityError

from bot.errors import Unavailable
from storage.database import Database, driven
from storage.glance import Glance
from storage.tables.register import counters
from tests.storage.conftest import locked

VALUE = Glance(select(counters.c.value).where(counters.c.name == "浚县-2026"))


def put(connection: Connection) -> None:
    connection.execute(insert(counters).values(name="浚县-2026", value=1))


def add(connection: Connection) -> None:
    connection.execute(counters.update().values(value=counters.c.value + 1))


async def test_what_was_written_is_there_for_everybody_when_it_returns(database: Database) -> None:
    await database.write(put)

    assert await database.glance(VALUE, {}) == 1
    async with database.read() as connection:
        assert await connection.scalar(VALUE.statement) == 1


async def test_work_gives_back_what_it_found(database: Database) -> None:
    await database.write(put)
    assert await database.write(lambda connection: connection.scalar(select(counters.c.value))) == 1


async def test_work_that_fails_leaves_nothing_and_locks_nobody_out(database: Database) -> None:
    def half(connection: Connection) -> None:
        put(connection)
        put(connection)

    with pytest.raises(IntegrityError):
        await database.write(half)

    assert await database.glance(VALUE, {}) is None
    await database.write(put)
    assert await database.glance(VALUE, {}) == 1


async def test_a_caller_that_goes_away_does_not_stop_what_it_began(database: Database) -> None:
    gone = asyncio.create_task(database.write(put))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    await database.aclose()

    assert gone.cancelled()
    assert await database.glance(VALUE, {}) == 1


async def test_short_and_long_transactions_take_turns(database: Database) -> None:
    await database.write(put)

    async def long() -> None:
        async with database.begin() as connection:
            await connection.execute(counters.update().values(value=counters.c.value + 1))

    await asyncio.gather(*(work for _ in range(10) for work in (database.write(add), long())))
    assert await database.glance(VALUE, {}) == 21


async def test_of_two_that_write_all_the_time_neither_is_locked_out(sqlite_url: str) -> None:
    both = [Database(sqlite_url), Database(sqlite_url)]
    await both[0].write(put)

    async def busy(database: Database) -> None:
        for _ in range(50):
            await database.write(add)

    await asyncio.gather(*(busy(database) for database in both))
    assert await both[1].glance(VALUE, {}) == 101
    for database in both:
        await database.aclose()


async def test_long_and_short_transactions_of_two_processes_wait_for_one_another(sqlite_url: str) -> None:
    short, long = Database(sqlite_url), Database(sqlite_url)
    await short.write(put)

    async def busy() -> None:
        for _ in range(50):
            await short.write(add)

    async def patient() -> None:
        for _ in range(10):
            async with long.begin() as connection:
                await connection.execute(counters.update().values(value=counters.c.value + 1))

    await asyncio.gather(busy(), patient())
    assert await short.glance(VALUE, {}) == 61
    await short.aclose()
    await long.aclose()


async def test_a_commit_that_fails_leaves_nothing_and_locks_nobody_out(sqlite_url: str) -> None:
    database, other = Database(sqlite_url), Database(sqlite_url, patience=0.01)
    await database.write(lambda connection: connection.execute(text("CREATE TABLE kept (id INTEGER PRIMARY KEY)")))
    await database.write(
        lambda connection: connection.execute(
            text("CREATE TABLE late (kept INTEGER REFERENCES kept DEFERRABLE INITIALLY DEFERRED)")
        )
    )

    with pytest.raises(IntegrityError):
        await database.write(lambda connection: connection.execute(text("INSERT INTO late VALUES (7)")))

    await other.write(put)
    await database.write(add)
    assert await other.glance(VALUE, {}) == 2
    await database.aclose()
    await other.aclose()


async def test_a_database_that_was_closed_opens_again_for_a_glance(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    assert await database.glance(VALUE, {}) is None
    await database.aclose()

    assert await database.glance(VALUE, {}) is None
    await database.aclose()


async def test_a_lock_held_for_too_long_is_unavailable_and_what_is_there_can_be_read(sqlite_url: str) -> None:
    database = Database(sqlite_url, patience=0.01)
    await database.write(put)
    with locked(sqlite_url):
        with pytest.raises(Unavailable):
            await database.write(add)
        assert await database.glance(VALUE, {}) == 1

    await database.write(add)
    assert await database.glance(VALUE, {}) == 2
    await database.aclose()


async def test_a_process_killed_with_the_lock_holds_nobody_up(sqlite_url: str) -> None:
    holding = (
        "import sqlite3, sys, time\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "connection.execute('BEGIN IMMEDIATE')\n"
        "connection.execute(\"INSERT INTO counters (name, value) VALUES ('浚县-2026', 7)\")\n"
        "print(flush=True)\n"
        "time.sleep(60)\n"
    )
    database = Database(sqlite_url, patience=5)
    with subprocess.Popen(  # noqa: ASYNC220, S603 - our own command, ended below
        [sys.executable, "-c", holding, driven(sqlite_url).database or ""], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        writing = asyncio.create_task(database.write(put))
        for _ in range(10):
            await asyncio.sleep(0)
        assert not writing.done()
        process.kill()
    await writing

    assert await database.glance(VALUE, {}) == 1
    await database.aclose()


async def test_a_short_write_outlives_a_power_failure_too(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    pragmas = await database.write(
        lambda connection: [connection.scalar(text(f"PRAGMA {name}")) for name in ("synchronous", "foreign_keys")]
    )
    await database.aclose()
    assert pragmas == [2, 1]


async def test_a_glance_cannot_write(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    assert await database.glance(VALUE, {}) is None
    assert database._near is not None
    assert database._near._glancing is not None
    raw = database._near._glancing.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    with pytest.raises(sqlite3.OperationalError, match="readonly"), closing(raw.cursor()) as cursor:
        cursor.execute("DELETE FROM counters")
    await database.aclose()


async def test_a_glance_that_fails_is_unavailable_and_the_next_one_serves(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    await database.write(lambda connection: connection.execute(text("ALTER TABLE counters RENAME TO away")))
    with pytest.raises(Unavailable):
        await database.glance(VALUE, {})

    await database.write(lambda connection: connection.execute(text("ALTER TABLE away RENAME TO counters")))
    assert await database.glance(VALUE, {}) is None
    await database.aclose()
