import asyncio
from pathlib import Path

import pytest

from config.loading import load
from register.errors import UnreadableKeys
from register.interview import Draft, Field
from storage.database import Database
from storage.drafts import SqlDrafts
from storage.migrations import migrate
from tests.fakes import MONDAY
from tests.wiring.conftest import Commands, Run
from wiring.keyring import open_vault
from wiring.keys import add_keys

DRAFT = Draft("d1", {Field.NAME: "张三"})


@pytest.fixture
def run(commands: Commands) -> Run:
    """Run them in an empty folder; gives status, output and errors."""
    return commands(add_keys)


def keep_a_draft(owner: str) -> None:
    async def kept() -> None:
        url = "sqlite+aiosqlite:///data/zhengda.sqlite3"
        await migrate(url)
        database = Database(url)
        await SqlDrafts(database, open_vault(load(None).settings)).save(owner, DRAFT, at=MONDAY)
        await database.aclose()

    asyncio.run(kept())


def test_the_first_key_is_made_where_the_settings_say(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHENGDA_PERSONAL_DATA__KEY_FILE", "safe/keys.toml")
    monkeypatch.setenv("ZHENGDA_PERSONAL_DATA__CIPHER", "sm4-gcm")

    status, out, _ = run("keys")

    assert status == 0
    assert out.endswith("  sm4-gcm  使用中\n")
    assert Path("safe/keys.toml").stat().st_mode & 0o777 == 0o600
    assert run("keys")[1] == out


def test_a_key_is_added_and_what_is_kept_is_brought_under_it(run: Run) -> None:
    run("keys")
    keep_a_draft("web:li")

    assert run("keys", "--add")[1].startswith("已新增密钥")
    assert run("keys", "--renew")[:2] == (0, "改用新密钥 1 条，原已使用 0 条。\n")
    assert run("keys", "--renew")[:2] == (0, "改用新密钥 0 条，原已使用 1 条。\n")
    first, second = run("keys")[1].splitlines()
    assert (first.endswith("aes-256-gcm"), second.endswith("aes-256-gcm  使用中")) == (True, True)


def test_what_no_key_opens_is_said(run: Run) -> None:
    run("keys")
    keep_a_draft("web:li")
    Path("data/keys.toml").unlink()

    status, _, err = run("keys", "--renew")

    assert (status, err) == (1, "有 1 条用现有的密钥都打不开，没有改动。\n")


def test_without_a_database_there_is_nothing_to_renew(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHENGDA_DATABASE__URL", "memory")
    assert run("keys", "--renew")[:2] == (0, "改用新密钥 0 条，原已使用 0 条。\n")


def test_keys_that_cannot_be_read_are_refused(run: Run) -> None:
    run("keys")
    Path("data/keys.toml").write_text("[marking]", encoding="utf-8")
    with pytest.raises(UnreadableKeys):
        run("keys")
