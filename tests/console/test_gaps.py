from console.ports import Role
from register.types import NewGap
from tests.console.conftest import Office
from tests.fakes import MONDAY


async def test_a_gap_is_shown_with_its_count_and_closed(office: Office) -> None:
    await office.register.note_gap(NewGap("哪里办居住证", "哪里办居住证", MONDAY, "g", "户籍", "《细则》 第三条"))
    visitor = await office.staff(Role.EDITOR)

    page = await visitor.get("/console/gaps")
    (gap,) = page.one("ol", **{"class": "gaps"}).all("li", **{"class": "card"})
    assert "哪里办居住证" in gap.text
    assert "1 次" in gap.text
    assert "户籍 · 首次 2026-03-02 09:00" in gap.text
    assert "《细则》 第三条" in gap.text

    page = await visitor.send("/console/gaps", "/console/gaps/1/close")
    assert "没有未关闭的缺口" in page.text
    assert office.register.open_gaps[1].closed


async def test_many_gaps_are_shown_in_pages(office: Office) -> None:
    for number in range(41):
        question = chr(0x4E00 + number) * 9
        await office.register.note_gap(NewGap(question, question, MONDAY, "g"))
    visitor = await office.staff(Role.OFFICER)
    page, seen = await visitor.get("/console/gaps"), 0
    while True:
        seen += len(page.all("li", **{"class": "card"}))
        links = page.all("a", rel="next")
        if not links:
            break
        page = await visitor.get(links[0].attributes["href"])
    assert seen == 41
    assert page.one("a", rel="prev").attributes["href"] == "/console/gaps?page=2"
    assert "共 41 类问题" in page.text


async def test_the_same_question_in_other_words_is_one_with_its_counts_and_trend(office: Office) -> None:
    for question in ("低保怎么申请", "怎么申请低保", "公租房怎么申请"):
        await office.register.note_gap(NewGap(question, question, MONDAY, "g"))
    visitor = await office.staff(Role.EDITOR)

    page = await visitor.get("/console/gaps")
    first, second = page.one("ol", **{"class": "gaps"}).all("li", **{"class": "card"})
    assert "2 种问法" in first.text
    assert "近 7 天 2 次，比前 7 天（0 次）多" in first.text
    assert "公租房" in second.text
    link = next(each for each in first.all("a") if each.text.startswith("关联问题"))
    assert "gap=1,2&" in link.attributes["href"]

    page = await visitor.send("/console/gaps", "/console/gaps/1,2/close")
    assert "共 1 类问题" in page.text
    assert [gap.closed for gap in office.register.open_gaps.values()] == [True, True, False]


async def test_gaps_are_found_by_their_words(office: Office) -> None:
    for question in ("低保怎么申请", "居住证在哪里办"):
        await office.register.note_gap(NewGap(question, question, MONDAY, "g"))
    page = await (await office.staff(Role.OFFICER)).get("/console/gaps?text=居住证")
    assert [each.text for each in page.one("ol", **{"class": "gaps"}).all("h2")] == ["居住证在哪里办"]


async def test_a_department_closes_its_own_gaps_only(office: Office) -> None:
    for department in ("县住建局", "县民政局"):
        await office.register.note_gap(NewGap(f"{department}的事", department, MONDAY, "g", department=department))
    visitor = await office.staff(Role.OFFICER, department="县住建局")
    (csrf, *_) = (await visitor.get("/console/gaps")).all("input", name="csrf")

    await visitor.post("/console/gaps/1,2/close", csrf=csrf.attributes["value"])

    assert [gap.closed for gap in office.register.open_gaps.values()] == [True, False]


async def test_a_gap_number_too_large_for_any_store_is_no_page(office: Office) -> None:
    visitor = await office.staff(Role.EDITOR)
    await visitor.post(f"/console/gaps/{'9' * 19}/close", status=404)
