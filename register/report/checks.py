"""The reconciliation of an annual report (勾稽关系): every disagreement, with the cells it is between."""

from collections.abc import Iterator

from register.report.tables import (
    APPLICANTS,
    CELLS,
    COLUMN_NAMES,
    DISPUTE_BLOCKS,
    TOTAL,
    DisputeTable,
    Line,
    PublishedTable,
    RequestTable,
    Row,
    Tables,
    full_name,
)


def discrepancies(tables: Tables, *, opening: Line | None = None) -> tuple[str, ...]:
    """Return one Chinese sentence for each rule the numbers break; none means the report balances.

    `opening` is row 四 of the report of the year before, as published: it must be this year's 二.
    """
    return (
        *_negative(tables),
        *_columns(tables.requests),
        *_totals(tables.requests),
        *_opening(tables.requests, opening),
        *_disputes(tables.disputes),
    )


def _columns(table: RequestTable) -> Iterator[str]:
    for name, column in _by_column(table):
        received = column[Row.NEW] + column[Row.CARRIED_IN]
        accounted = column[Row.DECIDED] + column[Row.CARRIED_OUT]
        if received != accounted:
            yield f"“{name}”列：第一项加第二项为 {received}，第三项（七）总计加第四项为 {accounted}，应当相等。"
        added = sum(column[row] for row in CELLS)
        if added != column[Row.DECIDED]:
            yield f"“{name}”列：各项办理结果之和为 {added}，（七）总计为 {column[Row.DECIDED]}，应当相等。"


def _by_column(table: RequestTable) -> Iterator[tuple[str, dict[Row, int]]]:
    for index, applicant in enumerate(APPLICANTS):
        yield COLUMN_NAMES[applicant], {row: line.numbers[index] for row, line in table.items()}
    yield TOTAL, {row: line.total for row, line in table.items()}


def _totals(table: RequestTable) -> Iterator[str]:
    for row, line in table.items():
        added = sum(line.numbers)
        if added != line.total:
            yield f"“{full_name(row)}”行：各类申请人之和为 {added}，总计为 {line.total}，应当相等。"


def _opening(table: RequestTable, opening: Line | None) -> Iterator[str]:
    if opening is None:
        return
    for name, left, carried in _pairs(opening, table[Row.CARRIED_IN]):
        if left != carried:
            yield f"“{name}”列：上年度报告第四项结转 {left}，本年度第二项为 {carried}，应当相等。"


def _pairs(left: Line, right: Line) -> Iterator[tuple[str, int, int]]:
    names = (*(COLUMN_NAMES[applicant] for applicant in APPLICANTS), TOTAL)
    yield from zip(names, (*left.numbers, left.total), (*right.numbers, right.total), strict=True)


def _disputes(table: DisputeTable) -> Iterator[str]:
    for name, block in zip(DISPUTE_BLOCKS, table, strict=True):
        added = block.upheld + block.corrected + block.other + block.pending
        if added != block.total:
            yield f"表四“{name}”：各项之和为 {added}，总计为 {block.total}，应当相等。"


def _negative(tables: Tables) -> Iterator[str]:
    for row, line in tables.requests.items():
        if any(number < 0 for number in (*line.numbers, line.total)):
            yield f"“{full_name(row)}”行有负数。"
    for name, block in zip(DISPUTE_BLOCKS, tables.disputes, strict=True):
        if any(number < 0 for number in block.numbers):
            yield f"表四“{name}”有负数。"
    if any(number < 0 for number in _published(tables.published)):
        yield "表二有负数。"


def _published(table: PublishedTable) -> Iterator[float]:
    for issued in (table.rules, table.normative):
        yield from (issued.made, issued.repealed, issued.in_force)
    yield from (table.licences, table.penalties, table.coercions, float(table.charges))
