"""Files of JSON lines, a document a line."""

import json
from collections.abc import Iterator
from datetime import date

from knowledge.errors import UnreadableDocument
from knowledge.readers.plain import lines, whole
from knowledge.readers.reading import Reading
from knowledge.records import read_record
from knowledge.term import read_repeals
from knowledge.types import Document, Kind

MOST_ROWS = 200_000


def read(data: bytes, place: str, *, today: date | None = None) -> Iterator[Reading]:
    """Yield a reading for each line; a bad one is refused and never spoils the others.

    Raises UnreadableDocument for a file of too many lines, or one that is no text.
    """
    if data.count(b"\n") > MOST_ROWS:
        raise UnreadableDocument(f"文件超过 {MOST_ROWS // 10_000} 万行，请拆成几个文件")
    found = lines(data)
    if not any(line is None or line.strip() for line in found):
        yield Reading(place, reason="文件是空的")
    for number, line in enumerate(found, 1):
        if line is not None and not line.strip():
            continue
        row = f"{place}:{number}"
        try:
            document = _document(whole(line, number), today)
        except UnreadableDocument as error:
            yield Reading(row, reason=error.reason)
        else:
            yield Reading(row, document, repeals=read_repeals(document.text) if document.kind is Kind.POLICY else ())


def _document(line: str, today: date | None) -> Document:
    try:
        record = json.loads(line, strict=False)
    except (ValueError, RecursionError) as error:
        raise UnreadableDocument("不是一行完整的 JSON") from error
    if not isinstance(record, dict):
        raise UnreadableDocument("一行应当是一个 JSON 对象")
    return read_record(record, today=today)
