import os
import shutil
from pathlib import Path

import pytest

from knowledge.importer import Importer
from knowledge.types import Disclosure, ImportRow, Outcome
from tests.fakes import FakeDocuments

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
    (home / "scan.pdf").write_bytes(b"%PDF-1.7")
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
    assert other.reason == f"编号“{one.document.id}”与 {first} 重复"
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
