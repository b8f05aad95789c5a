import os
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from register.vault import CipherName, Key, Keyring, KeyVault
from storage.archive import MANIFEST, MARK, Manifest, created, finish, opened, write_files, write_tables
from storage.database import Database
from storage.errors import OtherSchema, UnreadableBackup
from storage.migrations import migrate, revert, revisions
from storage.rows import columns_of, tables, tally
from tests.fakes import MONDAY
from tests.storage.stocked import fill

KEY = Key("2026", CipherName.AES_256_GCM, bytes(range(32)))
OTHER = Key("2026", CipherName.AES_256_GCM, bytes(32))


def vault(key: Key = KEY) -> KeyVault:
    return KeyVault(Keyring({key.name: key}, key), os.urandom)


@pytest.fixture
async def backup(sqlite_url: str, tmp_path: Path) -> Path:
    """A signed backup of a stocked database and one file."""
    database = Database(sqlite_url)
    await fill(database)
    place = tmp_path / "backup.zip"
    (tmp_path / "2027.toml").write_text("year = 2027", encoding="utf-8")
    with created(place) as archive:
        revision, counted = await write_tables(archive, database)
        files = write_files(archive, {"calendar/2027.toml": tmp_path / "2027.toml", "secret.key": tmp_path / "none"})
        finish(archive, Manifest(MONDAY, revision, counted, files), vault().mark)
    await database.aclose()
    return place


def content_of(backup: Path) -> bytes:
    return backup.read_bytes()


def altered(backup: Path, **members: bytes) -> Path:
    """The backup with other contents of some members, as somebody with a ZIP program would make it."""
    other = backup.with_name("altered.zip")
    with zipfile.ZipFile(backup) as source, zipfile.ZipFile(other, "w") as target:
        for name in source.namelist():
            target.writestr(name, members.get(name, source.read(name)))
    return other


async def test_a_backup_holds_every_table_and_the_files_that_there_are(backup: Path, sqlite_url: str) -> None:
    with opened(backup) as archive:
        await archive.check(vault().mark)
        manifest = archive.manifest
        assert archive.file("calendar/2027.toml") == b"year = 2027"

    assert set(manifest.tables) == {table.name for table in tables()}
    assert manifest.rows == 3 * len(tables())
    assert set(manifest.files) == {"calendar/2027.toml"}
    assert (manifest.made_at, manifest.revision) == (MONDAY, revisions()[-1])
    database = Database(sqlite_url)
    async with database.snapshot() as connection:
        assert {table.name: await tally(connection, table, columns_of(table)) for table in tables()} == manifest.tables
    await database.aclose()


def test_only_its_owner_can_read_a_backup(backup: Path) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600
    assert list(backup.parent.glob("*.part")) == []


def test_a_backup_is_never_written_over(backup: Path) -> None:
    before = backup.read_bytes()
    with pytest.raises(FileExistsError), created(backup):
        pass
    assert backup.read_bytes() == before


def test_a_backup_that_breaks_off_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="full"), created(tmp_path / "backup.zip"):
        raise OSError("full")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("member", "content"),
    [
        ("tables/counters.jsonl", b'["x",9]\n'),
        ("tables/counters.jsonl", b""),
        ("files/calendar/2027.toml", b"year = 2028"),
        (MANIFEST, b"{}"),
        (MANIFEST, b"\xff"),
        (MARK, b"0" * 32),
    ],
)
async def test_a_backup_with_anything_changed_is_refused(backup: Path, member: str, content: bytes) -> None:
    with pytest.raises(UnreadableBackup), opened(altered(backup, **{member: content})) as archive:
        await archive.check(vault().mark)


async def test_a_manifest_written_by_somebody_without_the_keys_is_refused(backup: Path) -> None:
    with opened(backup) as archive:
        forged = replace(archive.manifest, tables={}).text().encode()
    with opened(altered(backup, **{MANIFEST: forged})) as archive:
        await archive.check()
        with pytest.raises(UnreadableBackup, match="签名"):
            await archive.check(vault().mark)


def with_content(backup: Path, content: bytes) -> Path:
    other = backup.with_name("other.zip")
    other.write_bytes(content)
    return other


@pytest.mark.parametrize("length", [0, 1, 100, 5000])
async def test_half_a_file_is_refused(backup: Path, length: int) -> None:
    half = with_content(backup, content_of(backup)[:length])
    with pytest.raises(UnreadableBackup), opened(half) as archive:
        await archive.check()


async def test_a_flipped_bit_is_found(backup: Path) -> None:
    content = bytearray(content_of(backup))
    with zipfile.ZipFile(backup) as archive:
        member = archive.getinfo("tables/cases.jsonl")
    # a local header is thirty bytes and the name; the middle of what follows is content
    content[member.header_offset + 30 + len(member.filename) + member.compress_size // 2] ^= 1
    with pytest.raises(UnreadableBackup), opened(with_content(backup, bytes(content))) as archive:
        await archive.check()


async def test_a_backup_of_a_newer_program_is_refused(backup: Path) -> None:
    with opened(backup) as archive:
        newer = replace(archive.manifest, revision="9999").text().encode()
    with pytest.raises(UnreadableBackup, match="更新的版本"), opened(altered(backup, **{MANIFEST: newer})):
        pass


async def test_what_does_not_open_with_the_keys_is_counted(backup: Path) -> None:
    with opened(backup) as archive:
        assert await archive.unreadable(vault(OTHER)) == 3 * 5 + 2  # of the texts one is blank


async def test_a_database_of_another_version_is_not_backed_up(sqlite_url: str, tmp_path: Path) -> None:
    await revert(sqlite_url, revisions()[-2])
    database = Database(sqlite_url)
    with pytest.raises(OtherSchema), created(tmp_path / "backup.zip") as archive:
        await write_tables(archive, database)
    await database.aclose()
    await migrate(sqlite_url)


async def test_lines_come_back_as_they_were_written(backup: Path) -> None:
    async def all_of(lines: AsyncIterator[str]) -> list[str]:
        return [line async for line in lines]

    with opened(backup) as archive:
        cases = await all_of(archive.lines("cases"))
    assert len(cases) == 3
    assert "名“0”\\n😀" in cases[0]
