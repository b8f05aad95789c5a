"""The database's schema brought to a version, and everything copied from one database to another."""

import argparse
from typing import Any

from config.loading import Loaded, SettingsError
from storage.errors import OtherSchema
from storage.migrations import BASE, migrate, revert, revision_of, revisions
from storage.rows import Filling, columns_of, lines, tables
from wiring.parts import MEMORY, database_url, open_database


def add_migrate(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401  argparse's class is private
    """Add `migrate` to the command line."""
    text = "升级或退回数据库的版本；从另一个数据库（如 SQLite）整库复制到设置的数据库（如 PostgreSQL）"
    command = commands.add_parser("migrate", help=text, description=text, parents=[shared])
    command.set_defaults(run=_migrate)
    what = command.add_mutually_exclusive_group()
    what.add_argument(
        "--to", choices=revisions(), metavar="版本", help="到这个版本，默认最新；退回会丢失新版本才有的数据"
    )
    what.add_argument("--copy-from", metavar="URL", help="从这个数据库复制，逐表核对行数和摘要；设置的数据库须是空的")


async def _migrate(loaded: Loaded, options: argparse.Namespace) -> int:
    if loaded.settings.database.url == MEMORY:
        raise SettingsError("database.url = memory 没有可升级的数据库")
    url = database_url(loaded.settings)
    loaded.settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    if options.copy_from:
        return await _copy(options.copy_from, url)
    before = await _revision(url)
    wanted = options.to or revisions()[-1]
    order = (BASE, *revisions())
    if order.index(wanted) < order.index(before):
        await revert(url, wanted)
    else:
        await migrate(url, wanted)
    print(f"数据库版本：{before} → {await _revision(url)}")  # noqa: T201  a command prints
    return 0


async def _copy(source_url: str, url: str) -> int:
    await migrate(url)
    async with open_database(source_url) as source, open_database(url) as target:
        if await revision_of(source) != revisions()[-1]:
            raise OtherSchema("来源数据库是空的，或不是最新版本：请核对地址，或先用 migrate 升级它。")
        async with source.snapshot() as reading, target.begin() as writing:
            filling = Filling(target, writing)
            await filling.claim(table.name for table in tables())
            for table in tables():
                kept = await filling.fill(table.name, lines(reading, table, columns_of(table)))
                print(f"{table.name:20} {kept.rows:9} 行  {kept.sha256[:16]}  一致")  # noqa: T201  a command prints
    print("已复制，行数和摘要逐表一致。复制期间来源数据库里新写入的内容没有包括在内：请先停止服务。")  # noqa: T201  a command prints
    return 0


async def _revision(url: str) -> str:
    async with open_database(url) as database:
        return await revision_of(database)
