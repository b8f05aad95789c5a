"""The audit of the histories of formal requests, and of the looks at them, from the command line."""

import argparse
import re
import sys
from typing import Any

from config.loading import Loaded
from config.settings import Settings
from storage.audit import Alteration, Anchor, Audit, SqlAudit
from storage.chain import LOOK
from storage.migrations import migrate
from wiring.keyring import open_vault
from wiring.parts import MEMORY, database_url, open_database

ALTERED = 1
_ANCHOR = re.compile(r"(\d{1,9}):([0-9a-f]{32})")


def add_audit(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401  argparse's class is private
    """Add `audit` to the command line."""
    text = "核对依申请公开的办理记录和查看个人信息的记录：指出被改动或缺失的一条"
    audit = commands.add_parser("audit", help=text, description=text, parents=[shared])
    audit.add_argument("--anchor", type=_anchor, help="以前核对时记下的末条，如 57:0a1b…；此前的记录一条也不能少")
    audit.set_defaults(run=_audit)


async def _audit(loaded: Loaded, options: argparse.Namespace) -> int:
    found = Audit() if loaded.settings.database.url == MEMORY else await _found(loaded.settings, options.anchor)
    for each in found.altered:
        print(_named(each), file=sys.stderr)  # noqa: T201  a command prints
    earlier = f"，另有 {found.earlier} 条早于校验链" if found.earlier else ""
    print(f"办理和查看记录 {found.whole} 条相符，{len(found.altered)} 条不符{earlier}。")  # noqa: T201  a command prints
    if found.end.number and not found.altered:
        print(f"末条 {found.end.number}:{found.end.link}，请记在系统之外，下次用 --anchor 核对。")  # noqa: T201  a command prints
    return ALTERED if found.altered else 0


async def _found(settings: Settings, known: Anchor | None) -> Audit:
    url = database_url(settings)
    await migrate(url)
    async with open_database(url) as database:
        return await SqlAudit(database, open_vault(settings)).audit(known=known)


def _named(altered: Alteration) -> str:
    if not altered.reference:
        return f"第 {altered.number} 条缺失。"
    which = f"第 {altered.number} 条" if altered.number else "没有编号的一条"
    what = "查看个人信息" if altered.step == LOOK else f"第 {altered.place} 步（{altered.step}）"
    return f"{which}与写入时不同：{altered.reference} {what}。"


def _anchor(text: str) -> Anchor:
    found = _ANCHOR.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError("应为 条数:校验值")
    return Anchor(int(found[1]), found[2])
