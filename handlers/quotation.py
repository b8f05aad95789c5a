"""What a citizen reads of a document: its own words, as plain lines."""

import re
import unicodedata
from collections.abc import Sequence

from knowledge.types import Hit

_BESIDE = " | "
"""Between the cells of a row; no chat can show a table."""


def quoted(hit: Hit) -> str:
    """Return the quote under its heading, unless the quote already starts with it."""
    path = hit.passage.heading.split(" / ")
    quote, last = _without_rules(_without_headings(hit.quote, path[:-1])), path[-1]
    if not last or _bare(quote).startswith(_bare(last)) or last == hit.passage.document.title:
        return quote
    return f"【{last}】{quote}"


def first_sentence(quote: str, limit: int = 60) -> str:
    """Return the beginning of a quote, cut where it is too long."""
    sentence = re.split(r"(?<=[。！？；\n])", _without_rules(quote.strip()), maxsplit=1)[0].strip()
    return sentence if len(sentence) <= limit else sentence[: limit - 1] + "…"


def _without_headings(quote: str, path: Sequence[str]) -> str:
    """Return a quote without the headings above its own at its beginning: they say only where it stands."""
    headings = {_bare(heading) for heading in path}
    lines = quote.split("\n")
    while len(lines) > 1 and (not lines[0].strip() or _bare(lines[0].lstrip("# ")) in headings):
        lines.pop(0)
    return "\n".join(lines)


def _without_rules(quote: str) -> str:
    """Return a quote with the rows of its tables as plain lines, without the marks at their ends and the rules."""
    rows = ((line, line.strip()) for line in quote.split("\n"))
    return "\n".join(
        _BESIDE.join(cell.strip() for cell in row.strip("|").split("|")) if row.startswith("|") else line
        for line, row in rows
        if not (row.startswith("|") and set(row) <= set("|-: "))
    )


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
