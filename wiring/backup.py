"""Everything that is kept, written into one file while the server runs, checked, and brought back."""

import argparse
import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from config.loading import Loaded, SettingsError
from config.settings import Settings
from register.vault import KeyVault, read_keys
from storage.archive import Archive, Manifest, created, finish, opened, write_files, write_tables
from storage.errors import Occupied
from storage.migrations import migrate, revert
from storage.outbox import doubt
from storage.rows import Filling, tables
from wiring.index import publish_documents
from wiring.keyring import key_file, open_vault
from wiring.parts import MEMORY, database_url, open_database, open_parts, utc_now

KEYS, VISITORS = "keys.toml", "secret.key"
OPERATOR = "恢复备份"
"""Who the evidence names for the index that is built after a restore."""
UNREADABLE = 1


def add_backup(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401  argparse's class is private
    """Add `backup` and `restore` to the command line."""
    text = "把数据库和单位自己的文件备份成一个文件，服务不必停"
    backup = commands.add_parser("backup", help=text, description=text, parents=[shared])
    backup.set_defaults(run=_backup)
    backup.add_argument("file", type=Path, metavar="文件")
    backup.add_argument("--keys", type=Path, metavar="密钥备份", help="把密钥另存到这个文件，须与备份分开保管")
    text = "核对备份，或恢复到空的数据目录和数据库"
    restore = commands.add_parser("restore", help=text, description=text, parents=[shared])
    restore.set_defaults(run=_restore)
    restore.add_argument("file", type=Path, metavar="文件")
    restore.add_argument("--keys", type=Path, metavar="密钥备份", help="备份时另存的密钥，一并恢复")
    restore.add_argument("--verify", action="store_true", help="只核对，什么也不改动")


async def _backup(loaded: Loaded, options: argparse.Namespace) -> int:
    settings = loaded.settings
    _refuse_memory(settings)
    if options.keys:
        with created(options.keys) as archive:
            finish(archive, Manifest(utc_now(), "", {}, write_files(archive, _places(settings, (KEYS, VISITORS)))))
    async with open_database(database_url(settings)) as database:
        with created(options.file) as archive:
            revision, counted = await write_tables(archive, database)
            manifest = Manifest(utc_now(), revision, counted, write_files(archive, _own_files(settings)))
            finish(archive, manifest, _signer(open_vault(settings)) if key_file(settings).exists() else None)
    print(f"已备份到 {options.file}：{_counts(manifest)}。")  # noqa: T201  a command prints
    if not options.keys:
        print("密钥没有备份在内；用 --keys 另存一份，与备份分开保管。")  # noqa: T201  a command prints
    return 0


async def _restore(loaded: Loaded, options: argparse.Namespace) -> int:
    settings = loaded.settings
    with ExitStack() as stack:
        archives = [stack.enter_context(opened(path)) for path in (options.file, options.keys) if path]
        sound = await _checked(archives, _vault(settings, archives))
        if options.verify:
            return 0 if sound else UNREADABLE
        _refuse_memory(settings)
        files = {_place(settings, name): each.file(name) for each in archives for name in each.manifest.files}
        await _bring_back(settings, archives[0], files)
    async with open_parts(settings) as parts:
        if await parts.documents.count():
            print(f"知识库已重建：{await publish_documents(settings, parts, by=OPERATOR, force=True)}")  # noqa: T201  a command prints
    print("已恢复。备份时正在发送的答复可能已经送达，不再自动发送，在办件页上标为“是否送达不明”。")  # noqa: T201  a command prints
    if not key_file(settings).exists():
        print("还没有密钥：启动之前先放回 keys.toml，否则个人信息打不开。", file=sys.stderr)  # noqa: T201  a command prints
    return 0


async def _checked(archives: list[Archive], vault: KeyVault | None) -> bool:
    """Tell what the backup holds; return whether everything sealed opens. Raises UnreadableBackup."""
    backup, *others = archives
    await backup.check(_signer(vault) if vault else None)
    for each in others:
        await each.check()
    print(f"备份完好：{backup.manifest.made_at:%Y-%m-%d %H:%M}，{_counts(backup.manifest)}。")  # noqa: T201  a command prints
    if vault is None:
        print("没有密钥：签名和加密的内容没有核对。")  # noqa: T201  a command prints
        return True
    closed = await backup.unreadable(vault)
    if closed:
        print(f"有 {closed} 条加密的内容用这套密钥打不开。", file=sys.stderr)  # noqa: T201  a command prints
    else:
        print("签名正确，加密的内容都能打开。")  # noqa: T201  a command prints
    return not closed


async def _bring_back(settings: Settings, archive: Archive, files: Mapping[Path, bytes]) -> None:
    """Fill the empty database and write the files; raises Occupied before anything is changed."""
    for place, content in files.items():
        if place.exists() and place.read_bytes() != content:
            raise Occupied(f"{place} 已存在，内容与备份不同；请恢复到空的数据目录。")
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    url = database_url(settings)
    await migrate(url)
    async with open_database(url) as database:
        async with database.begin() as connection:
            await Filling(database, connection).claim(table.name for table in tables())
        await revert(url, archive.manifest.revision)
        async with database.begin() as connection:
            filling = Filling(database, connection)
            await filling.claim(archive.manifest.tables)
            for name, told in archive.manifest.tables.items():
                await filling.fill(name, archive.lines(name), told)
            await doubt(connection, at=utc_now())
    await migrate(url)
    for place, content in files.items():
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with closing(os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")) as file:
            file.write(content)


def _vault(settings: Settings, archives: list[Archive]) -> KeyVault | None:
    """Return the keys that the backup was given with, else the installation's; None where there are none."""
    for archive in archives[1:]:
        if KEYS in archive.manifest.files:
            return KeyVault(read_keys(archive.file(KEYS).decode()), os.urandom)
    return open_vault(settings) if key_file(settings).exists() else None


def _signer(vault: KeyVault) -> Any:  # noqa: ANN401  Mark
    return lambda text: vault.mark(f"backup\n{text}")


def _own_files(settings: Settings) -> Mapping[str, Path]:
    years = (f"calendar/{file.name}" for file in sorted((settings.data_dir / "calendar").glob("*.toml")))
    return _places(settings, ("calibration.json", "index/switches.jsonl", *years))


def _places(settings: Settings, names: tuple[str, ...]) -> Mapping[str, Path]:
    return {name: _place(settings, name) for name in names}


def _place(settings: Settings, name: str) -> Path:
    return key_file(settings) if name == KEYS else settings.data_dir / name


def _counts(manifest: Manifest) -> str:
    return f"{len(manifest.tables)} 张表 {manifest.rows} 行，{len(manifest.files)} 个文件"


def _refuse_memory(settings: Settings) -> None:
    if settings.database.url == MEMORY:
        raise SettingsError("database.url = memory 不保存任何数据，没有可备份或恢复的")
