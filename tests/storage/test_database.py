import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from bot.errors import Unavailable
from register.queue import Wanted
from register.types import Case, CaseKind, Event, NewCase, Notice, Status, Step
from storage.database import Database, driven
from storage.outbox import SqlOutbox
from storage.queue import SqlQueue
from storage.register import SqlRegister
from storage.tables.register import counters, gaps
from tests.fakes import MONDAY, FixedClock, PlainVault
from tests.servers import free_port
from tests.storage.conftest import locked

DAY = timedelta(days=1)


def inquiry(number: int, question: str = "问") -> NewCase:
    return NewCase(f"s{number}", CaseKind.INQUIRY, question, "web", "u1", MONDAY, date(2026, 3, 9), provisional=False)


def answer() -> Event:
    return Event(at=MONDAY, actor="li", step=Step.ANSWER, note="答")


@pytest.fixture
async def impatient(sqlite_url: str) -> AsyncIterator[Database]:
    database = Database(sqlite_url, patience=0.01)
    yield database
    await database.aclose()


async def everything(database: Database) -> tuple[list[str], int]:
    register = SqlRegister(database, PlainVault(), code="浚县", now=FixedClock())
    page = await SqlQueue(database).find(Wanted(limit=10_000))
    histories = [await register.history(case.reference) for case in page.cases]
    return sorted(case.reference for case in page.cases), sum(map(len, histories))


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("sqlite:////data/zhengda.db", "sqlite+aiosqlite"),
        ("sqlite+aiosqlite:////data/zhengda.db", "sqlite+aiosqlite"),
        ("postgresql://u:p%40@db/zhengda", "postgresql+asyncpg"),
        ("postgresql+asyncpg://u:p%40@db/zhengda", "postgresql+asyncpg"),
    ],
)
def test_the_plain_names_of_databases_are_enough(given: str, driver: str) -> None:
    assert driven(given).drivername == driver


