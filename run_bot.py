"""The command line: serve, ask, import, link, reload, rollback, evaluate, calibrate, check; others from wiring/."""

import argparse
import asyncio
import json
import os
import socket
import sys
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvloop

from bot.errors import Unavailable
from config.loading import Loaded, SettingsError, load
from console.auth import invite
from console.ports import Role
from knowledge.calibration import calibrate, load_coefficients
from knowledge.errors import KnowledgeError
from knowledge.evaluation import evaluate
from knowledge.presentation import finding_json, finding_text
from knowledge.questions import link_questions
from knowledge.reloader import roll_back
from knowledge.shelf import answers_from
from knowledge.types import ImportRow, Outcome
from register.errors import UnreadableCalendar, UnreadableKeys
from storage.errors import StorageError
from wiring.accounts import add_accounts
from wiring.audit import add_audit
from wiring.backup import add_backup
from wiring.calendar import add_calendar
from wiring.import_report import changes_answers, import_row, notices, summary, troubles
from wiring.importing import importer, progress_on
from wiring.index import (
    PATIENCE,
    coefficients_file,
    open_gazetteer,
    open_index,
    publish_documents,
    tokenizer_for,
)
from wiring.keys import add_keys
from wiring.migrate import add_migrate
from wiring.parts import OPERATOR, Parts, open_announcements, open_parts, utc_now
from wiring.report import add_report
from wiring.server import address, serve
from wiring.workers import Workers, check_workers, listening, worker_command

USAGE_ERROR = 2
BESIDE = 10
"""How much a reload beside the server steps back, as `nice` counts."""
NOW = timedelta(0)
REPORTED = (SettingsError, KnowledgeError, UnreadableCalendar, UnreadableKeys, StorageError, Unavailable, OSError)
"""What a command says in one line, and ends."""
Command = Callable[[Loaded, argparse.Namespace], Coroutine[Any, Any, int]]


async def _serve(loaded: Loaded, options: argparse.Namespace) -> int:
    if options.worker is not None:
        listen = socket.socket(fileno=options.worker)
        await serve(loaded, reload=_aside(options), announce=_announce, listen=listen, banner=options.banner)
        return 0
    check_workers(loaded.settings, options.workers)
    if options.workers == 1:
        await serve(loaded, reload=_aside(options), announce=_announce)
        return 0
    with listening(loaded.settings) as listen:
        await Workers(worker_command(sys.argv), listen, options.workers, announce=_announce).run()
    return 0


def _aside(options: argparse.Namespace) -> Sequence[str]:
    """Return the command line with which the console rebuilds the index in a process of its own."""
    config = ["--config", str(options.config)] if options.config else []
    return [sys.executable, str(Path(__file__).resolve()), "reload", "--aside", *config]


def _announce(line: str) -> None:
    print(line, flush=True)


async def _ask(loaded: Loaded, options: argparse.Namespace) -> int:
    async with open_parts(loaded.settings) as parts:
        library = await open_index(loaded.settings, parts.documents)
    finding = await library.find(options.question)
    print(json.dumps(finding_json(finding), ensure_ascii=False) if options.json else finding_text(finding))
    return 0


async def _import(loaded: Loaded, options: argparse.Namespace) -> int:
    async with open_parts(loaded.settings) as parts:
        if options.if_empty and await parts.documents.count():
            # a broken-off import has left documents without an index, an older version one that is read no more
            if not answers_from(loaded.settings.data_dir / "index"):
                await _publish(loaded, parts)
            return 0
        rows = await importer(loaded.settings, parts).run(
            options.paths,
            by=OPERATOR,
            draft=options.draft or loaded.settings.review.command_line == "draft",
            dry_run=options.dry_run,
            prune=options.prune,
            progress=progress_on(sys.stderr),
        )
        _report(rows, as_json=options.json, more=notices(rows, prune=options.prune))
        changed = any(changes_answers(row) for row in rows)
        # an import that changes nothing must not undo a rollback
        if not options.dry_run and (changed or not answers_from(loaded.settings.data_dir / "index")):
            await _publish(loaded, parts, quiet=options.json)
    return 1 if rows and all(row.result is Outcome.REFUSED for row in rows) else 0


