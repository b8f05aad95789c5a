"""The numbers that Word prints before the paragraphs of a list without writing them into the text."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from docx.document import Document as WordFile
from docx.oxml.ns import qn
from lxml import etree

from knowledge.readers.style import Styles, value

_CHINESE = frozenset(
    {"chineseCounting", "chineseCountingThousand", "japaneseCounting", "ideographDigital", "taiwaneseCountingThousand"}
)
_DIGITS = "零一二三四五六七八九"
_CIRCLES = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_LEVELS = 9


@dataclass(frozen=True, slots=True)
class _Level:
    form: str
    pattern: str
    start: int


@dataclass(slots=True)
class Numbering:
    """Counts the lists of one file from its first paragraph to its last."""

    levels: dict[str, dict[int, _Level]]
    styles: Styles
    counted: dict[str, list[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, file: WordFile, styles: Styles) -> "Numbering":
        """Return the counting of a file; one without lists has nothing to count."""
        part = next((each.target_part for each in file.part.rels.values() if each.reltype.endswith("/numbering")), None)
        root = getattr(part, "element", None)
        return cls({} if root is None else _levels(root), styles)

    def mark(self, paragraph: etree._Element) -> str:
        """Return what is printed before a paragraph ("一、", "1. "), and count it."""
        found = _list_of(self.styles.properties(paragraph)) if self.levels else None
        if found is None or found[0] not in self.levels:
            return ""
        name, depth = found
        levels = self.levels[name]
        if depth not in levels:
            return ""
        counts = self.counted.setdefault(name, [0] * _LEVELS)
        counts[depth] = counts[depth] + 1 if counts[depth] else levels[depth].start
        counts[depth + 1 :] = [0] * (_LEVELS - depth - 1)
        return _printed(levels, depth, counts)


def _printed(levels: dict[int, _Level], depth: int, counts: list[int]) -> str:
    text = levels[depth].pattern
    if levels[depth].form in {"bullet", "none"}:
        return ""
    for upper in range(depth + 1):
        if upper in levels:
            number = counts[upper] or levels[upper].start
            text = text.replace(f"%{upper + 1}", _number(number, levels[upper].form))
    return f"{text} " if text[-1:].isalnum() or text.endswith(".") else text


def _number(number: int, form: str) -> str:
    if form in _CHINESE:
        return _chinese(number)
    if form.startswith("decimalEnclosedCircle") and number <= len(_CIRCLES):
        return _CIRCLES[number - 1]
    if form in {"lowerLetter", "upperLetter"} and 0 < number <= 26:  # noqa: PLR2004
        return chr((ord("a") if form == "lowerLetter" else ord("A")) + number - 1)
    return str(number)


def _chinese(number: int) -> str:
    """Return a number below a hundred in words; greater ones in figures."""
    tens, ones = divmod(number, 10)
    if tens > 9:  # noqa: PLR2004
        return str(number)
    first = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return first + (_DIGITS[ones] if ones or not tens else "")


def _list_of(properties: Iterable[etree._Element]) -> tuple[str, int] | None:
    """Return list and level of a paragraph, by the first of its properties that names one."""
    for each in properties:
        numbered = each.find(qn("w:numPr"))
        name = None if numbered is None else numbered.find(qn("w:numId"))
        if numbered is not None and name is not None:
            level = value(numbered.find(qn("w:ilvl")))
            return value(name), int(level) if level.isdecimal() and int(level) < _LEVELS else 0
    return None


def _levels(root: etree._Element) -> dict[str, dict[int, _Level]]:
    abstract = {
        each.get(qn("w:abstractNumId")): {
            int(level.get(qn("w:ilvl"))): _level(level)
            for level in each.iter(qn("w:lvl"))
            if (level.get(qn("w:ilvl")) or "").isdecimal()
        }
        for each in root.iter(qn("w:abstractNum"))
    }
    return {
        number.get(qn("w:numId")) or "": abstract.get(value(number.find(qn("w:abstractNumId"))), {})
        for number in root.iter(qn("w:num"))
    }


def _level(level: etree._Element) -> _Level:
    start = value(level.find(qn("w:start")))
    return _Level(
        form=value(level.find(qn("w:numFmt"))) or "decimal",
        pattern=value(level.find(qn("w:lvlText"))),
        start=int(start) if start.isdecimal() and len(start) < 5 else 1,  # noqa: PLR2004
    )
