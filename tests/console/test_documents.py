from dataclasses import replace
from urllib.parse import quote

import pytest

from console.ports import Role
from knowledge.revisions import ReviewState
from tests.console.conftest import Office, hidden
from tests.console.markup import Element
from tests.console.shelf import DIBAO, OLD, fill

HERE = "/console/documents"
MINE = f"{HERE}/{quote(DIBAO.id)}"


def titles(page: Element) -> list[str]:
    return [row.one("b").text for row in page.one("tbody").all("tr")]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("text=低保办法", [DIBAO.title]),
        (f"text={OLD.number}", [OLD.title]),
        ("validity=已废止", [OLD.title]),
        ("topic=社会救助", [DIBAO.title]),
        ("kind=政策&text=低保", [DIBAO.title, OLD.title]),
    ],
)
async def test_documents_are_filtered(office: Office, query: str, expected: list[str]) -> None:
    await fill(office)
    page = await (await office.staff(Role.EDITOR)).get(f"{HERE}?{query}")
    assert sorted(titles(page)) == sorted(expected)


async def test_many_documents_are_shown_in_pages_that_keep_the_filter(office: Office) -> None:
    await fill(office)
    visitor = await office.staff(Role.OFFICER)
    page = await visitor.get(f"{HERE}?kind=政策")
    assert "已发布 22 份" in page.text
    assert len(titles(page)) == 20
    page = await visitor.get(page.one("a", rel="next").attributes["href"])
    assert len(titles(page)) == 2
    assert "kind=" in page.one("a", rel="prev").attributes["href"]


@pytest.mark.parametrize("query", ["validity=x&kind=y", "page=999999999999", "page=-1", "text=%00"])
async def test_what_is_no_filter_does_no_harm(office: Office, query: str) -> None:
    await (await office.staff(Role.EDITOR)).get(f"{HERE}?{query}")


async def test_a_document_is_shown_with_its_links_and_its_findings(office: Office) -> None:
    await fill(office)
    page = await (await office.staff(Role.EDITOR)).get(MINE)
    assert "低保多少钱" in page.text
    assert "有一稿在审核中（草稿）" in page.text
    old = await (await office.again("li")).get(f"{HERE}/{OLD.id}")
    assert DIBAO.title in old.text
    assert "替代它的" in old.text


async def test_a_document_that_never_was_is_no_page(office: Office) -> None:
    visitor = await office.staff(Role.EDITOR)
    await visitor.get(f"{HERE}/nowhere", status=404)
    await visitor.get(f"{HERE}/nowhere/versions/1", status=404)


async def test_a_text_that_was_never_published_is_shown_where_it_is_reviewed(office: Office) -> None:
    shelf = await fill(office)
    visitor = await office.staff(Role.EDITOR)
    await visitor.get(f"{HERE}/{quote(shelf.reviewed.document.id)}")
    assert visitor.path == f"/console/review/{shelf.reviewed.id}"


async def test_a_version_is_compared_with_the_one_before(office: Office) -> None:
    await fill(office)
    page = await (await office.staff(Role.REVIEWER)).get(f"{MINE}/versions/2")
    assert "和第 1 版相比" in page.text
    assert [mark.text for mark in page.all("mark")] == ["0", "5"]


async def test_taking_down_needs_a_reason_and_one_step(office: Office) -> None:
    await fill(office)
    visitor = await office.staff(Role.SECRECY, "qian")
    page = await visitor.send(MINE, f"{MINE}/take-down", status=422, reason="  ")
    assert "请写明下架的理由" in page.text
    assert await office.documents.get(DIBAO.id)

    page = await visitor.send(MINE, f"{MINE}/take-down", reason="附件含个人信息")

    assert "已下架，公众看不到。原因：附件含个人信息（qian" in page.text
    assert await office.documents.get(DIBAO.id) is None
    assert (await office.documents.versions(DIBAO.id))[0].by == "qian"


async def test_a_reason_that_is_too_long_is_kept_on_the_page(office: Office) -> None:
    await fill(office)
    visitor = await office.staff(Role.EDITOR)
    page = await visitor.send(MINE, f"{MINE}/take-down", status=422, reason="长" * 1001)
    assert page.one("textarea", name="reason").text.strip() == "长" * 1001


async def test_a_document_taken_down_meanwhile_is_said_to_be(office: Office) -> None:
    await fill(office)
    visitor = await office.staff(Role.EDITOR)
    form = (await visitor.get(MINE)).one("form", action=f"{MINE}/take-down")
    await office.documents.remove(DIBAO.id, by="zhao", reason="先办了")
    page = await visitor.post(f"{MINE}/take-down", hidden(form), status=409, reason="也要下架")
    assert "这份文件已经下架" in page.text
    assert "先办了" in page.text


async def test_an_earlier_text_comes_back_as_a_draft_only(office: Office) -> None:
    await fill(office)
    visitor = await office.staff(Role.EDITOR, "wang")
    form = next(form for form in (await visitor.get(MINE)).all("form", action=f"{MINE}/restore"))
    page = await visitor.post(f"{MINE}/restore", hidden(form))
    assert "已保存为草稿" in page.text
    draft = await office.knowledge.review.revisions.under_way(DIBAO.id)
    assert draft
    assert draft.state is ReviewState.DRAFT
    assert "700" in draft.document.text
    assert draft.author == "wang"
    published = await office.documents.get(DIBAO.id)
    assert published == DIBAO


async def test_an_earlier_text_does_not_replace_a_colleagues_draft(office: Office) -> None:
    await fill(office)
    theirs = await office.knowledge.review.submit(DIBAO, by="zhou")
    visitor = await office.staff(Role.EDITOR, "sun")
    form = next(form for form in (await visitor.get(MINE)).all("form", action=f"{MINE}/restore"))
    page = await visitor.post(f"{MINE}/restore", hidden(form), status=409)
    assert "zhou正在办理这份文件的另一稿（草稿），您这一稿没有保存" in page.text
    assert page.all("a", href=f"/console/review/{theirs.id}")
    assert await office.knowledge.review.revisions.under_way(DIBAO.id) == theirs


async def test_a_version_that_never_was_cannot_come_back(office: Office) -> None:
    await fill(office)
    visitor = await office.staff(Role.EDITOR)
    form = next(form for form in (await visitor.get(MINE)).all("form", action=f"{MINE}/restore"))
    await visitor.post(f"{MINE}/restore", hidden(form) | {"number": "99"}, status=404)


async def test_a_table_of_a_text_is_shown_as_a_table(office: Office) -> None:
    text = "# 标准\n\n| 区域 | 每月 |\n| --- | --- |\n| 县城 | 720元 |"
    await office.knowledge.review.documents.put(replace(DIBAO, id="rates", text=text), by="li")
    shown = (await (await office.staff(Role.EDITOR)).get(f"{HERE}/rates")).one("div", **{"class": "body-text"})
    assert [cell.text for cell in shown.one("tbody").all("td")] == ["县城", "720元"]
    assert shown.one("h3").text == "标准"


async def test_a_long_text_is_shown_from_its_beginning_until_all_is_wanted(office: Office) -> None:
    await office.documents.put(DIBAO, by="li")
    long = f"{'长' * 30_000}尾"
    await office.knowledge.review.documents.put(DIBAO.__class__("long", "长文", long, "x"), by="li")
    visitor = await office.staff(Role.EDITOR)
    page = await visitor.get(f"{HERE}/long")
    assert "尾" not in page.one("div", **{"class": "body-text"}).text
    page = await visitor.get(f"{HERE}/long?full=1")
    assert page.one("div", **{"class": "body-text"}).one("p").text == long
