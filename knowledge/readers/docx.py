"""Word files (.docx)."""

import io
import re
import zlib
from collections.abc import Iterator
from zipfile import BadZipFile

import docx
from docx.document import Document as WordFile
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.table import Table
from lxml.etree import LxmlError

from knowledge.errors import UnreadableDocument
from knowledge.readers.grid import Cell, rows
from knowledge.readers.numbering import Numbering
from knowledge.readers.reading import Article
from knowledge.readers.style import Styles

_DAMAGED = (OpcError, LxmlError, BadZipFile, zlib.error, KeyError, ValueError, AttributeError, EOFError)
_DEEPEST = 6
"""Levels of headings."""
_AROUND = frozenset({"header", "footer", "footnotes", "endnotes", "comments"})
_HEADING = re.compile(r"(?:heading|标题) ?([1-9])")
_CONTENTS = re.compile(r"toc \d")


def read(data: bytes) -> Article:
    """Return the article of a file; raise UnreadableDocument for a damaged one or one without text."""
    try:
        file = docx.Document(io.BytesIO(data))
        lines = list(_lines(file))
        title = file.core_properties.title
        around = list(_around(file))
    except _DAMAGED as error:
        raise UnreadableDocument("Word 文件有损坏，请用 Word 打开后重新另存为 .docx") from error
    if not lines:
        raise UnreadableDocument("Word 文件里没有文字（可能只有图片），请换成有文字的文件")
    return Article("\n".join(lines), supposed={"title": title}, dropped="\n".join(dict.fromkeys(around)))


def _lines(file: WordFile) -> Iterator[str]:
    styles = Styles.of(file)
    numbering = Numbering.of(file, styles)
    for block in file.iter_inner_content():
        if isinstance(block, Table):
            yield from rows(_cells(block))
            continue
        paragraph = block._p  # noqa: SLF001  the library looks up too much for each paragraph, and has no text boxes
        name = styles.name(paragraph)
        if not _CONTENTS.match(name):
            mark = numbering.mark(paragraph)
            yield from _paragraph(paragraph, before=f"{_hashes(name)}{mark}")


def _around(file: WordFile) -> Iterator[str]:
    """Yield the lines of page heads, page feet, watermarks and notes."""
    for relation in file.part.rels.values():
        if relation.is_external or relation.reltype.rpartition("/")[2] not in _AROUND:
            continue
        root = parse_xml(relation.target_part.blob)
        for paragraph in root.iter(qn("w:p")):
            yield from _paragraph(paragraph, before="")
        for mark in root.iter("{urn:schemas-microsoft-com:vml}textpath"):
            yield mark.get("string") or ""


def _paragraph(paragraph: BaseOxmlElement, *, before: str) -> Iterator[str]:
    parts = "".join(_runs(paragraph)).split("\n")
    texts = [" ".join(part.split()) if part.isascii() else part.strip() for part in parts]
    words = [text for text in texts if text]
    if words:
        yield f"{before}{words[0]}"
    yield from words[1:]


def _runs(element: BaseOxmlElement) -> Iterator[str]:
    """Yield the text of a paragraph with that of its content controls, and of its text boxes on lines of their own."""
    for node in element:
        name = node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
        if name == "t":
            yield node.text or ""
        elif name in {"br", "cr"}:
            yield "\n"
        elif name == "tab" and element.tag.endswith("}r"):
            yield " "
        elif name == "p":
            yield from ("\n", *_runs(node), "\n")
        elif name not in {"Fallback", "pPr", "rPr"}:
            yield from _runs(node)


def _hashes(style: str) -> str:
    """Return the marks of a heading, by the level its style gives it."""
    level = _HEADING.fullmatch(style)
    return f"{'#' * min(int(level[1]), _DEEPEST)} " if level else ""


def _cells(table: Table) -> Iterator[list[Cell]]:
    for row in table.rows:
        # a merged cell is given once for each of its columns, and again in each of its rows
        texts: list[Cell] = []
        before = None
        for cell in row.cells:
            same = cell._tc is before  # noqa: SLF001  the only sign that two cells are one
            before = cell._tc  # noqa: SLF001
            texts.append(("" if same else " ".join(cell.text.split()), 1, 1))
        yield [texts[0]] if len(texts) > 1 and not any(text for text, _, _ in texts[1:]) else texts
