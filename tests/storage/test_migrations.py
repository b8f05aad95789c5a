import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, text

from bot.errors import Unavailable
from register.types import CaseKind, NewCase
from storage.answers import SqlAnswers
from storage.database import Database
from storage.documents import SqlDocuments
from storage.figures import SqlFigures
from storage.migrations import migrate, revert
from storage.register import SqlRegister
from storage.tables import METADATA
from tests.fakes import FixedClock, PlainVault, a_document
from tests.servers import free_port
from tests.storage.conftest import locked
from tests.storage.test_answers import RECORD


async def tables(url: str) -> set[str]:
    def names(connection: Connection) -> set[str]:
        return set(inspect(connection).get_table_names())

    database = Database(url)
    async with database.read() as connection:
        found = await connection.run_sync(names)
    await database.aclose()
    return found


async def test_an_empty_database_gets_every_table_and_can_go_back(empty_url: str) -> None:
    await migrate(empty_url)
    assert await tables(empty_url) == {*METADATA.tables, "alembic_version"}

    await revert(empty_url, "base")
    assert await tables(empty_url) == {"alembic_version"}

    await migrate(empty_url)
    assert await tables(empty_url) == {*METADATA.tables, "alembic_version"}


async def test_a_database_up_to_date_keeps_what_it_holds(database_url: str) -> None:
    database = Database(database_url)
    async with database.begin() as connection:
        await connection.execute(text("INSERT INTO counters (name, value) VALUES ('浚县-2026', 7)"))
    await migrate(database_url)

    async with database.read() as connection:
        assert await connection.scalar(text("SELECT value FROM counters")) == 7
    await database.aclose()


async def test_several_processes_may_start_at_once(empty_url: str) -> None:
    await asyncio.gather(*(migrate(empty_url) for _ in range(6)))

    assert await tables(empty_url) == {*METADATA.tables, "alembic_version"}


async def test_a_migration_that_fails_leaves_nothing_behind(empty_url: str) -> None:
    database = Database(empty_url)
    async with database.begin() as connection:
        # stands in the way of the last table that the first migration makes
        await connection.execute(text("CREATE TABLE logins (x INTEGER)"))
    await database.aclose()
    with pytest.raises(Exception, match="logins"):
        await migrate(empty_url)

    assert await tables(empty_url) <= {"logins", "alembic_version"}


async def test_a_database_locked_for_long_is_unavailable(sqlite_url: str) -> None:
    with locked(sqlite_url), pytest.raises(Unavailable):
        await migrate(sqlite_url, patience=0.01)


async def test_a_new_database_locked_for_long_is_unavailable(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    with locked(url), pytest.raises(Unavailable):
        await migrate(url, patience=0.05)


async def test_a_folder_that_does_not_exist_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        await migrate(f"sqlite:///{tmp_path}/missing/zhengda.db")


async def test_an_unreachable_server_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        await migrate(f"postgresql://zhengda@127.0.0.1:{free_port()}/zhengda")


async def test_what_was_removed_before_the_list_of_withdrawn_texts_is_on_it(empty_url: str) -> None:
    await migrate(empty_url)
    database = Database(empty_url)
    documents = SqlDocuments(database, now=FixedClock())
    for name in ("gone", "kept"):
        await documents.put(a_document("通知", id=name, digest=f"of {name}"), by="li")
    await documents.remove("gone", by="li")
    await database.aclose()
    await revert(empty_url, "0001")

    await migrate(empty_url)

    database = Database(empty_url)
    assert await SqlDocuments(database, now=FixedClock()).withdrawn() == {("gone", "of gone")}
    await database.aclose()


async def test_answers_given_before_there_were_counts_are_counted(empty_url: str) -> None:
    await migrate(empty_url)
    database = Database(empty_url)
    answers = SqlAnswers(database, interval=3600)
    # a minute apart, but on two days in China
    for number, minute in enumerate((59, 60)):
        at = datetime(2026, 3, 2, 15, tzinfo=UTC) + timedelta(minutes=minute)
        await answers.note(replace(RECORD, id=f"a{number}", at=at.isoformat()))
    await answers.judge("a0", resolved=True)
    await answers.aclose()
    await database.aclose()
    await revert(empty_url, "0004")

    await migrate(empty_url)

    database = Database(empty_url)
    first, second = await SqlFigures(database).daily(date(2026, 3, 1), date(2026, 3, 9))
    assert [(each.day.day, each.answers, each.resolved, each.unresolved) for each in (first, second)] == [
        (2, 1, 1, 0),
        (3, 1, 0, 0),
    ]
    await database.aclose()


async def test_numbers_that_stood_in_clear_in_a_case_are_taken_out_of_it(empty_url: str) -> None:
    await migrate(empty_url)
    database = Database(empty_url)
    register = SqlRegister(database, PlainVault(), code="浚县", now=FixedClock())
    told, plain = [await register.open(case) for case in (asked("张三11010519491231002X的低保"), asked("低保"))]
    await database.aclose()
    await revert(empty_url, "0022")

    await migrate(empty_url)

    database = Database(empty_url)
    register = SqlRegister(database, PlainVault(), code="浚县", now=FixedClock())
    assert (await register.get(told.reference)).question == "张三＊＊＊的低保"
    assert await register.get(plain.reference) == plain
    await database.aclose()


def asked(question: str) -> NewCase:
    return NewCase(
        source=question,
        kind=CaseKind.INQUIRY,
        question=question,
        channel="web",
        user="u1",
        received_at=datetime(2026, 3, 2, tzinfo=UTC),
        due_on=date(2026, 3, 9),
        provisional=False,
    )
