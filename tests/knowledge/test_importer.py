import os
import shutil
from datetime import date
from pathlib import Path

import docx
import pytest

from knowledge.importer import Importer
from knowledge.intake import ReviewedIntake
from knowledge.records import digest
from knowledge.review import ReviewDesk
from knowledge.topics import Topic, Topics
from knowledge.types import ConcernKind, Disclosure, ImportRow, Kind, Outcome, Validity
from storage.memory import MemoryDocuments, MemoryRevisions
from tests.fakes import FakeDocuments, FixedClock
from tests.knowledge.readers.files import excel, word, word_of, zipped

LOW = "浚县民政局关于低保的通知\n浚民〔2026〕5号\n一、做好工作。"
OLD = "# 养老金办法\n\n第一条 为了规范。"
ROWS = '{"id": "a", "title": "甲", "text": "正文。"}\n{"id": \n{"id": "b", "title": "乙", "text": "正文。"}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as an editor has it: good and bad files, folders in folders, hidden files."""
    home = tmp_path / "in"
    (home / "b").mkdir(parents=True)
    (home / ".git").mkdir()
    (home / ".git" / "config.txt").write_text("秘密", encoding="utf-8")
    (home / ".hidden.md").write_text("秘密", encoding="utf-8")
    (home / "low.txt").write_text(LOW, encoding="gb18030")
    (home / "b" / "old.md").write_text(OLD, encoding="utf-8")
    (home / "b" / "rows.jsonl").write_text(ROWS, encoding="utf-8")
    (home / "scan.pdf").write_bytes(b"\xff\xd8\xff\xe0")
    (home / "empty.md").touch()
    return home


def outcomes(rows: tuple[ImportRow, ...], folder: Path) -> dict[str, Outcome]:
    return {row.path.removeprefix(f"{folder}{os.sep}"): row.result for row in rows}


async def test_a_folder_is_brought_in_and_a_bad_file_never_stops_the_good_ones(folder: Path) -> None:
    store = FakeDocuments()
    rows = await Importer(store).run([folder], by="编辑")

    assert outcomes(rows, folder) == {
        "empty.md": Outcome.REFUSED,
        "low.txt": Outcome.CREATED,
        "scan.pdf": Outcome.REFUSED,
        "b/old.md": Outcome.CREATED,
        "b/rows.jsonl:1": Outcome.CREATED,
        "b/rows.jsonl:2": Outcome.REFUSED,
        "b/rows.jsonl:3": Outcome.CREATED,
    }
    assert all(bool(row.reason) == (row.document is None) for row in rows)
    assert sorted(document.title for document in store.kept.values()) == [
        "乙",
        "养老金办法",
        "浚县民政局关于低保的通知",
        "甲",
    ]
    assert set(store.stored_by) == {"编辑"}


async def test_what_did_not_change_is_left_alone_and_what_changed_is_updated(folder: Path) -> None:
    store = FakeDocuments()
    await Importer(store).run([folder], by="编辑")
    (folder / "b" / "old.md").write_text(f"{OLD}\n第二条 新增。", encoding="utf-8")
    rows = await Importer(store).run([folder], by="编辑")

    assert outcomes(rows, folder) == {
        "empty.md": Outcome.REFUSED,
        "low.txt": Outcome.UNCHANGED,
        "scan.pdf": Outcome.REFUSED,
        "b/old.md": Outcome.UPDATED,
        "b/rows.jsonl:1": Outcome.UNCHANGED,
        "b/rows.jsonl:2": Outcome.REFUSED,
        "b/rows.jsonl:3": Outcome.UNCHANGED,
    }
    assert len(store.stored_by) == 5


async def test_a_folder_that_moved_holds_the_same_documents(folder: Path, tmp_path: Path) -> None:
    store = FakeDocuments()
    await Importer(store).run([folder], by="编辑")
    shutil.move(folder, tmp_path / "elsewhere")
    rows = await Importer(store).run([tmp_path / "elsewhere"], by="编辑")

    assert {row.result for row in rows} == {Outcome.UNCHANGED, Outcome.REFUSED}
    assert await store.count() == 4


async def test_a_dry_run_tells_what_would_happen_and_stores_nothing(folder: Path) -> None:
    store = FakeDocuments()
    foretold = await Importer(store).run([folder], by="编辑", dry_run=True)

    assert store.stored_by == []
    assert foretold == await Importer(store).run([folder], by="编辑")
    (folder / "b" / "old.md").write_text(f"{OLD}\n第二条 新增。", encoding="utf-8")
    again = await Importer(store).run([folder], by="编辑", dry_run=True)
    assert len(store.stored_by) == 4
    assert again == await Importer(store).run([folder], by="编辑")


@pytest.mark.parametrize("dry_run", [False, True])
async def test_the_second_document_of_an_id_is_refused_and_names_the_first(tmp_path: Path, *, dry_run: bool) -> None:
    first, second = tmp_path / "a.md", tmp_path / "b.txt"
    first.write_text(OLD, encoding="utf-8")
    second.write_text(f"{OLD}\n第二条 新增。", encoding="utf-8")
    store = FakeDocuments()
    one, other = await Importer(store).run([first, second], by="编辑", dry_run=dry_run)

    assert (one.result, other.result) == (Outcome.CREATED, Outcome.REFUSED)
    assert one.document is not None
    assert other.reason == f"编号“{one.document.id}”与 {first} 重复；如果是两份文件，请分别填写文号或编号"
    assert other.document is None


