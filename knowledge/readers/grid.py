"""Tables as "|" rows, each complete in itself."""

from collections.abc import Iterable, Iterator, Sequence

Cell = tuple[str, int, int]
"""Text, columns and rows that a cell takes."""


def rows(table: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield a line a row; a cell over several rows stands in each, a row of a single cell is a plain line."""
    below: dict[int, tuple[str, int]] = {}
    for cells in table:
        line = list(_row(cells, below))
        filled = [text for text in line if text]
        if len(filled) == 1 and len(cells) == 1:
            yield filled[0]
        elif filled:
            yield f"| {' | '.join(' '.join(text.replace('|', '/').split()) for text in line)} |"


def _row(cells: Sequence[Cell], below: dict[int, tuple[str, int]]) -> Iterator[str]:
    """Yield the texts of a row, those of cells reaching down from above among them."""
    waiting = list(cells)
    column = 0
    while waiting or column in below:
        if column in below:
            text, left = below.pop(column)
            if left > 1:
                below[column] = (text, left - 1)
            yield text
            column += 1
            continue
        text, columns, down = waiting.pop(0)
        for offset in range(columns):
            if down > 1:
                below[column + offset] = (text if not offset else "", down - 1)
            yield text if not offset else ""
        column += columns
