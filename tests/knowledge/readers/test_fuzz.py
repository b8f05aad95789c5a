"""Damaged files of every format, the same in each run; ZHENGDA_FUZZ=500 tries so many of each."""

import io
import os
import random
import time
from collections.abc import Iterator
from zipfile import ZipFile

import docx
import psutil
import pytest

from knowledge.readers import Cell
from tests.knowledge.readers.files import Placed, add_item, add_list, excel, pdf, word, zipped

TRIED = int(os.environ.get("ZHENGDA_FUZZ", "20"))
SECONDS = 10
MEMORY = 1 << 30
PARTS = 0.7
"""Share of Word and Excel files that are damaged within a part: a damaged package is refused before it is read."""


def word_file() -> bytes:
    file = docx.Document()
    file.add_heading("低保办法", 1)
    name = add_list(file, [("chineseCounting", "第%1条　"), ("decimal", "%2.")])
    add_item(file, "为了规范。", name)
    add_item(file, "县民政局负责。", name, 1)
    file.add_table(2, 2).cell(0, 1).text = "每人每月七百元"
    return word(file)


def pdf_file() -> bytes:
    page: list[Placed] = [(72, 700 - 30 * row, 16, f"第{row}条 请认真抓好落实，按月发放。") for row in range(5)]
    return pdf(page, page, title="低保的通知")


PAGE = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>低保的通知-浚县</title></head><body>
<div class="nav"><a href="/">首页</a></div><div id="main">{"<p>每人每月七百元，按月发放。</p>" * 9}
<table><tr><td rowspan="2">城区</td><td>七百</td></tr><tr><td>八百</td></tr></table></div></body></html>""".encode()
TABLE: list[list[object]] = [["问题", "答案"], ["低保多少钱？", "七百元"], ["在哪里办？", 3.5]]
FILES = {
    "docx": word_file(),
    "xlsx": excel({"问答": TABLE, "表": [["区域", "标准"], ["城区", 700]]}),
    "pdf": pdf_file(),
    "html": PAGE,
    "zip": zipped({"a.txt": "低保的通知\n正文。".encode(), "b.html": PAGE}),
    "csv": "问题,答案\n低保多少钱？,七百元\n".encode(),
    "jsonl": '{"title": "低保", "text": "正文。"}\n'.encode(),
    "md": "---\ntitle: 低保\n---\n## 第一章\n正文。".encode(),
}


@pytest.fixture(scope="module")
def cell() -> Iterator[Cell]:
    with Cell(seconds=SECONDS, memory=MEMORY) as cell:
        yield cell


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, left out, put in, repeated, or the rest cut off."""
    broken = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 5, 20, 100])):
        at, length = chance.randrange(len(broken) + 1), chance.randrange(1, 200)
        match chance.randrange(10):
            case 0:
                del broken[max(at, 1) :]
            case 1 | 2:
                del broken[at : at + length]
            case 3 | 4:
                broken[at:at] = chance.randbytes(length)
            case 5:
                broken[at:at] = broken[at : at + length]
            case _:
                broken[at : at + 1] = chance.randbytes(1)
    return bytes(broken)


def damaged_file(form: str, chance: random.Random) -> bytes:
    data = FILES[form]
    if form not in {"docx", "xlsx"} or chance.random() > PARTS:
        return damaged(data, chance)
    with ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    name = chance.choice(sorted(name for name in parts if name.endswith((".xml", ".rels"))))
    return zipped({**parts, name: damaged(parts[name], chance)})


@pytest.mark.timeout(60 + 10 * TRIED)
@pytest.mark.parametrize("form", FILES)
def test_no_damaged_file_crashes_hangs_or_fills_the_memory(cell: Cell, form: str) -> None:
    chance = random.Random(form)  # noqa: S311  the same damage in each run
    whole = list(cell.read(f"a.{form}", FILES[form]))
    assert all(reading.document for reading in whole), [reading.reason for reading in whole]
    for _ in range(TRIED):
        start = time.monotonic()
        readings = list(cell.read(f"a.{form}", damaged_file(form, chance)))

        assert time.monotonic() - start < SECONDS + 2
        assert all(reading.reason or (reading.document and reading.document.text) for reading in readings)
        if cell._process is not None:
            assert psutil.Process(cell._process.pid).memory_info().rss < MEMORY
