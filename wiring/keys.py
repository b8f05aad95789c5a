"""The keys of personal data: opened for the server, listed, added to and brought into use from the command line."""

import argparse
import os
import sys
from typing import Any

from config.loading import Loaded
from config.settings import Settings
from register.vault import CipherName, another_key
from storage.migrations import migrate
from storage.renewal import Renewal, SqlSeals
from wiring.keyring import civil_day, key_file, open_ring, open_vault
from wiring.parts import MEMORY, database_url, open_database

UNREADABLE = 1


def add_keys(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401  argparse's class is private
    """Add `keys` to the command line."""
    text = "列出个人信息的密钥，新增密钥，或把已保存的内容改用新密钥"
    keys = commands.add_parser("keys", help=text, description=text, parents=[shared])
    keys.set_defaults(run=_keys)
    what = keys.add_mutually_exclusive_group()
    what.add_argument("--add", action="store_true", help="新增一个密钥；重启所有进程后启用")
    what.add_argument("--renew", action="store_true", help="重启之后：把已保存的内容改用最新的密钥")


async def _keys(loaded: Loaded, options: argparse.Namespace) -> int:
    settings = loaded.settings
    if options.add:
        name = _add(settings)
        print(f"已新增密钥 {name}。请重启所有进程，再运行 keys --renew。")  # noqa: T201  a command prints
        return 0
    if options.renew:
        return _tell(await _renew(settings))
    ring = open_ring(settings)
    for key in ring.keys.values():
        used = "  使用中" if key == ring.current else ""
        print(f"{key.name}  {key.cipher}{used}")  # noqa: T201  a command prints
    return 0


async def _renew(settings: Settings) -> Renewal:
    if settings.database.url == MEMORY:
        return Renewal()
    url = database_url(settings)
    await migrate(url)
    async with open_database(url) as database:
        return await SqlSeals(database, open_vault(settings)).renew()


def _tell(done: Renewal) -> int:
    print(f"改用新密钥 {done.renewed} 条，原已使用 {done.current} 条。")  # noqa: T201  a command prints
    if not done.unreadable:
        return 0
    print(f"有 {done.unreadable} 条用现有的密钥都打不开，没有改动。", file=sys.stderr)  # noqa: T201  a command prints
    return UNREADABLE


def _add(settings: Settings) -> str:
    ring = open_ring(settings)
    today = f"{civil_day():%Y%m%d}"
    name = next(name for name in (today, *(f"{today}-{n}" for n in range(2, 1000))) if name not in ring.keys)
    with key_file(settings).open("a", encoding="utf-8") as file:
        file.write(another_key(name, CipherName(settings.personal_data.cipher), os.urandom))
    return name
