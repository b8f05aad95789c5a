"""The commands on the calendar of working days: due, import, show."""

import argparse
import json
import re
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from bot.errors import Unavailable
from config.loading import Loaded
from register.calendar import Calendar
from register.deadlines import Pause, count_working_days
from register.errors import RegisterError, UnreadableCalendar
from register.explanation import change_text, day_text, term_json, term_text, year_json, year_text
from register.gazette import NewProposal
from register.notice import Arrangement, decoded, differences, read_arrangement
from register.reckoning import Reckoning
from wiring.almanac import CIVIL_TIME, Noticeboard, open_calendar
from wiring.parts import OPERATOR, open_parts, utc_now
from wiring.requests import open_chancery, recomputation

REFUSED = 2
_YEARS = (2008, 2100)
_DAYS = (1, 400)


def add_calendar(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401  argparse's class is private
    """Add `calendar` with its own commands to the command line."""
    text = "工作日历：推算期限、导入放假安排、查看一年"
    parts = commands.add_parser("calendar", help=text, description=text).add_subparsers(required=True, metavar="操作")
    due = parts.add_parser("due", help="推算到期日，逐日说明", parents=[shared])
    due.set_defaults(run=_due)
    due.add_argument("received", metavar="收到日期", help="收到申请的日期，如 2026-09-18；当日不计")
    due.add_argument("--days", default="20", metavar="N", help="几个工作日，默认 20")
    due.add_argument(
        "--pause",
        action="append",
        default=[],
        metavar="起:止",
        help="征求意见：发函日:收到答复日，起日当日仍计入；尚未答复的写成 起日:。可多次",
    )
    due.add_argument("--json", action="store_true")
    bring = parts.add_parser("import", help="导入国务院办公厅放假通知的全文（文本文件）", parents=[shared])
    bring.set_defaults(run=_import)
    bring.add_argument("file", type=Path, metavar="文件")
    bring.add_argument("--dry-run", action="store_true", help="只核对并显示会改变哪些日子，不保存")
    show = parts.add_parser("show", help="查看一年的放假和上班安排", parents=[shared])
    show.set_defaults(run=_show)
    show.add_argument("year", metavar="年份")
    show.add_argument("--json", action="store_true")


async def _due(loaded: Loaded, options: argparse.Namespace) -> int:
    try:
        received = _date(options.received)
        days = _number(options.days, "--days", *_DAYS)
        pauses = [_pause(text) for text in options.pause]
    except ValueError as error:
        return _refuse(str(error))
    calendar = open_calendar(loaded.settings)
    reached = count_working_days(received, days, calendar, pauses)
    if options.json:
        print(json.dumps(term_json(reached), ensure_ascii=False))  # noqa: T201  a command prints
    else:
        print(term_text(received, reached, calendar))  # noqa: T201  a command prints
    return 0


async def _show(loaded: Loaded, options: argparse.Namespace) -> int:
    try:
        year = _number(options.year, "年份", *_YEARS)
    except ValueError as error:
        return _refuse(str(error))
    calendar = open_calendar(loaded.settings)
    shown = json.dumps(year_json(year, calendar), ensure_ascii=False) if options.json else year_text(year, calendar)
    print(shown)  # noqa: T201  a command prints
    missing = calendar.overdue_notice(utc_now().astimezone(CIVIL_TIME).date())
    if missing is not None and not options.json:
        print(f"提醒：{missing}年的放假安排还没有导入，公布后请用 calendar import 导入。")  # noqa: T201  a command prints
    return 0


async def _import(loaded: Loaded, options: argparse.Namespace) -> int:
    try:
        text = _content(options.file)
        arrangement = read_arrangement(text)
    except (OSError, UnreadableCalendar) as error:
        reason = "没有这个文件，或者不能读取" if isinstance(error, OSError) else error
        return _refuse(f"未导入 {options.file}：{reason}")
    calendar = open_calendar(loaded.settings)
    print("\n".join(_preview(arrangement, calendar)))  # noqa: T201  a command prints
    if arrangement.notice in calendar.notices:
        print("与现有日历一致，没有改动。")  # noqa: T201  a command prints
    elif options.dry_run:
        print("只是核对，没有保存。")  # noqa: T201  a command prints
        if loaded.settings.data_dir.is_dir():
            print(await _moved(loaded, calendar, calendar.with_texts({"": arrangement.toml})))  # noqa: T201  a command prints
    else:
        version = await _keep(loaded, arrangement, text)
        print(f"已保存为第{version}版，正在运行的服务随即采用。")  # noqa: T201  a command prints
        print(await _moved(loaded, calendar))  # noqa: T201  a command prints
    return 0


async def _moved(loaded: Loaded, old: Calendar, new: Calendar | None = None) -> str:
    """Return what the imported calendar has changed for the requests under way since the old one, or `new` would."""
    try:
        async with open_parts(loaded.settings) as parts:
            chancery = open_chancery(loaded.settings, parts)
            if chancery is None:
                return "没有启用依申请公开，没有在办的申请。"
            if new is None:
                changes = await recomputation(chancery)(old, chancery.office.calendar())
            else:
                changes = await Reckoning(chancery.office).preview(new, old=old)
    except (Unavailable, RegisterError) as error:
        return f"在办申请的期限没有重算：{error}。服务恢复以后自动重算。"
    head = f"在办申请：{len(changes)}项期限变化"
    return "\n".join((head, *(f"  {change_text(each)}" for each in changes)))


def _preview(arrangement: Arrangement, calendar: Calendar) -> Sequence[str]:
    notice = arrangement.notice
    changed = differences(notice, calendar)
    replaced = "已有这一年的安排，将被替换" if notice.year in calendar.official else "现按法定节日估算"
    head = f"{notice.year}年（{notice.document}）：{replaced}，改变{len(changed)}天"
    return [head, *(f"  {day_text(each.on)}  {each.before} → {each.after}" for each in changed)]


async def _keep(loaded: Loaded, arrangement: Arrangement, source: str) -> int:
    """Keep a year as confirmed and return its version: who is at the server needs no second person."""
    async with open_parts(loaded.settings) as parts:
        name, at = str(arrangement.notice.year), utc_now()
        proposal = await parts.gazette.propose(NewProposal(name, arrangement.toml, source, OPERATOR, at))
        await parts.gazette.settle(proposal.id, by=OPERATOR, at=at, confirmed=True)
        await Noticeboard(loaded.settings, parts.gazette).publish()
        kept = await parts.gazette.proposal(proposal.id)
    return kept.version if kept is not None else 0


def _content(file: Path) -> str:
    return decoded(file.read_bytes())


def _date(text: str) -> date:
    """Return a date written as 2026-09-18; raise ValueError in Chinese."""
    try:
        found = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        found = None
    if found is None:
        raise ValueError(f"日期应写成 2026-09-18 的样子，且确有这一天：{text}")
    if not _YEARS[0] <= found.year < _YEARS[1]:
        raise ValueError(f"日期应在 {_YEARS[0]} 年到 {_YEARS[1] - 1} 年之间：{text}")
    return found


def _number(text: str, name: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text) or not least <= int(text) <= most:
        raise ValueError(f"{name} 应为 {least} 到 {most} 的整数：{text}")
    return int(text)


def _pause(text: str) -> Pause:
    since, colon, until = text.partition(":")
    if not colon:
        raise ValueError(f"--pause 应写成 起日:止日，如 2026-03-06:2026-03-24：{text}")
    pause = Pause(_date(since), _date(until) if until else None, "征求意见")
    if pause.until is not None and pause.until < pause.since:
        raise ValueError(f"--pause 的止日早于起日：{text}")
    return pause


def _refuse(reason: str) -> int:
    print(f"错误：{reason}", file=sys.stderr)  # noqa: T201  a command prints
    return REFUSED
