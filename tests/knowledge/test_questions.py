import gzip
import json
from pathlib import Path

import pytest

from knowledge.errors import UnreadableDocument
from knowledge.questions import json_lines, link_questions
from knowledge.types import Outcome
from storage.memory import MemoryLinkedQuestions
from tests.fakes import FakeDocuments, FixedClock, a_document

DOCUMENTS = FakeDocuments.of(a_document("低保办法", id="低保"), a_document("公积金办法", id="公积金"))


def a_file(folder: Path, *rows: object) -> Path:
    file = folder / "links.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return file


@pytest.fixture
def links() -> MemoryLinkedQuestions:
    return MemoryLinkedQuestions(now=FixedClock())


async def test_each_row_is_linked_or_refused_with_its_reason(tmp_path: Path, links: MemoryLinkedQuestions) -> None:
    file = a_file(
        tmp_path,
        {"question": " 低保\u200b 怎么办 ", "documents": ["低保", "没有的"]},
        {"question": "低保 怎么办", "documents": ["低保"]},
        {"question": "低保 怎么办", "documents": ["低保", "公积金"]},
        {"question": "养老金怎么办", "documents": ["养老金"]},
        {"question": "养老金怎么办"},
        {"question": " ", "documents": ["低保"]},
        {"question": "长" * 501, "documents": ["低保"]},
        {"question": 1, "documents": ["低保"]},
        {"question": "低保", "documents": "低保"},
    )

    rows = await link_questions(file, links, DOCUMENTS, by="li")
    assert [(row.path.rpartition(":")[2], row.result, row.reason) for row in rows[:6]] == [
        ("1", Outcome.CREATED, "没有编号为 没有的 的文件，未关联"),
        ("2", Outcome.UNCHANGED, ""),
        ("3", Outcome.CREATED, ""),
        ("4", Outcome.REFUSED, "没有编号为 养老金 的文件"),
        ("5", Outcome.REFUSED, "没有写明文件的编号（documents）"),
        ("6", Outcome.REFUSED, "问题为空"),
    ]
    assert [row.result for row in rows[6:]] == [Outcome.REFUSED] * 3
    assert "最长 500 字" in rows[6].reason
    assert "question 应当是文字" in rows[7].reason
    assert [(link.question, link.document, link.by) for link in await links.all()] == [
        ("低保 怎么办", "低保", "li"),
        ("低保 怎么办", "公积金", "li"),
    ]


async def test_a_dry_run_links_nothing(tmp_path: Path, links: MemoryLinkedQuestions) -> None:
    file = a_file(tmp_path, {"question": "低保怎么办", "documents": ["低保"]})

    (row,) = await link_questions(file, links, DOCUMENTS, by="li", dry_run=True)
    assert row.result is Outcome.CREATED
    assert await links.all() == ()


async def test_linking_the_same_file_again_changes_nothing(tmp_path: Path, links: MemoryLinkedQuestions) -> None:
    file = a_file(tmp_path, {"question": "低保怎么办", "documents": ["低保"]})
    await link_questions(file, links, DOCUMENTS, by="li")

    assert [row.result for row in await link_questions(file, links, DOCUMENTS, by="li")] == [Outcome.UNCHANGED]


def test_gzipped_lines_are_read(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl.gz"
    file.write_bytes(gzip.compress(b'\n{"a": 1}\n\n{"b": 2}'))

    assert [(place.rpartition(":")[2], row) for place, row in json_lines(file)] == [("2", {"a": 1}), ("4", {"b": 2})]


@pytest.mark.parametrize("content", [b"[1]", b"{", b"\xff\xfe", b"1"])
def test_a_file_that_is_no_json_lines_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_bytes(content)

    with pytest.raises(UnreadableDocument):
        list(json_lines(file))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="不存在"):
        list(json_lines(tmp_path / "none"))