async def test_a_file_named_twice_is_read_once(folder: Path) -> None:
    rows = await Importer(FakeDocuments()).run([folder / "low.txt", folder, folder / "low.txt"], by="编辑")

    assert [row.path for row in rows].count(str(folder / "low.txt")) == 1
    assert len(rows) == 7


async def test_documents_that_are_not_public_are_kept_as_such(tmp_path: Path) -> None:
    file = tmp_path / "withheld.md"
    file.write_text("---\n公开属性: 不予公开\n---\n内部办法\n正文。", encoding="utf-8")
    store = FakeDocuments()
    (row,) = await Importer(store).run([file], by="编辑")

    assert row.result is Outcome.CREATED
    assert [document.disclosure for document in store.kept.values()] == [Disclosure.WITHHELD]


async def test_what_was_not_used_is_told_beside_the_document(tmp_path: Path) -> None:
    file = tmp_path / "tagged.md"
    file.write_text("---\ntags: [a]\n---\n低保办法\n正文。", encoding="utf-8")
    (row,) = await Importer(FakeDocuments()).run([file], by="编辑")

    assert (row.result, row.reason) == (Outcome.CREATED, "没有用到的项：tags")


async def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "broken.md").symlink_to(tmp_path / "gone.md")
    paths = [tmp_path / name for name in ("missing.md", "nothing", "pipe.txt", "broken.md", "nul\x00.md", "x" * 5000)]
    rows = await Importer(FakeDocuments()).run(paths, by="编辑")

    assert [(row.result, row.reason) for row in rows] == [
        (Outcome.REFUSED, "文件不存在或无法打开"),
        (Outcome.REFUSED, "文件夹里没有文件，或者无法打开"),
        (Outcome.REFUSED, "文件不存在或无法打开"),
        (Outcome.REFUSED, "文件不存在或无法打开"),
        (Outcome.REFUSED, "文件不存在或无法打开"),
        (Outcome.REFUSED, "文件不存在或无法打开"),
    ]


async def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "huge.txt"
    with file.open("wb") as sparse:
        sparse.truncate(100 * 1024 * 1024 + 1)
    (row,) = await Importer(FakeDocuments()).run([file], by="编辑")

    assert row == ImportRow(str(file), Outcome.REFUSED, "文件超过 100 MB")


