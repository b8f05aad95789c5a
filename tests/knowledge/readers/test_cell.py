import io
import json
import signal
import struct
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path

import psutil
import pytest

from knowledge.readers import Cell, Reading, read_file
from knowledge.readers.cell import LONGEST_HERE, serve
from knowledge.types import Validity
from tests.knowledge.readers.files import excel, pdf, word_of, zipped

NOTICE = ("浚县民政局关于低保的通知", "浚民〔2020〕5号", "本通知自2020年1月1日起施行，有效期五年。")
WORD = word_of(*NOTICE, "《低保办法》（浚民〔2010〕1号）同时废止。")
LONG_LINE = "正文。" * 99 + "\n"
GIVEN_UP = "没能在限定的时间和内存内读完"
TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def cell() -> Iterator[Cell]:
    with Cell() as cell:
        yield cell


def only(found: Iterator[Reading]) -> Reading:
    (reading,) = found
    return reading


def child(cell: Cell) -> psutil.Process:
    """The process of a cell that has read something."""
    assert cell._process is not None
    return psutil.Process(cell._process.pid)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.docx", WORD),
        ("a.pdf", pdf([(72, 700, 16, "低保的通知，请认真抓好落实，按月发放，不得截留挪用。")])),
        ("a.html", f"<html><body><p>{'低保的通知，正文。' * 9}</p></body></html>".encode()),
        ("a.xlsx", excel({"表": [["问题", "答案"], ["甲？", "乙"], ["", "丙"]]})),
        ("a.zip", zipped({"a.docx": WORD, "b.txt": "通知\n正文。".encode(), "c.pdf": b"%PDF-"})),
        ("a.csv", "问题,答案\n甲？,乙\n,丙".encode()),
        ("a.jsonl", '{"title": "甲", "text": "正文。"}\n{\n'.encode()),
        ("a.txt", f"通知\n{LONG_LINE * 6_000}".encode()),
        ("a.md", "---\ntitle: 低保\n---\n正文。".encode()),
        ("a.pdf", b"%PDF-1.7"),
        ("a.doc", b""),
    ],
)
def test_a_cell_reads_what_reading_here_reads(cell: Cell, name: str, data: bytes) -> None:
    assert list(cell.read(name, data, today=TODAY)) == list(read_file(name, data, today=TODAY))


def test_the_day_is_handed_over(cell: Cell) -> None:
    expired, current = (only(cell.read("a.docx", WORD, today=day)).document for day in (TODAY, date(2021, 1, 1)))

    assert expired is not None
    assert current is not None
    assert (expired.validity, current.validity) == (Validity.EXPIRED, Validity.IN_FORCE)
    assert only(cell.read("a.docx", WORD)).repeals == ("浚民〔2010〕1号",)


def test_the_process_has_nothing_but_its_pipes_and_bounds(cell: Cell, tmp_path: Path) -> None:
    with (tmp_path / "secret").open("w"):
        assert only(cell.read("a.docx", WORD)).document
        process = child(cell)

        assert process.environ().keys() <= {"PYTHONUTF8", "OPENBLAS_NUM_THREADS", "PYTHONDONTWRITEBYTECODE", "LC_CTYPE"}
        assert process.open_files() == []
        assert process.net_connections() == []
        assert process.rlimit(psutil.RLIMIT_AS) == (1 << 30, 1 << 30)
        assert process.rlimit(psutil.RLIMIT_FSIZE) == (0, 0)
        assert process.rlimit(psutil.RLIMIT_CPU)[0] < 60


def test_one_process_reads_file_after_file_and_a_new_one_follows_a_broken_one(cell: Cell) -> None:
    assert only(cell.read("a.docx", WORD)).document
    first = child(cell)
    assert only(cell.read("b.docx", WORD)).document
    assert child(cell) == first
    first.kill()
    first.wait(5)

    refused = only(cell.read("c.docx", WORD))

    assert (refused.document, refused.place) == (None, "c.docx")
    assert GIVEN_UP in refused.reason
    assert only(cell.read("c.docx", WORD)).document
    assert child(cell) != first


def test_a_file_that_takes_too_long_is_refused_in_time() -> None:
    with Cell(seconds=0.5) as cell:
        list(cell.read("a.docx", WORD))
        process = child(cell)
        process.send_signal(signal.SIGSTOP)
        start = time.monotonic()
        refused = only(cell.read("a.docx", WORD))

        assert GIVEN_UP in refused.reason
        assert time.monotonic() - start < 5
        assert not process.is_running()


def test_a_file_that_takes_too_much_memory_is_refused() -> None:
    with Cell(memory=180 << 20) as cell:
        page = f"<html><body>{'<p>正</p>' * 300_000}</body></html>".encode()

        assert only(cell.read("a.html", page)).document is None
        assert only(cell.read("a.docx", WORD)).document


@pytest.mark.parametrize(
    "answer",
    [b"", b"\x00" * 8, struct.pack(">Q", 1 << 62), *(struct.pack(">Q", len(each)) + each for each in (b"{}", b"[1]"))],
)
def test_an_answer_that_is_none_is_not_believed(answer: bytes) -> None:
    cell = Cell()
    cell._process = _Process(answer)  # type: ignore[assignment]  # as much of a process as is used

    assert GIVEN_UP in only(cell.read("a.docx", WORD)).reason


class _Process:
    """A process that answers what it likes."""

    def __init__(self, answer: bytes) -> None:
        self.stdin, self.stdout = io.BytesIO(), io.BytesIO(answer)

    def kill(self) -> None:
        """Nothing runs."""

    def communicate(self) -> None:
        """Nothing is left to read."""


def test_the_process_serves_until_there_are_no_more_files(monkeypatch: pytest.MonkeyPatch) -> None:
    # the limit would stay with the tests
    monkeypatch.setattr("knowledge.readers.cell._limit_time", lambda seconds: None)
    head = json.dumps({"place": "a.docx", "today": "2026-11-23", "seconds": 10.0}).encode()
    incoming = io.BytesIO(b"".join(struct.pack(">Q", len(part)) + part for part in (head, WORD)))
    outgoing = io.BytesIO()
    serve(incoming, outgoing)
    here = only(read_file("a.docx", WORD, today=TODAY))

    assert json.loads(outgoing.getvalue()[16:]) == json.loads(json.dumps([asdict(here)], default=date.isoformat))


def test_a_process_that_cannot_begin_is_told() -> None:
    with Cell(memory=1 << 70) as cell:
        assert "没能启动" in only(cell.read("a.docx", WORD)).reason


def test_no_process_stays_behind() -> None:
    with Cell() as cell:
        list(cell.read("a.docx", WORD))
        process = child(cell)

    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize(
    ("name", "data", "apart"),
    [
        ("a.txt", b"x", False),
        ("a.md", b"x", False),
        ("a.txt", b"x" * (LONGEST_HERE + 1), True),
        ("a.md", b"x" * (LONGEST_HERE + 1), True),
        ("a.csv", b"x", True),
        ("a.jsonl", b"x", True),
        ("a.zip", zipped({"a.jsonl": b"x"}), True),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_only_short_texts_are_read_without_a_process(name: str, data: bytes, *, apart: bool) -> None:
    with Cell(memory=1 << 70) as cell:
        assert [("没能启动" in reading.reason) for reading in cell.read(name, data)] == [apart]
