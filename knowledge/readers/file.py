"""A file of any format read into documents."""

from collections.abc import Callable, Iterator
from datetime import date

from knowledge.errors import UnreadableDocument
from knowledge.normalisation import clean
from knowledge.readers import csv, docx, html, jsonl, markdown, pdf, xlsx
from knowledge.readers.archive import members
from knowledge.readers.article import reading_of
from knowledge.readers.format import Format, format_of
from knowledge.readers.package import check_parts
from knowledge.readers.plain import decode
from knowledge.readers.reading import Article, Reading

LARGEST = 100 * 1024 * 1024
"""Bytes a file may have."""

Reader = Callable[[str, bytes], Iterator[Reading]]


def read_file(name: str, data: bytes, *, today: date | None = None) -> Iterator[Reading]:
    """Yield what is in a file, told by its bytes and the ending of its name; raises nothing for text, whatever it is.

    The libraries behind the other formats are not trusted: a `Cell` reads those in a process of its own.
    With `today` the validity of each document follows from its term.
    """
    yield from read_members(name, data, lambda place, content: read_one(place, content, today=today))


def read_members(name: str, data: bytes, read: Reader) -> Iterator[Reading]:
    """Yield what `read` makes of a file, or of each file in an archive; an archive in an archive is refused."""
    place = clean(name)
    try:
        if format_of(place, data) is not Format.ZIP:
            yield from read(place, data)
            return
        for member, content in members(data):
            yield from _member(f"{place}/{member}", content, read)
    except UnreadableDocument as error:
        yield Reading(place, reason=error.reason)


def _member(place: str, content: bytes, read: Reader) -> Iterator[Reading]:
    try:
        if format_of(place, content) is not Format.ZIP:
            yield from read(place, content)
            return
    except UnreadableDocument as error:
        yield Reading(place, reason=error.reason)
        return
    yield Reading(place, reason="压缩包里还有压缩包，请先解开")


def read_one(place: str, data: bytes, *, today: date | None = None) -> Iterator[Reading]:
    """Yield what is in a file that is no archive."""
    try:
        yield from _readings(place, data, today)
    except UnreadableDocument as error:
        yield Reading(place, reason=error.reason)


def _readings(place: str, data: bytes, today: date | None) -> Iterator[Reading]:
    form = format_of(place, data)
    if form is Format.JSON_LINES:
        return jsonl.read(data, place, today=today)
    if form is Format.CSV:
        return csv.read(data, place, today=today)
    if form is Format.XLSX:
        check_parts(data)
        return xlsx.read(data, place, today=today)
    return iter([reading_of(_article(form, data), place, today=today)])


def _article(form: Format, data: bytes) -> Article:
    if form is Format.DOCX:
        check_parts(data)
        return docx.read(data)
    if form is Format.PDF:
        return pdf.read(data)
    if form is Format.HTML:
        return html.read(data)
    return markdown.read(data) if form is Format.MARKDOWN else Article(decode(data))
