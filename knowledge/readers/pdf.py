"""PDF files with a text layer."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pypdfium2

from knowledge.errors import UnreadableDocument
from knowledge.normalisation import clean
from knowledge.readers.labels import is_box, read_labels
from knowledge.readers.prose import is_beginning, joined, respaced
from knowledge.readers.reading import Article

MOST_PAGES = 2000
_EDGE = 0.09
"""Share of a page's height at its top and bottom in which headers, footers and page numbers stand."""
_MARK = re.compile(
    r"\d{4}[/-]\d{1,2}[/-]\d{1,2},? \d{1,2}:\d{2}(?: [AP]M)?(?:\s.*)?|(?:https?|file)://\S+(?:\s+\d+\s*/\s*\d+)?"
)
_PAGE_NUMBER = re.compile(
    r"[\s—–\-·.]*(?:第\s*)?\d{1,4}\s*(?:页)?(?:\s*[/,，共]+\s*(?:共\s*)?\d{1,4}\s*页?)?[\s—–\-·.]*"
)
_DIGITS = re.compile(r"\d+")
_HEAD = 12
"""Lines from the top in which single labels are data about the document."""
_FEW = 20
"""Characters below which a page counts as a picture."""
_GARBLED = re.compile(r"[\ufffd\ue000-\uf8ff]")
_ARTICLE = re.compile(r"(?<=[。；：])\s*(?=第[一二三四五六七八九十百零]{1,6}条[\s\u3000])")


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    left: float
    right: float
    height: float
    at_edge: bool


def read(data: bytes) -> Article:
    """Return the article of a file; raise UnreadableDocument for one encrypted, scanned, damaged or too long."""
    file = _opened(data)
    pages = _pages(file)
    _check(pages)
    lines = [line for page in _without_edges(pages) for line in page]
    shown = read_labels(line.text for index, line in enumerate(lines) if index < _HEAD or is_box(line.text))
    used = [line for line in lines if not is_box(line.text)]
    kept = {line.text for line in used}
    dropped = (line.text for page in pages for line in page if line.text not in kept)
    return Article(
        "\n".join(_paragraphs(used)),
        shown.pop("title", ""),
        shown=shown,
        supposed={"title": clean(file.get_metadata_value("Title"))},
        dropped="\n".join(dict.fromkeys(dropped)),
    )


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    try:
        file = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise UnreadableDocument(_refusal(str(error))) from error
    if len(file) > MOST_PAGES:
        raise UnreadableDocument(f"PDF 超过 {MOST_PAGES} 页，请拆成几个文件")
    return file


def _pages(file: pypdfium2.PdfDocument) -> list[list[_Line]]:
    try:
        return [list(_lines(file[number])) for number in range(len(file))]
    except pypdfium2.PdfiumError as error:
        raise UnreadableDocument("PDF 有损坏，请重新导出") from error


def _refusal(message: str) -> str:
    if "password" in message.lower():
        return "PDF 加了密码，请先去掉密码再导入"
    return "PDF 有损坏或不完整，请重新导出"


def _lines(page: pypdfium2.PdfPage) -> Iterator[_Line]:
    """Yield the lines of a page with where they stand."""
    height = page.get_height()
    texts = page.get_textpage()
    count = texts.count_chars()
    position = 0
    for part in texts.get_text_range().split("\n"):
        start, position = position, position + len(part) + 1
        text = respaced(clean(part).strip())
        if not text or position - 1 > count:
            continue
        first = start + len(part) - len(part.lstrip())
        last = start + len(part.rstrip()) - 1
        left, bottom, _, top = texts.get_charbox(first, loose=True)
        right = texts.get_charbox(last, loose=True)[2]
        at_edge = bottom > height * (1 - _EDGE) or top < height * _EDGE
        yield _Line(text, left, right, top - bottom, at_edge)


def _check(pages: Sequence[Sequence[_Line]]) -> None:
    lengths = [sum(len(line.text) for line in page) for page in pages]
    if sum(length < _FEW for length in lengths) * 2 > len(lengths) or not any(lengths):
        raise UnreadableDocument("PDF 里没有文字层（扫描件），请用文字识别软件转成 .docx 或有文字的 PDF")
    text = "".join(line.text for page in pages for line in page)
    if len(_GARBLED.findall(text)) * 10 > len(text):
        raise UnreadableDocument("PDF 的文字是乱码（字体没有编码），请用原来的文件另存为 .docx")


def _without_edges(pages: Sequence[Sequence[_Line]]) -> Iterator[list[_Line]]:
    """Yield each page's lines without print marks, page numbers, and what stands at the edge of most pages."""
    at_edges = Counter(key for page in pages for key in {_key(line) for line in page if line.at_edge})
    repeated = {key for key, count in at_edges.items() if count > max(1, len(pages) // 2)}
    for page in pages:
        yield [line for line in page if not (line.at_edge and (_key(line) in repeated or _is_mark(line)))]


def _key(line: _Line) -> str:
    return _DIGITS.sub("#", line.text)


def _is_mark(line: _Line) -> bool:
    return bool(_MARK.fullmatch(line.text) or _PAGE_NUMBER.fullmatch(line.text))


def _paragraphs(lines: Sequence[_Line]) -> list[str]:
    """Return the lines with those that only the page's width broke joined again."""
    if not lines:
        return []
    full = max(line.right for line in lines)
    margin = _margin(lines)
    paragraphs = [lines[0].text]
    for before, line in pairwise(lines):
        em = max(line.height, before.height, 6.0)
        is_full = before.right > full - 2.5 * em
        is_new = line.left > margin + 0.9 * em or before.left > margin + 4 * em or is_beginning(line.text)
        if is_full and not is_new:
            paragraphs[-1] = joined(paragraphs[-1], line.text)
        else:
            paragraphs.append(line.text)
    return [part for paragraph in paragraphs for part in _parts(paragraph)]


def _margin(lines: Sequence[_Line]) -> float:
    """Return where lines begin that are not set in: leftmost of the places where some of them do."""
    begins = Counter(round(line.left) for line in lines)
    return min(place for place, count in begins.items() if count >= min(2, begins.most_common(1)[0][1]))


def _parts(paragraph: str) -> list[str]:
    """Return a paragraph cut where an article's bold number was printed over the line before."""
    return _ARTICLE.split(paragraph)
