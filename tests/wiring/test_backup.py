import asyncio
import shutil
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from bot.types import User
from config.loading import load
from register.interview import Draft, Field
from register.types import CaseKind, NewCase
from storage.archive import Manifest, created, finish
from storage.database import Database
from storage.drafts import SqlDrafts
from storage.errors import Occupied, UnreadableBackup
from storage.migrations import migrate, revisions
from storage.outbox import SqlOutbox
from storage.register import SqlRegister
from storage.rows import Counter
from tests.fakes import MONDAY, FixedClock
from tests.wiring.conftest import Commands, Run
from wiring.backup import add_backup
from wiring.keyring import open_vault
from wiring.migrate import add_migrate

URL = "sqlite+aiosqlite:///data/zhengda.sqlite3"
KEPT = (
    "SELECT reference, code, question, received_at FROM cases",
    "SELECT * FROM counters",
    "SELECT * FROM drafts",
    "SELECT channel, user_id, sealed FROM outbox",
)


@pytest.fixture
def run(commands: Commands) -> Run:
    """Run them in an empty folder; gives status, output and errors."""
    return commands(add_backup, add_migrate)


def stock() -> None:
    """An installation with a case, an answer on its way, a draft under the keys, and files of its own."""

    async def stocked() -> None:
        await migrate(URL)
        database = Database(URL)
        case = NewCase("s1", CaseKind.INQUIRY, "问", "web", "u1", MONDAY, date(2026, 3, 9), provisional=False)
        vault = open_vault(load(None).settings)
        opened = await SqlRegister(database, vault, code="浚县", now=FixedClock()).open(case)
        outbox = SqlOutbox(database, vault)
        await outbox.put(User("web", "u1"), "答复", at=MONDAY, reference=opened.reference)
        await outbox.put(User("web", "u2"), "下次再说", at=MONDAY, held=True)
        await SqlDrafts(database, vault).save("web:u1", Draft("d1", {Field.NAME: "张三"}), at=MONDAY)
        await database.aclose()

    Path("data/calendar").mkdir(parents=True)
    Path("data/calendar/2027.toml").write_text("# 2027", encoding="utf-8")
    Path("data/secret.key").write_text("ab" * 32, encoding="ascii")
    asyncio.run(stocked())


def rows(query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect("data/zhengda.sqlite3")) as database:
        return database.execute(query).fetchall()


def lose_everything() -> None:
    shutil.move("data", "lost")


def test_what_was_lost_comes_back_with_its_files_and_keys(run: Run) -> None:
    stock()
    before = [rows(query) for query in KEPT]
    status, out, _ = run("backup", "b.zip", "--keys", "k.zip")
    assert status == 0
    assert "1 个文件" in out
    lose_everything()

    status, out, errors = run("restore", "b.zip", "--keys", "k.zip")

    assert (status, errors) == (0, "")
    assert "加密的内容都能打开" in out
    assert [rows(query) for query in KEPT] == before
    for name in ("calendar/2027.toml", "secret.key", "keys.toml"):
        assert Path("data", name).read_bytes() == Path("lost", name).read_bytes()
        assert Path("data", name).stat().st_mode & 0o777 == 0o600


def test_what_was_on_its_way_is_not_sent_again_and_the_case_says_so(run: Run) -> None:
    stock()
    run("backup", "b.zip")
    lose_everything()
    run("restore", "b.zip")

    assert rows("SELECT state FROM outbox ORDER BY id") == [("uncertain",), ("held",)]
    assert ("in_doubt",) in rows("SELECT step FROM events")


def test_keys_leave_only_into_a_file_of_their_own(run: Run) -> None:
    stock()
    _, out, _ = run("backup", "b.zip")
    assert "密钥没有备份在内" in out
    lose_everything()

    _, out, errors = run("restore", "b.zip")

    assert not Path("data/keys.toml").exists()
    assert "没有密钥" in out
    assert "先放回 keys.toml" in errors


def test_verify_touches_nothing(run: Run) -> None:
    stock()
    run("backup", "b.zip", "--keys", "k.zip")
    lose_everything()

    status, out, _ = run("restore", "b.zip", "--keys", "k.zip", "--verify")

    assert status == 0
    assert "备份完好" in out
    assert not Path("data").exists()


def test_verify_fails_with_the_keys_of_another_installation(run: Run) -> None:
    stock()
    run("backup", "b.zip")
    Path("data/keys.toml").unlink()
    open_vault(load(None).settings)

    with pytest.raises(UnreadableBackup, match="签名"):
        run("restore", "b.zip", "--verify")


def test_an_installation_in_use_is_not_written_over(run: Run) -> None:
    stock()
    run("backup", "b.zip")
    before = rows("SELECT * FROM cases")

    with pytest.raises(Occupied, match="已有数据"):
        run("restore", "b.zip")

    assert rows("SELECT * FROM cases") == before


def test_a_file_of_the_office_is_not_written_over(run: Run) -> None:
    stock()
    run("backup", "b.zip")
    lose_everything()
    Path("data/calendar").mkdir(parents=True)
    Path("data/calendar/2027.toml").write_text("# another", encoding="utf-8")

    with pytest.raises(Occupied, match=r"2027\.toml"):
        run("restore", "b.zip")

    assert not Path("data/zhengda.sqlite3").exists()


def test_a_backup_of_an_older_schema_is_restored_and_brought_up_to_date(run: Run) -> None:
    counted = Counter(("name", "value"))
    counted.add('["浚县-2026",7]')
    with created(Path("b.zip")) as archive:
        archive.writestr("tables/counters.jsonl", '["浚县-2026",7]\n')
        finish(archive, Manifest(MONDAY, revisions()[0], {"counters": counted.tally}))

    status, _, _ = run("restore", "b.zip")

    assert status == 0
    assert rows("SELECT * FROM counters") == [("浚县-2026", 7)]
    assert rows("SELECT version_num FROM alembic_version") == [(revisions()[-1],)]


def test_the_schema_goes_down_and_up(run: Run) -> None:
    stock()
    newest, before = revisions()[-1], revisions()[-2]
    assert run("migrate", "--to", before)[1] == f"数据库版本：{newest} → {before}\n"
    assert run("migrate")[1] == f"数据库版本：{before} → {newest}\n"
    assert run("migrate")[1] == f"数据库版本：{newest} → {newest}\n"