def _report(rows: Sequence[ImportRow], *, as_json: bool, more: Iterable[str] = ()) -> None:
    if as_json:
        for row in rows:
            print(json.dumps(import_row(row), ensure_ascii=False))
        return
    for line in troubles(rows):
        print(line, file=sys.stderr)
    print("\n".join((summary(rows), *more)))


async def _link(loaded: Loaded, options: argparse.Namespace) -> int:
    async with open_parts(loaded.settings) as parts:
        links = parts.upkeep.links
        rows = await link_questions(options.path, links, parts.documents, by=OPERATOR, dry_run=options.dry_run)
        _report(rows, as_json=options.json)
        if not options.dry_run and any(row.result is Outcome.CREATED for row in rows):
            await _publish(loaded, parts, quiet=options.json)
    return 1 if rows and all(row.result is Outcome.REFUSED for row in rows) else 0


async def _remove(loaded: Loaded, options: argparse.Namespace) -> int:
    async with open_parts(loaded.settings) as parts:
        gone = [
            document
            for document in options.documents
            if await parts.documents.remove(document, by=OPERATOR, reason=options.reason)
        ]
        for document in sorted(set(options.documents) - set(gone)):
            print(f"没有这份文件：{document}", file=sys.stderr)
        if gone:
            # taking a document down must not wait for anybody's leave
            await _publish(loaded, parts, force=True)
    return 0 if len(gone) == len(set(options.documents)) else 1


async def _staff(loaded: Loaded, options: argparse.Namespace) -> int:
    async with open_parts(loaded.settings) as parts:
        if not options.invite:
            for account in await parts.accounts.all():
                print(f"{account.name}  {account.role}")
            return 0
        token = await invite(parts.accounts, Role(options.invite), now=utc_now())
        print(f"24 小时内打开此链接设置账号（只能用一次）：{address(loaded.settings)}/console/invite/{token}")
    return 0


async def _reload(loaded: Loaded, options: argparse.Namespace) -> int:
    if options.aside:
        # answers come first
        os.nice(BESIDE)
    async with open_parts(loaded.settings) as parts:
        await _publish(loaded, parts, by=options.by, force=options.force, patience=NOW if options.aside else PATIENCE)
    return 0


async def _publish(
    loaded: Loaded,
    parts: Parts,
    *,
    by: str = OPERATOR,
    quiet: bool = False,
    force: bool = False,
    patience: timedelta = PATIENCE,
) -> None:
    generation = await publish_documents(loaded.settings, parts, by=by, force=force, patience=patience)
    if not quiet:
        print(f"知识库已更新：{generation}，共 {await parts.documents.count()} 份文件。")


async def _rollback(loaded: Loaded, options: argparse.Namespace) -> int:
    live = roll_back(loaded.settings.data_dir / "index", by=options.by, now=utc_now)
    async with open_announcements(loaded.settings) as announcements:
        await announcements.announce(live)
    print(f"知识库已退回：{live}")
    print("已入库的文件没有变：下一次导入有变化的文件或 reload 时，会按全部文件重建。再次 rollback 回到刚才的一版。")
    return 0


async def _evaluate(loaded: Loaded, options: argparse.Namespace) -> int:
    with TemporaryDirectory() as work:
        report = await asyncio.to_thread(
            evaluate,
            options.questions,
            options.documents,
            answered=options.answered,
            work=Path(work),
            tokenizer=tokenizer_for(loaded.settings),
            now=utc_now,
            gazetteer=open_gazetteer(loaded.settings),
        )
    if options.out:
        report.write_results(options.out)
    print(json.dumps(report.as_json(), ensure_ascii=False) if options.json else report.text())
    return 0


async def _calibrate(loaded: Loaded, options: argparse.Namespace) -> int:
    path = coefficients_file(loaded.settings)
    async with open_parts(loaded.settings) as parts:
        records = await parts.answers.verdicts()
    calibration = calibrate(records, current=load_coefficients(path))
    kept = calibration.better and not options.dry_run
    if kept:
        calibration.save(path)
    figures = {**asdict(calibration), "better": calibration.better, "saved": kept}
    print(json.dumps(figures, ensure_ascii=False) if options.json else calibration.text())
    if not options.json:
        print("已保存，重新启动服务后生效。" if kept else "没有保存，继续使用原有系数。")
    return 0


