"""The text of a piece of a page as lines, with tables as "|" rows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from knowledge.readers.grid import rows

_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt"}
    | {"fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main"}
    | {"ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"}
)
_HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
_SPACE = re.compile(r"[\s\u3000\xa0]+")
_WIDE = r"[\u2e80-\u9fff\uff00-\uffef\u3000-\u303f“”‘’]"
_BROKEN = re.compile(rf"(?<={_WIDE})[ \t]*[\r\n][\s]*(?={_WIDE})")
_LONGEST_CELL = 400
"""Characters above which a cell is a part of the page, not of a table."""


def squeezed(text: str) -> str:
    """Return a text on one line, its blanks single and none where the source only broke a Chinese line."""
    return _SPACE.sub(" ", _BROKEN.sub("", text)).strip()


@dataclass(slots=True)
class Flow:
    """Lines being written: text is added until a block begins or ends."""

    lines: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, element: etree._Element) -> list[str]:
        """Return the lines of an element, blank ones left out."""
        flow = cls()
        flow._element(element)
        flow._end()
        return flow.lines

    def _element(self, element: etree._Element) -> None:
        tag = element.tag
        if tag == "table" and _is_data(element):
            self._end()
            self.lines += rows(_cells(element))
            return
        block = tag in _BLOCKS or tag == "br"
        if block:
            self._end()
        self.pending.append(element.text or "")
        for child in element:
            if isinstance(child.tag, str):
                self._element(child)
            self.pending.append(child.tail or "")
        if block:
            self._end(mark=_HEADINGS.get(tag, ""))

    def _end(self, *, mark: str = "") -> None:
        line = squeezed("".join(self.pending))
        self.pending.clear()
        if line:
            self.lines.append(f"{mark} {line}" if mark else line)


def _is_data(table: etree._Element) -> bool:
    """Tell a table of data from one that only arranges the page."""
    cells = list(table.iter("td", "th"))
    lengths = [len("".join(cell.itertext()).strip()) for cell in cells]
    filled = sum(length > 0 for length in lengths)
    nested = any(True for _ in table.iterdescendants("table"))
    return filled > 2 and not nested and max(lengths) <= max(_LONGEST_CELL, sum(lengths) // 2)  # noqa: PLR2004


def _cells(table: etree._Element) -> Iterator[list[tuple[str, int, int]]]:
    for row in table.iter("tr"):
        yield [
            (squeezed(" ".join(Flow.of(cell))), _span(cell, "colspan"), _span(cell, "rowspan"))
            for cell in row
            if cell.tag in {"td", "th"}
        ]


def _span(cell: etree._Element, name: str) -> int:
    written = (cell.get(name) or "").strip()
    return min(max(int(written), 1), 50) if written.isdecimal() and len(written) < 5 else 1  # noqa: PLR2004