async def test_a_name_that_is_no_text_is_shown_without_what_cannot_be_printed(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff\xfename.txt")).write_text(OLD, encoding="utf-8")
    (row,) = await Importer(FakeDocuments()).run([tmp_path], by="编辑")

    assert (row.result, row.path) == (Outcome.CREATED, str(tmp_path / "name.txt"))
    assert repr(row).encode()


async def test_nothing_to_bring_in_is_no_error() -> None:
    assert await Importer(FakeDocuments()).run([], by="编辑") == ()


RULES = "".join(f"第{each}条　申请人应当提交第{each}类材料，乡镇政府当日受理并出具凭证。\n" for each in range(1, 30))


def written(folder: Path, texts: dict[str, str]) -> list[Path]:
    """Files of text in a folder."""
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


async def test_files_of_every_format_are_brought_in_together(tmp_path: Path) -> None:
    (tmp_path / "办法.docx").write_bytes(word_of("低保办法", "第一条 为了规范。"))
    (tmp_path / "问答.xlsx").write_bytes(excel({"表": [["问题", "答案"], ["低保多少钱？", "700元"]]}))
    (tmp_path / "包.zip").write_bytes(zipped({"养老.txt": "养老办法\n正文。".encode(), "旧.doc": b""}))
    store = FakeDocuments()
    rows = await Importer(store).run([tmp_path], by="编辑")

    assert outcomes(rows, tmp_path) == {
        "办法.docx": Outcome.CREATED,
        "包.zip/养老.txt": Outcome.CREATED,
        "包.zip/旧.doc": Outcome.REFUSED,
        "问答.xlsx:2": Outcome.CREATED,
    }
    assert {document.title: document.kind for document in store.kept.values()} == {
        "低保办法": Kind.POLICY,
        "养老办法": Kind.POLICY,
        "低保多少钱？": Kind.QA,
    }


async def test_tables_of_the_same_name_in_other_folders_do_not_take_each_others_place(tmp_path: Path) -> None:
    for folder, question in (("民政", "低保多少钱？"), ("医保", "怎么备案？")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "问答.csv").write_text(f"编号,问题,答案\n1,{question},见政策。", encoding="utf-8")
    store = FakeDocuments()
    await Importer(store).run([tmp_path], by="编辑")

    assert sorted(document.title for document in store.kept.values()) == ["低保多少钱？", "怎么备案？"]


async def test_the_day_decides_what_is_over_and_what_has_not_begun(tmp_path: Path) -> None:
    file = tmp_path / "办法.md"
    file.write_text("---\n施行日期: 2024-01-01\n失效日期: 2025-12-31\n---\n低保办法\n正文。", encoding="utf-8")
    days = {date(2023, 12, 31): Validity.NOT_YET_EFFECTIVE, date(2024, 1, 1): Validity.IN_FORCE}
    days |= {date(2025, 12, 31): Validity.IN_FORCE, date(2026, 1, 1): Validity.EXPIRED}
    for today, validity in days.items():
        (row,) = await Importer(FakeDocuments(), today=today).run([file], by="编辑")
        assert row.document is not None
        assert row.document.validity is validity
        assert row.document.digest == digest(row.document)


async def test_a_document_without_a_topic_gets_the_one_of_its_title(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("低保标准的通知\n正文。", encoding="utf-8")
    (tmp_path / "b.md").write_text("---\ntopic: 其他\n---\n低保办法\n正文。", encoding="utf-8")
    (tmp_path / "c.md").write_text("关于放假的通知\n正文。", encoding="utf-8")
    topics = Topics((Topic("社会救助", "民政局", "", ("低保",)),))
    rows = await Importer(FakeDocuments(), topics=topics).run([tmp_path], by="编辑")

    assert [row.document and row.document.topic for row in rows] == ["社会救助", "其他", ""]
    assert all(row.document and row.document.digest == digest(row.document) for row in rows)


@pytest.mark.parametrize("dry_run", [False, True])
async def test_nearly_the_same_texts_are_told(tmp_path: Path, *, dry_run: bool) -> None:
    store = FakeDocuments()
    await Importer(store).run(written(tmp_path, {"旧.txt": f"低保办法\n{RULES}"}), by="编辑")
    changed = RULES.replace("第3类", "第三类")
    texts = {
        "新.txt": f"低保暂行办法\n{changed}",
        "再.txt": f"低保试行办法\n{changed}",
        "它.txt": f"养老办法\n{RULES.replace('材料', '待遇').replace('受理', '发放')[:600]}",
    }
    files = written(tmp_path, texts)
    rows = await Importer(store, documents=store).run(files, by="编辑", dry_run=dry_run)

    assert {row.result for row in rows} == {Outcome.CREATED}
    assert rows[0].reason == "与“低保办法”内容几乎相同，请确认不是重复"
    assert rows[1].reason in {f"与“低保暂行办法”（{files[0]}）内容几乎相同，请确认不是重复", rows[0].reason}
    assert rows[2].reason == ""


async def test_the_same_file_twice_is_told_as_such(tmp_path: Path) -> None:
    files = written(tmp_path, {"a.txt": LOW, "b.txt": LOW})
    _, second = await Importer(FakeDocuments()).run(files, by="编辑")

    assert (second.result, second.reason) == (Outcome.REFUSED, f"与 {files[0]} 是同一份文件，只导入一次")


async def test_a_new_version_is_not_told_to_be_like_the_one_it_replaces(tmp_path: Path) -> None:
    store = FakeDocuments()
    await Importer(store).run(written(tmp_path, {"a.txt": f"低保办法\n{RULES}"}), by="编辑")
    new = written(tmp_path, {"a.txt": f"低保办法\n{RULES}第30条　附则。"})
    (row,) = await Importer(store, documents=store).run(new, by="编辑")

    assert (row.result, row.reason) == (Outcome.UPDATED, "")


async def test_progress_is_told_file_by_file(folder: Path) -> None:
    told: list[tuple[int, int, str]] = []
    await Importer(FakeDocuments()).run([folder], by="编辑", progress=lambda *seen: told.append(seen))

    assert [(done, total) for done, total, _ in told] == [(each, 5) for each in range(1, 6)]
    assert told[0][2] == str(folder / "empty.md")


async def test_a_broken_file_does_not_stop_the_import(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(word_of("甲办法", "正文。")[:-300])
    (tmp_path / "b.docx").write_bytes(word_of("乙办法", "正文。"))
    (tmp_path / "c.pdf").write_bytes(b"%PDF-1.7\n")
    rows = await Importer(FakeDocuments()).run([tmp_path], by="编辑")

    assert [row.result for row in rows] == [Outcome.REFUSED, Outcome.CREATED, Outcome.REFUSED]
    assert all(row.reason for row in rows if row.result is Outcome.REFUSED)


async def test_a_mark_in_the_page_head_of_a_word_file_keeps_it_from_being_published(tmp_path: Path) -> None:
    file = docx.Document()
    file.add_paragraph("关于低保的通知")
    file.add_paragraph("做好低保工作。")
    file.sections[0].header.paragraphs[0].text = "秘密★1年"
    (tmp_path / "a.docx").write_bytes(word(file))
    clock = FixedClock()
    documents = MemoryDocuments(now=clock)
    desk = ReviewDesk(MemoryRevisions(documents), documents, clock)
    (row,) = await Importer(ReviewedIntake(desk)).run([tmp_path], by="编辑")

    assert (row.result, row.published) == (Outcome.CREATED, False)
    assert [(each.kind, each.outside) for each in row.findings] == [(ConcernKind.SECRECY_MARK, True)]
    assert await documents.count() == 0