async def _check(loaded: Loaded, _options: argparse.Namespace) -> int:
    for setting in loaded.effective():
        print(f"{setting.name} = {setting.value}    [{setting.source}]")
    return 0


def _parser() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--config", type=Path, help="配置文件（TOML），也可用环境变量 ZHENGDA_CONFIG 指定")
    parser = argparse.ArgumentParser(prog="run_bot.py", description="政答：政策问答与咨询办理")
    commands = parser.add_subparsers(required=True, metavar="命令")

    def command(name: str, run: Command, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text, parents=[shared])
        made.set_defaults(run=run)
        return made

    run = command("serve", _serve, "启动服务")
    run.add_argument("--workers", type=int, default=1, metavar="N", help="在本机运行几个进程（大于 1 需要 Redis）")
    # how the first process starts the others
    run.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    run.add_argument("--banner", action="store_true", help=argparse.SUPPRESS)
    ask = command("ask", _ask, "在终端提一个问题")
    ask.add_argument("question")
    ask.add_argument("--json", action="store_true")
    bring = command("import", _import, "导入文件并更新知识库")
    bring.add_argument("paths", nargs="+", type=Path)
    bring.add_argument("--dry-run", action="store_true", help="只报告会发生什么，不保存")
    bring.add_argument("--draft", action="store_true", help="全部存为草稿，审核后才发布")
    bring.add_argument("--prune", action="store_true", help="来源里已经没有的文件一并下架，版本留存备查")
    bring.add_argument("--if-empty", action="store_true", help="知识库里已有文件时什么也不做")
    bring.add_argument("--json", action="store_true", help="每个文件或记录一行 JSON")
    link = command("link", _link, "导入问题与文件的关联并更新知识库")
    link.add_argument("path", type=Path, help='JSONL，每行 {"question": 问题, "documents": [文件ID]}')
    link.add_argument("--dry-run", action="store_true", help="只报告会发生什么，不保存")
    link.add_argument("--json", action="store_true", help="每行输出一行 JSON")
    again = command("reload", _reload, "按已有文件重建知识库并切换")
    again.add_argument(
        "--force", action="store_true", help="不沿用现有版本，全部重建；文件大幅减少或试题不再通过时也切换"
    )
    again.add_argument("--by", default=OPERATOR, help="记在切换记录里的姓名")
    again.add_argument("--aside", action="store_true", help="让出处理器，已有重建时不等待（管理后台这样启动）")
    back = command("rollback", _rollback, "退回上一版知识库")
    back.add_argument("--by", default=OPERATOR, help="记在切换记录里的姓名")
    measure = command("evaluate", _evaluate, "用一组问题测量检索质量")
    measure.add_argument("questions", type=Path)
    measure.add_argument("--documents", type=Path, required=True)
    measure.add_argument("--answered", type=Path)
    measure.add_argument("--out", type=Path)
    measure.add_argument("--json", action="store_true")
    refit = command("calibrate", _calibrate, "按群众的“是否解决”重新校准把握程度")
    refit.add_argument("--dry-run", action="store_true", help="只显示会怎样，不保存")
    refit.add_argument("--json", action="store_true")
    take_down = command("remove", _remove, "下架文件，立即生效；各版本留存备查")
    take_down.add_argument("documents", nargs="+", metavar="文件ID", help="ask --json 的 sources 里的 document")
    take_down.add_argument("--reason", required=True, help="下架的理由，留存备查")
    staff = command("staff", _staff, "列出账号，或生成一次性邀请链接")
    staff.add_argument("--invite", choices=[role.value for role in Role], help="邀请一个账号")
    command("check", _check, "显示生效的设置及来源")
    for add in (add_accounts, add_audit, add_backup, add_calendar, add_keys, add_migrate, add_report):
        add(commands, shared)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        run: Command = options.run
        return uvloop.run(run(load(options.config), options))
    except REPORTED as error:
        print(f"错误：{error}", file=sys.stderr)
        return USAGE_ERROR
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
