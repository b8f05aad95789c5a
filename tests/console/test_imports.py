import asyncio
from datetime import timedelta

import pytest

from bot.errors import Unavailable
from console import batch, imports
from console.batch import SILENT, Batch, Phase
from console.ports import Role
from tests.console.conftest import Office, Visitor, hidden
from tests.console.markup import Element
from tests.fakes import a_document

HERE = "/console/imports"
FILES = {"甲.txt": "甲: 第一条，手机 13812345678".encode(), "空.txt": b"x"}


def tried(office: Office) -> list[bool]:
    """Return for each import that ran whether it was only tried."""
    return [dry_run for _, _, dry_run in office.importer.runs]


async def sent(office: Office, name: str = "wang") -> tuple[Visitor, Element]:
    """Return an editor's browser that shows the result of the dry run."""
    visitor = await office.staff(Role.EDITOR, name)
    return visitor, await visitor.upload(HERE, FILES)


async def test_a_dry_run_tells_what_would_happen_and_keeps_nothing(office: Office) -> None:
    _, page = await sent(office)
    assert page.one("h1").text == "试运行结果，等您确认"
    rows = [[cell.text.strip() for cell in row.all("td")] for row in page.one("tbody").all("tr")]
    assert rows[0][:2] == ["空.txt", "未导入"]
    assert rows[0][3] == "空.txt 是空的"
    assert rows[1][:2] == ["甲.txt", "新增"]
    assert "手机号" in rows[1][3]
    assert "13812345678" not in page.text
    assert tried(office) == [True]
    assert (await office.knowledge.review.revisions.pending()).total == 0


async def test_confirmed_texts_become_drafts_once(office: Office) -> None:
    visitor, page = await sent(office)
    place = visitor.path
    form = page.one("form", action=f"{place}/confirm")
    page = await visitor.post(f"{place}/confirm", hidden(form))
    assert "已存为草稿 1 份" in page.text
    page = await visitor.post(f"{place}/confirm", hidden(form))
    assert tried(office) == [True, False]
    (draft,) = (await office.knowledge.review.revisions.pending()).revisions
    assert (draft.author, draft.document.title) == ("wang", "甲")
    upload = office.knowledge.uploads.find(place.rpartition("/")[2])
    assert upload
    assert not upload.files


async def test_what_the_source_no_longer_has_is_taken_down_only_when_that_is_ticked(office: Office) -> None:
    office.importer.departed = a_document("旧办法")
    visitor, page = await sent(office)
    place = visitor.path
    row = page.one("tbody").all("tr")[1]
    assert [cell.text.strip() for cell in row.all("td")][:3] == ["旧.txt", "移除", "旧办法3 字"]
    form = page.one("form", action=f"{place}/confirm")
    assert "来源里已经没有的 1 份" in form.one("label").text
    assert "checked" not in form.one("input", id="prune").attributes

    page = await visitor.post(f"{place}/confirm", hidden(form))
    assert "来源里已经没有的 1 份仍在公开" in page.text

    visitor, page = await sent(office, "sun")
    place = visitor.path
    form = page.one("form", action=f"{place}/confirm")
    page = await visitor.post(f"{place}/confirm", hidden(form) | {"prune": "1"})
    assert "下架 1 份" in page.text


async def test_a_folder_or_a_package_is_a_source_and_a_loose_file_is_none(office: Office) -> None:
    visitor = await office.staff(Role.EDITOR)
    await visitor.upload(HERE, {"政策/2026/甲.txt": b"x", "export.jsonl": b"x", "乙.txt": b"x"})
    assert office.importer.sources == ["上传的文件夹“政策”", "上传的“export.jsonl”", ""]


async def test_what_is_given_up_is_deleted(office: Office) -> None:
    visitor, _ = await sent(office)
    place = visitor.path
    page = await visitor.send(place, f"{place}/cancel")
    assert "已放弃" in page.text
    await visitor.get(place, status=404)
    assert not office.knowledge.uploads.all()
    assert tried(office) == [True]


