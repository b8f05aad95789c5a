"""The named styles of a Word file, read once."""

from collections.abc import Iterator
from dataclasses import dataclass

from docx.document import Document as WordFile
from docx.oxml.ns import qn
from lxml import etree

_MOST = 20
"""Styles that a style may be based on, one above the other."""
_STYLE, _VALUE, _PROPERTIES = qn("w:pStyle"), qn("w:val"), qn("w:pPr")


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    properties: etree._Element | None
    based_on: str


@dataclass(frozen=True, slots=True)
class Styles:
    """Finds name and properties of a paragraph's style (the library looks through all styles for each paragraph)."""

    known: dict[str, _Style]

    @classmethod
    def of(cls, file: WordFile) -> "Styles":
        """Return the styles of a file."""
        return cls(
            {
                each.get(qn("w:styleId")) or "": _Style(
                    value(each.find(qn("w:name"))).lower(), each.find(_PROPERTIES), value(each.find(qn("w:basedOn")))
                )
                for each in file.styles.element.iter(qn("w:style"))
            }
        )

    def name(self, paragraph: etree._Element) -> str:
        """Return the name of a paragraph's style in lower case, or "" for none."""
        style = self.known.get(_id(paragraph))
        return style.name if style else ""

    def properties(self, paragraph: etree._Element) -> Iterator[etree._Element]:
        """Yield what is set for a paragraph: by itself, then by its style and those below that."""
        own = paragraph.find(_PROPERTIES)
        if own is not None:
            yield own
        style = self.known.get(_id(paragraph))
        for _ in range(_MOST):
            if style is None:
                return
            if style.properties is not None:
                yield style.properties
            style = self.known.get(style.based_on)


def value(element: etree._Element | None) -> str:
    """Return the w:val of an element, or ""."""
    return "" if element is None else element.get(_VALUE) or ""


def _id(paragraph: etree._Element) -> str:
    own = paragraph.find(_PROPERTIES)
    return "" if own is None else value(own.find(_STYLE))
