"""A document's text as a page shows it: headings, paragraphs and tables."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class BlockKind(StrEnum):
    """What a stretch of a text is."""

    HEADING = "heading"
    TABLE = "table"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a text: a heading, a table's rows of cells, or a paragraph as one row of one cell."""

    kind: BlockKind
    rows: tuple[tuple[str, ...], ...]


def blocks(text: str) -> Iterator[Block]:
    """Yield a Markdown-like text in stretches: "#" lines are headings, neighbouring "|" lines one table."""
    rows: list[tuple[str, ...]] = []
    for line in (*text.splitlines(), ""):
        row = _row(line)
        if row is not None:
            rows += [row] if any(row) else []
            continue
        if rows:
            yield Block(BlockKind.TABLE, tuple(rows))
            rows = []
        if line.strip():
            heading = line.startswith("#")
            said = line.lstrip("#").strip() if heading else line.strip()
            yield Block(BlockKind.HEADING if heading else BlockKind.TEXT, ((said,),))


def _row(line: str) -> tuple[str, ...] | None:
    """Return the cells of a line of a table, all empty for the rule under its head; None for any other line."""
    stripped = line.strip()
    if not stripped.startswith("|"):
        return None
    cells = tuple(cell.strip() for cell in stripped.strip("|").split("|"))
    return ("",) if all(set(cell) <= set("-: ") for cell in cells) else cells
