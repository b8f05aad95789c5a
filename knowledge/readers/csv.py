"""Tables as comma- or tab-separated text."""

import csv
import io
from collections.abc import Iterator
from datetime import date

from knowledge.errors import UnreadableDocument
from knowledge.readers.plain import decode
from knowledge.readers.reading import Reading
from knowledge.readers.rows import readings

_SIGNS = ",\t;"


def read(data: bytes, place: str, *, today: date | None = None) -> Iterator[Reading]:
    """Yield a reading for each row; raise UnreadableDocument for a table that cannot be taken apart."""
    text = decode(data)
    head = text[:2000].partition("\n")[0]
    table = csv.reader(io.StringIO(text, newline=""), delimiter=max(_SIGNS, key=head.count))
    try:
        yield from readings(([cell.strip() for cell in row] for row in table), place, today=today)
    except csv.Error as error:
        raise UnreadableDocument("表格的引号或分隔符有误，请用 Excel 另存为 .xlsx") from error
