"""The official layout of the tables of an annual report: which cells there are, and over how many rows and columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from register.report.tables import (
    APPLICANTS,
    CELLS,
    COLUMN_NAMES,
    DISPUTE_BLOCKS,
    DISPUTE_COLUMNS,
    HEADING,
    RESULTS,
    ROW_NAMES,
    TOTAL,
    DisputeTable,
    Line,
    PublishedTable,
    RequestTable,
    Row,
    group_of,
)


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell of a printed table: what it says (a name or a number), and its columns and rows."""

    content: str | int | Decimal
    across: int = 1
    down: int = 1

    @property
    def is_name(self) -> bool:
        """Whether this is a heading and no number."""
        return isinstance(self.content, str)


Grid = tuple[tuple[GridCell, ...], ...]
"""The rows of a table; a cell that reaches down is left out of the rows below it."""


def published_grid(table: PublishedTable) -> Grid:
    """Return table two."""
    return (
        (GridCell("第二十条第（一）项", 4),),
        tuple(GridCell(name) for name in ("信息内容", "本年制发件数", "本年废止件数", "现行有效件数")),
        *(
            (GridCell(name), GridCell(issued.made), GridCell(issued.repealed), GridCell(issued.in_force))
            for name, issued in (("规章", table.rules), ("行政规范性文件", table.normative))
        ),
        *_single("第二十条第（五）项", "本年处理决定数量", ("行政许可", table.licences)),
        *_single(
            "第二十条第（六）项", "本年处理决定数量", ("行政处罚", table.penalties), ("行政强制", table.coercions)
        ),
        *_single("第二十条第（八）项", "本年收费金额（单位：万元）", ("行政事业性收费", table.charges)),
    )


def _single(heading: str, column: str, *rows: tuple[str, int | Decimal]) -> Iterator[tuple[GridCell, ...]]:
    yield (GridCell(heading, 4),)
    yield (GridCell("信息内容"), GridCell(column, 3))
    for name, number in rows:
        yield (GridCell(name), GridCell(number, 3))


def request_grid(table: RequestTable) -> Grid:
    """Return table three: three rows of heads and the 25 rows, ten columns wide."""
    organisations = APPLICANTS[1:]
    return (
        (GridCell(HEADING, 3, 3), GridCell("申请人情况", 7)),
        (
            GridCell(COLUMN_NAMES[APPLICANTS[0]], down=2),
            GridCell("法人或其他组织", len(organisations)),
            GridCell(TOTAL, down=2),
        ),
        tuple(GridCell(COLUMN_NAMES[applicant]) for applicant in organisations),
        *((*(GridCell(ROW_NAMES[row], 3),), *_numbers(table[row])) for row in (Row.NEW, Row.CARRIED_IN)),
        *((*_names(row), *_numbers(table[row])) for row in CELLS),
        (GridCell(ROW_NAMES[Row.DECIDED], 2), *_numbers(table[Row.DECIDED])),
        (GridCell(ROW_NAMES[Row.CARRIED_OUT], 3), *_numbers(table[Row.CARRIED_OUT])),
    )


def _names(row: Row) -> Iterator[GridCell]:
    if row is CELLS[0]:
        # the 21 results and their sum
        yield GridCell(RESULTS, down=len(CELLS) + 1)
    group = group_of(row)
    if not group:
        yield GridCell(ROW_NAMES[row], 2)
        return
    siblings = [each for each in CELLS if group_of(each) == group]
    if row is siblings[0]:
        yield GridCell(group, down=len(siblings))
    yield GridCell(ROW_NAMES[row])


def _numbers(line: Line) -> Iterator[GridCell]:
    yield from (GridCell(number) for number in (*line.numbers, line.total))


def dispute_grid(table: DisputeTable) -> Grid:
    """Return table four: one row of 15 numbers under its heads."""
    return (
        (GridCell("行政复议", 5), GridCell("行政诉讼", 10)),
        (
            *(GridCell(name, down=2) for name in DISPUTE_COLUMNS),
            *(GridCell(name, 5) for name in DISPUTE_BLOCKS[1:]),
        ),
        tuple(GridCell(name) for name in DISPUTE_COLUMNS * 2),
        tuple(GridCell(number) for block in table for number in block.numbers),
    )


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell at its place; `row` and `column` count from 0."""

    row: int
    column: int
    cell: GridCell


def placed(grid: Grid) -> tuple[Placed, ...]:
    """Return the cells of a grid with their places."""
    taken: set[tuple[int, int]] = set()
    found: list[Placed] = []
    for row, cells in enumerate(grid):
        column = 0
        for cell in cells:
            while (row, column) in taken:
                column += 1
            found.append(Placed(row, column, cell))
            taken |= {(row + down, column + across) for down in range(cell.down) for across in range(cell.across)}
    return tuple(found)


def size(grid: Grid) -> tuple[int, int]:
    """Return how many rows and columns a grid has."""
    cells = placed(grid)
    return len(grid), max(each.column + each.cell.across for each in cells)
