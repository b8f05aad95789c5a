from urllib.parse import quote

import pytest

from console.ports import Role
from register.types import NewGap
from tests.console.conftest import Office
from tests.console.shelf import DIBAO, OLD
from tests.fakes import MONDAY

LINK = "/console/link"


async def test_a_question_of_a_case_is_linked_to_a_document_found_by_title(office: Office) -> None:
    await office.documents.put(DIBAO, by="wang")
    case = await office.case("我叫李某，低保多少钱？")
    officer = await office.staff(Role.OFFICER)
    place = f"/console/cases/{quote(case.reference)}"
    (link,) = [a for a in (await officer.get(place)).all("a") if a.text.startswith("关联问题")]
    assert "李某" not in link.attributes["href"]

    page = await officer.get(link.attributes["href"])
    assert page.one("textarea", name="question").text == "我叫李某，低保多少钱？"
    page = await officer.get(f"{link.attributes['href']}&question=低保多少钱&text=低保")
    form = page.one("form", method="post", action=LINK)
    fields = {each.attributes["name"]: each.attributes["value"] for each in form.all("input", type="hidden")}
    page = await officer.post(LINK, fields)

    assert officer.path == f"{place}?done=linked"
    assert "问题已关联" in page.text
    (kept,) = await office.knowledge.links.for_document(DIBAO.id)
    assert (kept.question, kept.by, kept.source) == ("低保多少钱", "li", case.reference)


async def test_after_an_answer_the_case_offers_to_link_the_question(office: Office) -> None:
    case = await office.case()
    officer = await office.staff(Role.OFFICER)
    place = f"/console/cases/{quote(case.reference)}"
    page = await officer.send(place, f"{place}/answer", text="答")
    assert "把这个问题关联到文件" in page.text


@pytest.mark.parametrize("closing", [True, False])
async def test_a_gap_is_closed_with_its_question_linked_if_that_is_wanted(office: Office, closing: bool) -> None:  # noqa: FBT001  a parameter of the test
    await office.documents.put(DIBAO, by="wang")
    await office.register.note_gap(NewGap("低保多少钱", "低保多少钱", MONDAY, "g", "", ""))
    editor = await office.staff(Role.EDITOR)
    (link,) = [a for a in (await editor.get("/console/gaps")).all("a") if a.text.startswith("关联问题")]
    found = f"{link.attributes['href']}&text=低保"
    page = await editor.send(found, LINK, status=200, **({"close": "yes"} if closing else {}))
    assert "问题已关联" in page.text
    assert office.register.open_gaps[1].closed is closing
    assert (await office.knowledge.links.all())[0].document == DIBAO.id


async def test_a_document_out_of_force_is_not_recommended(office: Office) -> None:
    await office.documents.put(OLD, by="wang")
    editor = await office.staff(Role.EDITOR)
    assert "不宜用来回答" in (await editor.get(f"{LINK}?question=问&text=低保")).text


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"question": " "}, "请写问题"),
        ({"question": "长" * 501}, "最多 500 字"),
        ({"document": "nowhere"}, "没有找到这份文件"),
    ],
)
async def test_what_cannot_be_linked_is_said(office: Office, wrong: dict[str, str], message: str) -> None:
    await office.documents.put(DIBAO, by="wang")
    editor = await office.staff(Role.EDITOR)
    page = await editor.send(f"{LINK}?question=问&text=低保", LINK, status=422, **wrong)
    assert message in page.one("p", role="alert").text
    assert not await office.knowledge.links.all()


@pytest.mark.parametrize("back", ["", "https://evil.example/", "//evil.example", "/status"])
async def test_the_way_back_stays_in_the_console(office: Office, back: str) -> None:
    await office.documents.put(DIBAO, by="wang")
    editor = await office.staff(Role.EDITOR)
    await editor.send(f"{LINK}?question=问&text=低保", LINK, status=200, back=back)
    assert editor.path == f"/console/documents/{quote(DIBAO.id)}?done=linked"


async def test_a_link_is_taken_back(office: Office) -> None:
    await office.documents.put(DIBAO, by="wang")
    await office.knowledge.links.add("低保多少钱", [DIBAO.id], by="wang")
    editor = await office.staff(Role.EDITOR)
    page = await editor.send(f"/console/documents/{quote(DIBAO.id)}", f"{LINK}/remove")
    assert "关联已取消" in page.text
    assert not await office.knowledge.links.all()


async def test_a_case_that_is_not_there_is_no_page(office: Office) -> None:
    await (await office.staff(Role.OFFICER)).get(f"{LINK}?case=x", status=404)


async def test_an_editor_does_not_read_the_words_of_a_case(office: Office) -> None:
    case = await office.case("我叫李某")
    page = await (await office.staff(Role.EDITOR)).get(f"{LINK}?case={quote(case.reference)}")
    assert "李某" not in page.text
