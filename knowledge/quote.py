"""The words of a passage that answer a question: verbatim, on sentence borders, table rows with their header."""

import re
from collections.abc import Sequence

from knowledge.passages import sentences
from knowledge.tokens import Query

LIMIT = 400
"""Characters a quote may have."""
_CLAUSE = re.compile(r"[、；;]|[，,：:](?![0-9０-９])")
"""Ends a clause; 1,200 and 9:30 are not two."""
_RULE = re.compile(r"[|\s:\-]+")
_WHOLE = re.compile(r"[0-9０-９.,，．%％‰]")
"""What numbers, amounts and dates are written with; no cut goes between two of these."""


def quote(text: str, query: Query) -> str:
    """Return the consecutive sentences of the text that hold most of the question, as many as fit.

    Rows of a table come with its header. A sentence that is too long is cut at a comma, or else beside a number.
    """
    text = text.strip()
    if len(text) <= LIMIT:
        return text
    header = _header(text)
    room = LIMIT - len(header)
    wanted = set(query.tokens.bigrams).union(*(expansion.tokens.bigrams for expansion in query.expansions))
    whole = ((start, end) for start, end in sentences(text) if not text[start:end].isspace())
    spans = [part for start, end in whole for part in _parts(text, start, end, room)]
    start, end = _best(text, spans, wanted, room)
    found = text[start:end].strip()
    inside = header and found.startswith("|") and start >= text.index(header) + len(header)
    return f"{header}{found}" if inside else found


def _header(text: str) -> str:
    """Return the lines that head the text's table, up to a line end; "" where there is no table or no room for them."""
    lines = text.splitlines(keepends=True)
    first = next((place for place, line in enumerate(lines) if line.startswith("|")), len(lines))
    ruled = first + 1 < len(lines) and _RULE.fullmatch(lines[first + 1])
    header = "".join(lines[first : first + (2 if ruled else 1)])
    return header if len(header) <= LIMIT // 2 else ""


def _parts(text: str, start: int, end: int, room: int) -> list[tuple[int, int]]:
    """Return a sentence as one span, or as several where it is longer than there is room."""
    parts: list[tuple[int, int]] = []
    while end - start > room:
        last = start + room
        # one character more, to see what follows a comma
        clauses = (clause.end() for clause in _CLAUSE.finditer(text, start, last + 1))
        border = max((place for place in clauses if place <= last), default=start)
        if border == start:
            border = _beside_numbers(text, start, last)
        parts.append((start, border))
        start = border
    return [*parts, (start, end)]


def _beside_numbers(text: str, first: int, cut: int) -> int:
    """Return the last place up to the cut that is inside no number; the cut itself where all is one number."""
    for place in range(cut, first, -1):
        if not (_WHOLE.match(text[place - 1]) and _WHOLE.match(text[place])):
            return place
    return cut


def _best(text: str, spans: Sequence[tuple[int, int]], wanted: set[str], room: int) -> tuple[int, int]:
    """Return where the consecutive spans begin and end that hold most and still fit."""
    lowered = [text[start:end].lower() for start, end in spans]
    whole = "\n".join(lowered)
    held = [pair for pair in wanted if pair in whole]
    worth = [len([pair for pair in held if pair in part]) for part in lowered]
    best = (-1, *spans[0])
    for first, (start, _) in enumerate(spans):
        total = 0
        for last in range(first, len(spans)):
            end = spans[last][1]
            if end - start > room and len(text[start:end].strip()) > room:
                break
            total += worth[last]
            if total > best[0] or (total == best[0] and start == best[1]):
                best = (total, start, end)
    return best[1:]
