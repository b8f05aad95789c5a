"""Lines of running text: what begins a paragraph, what only continues one."""

import re

_NUMERAL = r"[零〇一二三四五六七八九十百]{1,6}"
_BEGINNING = re.compile(
    rf"\s*(?:第{_NUMERAL}[编章节条][\s\u3000]|{_NUMERAL}、|[（(]{_NUMERAL}[）)]|附件\s*\d*[:：]?\s*|附\s*[:：]|[|#])"
)
_LATIN_END = re.compile(r"[A-Za-z0-9,.;:]$")
_LATIN_START = re.compile(r"^[A-Za-z0-9(]")
_SPACED = re.compile(r"(?:\S[ \u3000]){4,}\S[ \u3000]?")
_BLANK = re.compile(r"[ \u3000]")
_SHORTEST_DOUBLE = 6


def is_beginning(line: str) -> bool:
    """Tell whether a line begins an article, an item or an attachment, so that it continues nothing."""
    return bool(_BEGINNING.match(line))


def joined(text: str, line: str) -> str:
    """Return a text with the line that continues it, a blank between Latin words only."""
    between = " " if _LATIN_END.search(text) and _LATIN_START.match(line) else ""
    return f"{text}{between}{line}"


def respaced(line: str) -> str:
    """Return a line whose characters are all set apart (总 体 要 求) without the blanks, and once if printed twice.

    Printed web pages set bold headings so.
    """
    if not _SPACED.fullmatch(line):
        blanks = _BLANK.split(line)
        if len(blanks) < _SHORTEST_DOUBLE or sum(len(part) > 2 for part in blanks) > 1:  # noqa: PLR2004
            return line
    plain = _BLANK.sub("", line)
    half = len(plain) // 2
    return plain[:half] if len(plain) >= _SHORTEST_DOUBLE and plain[:half] * 2 == plain else plain
