from console.journal import Deed, Entry
from console.ports import Role
from tests.console.conftest import Office
from tests.console.markup import Element
from tests.fakes import MONDAY

PLACE = "/console/audit"


def rows(page: Element) -> list[list[str]]:
    return [[cell.text for cell in row.all("td")] for row in page.one("tbody").all("tr")]


async def test_the_auditor_reads_what_everybody_did_in_words_newest_first(office: Office) -> None:
    case = await office.case()
    office.clock.forward(minutes=1)
    await office.desk.answer(case.reference, "张三的答复", by="li", version=1)
    office.clock.forward(minutes=1)
    await office.journal.note(Entry(office.clock(), "wang", Deed.EXPORT, "队列", "导出 3 条"))

    page = await (await office.staff(Role.AUDITOR, "zhao")).get(PLACE)

    assert rows(page) == [
        ["2026-03-02 09:02", "wang", "导出", "队列", "导出 3 条"],
        ["2026-03-02 09:01", "li", "答复", case.reference, ""],
        ["2026-03-02 09:00", "公众", "登记", case.reference, ""],
    ]
    assert "张三" not in page.text
    # nothing can be changed from there
    assert [form.attributes["action"] for form in page.all("form", method="post")] == ["/console/logout"]


async def test_the_trail_is_narrowed_and_read_page_by_page(office: Office) -> None:
    for number in range(51):
        await office.journal.note(Entry(MONDAY, "wang", Deed.EXPORT, f"第{number}次"))
    await office.case()
    visitor = await office.staff(Role.AUDITOR, "zhao")

    page = await visitor.get(f"{PLACE}?actor=wang")
    assert len(rows(page)) == 50
    page = await visitor.get(page.one("a", rel="next").attributes["href"])
    assert len(rows(page)) == 1
    assert not page.all("a", rel="next")
    assert len(rows(await visitor.get(f"{PLACE}?field=cases"))) == 1
    assert len(rows(await visitor.get(f"{PLACE}?subject=第7次"))) == 1
    assert "没有符合条件" in (await visitor.get(f"{PLACE}?actor=nobody&field=nonsense&page=x")).text
