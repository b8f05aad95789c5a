"""An annual report read back from its text, by the official row names."""

import io
import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from zipfile import BadZipFile

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table, _Cell

from register.errors import UnreadableReport
from register.report.tables import (
    ROW_NAMES,
    DisputeBlock,
    Issued,
    Line,
    PublishedTable,
    RequestTable,
    Row,
    Tables,
)

_PAGE_NUMBER = re.compile(r"^\s*[-—－]\s*\d+\s*[-—－]\s*$", re.MULTILINE)
_NUMBER = r"-?\d[\d,]*(?:\.\d+)?"
_BETWEEN = r"[\s|]+"
_SHORT_NAMES = {Row.PARTIAL: "（二）部分公开"}
"""Rows whose explanation in brackets many reports leave out."""
_DISPUTES = "政府信息公开行政复议、行政诉讼情况"
_OPEN_NAMES = frozenset({_DISPUTES, *_SHORT_NAMES.values()})
_GAP = r"[\W_]*"


def read_text(text: str) -> Tables:
    """Return the tables of a report from its plain text, as copied from a page, a PDF or `text_of_word`.

    Line breaks within names, 、 or ， in them, and 1. or 1、 before them make no difference. Raises UnreadableReport,
    in Chinese, naming the first row that cannot be found.
    """
    return _Reader(_PAGE_NUMBER.sub("", unicodedata.normalize("NFKC", text))).tables()


def text_of_word(content: bytes) -> str:
    """Return the text of a Word file, a line for each row of a table; raise UnreadableReport where it is none."""
    try:
        document = Document(io.BytesIO(content))
    except (BadZipFile, PackageNotFoundError, KeyError, ValueError) as error:
        raise UnreadableReport("这不是可以读取的 Word 文件（.docx）。") from error
    parts: list[str] = []
    for part in document.iter_inner_content():
        parts += _lines_of(part) if isinstance(part, Table) else [part.text]
    return "\n".join(parts)


def _lines_of(table: Table) -> Iterable[str]:
    for row in table.rows:
        # Row.cells repeats merged cells, and takes seconds to find them
        cells = row._tr.tc_lst  # noqa: SLF001
        yield " ".join(_Cell(cell, table).text for cell in cells if cell.vMerge != "continue")


class _Reader:
    """Finds the rows one after the other, each behind the one before."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def tables(self) -> Tables:
        return Tables(self._published(), self._requests(), self._disputes())

    def _published(self) -> PublishedTable:
        return PublishedTable(
            rules=Issued(*self._whole("规章", 3)),
            normative=Issued(*self._whole("行政规范性文件", 3)),
            licences=self._whole("行政许可", 1)[0],
            penalties=self._whole("行政处罚", 1)[0],
            coercions=self._whole("行政强制", 1)[0],
            charges=self._numbers("行政事业性收费", 1)[0],
        )

    def _requests(self) -> RequestTable:
        table: dict[Row, Line] = {}
        for row, name in ROW_NAMES.items():
            *numbers, total = self._whole(_SHORT_NAMES.get(row, name), 7)
            table[row] = Line(tuple(numbers), total)
        return table

    def _disputes(self) -> tuple[DisputeBlock, DisputeBlock, DisputeBlock]:
        numbers = self._whole(_DISPUTES, 15)
        return (DisputeBlock(*numbers[:5]), DisputeBlock(*numbers[5:10]), DisputeBlock(*numbers[10:]))

    def _whole(self, name: str, count: int) -> list[int]:
        numbers = self._numbers(name, count)
        if any(number != int(number) for number in numbers):
            raise UnreadableReport(f"“{name}”的数字不是整数。")
        return [int(number) for number in numbers]

    def _numbers(self, name: str, count: int) -> list[Decimal]:
        found = _pattern(name, count).search(self._text, self._at)
        if found is None:
            raise UnreadableReport(f"没有读到“{name}”的 {count} 个数字。")
        self._at = found.end()
        return [Decimal(number.replace(",", "")) for number in re.findall(_NUMBER, found[1])]


def _pattern(name: str, count: int) -> re.Pattern[str]:
    signs = _GAP.join(sign for sign in unicodedata.normalize("NFKC", name) if sign.isalnum())
    numbers = _BETWEEN.join([_NUMBER] * count)
    # behind a shortened name and the heads of columns there may be more words, behind a row's full name none
    rest = r"[^\d-]*?" if name in _OPEN_NAMES else r"[^\w-]*?"
    return re.compile(rf"{signs}{rest}[\s|)]({numbers})(?![\d.])")