async def test_sqlite_keeps_what_was_committed_through_a_power_failure_and_lets_many_read(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    async with database.begin() as connection:
        pragmas = [await connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")]
        foreign_keys = await connection.scalar(text("PRAGMA foreign_keys"))
    await database.aclose()

    assert pragmas == ["wal", 2]
    assert foreign_keys == 1


async def test_a_write_transaction_on_sqlite_begins_with_the_lock(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    other = sqlite3.connect(driven(sqlite_url).database or "", timeout=0)
    async with database.begin():
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.close()
    await database.aclose()


async def test_readers_see_the_last_commit_while_a_transaction_is_open(database: Database) -> None:
    async with database.begin() as writing:
        await writing.execute(insert(counters).values(name="浚县-2026", value=1))
        async with database.read() as reading:
            assert await reading.scalar(text("SELECT count(*) FROM counters")) == 0
    async with database.read() as reading:
        assert await reading.scalar(text("SELECT count(*) FROM counters")) == 1


async def test_readers_cannot_write_on_sqlite(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with pytest.raises(Unavailable):
        async with database.read() as connection:
            await connection.execute(insert(counters).values(name="浚县-2026", value=1))
    await database.aclose()


async def test_an_error_of_our_own_is_not_hidden(database: Database) -> None:
    with pytest.raises(Exception, match="no_such_column") as raised:
        async with database.begin() as connection:
            await connection.execute(text("SELECT no_such_column FROM counters"))
    # PostgreSQL tells it from a failure to serve; SQLite does not
    assert isinstance(raised.value, Unavailable) is not database.postgresql


async def test_an_instant_without_a_time_zone_is_refused(database: Database, clock: FixedClock) -> None:
    clock.at = MONDAY.replace(tzinfo=None)
    with pytest.raises(Exception, match="time zone"):
        await SqlRegister(database, PlainVault(), code="浚县", now=clock).close_gap(1, by="li")


async def test_a_locked_database_is_unavailable_and_keeps_nothing_half(
    impatient: Database, sqlite_url: str, clock: FixedClock
) -> None:
    register = SqlRegister(impatient, PlainVault(), code="浚县", now=clock)
    opened = await register.open(inquiry(1))
    with locked(sqlite_url):
        with pytest.raises(Unavailable):
            await register.open(inquiry(2))
        with pytest.raises(Unavailable):
            await register.record(opened, answer(), status=Status.ANSWERED, notice=Notice("答"))
        # what is there can be read all the same
        assert await register.get(opened.reference) == opened

    assert await everything(impatient) == (["浚县-2026-000001"], 1)
    assert await SqlOutbox(impatient, PlainVault()).claim(now=MONDAY + DAY) == ()
    assert (await register.open(inquiry(2))).reference == "浚县-2026-000002"


async def test_many_writers_on_a_locked_database_all_learn_it_soon(
    impatient: Database, sqlite_url: str, clock: FixedClock
) -> None:
    register = SqlRegister(impatient, PlainVault(), code="浚县", now=clock)
    with locked(sqlite_url):
        outcomes = await asyncio.gather(*(register.open(inquiry(n)) for n in range(20)), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {Unavailable}


async def test_a_full_disk_is_unavailable_and_keeps_nothing_half(sqlite_url: str, clock: FixedClock) -> None:
    database = Database(sqlite_url)
    register = SqlRegister(database, PlainVault(), code="浚县", now=clock)
    first = await register.open(inquiry(0))
    async with database.begin() as connection:
        pages = await connection.scalar(text("PRAGMA page_count"))
        # the only writer: SQLite refuses to let the file grow, exactly as on a full disk
        await connection.execute(text(f"PRAGMA max_page_count = {pages + 4}"))

    kept = ["浚县-2026-000001"]
    for number in range(1, 100):
        try:
            kept.append((await register.open(inquiry(number, question="长" * 700))).reference)
        except Unavailable:
            break
    assert 1 < len(kept) < 99
    with pytest.raises(Unavailable):
        await register.record(first, answer(), status=Status.ANSWERED, notice=Notice("长" * 9000))

    assert await everything(database) == (kept, len(kept))
    assert await register.get(first.reference) == first
    assert await SqlOutbox(database, PlainVault()).claim(now=MONDAY + DAY) == ()

    async with database.begin() as connection:
        await connection.execute(text("PRAGMA max_page_count = 1000000"))
    following = await register.open(inquiry(1000))
    assert following.reference == f"浚县-2026-{len(kept) + 1:06d}"
    await database.aclose()


async def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path, clock: FixedClock) -> None:
    path = tmp_path / "zhengda.db"
    path.write_bytes(b"not a database" * 1000)
    database = Database(f"sqlite:///{path}")
    with pytest.raises(Unavailable):
        await SqlRegister(database, PlainVault(), code="浚县", now=clock).open(inquiry(1))
    await database.aclose()
    # the driver's thread still tells that its connection failed
    await asyncio.sleep(0.05)


async def test_a_server_that_is_not_there_is_unavailable(clock: FixedClock) -> None:
    database = Database(f"postgresql://zhengda@127.0.0.1:{free_port()}/zhengda")
    register = SqlRegister(database, PlainVault(), code="浚县", now=clock)
    outcomes = await asyncio.gather(
        *(register.open(inquiry(n)) for n in range(20)),
        SqlOutbox(database, PlainVault()).claim(now=MONDAY),
        return_exceptions=True,
    )
    assert {type(outcome) for outcome in outcomes} == {Unavailable}
    await database.aclose()


@pytest.mark.service
async def test_a_row_locked_for_long_on_postgresql_is_unavailable(postgresql_url: str, clock: FixedClock) -> None:
    ours, other = Database(postgresql_url, patience=0.05), Database(postgresql_url)
    register = SqlRegister(ours, PlainVault(), code="浚县", now=clock)
    opened = await register.open(inquiry(1))
    async with other.begin() as connection:
        await connection.execute(text("LOCK TABLE cases"))
        async with asyncio.timeout(5):
            with pytest.raises(Unavailable):
                await register.record(opened, answer(), status=Status.ANSWERED, notice=Notice("答"))
    assert await everything(ours) == (["浚县-2026-000001"], 1)
    await ours.aclose()
    await other.aclose()


@pytest.mark.service
async def test_connections_dropped_by_the_server_are_made_anew(postgresql_url: str, clock: FixedClock) -> None:
    ours, other = Database(postgresql_url), Database(postgresql_url)
    register = SqlRegister(ours, PlainVault(), code="浚县", now=clock)
    await asyncio.gather(*(register.open(inquiry(n)) for n in range(4)))
    async with other.begin() as connection:
        await connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        )

    outcomes = await asyncio.gather(*(register.open(inquiry(n)) for n in range(4, 8)), return_exceptions=True)
    assert all(isinstance(outcome, Case) for outcome in outcomes)
    await ours.aclose()
    await other.aclose()


async def test_errors_name_no_citizens_words(database: Database) -> None:
    with pytest.raises(Exception, match=r"NOT NULL|not-null|null value") as raised:
        async with database.begin() as connection:
            await connection.execute(insert(gaps).values(question="我的身份证号码"))
    assert "身份证" not in str(raised.value)