async def test_an_import_under_way_shows_how_far_it_is(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 0.01)
    monkeypatch.setattr(imports, "BEAT", 0.01)
    office.importer.gate.clear()
    visitor, page = await sent(office)
    place = visitor.path
    while "1 / 2" not in page.text:
        await asyncio.sleep(0.01)
        page = await visitor.get(place)
    assert page.one("noscript").one("meta").attributes["content"] == "3"
    assert page.one("progress").attributes["value"] == "1"
    assert not page.one("main").all("form")
    office.importer.gate.set()
    while "正在读文件" in page.text:
        await asyncio.sleep(0.01)
        page = await visitor.get(place)
    assert page.all("form", action=f"{place}/confirm")


async def test_what_is_being_stored_is_not_given_up(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor, page = await sent(office)
    place = visitor.path
    give_up = hidden(page.one("form", action=f"{place}/cancel"))
    monkeypatch.setattr(imports, "AT_ONCE", 0.01)
    office.importer.gate.clear()
    await visitor.send(place, f"{place}/confirm")
    page = await visitor.post(f"{place}/cancel", give_up, status=409)
    assert "正在存为草稿，不能放弃" in page.text
    office.importer.gate.set()


@pytest.mark.parametrize("trouble", [Unavailable("locked"), OSError("disk full")])
async def test_an_import_that_broke_off_says_so(office: Office, trouble: Exception) -> None:
    office.importer.trouble = trouble
    _, page = await sent(office)
    assert page.one("h1").text == "导入中断"
    assert "请重新上传" in page.text


async def test_an_import_whose_process_died_has_broken_off(office: Office) -> None:
    visitor, page = await sent(office)
    place = visitor.path
    form = hidden(page.one("form", action=f"{place}/confirm"))
    (upload,) = office.knowledge.uploads.all()
    Batch("wang", office.clock(), Phase.STORING).save(upload.folder)
    office.clock.at += SILENT + timedelta(seconds=1)
    assert (await visitor.get(place)).one("h1").text == "导入中断"
    page = await visitor.post(f"{place}/confirm", form, status=409)
    assert "请重新上传" in page.one("p", role="alert").text
    assert tried(office) == [True]


async def test_an_import_is_shown_to_its_owner_only(office: Office) -> None:
    visitor, _ = await sent(office)
    other = await office.staff(Role.EDITOR, "sun")
    await other.get(visitor.path, status=404)
    assert "没有。" in (await other.get(HERE)).text
    assert visitor.path in {link.attributes["href"] for link in (await visitor.get(HERE)).all("a")}


@pytest.mark.parametrize("token", ["x", "a" * 22, "..%2F..%2Fetc"])
async def test_an_import_that_is_not_there_is_no_page(office: Office, token: str) -> None:
    await (await office.staff(Role.EDITOR)).get(f"{HERE}/{token}", status=404)


async def test_files_without_the_form_token_are_not_taken(office: Office) -> None:
    visitor = await office.staff(Role.EDITOR)
    page = await visitor.upload(HERE, FILES, status=403, csrf="forged")
    assert "文件没有上传" in page.one("p", role="alert").text
    assert not office.importer.runs


async def test_only_editors_send_files(office: Office) -> None:
    stranger, reviewer = office.visitor(), await office.staff(Role.REVIEWER)
    for visitor, status in ((stranger, 401), (reviewer, 403)):
        await visitor.post(HERE, {"csrf": "x"}, status=status)
    assert not office.knowledge.uploads.all()


async def test_of_very_many_rows_the_page_shows_the_first_and_says_how_many_more(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "MOST_ROWS", 1)
    _, page = await sent(office)
    assert len(page.one("tbody").all("tr")) == 1
    assert "另有 1 行没有列出" in page.text
    assert "1 份存为草稿" in page.text
