"""The rows of a table: a question or a document a row, or one document of the whole table."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from knowledge.errors import UnreadableDocument
from knowledge.readers.article import reading_of
from knowledge.readers.grid import rows as table_rows
from knowledge.readers.reading import Article, Reading
from knowledge.records import LABELS, read_record
from knowledge.types import Kind

MOST_ROWS = 50_000
MOST_COLUMNS = 200
_HEADER_WITHIN = 10
"""Rows from the top in which the names of the columns are looked for."""
_SERIAL = 5
"""Digits that a number counting rows has at most."""
_BLANKS = re.compile(r"\s+")
_MARKS = re.compile(r"[（(【\[].*?[）)】\]]|[*＊：:]")
_QUESTION = ("问题", "标准问题", "标准问", "常见问题", "咨询问题", "问题标题", "问", "提问", "question", "query", "q")
_ANSWER = ("答案", "回答", "答复", "解答", "答复内容", "标准答案", "回复", "回复内容", "答", "answer", "reply", "a")
_NAMES: Mapping[str, str] = {
    **{label.lower(): name for name, labels in LABELS.items() for label in (name, *labels)},
    **dict.fromkeys(("文件名称", "文件标题", "政策名称", "事项名称"), "title"),
    **dict.fromkeys(("政策内容", "文件内容", "content", "正文内容"), "text"),
    **dict.fromkeys(("发布单位", "发文单位", "发布机关", "来源单位"), "issuer"),
    **dict.fromkeys(("成文日期", "发文日期", "发布时间"), "published_on"),
    **dict.fromkeys(("实施日期", "执行日期"), "effective_on"),
    **dict.fromkeys(("分类", "类别", "主题分类", "category"), "topic"),
    **dict.fromkeys(("部门", "承办单位", "答复单位", "办理单位", "主管部门"), "department"),
    **dict.fromkeys(("序号", "no", "no."), ""),
    **dict.fromkeys(_QUESTION, "title"),
    **dict.fromkeys(_ANSWER, "text"),
}
Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class _Header:
    """The names of the columns as the table writes them."""

    labels: Row

    @property
    def columns(self) -> Sequence[str | None]:
        """What each column holds, None where its name says nothing to us."""
        return [_NAMES.get(_label(label)) for label in self.labels]

    @property
    def of_a_list(self) -> bool:
        """Whether each row below is a question or a document of its own."""
        return {"title", "text"} <= set(self.columns)

    @property
    def of_questions(self) -> bool:
        return any(_label(label) in _QUESTION for label in self.labels)

    @property
    def unused(self) -> Mapping[int, str]:
        """The columns that no field takes, by place."""
        return {at: self.labels[at] for at, name in enumerate(self.columns) if name is None}

    def record(self, row: Row) -> dict[str, object]:
        """Return a row by the names of its fields; the first of two columns of one name counts."""
        record: dict[str, object] = {}
        for name, cell in zip(self.columns, row, strict=False):
            if name and cell and not _counts_rows(name, cell):
                record.setdefault(name, cell)
        if self.of_questions:
            record.setdefault("kind", Kind.QA)
        return record

    def beside(self, row: Row) -> Iterator[str]:
        """Yield what a row holds in columns that no field takes."""
        return (f"{label}：{row[at]}" for at, label in self.unused.items() if at < len(row) and row[at])


def readings(table: Iterable[Row], place: str, *, today: date | None = None) -> Iterator[Reading]:
    """Yield a reading for each row below the names of the columns; without such names, one of the whole table."""
    numbered = [(number, row) for number, row in enumerate(_bounded(table), 1) if any(row)]
    if not numbered:
        raise UnreadableDocument("表格是空的")
    for index, (_, row) in enumerate(numbered[:_HEADER_WITHIN]):
        header = _Header(row)
        if header.of_a_list:
            above = [cell for _, each in numbered[:index] for cell in each if cell]
            yield from _list(header, numbered[index + 1 :], above, place, today)
            return
    yield _whole([row for _, row in numbered], place, today)


def _list(
    header: _Header, numbered: Sequence[tuple[int, Row]], above: Sequence[str], place: str, today: date | None
) -> Iterator[Reading]:
    if not numbered:
        raise UnreadableDocument("表格只有表头，没有内容")
    unused = [label for label in header.unused.values() if label]
    reason = f"没有用到的列：{'、'.join(unused)}" if unused else ""
    for number, row in numbered:
        dropped = "\n".join([*above, *header.beside(row)])
        try:
            draft = read_record(_titled(header.record(row)), today=today)
        except UnreadableDocument as error:
            yield Reading(f"{place}:{number}", reason=error.reason, dropped=dropped)
        else:
            yield Reading(f"{place}:{number}", draft, reason, dropped=dropped)


def _bounded(table: Iterable[Row]) -> Iterator[Row]:
    for number, row in enumerate(table, 1):
        if number > MOST_ROWS or len(row) > MOST_COLUMNS:
            raise UnreadableDocument(f"表格超过 {MOST_ROWS} 行或 {MOST_COLUMNS} 列，请删去空行空列或拆成几个文件")
        yield row


def _label(cell: str) -> str:
    return _BLANKS.sub("", _MARKS.sub("", cell)).lower()


def _counts_rows(name: str, cell: str) -> bool:
    """Return whether 1, 2, 3 … stand under 编号: places in this table, not names of documents."""
    return name == "id" and cell.isdecimal() and len(cell) <= _SERIAL


def _titled(record: Mapping[str, object]) -> Mapping[str, object]:
    """Return a record, refusing one without its own title: an answer's first line is no question."""
    if not record.get("title"):
        raise UnreadableDocument("没有问题或标题")
    return record


def _whole(table: Sequence[Row], place: str, today: date | None) -> Reading:
    """Return one document of a table that is no list of questions or documents."""
    lines = table_rows([(cell, 1, 1) for cell in _trimmed(row)] for row in table)
    return reading_of(Article("\n".join(lines)), place, today=today)


def _trimmed(row: Row) -> Row:
    filled = [index for index, cell in enumerate(row) if cell]
    # a line that fills one cell is a caption wherever it stands
    return [row[filled[0]]] if len(filled) == 1 else list(islice(row, filled[-1] + 1))
