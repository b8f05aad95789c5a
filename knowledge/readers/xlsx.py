"""Excel files (.xlsx)."""

import io
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet.worksheet import Worksheet

from knowledge.errors import UnreadableDocument
from knowledge.normalisation import clean
from knowledge.readers.reading import Reading
from knowledge.readers.rows import MOST_COLUMNS, MOST_ROWS, readings

_DAMAGED = (
    *(BadZipFile, InvalidFileException, zlib.error),
    *(KeyError, ValueError, TypeError, AttributeError, EOFError, SyntaxError),
)


def read(data: bytes, place: str, *, today: date | None = None) -> Iterator[Reading]:
    """Yield a reading for each row of each sheet that is not empty; raise UnreadableDocument for a damaged file."""
    try:
        tables = list(_tables(data))
    except _DAMAGED as error:
        raise UnreadableDocument("Excel 文件有损坏，请用 Excel 打开后重新另存为 .xlsx") from error
    if not tables:
        raise UnreadableDocument("表格是空的")
    for name, table in tables:
        where = place if len(tables) == 1 else f"{place}:{name}"
        try:
            yield from readings(table, where, today=today)
        except UnreadableDocument as error:
            yield Reading(where, reason=error.reason)


def _tables(data: bytes) -> Iterator[tuple[str, list[list[str]]]]:
    """Yield name and rows of each sheet that is shown and holds something."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    for sheet in book.worksheets:
        table = list(_rows(sheet)) if sheet.sheet_state == "visible" else []
        if any(any(row) for row in table):
            yield clean(sheet.title), table


def _rows(sheet: Worksheet) -> Iterator[list[str]]:
    if isinstance(sheet, ReadOnlyWorksheet):
        # what a file says of its own size may be wrong in both directions
        sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        cells = [_text(value) for value in row[: MOST_COLUMNS + 1]]
        while cells and not cells[-1]:
            cells.pop()
        if number > MOST_ROWS:
            raise UnreadableDocument(f"表格超过 {MOST_ROWS} 行，请删去空行或拆成几个文件")
        yield cells


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if not (value.hour or value.minute) else value.isoformat(sep=" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return clean(str(value)).strip()
