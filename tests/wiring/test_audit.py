import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from config.loading import load
from register.docket import Reveal
from storage.database import Database
from storage.migrations import migrate
from storage.requests import SqlRequests
from tests.fakes import MONDAY
from tests.storage.test_requests import filed
from tests.wiring.conftest import Commands, Run
from wiring.audit import add_audit
from wiring.keyring import open_vault
from wiring.keys import add_keys


@pytest.fixture
def run(commands: Commands) -> Run:
    return commands(add_audit, add_keys)


@pytest.fixture
def stocked(run: Run) -> Run:
    """The commands, where two requests are filed and somebody has looked at one."""

    async def stock() -> None:
        url = "sqlite+aiosqlite:///data/zhengda.sqlite3"
        await migrate(url)
        database = Database(url)
        requests = SqlRequests(database, open_vault(load(None).settings), code="浚县", query_code=lambda: "ABCD2345")
        for number in range(2):
            await requests.file(filed(f"{number}"))
        await requests.note_reveal(Reveal("浚县-2026-000001", MONDAY, "li", "officer", "核对"))
        await database.aclose()

    Path("data").mkdir()
    asyncio.run(stock())
    return run


def do(statement: str) -> None:
    with closing(sqlite3.connect("data/zhengda.sqlite3")) as database, database:
        database.executescript(statement)


def test_histories_as_they_were_written_are_told_with_an_anchor(stocked: Run) -> None:
    status, out, errors = stocked("audit")
    assert (status, errors) == (0, "")
    assert out.startswith("办理和查看记录 5 条相符，0 条不符。\n末条 5:")

    anchor = out.split("末条 ")[1].split("，")[0]
    assert stocked("audit", "--anchor", anchor)[0] == 0
    assert stocked("audit", "--anchor", f"5:{'0' * 32}")[0] == 1


def test_what_was_changed_or_is_missing_is_named(stocked: Run) -> None:
    do("DROP TRIGGER acts_are_not_changed; UPDATE acts SET actor = '别人' WHERE number = 2")
    do("DROP TRIGGER acts_are_not_deleted; DELETE FROM acts WHERE number = 3")

    status, out, errors = stocked("audit")

    assert status == 1
    assert errors.splitlines() == ["第 2 条与写入时不同：浚县-2026-000001 第 2 步（acknowledge）。", "第 3 条缺失。"]
    assert out.startswith("办理和查看记录 3 条相符，2 条不符。")


def test_a_look_that_was_changed_is_named(stocked: Run) -> None:
    do("DROP TRIGGER reveals_are_not_changed; UPDATE reveals SET reason = '办案' WHERE number = 5")

    status, out, errors = stocked("audit")

    assert (status, errors.splitlines()) == (1, ["第 5 条与写入时不同：浚县-2026-000001 查看个人信息。"])
    assert out.startswith("办理和查看记录 4 条相符，1 条不符。")


def test_new_keys_leave_the_chain_whole(stocked: Run) -> None:
    stocked("keys", "--add")
    assert stocked("keys", "--renew")[0] == 0
    assert stocked("audit")[0] == 0


def test_an_installation_without_requests_is_whole(run: Run) -> None:
    Path("data").mkdir()
    assert run("audit")[:2] == (0, "办理和查看记录 0 条相符，0 条不符。\n")
