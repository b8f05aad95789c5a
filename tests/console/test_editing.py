from urllib.parse import quote

import pytest

from console.ports import Role
from knowledge.revisions import ReviewState
from tests.console.conftest import Office, hidden
from tests.console.shelf import DIBAO, fill

MINE = f"/console/documents/{quote(DIBAO.id)}/edit"
NEW = "/console/review/new"
TEXT = {
    "title": "殡葬惠民办法",
    "text": "第一条 免费。",
    "issuer": "县民政局",
    "number": "云民〔2026〕9号",
    "published_on": "2026-03-01",
    "validity": "现行有效",
    "disclosure": "主动公开",
    "kind": "政策",
}


async def test_a_new_text_becomes_a_draft(office: Office) -> None:
    visitor = await office.staff(Role.EDITOR, "wang")
    page = await visitor.send(NEW, NEW, status=200, **TEXT)
    assert "已保存为草稿，等别人审核" in page.text
    draft = await office.knowledge.review.revisions.get(1)
    assert draft.document.title == "殡葬惠民办法"
    assert draft.author == "wang"
    assert await office.documents.count() == 0


async def test_what_is_wrong_is_said_and_what_was_typed_stays(office: Office) -> None:
    visitor = await office.staff(Role.EDITOR)
    page = await visitor.send(NEW, NEW, status=422, **TEXT | {"published_on": "三月初"})
    assert "不是日期" in page.one("p", role="alert").text
    assert page.one("input", name="title").attributes["value"] == "殡葬惠民办法"
    assert page.one("textarea", name="text").text.strip() == "第一条 免费。"


async def test_a_document_that_exists_is_not_brought_a_second_time(office: Office) -> None:
    await fill(office)
    visitor = await office.staff(Role.EDITOR)
    page = await visitor.send(NEW, NEW, status=422, **TEXT | {"number": DIBAO.number})
    assert "已经有同一编号的文件" in page.text
    assert page.all("a", href=MINE.removesuffix("/edit"))


async def test_another_text_of_a_published_document_waits_for_review(office: Office) -> None:
    await fill(office)
    visitor = await office.staff(Role.EDITOR, "wang")
    await visitor.send(MINE, MINE, status=200, **TEXT | {"number": DIBAO.number, "text": "新的一条"})
    draft = await office.knowledge.review.revisions.under_way(DIBAO.id)
    assert draft
    assert (draft.author, draft.document.text) == ("wang", "新的一条")
    assert await office.documents.get(DIBAO.id) == DIBAO


async def test_a_text_published_meanwhile_is_not_overwritten(office: Office) -> None:
    await fill(office)
    visitor = await office.staff(Role.EDITOR, "sun")
    form = (await visitor.get(MINE)).one("form", action=MINE)
    await office.documents.put(DIBAO.__class__(DIBAO.id, "办法", "另一段", "newer"), by="zhou")
    page = await visitor.post(MINE, hidden(form) | TEXT, status=409)
    assert "有同事动过这份文件" in page.text
    assert page.one("textarea", name="text").text.strip() == "第一条 免费。"


async def test_a_colleagues_draft_is_not_replaced(office: Office) -> None:
    await fill(office)
    theirs = await office.knowledge.review.submit(DIBAO, by="zhou")
    visitor = await office.staff(Role.EDITOR, "sun")
    page = await visitor.send(MINE, MINE, status=409, **TEXT)
    assert "zhou正在办理这份文件的另一稿（草稿），您这一稿没有保存" in page.text
    assert page.all("a", href=f"/console/review/{theirs.id}")
    assert page.one("textarea", name="text").text.strip() == "第一条 免费。"
    assert await office.knowledge.review.revisions.under_way(DIBAO.id) == theirs


async def test_the_own_draft_is_replaced_by_the_next(office: Office) -> None:
    await fill(office)
    await office.knowledge.review.submit(DIBAO, by="sun")
    visitor = await office.staff(Role.EDITOR, "sun")
    await visitor.send(MINE, MINE, status=200, **TEXT)
    draft = await office.knowledge.review.revisions.under_way(DIBAO.id)
    assert draft
    assert draft.document.text == "第一条 免费。"


async def test_a_draft_is_changed_and_its_review_undone(office: Office) -> None:
    shelf = await fill(office)
    place = f"/console/review/{shelf.cleared.id}/edit"
    visitor = await office.staff(Role.EDITOR, "sun")
    page = await visitor.send(place, place, status=200, **TEXT | {"number": ""})
    assert "已保存" in page.text
    changed = await office.knowledge.review.revisions.get(shelf.cleared.id)
    assert changed.state is ReviewState.DRAFT
    assert changed.editors == ("sun",)
    assert not changed.reviewer


async def test_a_draft_that_moved_meanwhile_is_not_changed(office: Office) -> None:
    shelf = await fill(office)
    place = f"/console/review/{shelf.returned.id}/edit"
    visitor = await office.staff(Role.EDITOR, "sun")
    form = (await visitor.get(place)).one("form", action=place)
    await office.knowledge.review.drop(shelf.returned.id, "不发了", by="wang", version=shelf.returned.version)
    page = await visitor.post(place, hidden(form) | TEXT, status=409)
    assert "有同事动过这份文件" in page.text
    assert page.one("input", name="title").attributes["value"] == "殡葬惠民办法"


async def test_a_text_of_a_hundred_thousand_characters_is_kept(office: Office) -> None:
    visitor = await office.staff(Role.EDITOR)
    await visitor.send(NEW, NEW, status=200, **TEXT | {"text": "长" * 100_000})
    assert len((await office.knowledge.review.revisions.get(1)).document.text) == 100_000


@pytest.mark.parametrize("place", ["/console/documents/nowhere/edit", "/console/review/99/edit"])
async def test_what_is_not_there_cannot_be_changed(office: Office, place: str) -> None:
    await (await office.staff(Role.EDITOR)).get(place, status=404)
