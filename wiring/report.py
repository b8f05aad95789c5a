"""The annual report from the command line: counted from the register, printed, and written in every format."""

import argparse
from pathlib import Path
from typing import Any

from config.loading import Loaded
from register.report.checks import discrepancies
from register.report.counting import Report
from register.report.tables import Row, full_name
from register.report.writing import as_json, page, title, word_file, workbook
from wiring.parts import open_parts
from wiring.requests import open_chancery

UNBALANCED = 1


def add_report(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401  argparse's class is private
    """Add `report` to the command line."""
    text = "政府信息公开工作年度报告的数据：核对，并写成 Word、Excel、网页和 JSON"
    report = commands.add_parser("report", help=text, description=text, parents=[shared])
    report.add_argument("year", type=int, help="年份")
    report.add_argument("--json", action="store_true", help="打印 JSON")
    report.add_argument("--out", type=Path, help="写到这个文件夹")
    report.set_defaults(run=_report)


async def _report(loaded: Loaded, options: argparse.Namespace) -> int:
    async with open_parts(loaded.settings) as parts:
        chancery = open_chancery(loaded.settings, parts)
        if chancery is None:
            print("没有启用依申请公开：请填写 [requests] 各项。")  # noqa: T201  a command prints
            return UNBALANCED
        report = await chancery.office.report(options.year, agency=loaded.settings.office.name)
    if options.out:
        _write(report, options.out)
    if options.json:
        print(as_json(report))  # noqa: T201  a command prints
    else:
        print(_text(report))  # noqa: T201  a command prints
    return UNBALANCED if discrepancies(report.tables) else 0


def _write(report: Report, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{title(report)}.docx").write_bytes(word_file(report))
    (folder / f"{title(report)}.xlsx").write_bytes(workbook(report))
    (folder / f"{title(report)}.html").write_text(page(report), encoding="utf-8")
    (folder / f"{title(report)}.json").write_text(as_json(report), encoding="utf-8")


def _text(report: Report) -> str:
    """Return table three as lines: a row's name and its total; and what does not balance."""
    lines = [title(report), *(f"{full_name(row)}：{report.tables.requests[row].total}" for row in Row)]
    lines.append(f"逾期送达（不列入报告）：{len(report.late)}")
    return "\n".join((*lines, *(report.discrepancies or ("勾稽关系成立。",))))
