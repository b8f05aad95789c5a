"""What an import did, told on the command line."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from knowledge.types import ImportRow, Outcome

_WORDS = {
    Outcome.CREATED: "新增",
    Outcome.UPDATED: "更新",
    Outcome.UNCHANGED: "未变",
    Outcome.REMOVED: "移除",
    Outcome.REFUSED: "未导入",
}


def troubles(rows: Iterable[ImportRow]) -> Iterator[str]:
    """Yield a line for each row that needs a look."""
    for row in rows:
        if verb := _verb(row):
            yield f"{verb} {row.path}：{row.reason}"


def summary(rows: Iterable[ImportRow]) -> str:
    """Return how many rows have each result, and how many texts wait; what is still published is not 移除."""
    done = [row for row in rows if not (row.departed and row.published)]
    counts = Counter(row.result for row in done)
    waiting = sum(map(_waits, done))
    said = "，".join(f"{word} {counts[result]}" for result, word in _WORDS.items())
    return f"{said}；其中 {waiting} 份待审核，未发布" if waiting else said


def notices(rows: Sequence[ImportRow], *, prune: bool) -> Iterator[str]:
    """Yield what the operator answers for: texts published that nobody else saw, and those that have no source."""
    unseen = sum(row.published and row.result in {Outcome.CREATED, Outcome.UPDATED} for row in rows)
    if unseen:
        yield f'{unseen} 份不经第二人审核直接发布；要一律先审核，设 review.command_line = "draft"。'
    left = sum(row.departed and row.published for row in rows)
    if left:
        yield f"{left} 份在来源里已经没有，仍在公开{'' if prune else '；要一并下架，加 --prune'}。"


def changes_answers(row: ImportRow) -> bool:
    """Return whether citizens are answered otherwise after this."""
    if row.result is Outcome.REMOVED:
        return not row.published
    return row.published and row.result is not Outcome.UNCHANGED


def _verb(row: ImportRow) -> str:
    if row.departed:
        return "仍公开" if row.published else "下架"
    if row.result is Outcome.REFUSED:
        return "未导入"
    return "未发布" if _waits(row) else ""


def _waits(row: ImportRow) -> bool:
    return not row.published and not row.departed and row.result is not Outcome.REFUSED


def import_row(row: ImportRow) -> dict[str, Any]:
    """Return an import row as the JSON line that `import --json` prints."""
    document = row.document
    return {
        "path": row.path,
        "result": row.result,
        "reason": row.reason,
        "title": document.title if document else "",
        "number": document.number if document else "",
        "issuer": document.issuer if document else "",
        "published_on": document.published_on.isoformat() if document and document.published_on else None,
        "status": document.validity if document else "",
        "characters": len(document.text) if document else 0,
        "findings": [
            {"kind": finding.kind, "line": finding.line, "excerpt": finding.excerpt} for finding in row.findings
        ],
        "published": row.published,
    }
