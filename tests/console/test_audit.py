from datetime import timedelta

from console.journal import Deed, Entry, Field
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


async def test_the_trail_of_some_days_has_both_of_them_whole(office: Office) -> None:
    for hours, subject in ((0, "一"), (14.9, "二"), (15.1, "三"), (39.1, "四")):
        await office.journal.note(Entry(MONDAY + timedelta(hours=hours), "wang", Deed.EXPORT, subject))
    visitor = await office.staff(Role.AUDITOR, "zhao")

    def subjects(page: Element) -> list[str]:
        return [row[3] for row in rows(page)]

    assert subjects(await visitor.get(f"{PLACE}?actor=wang&first=2026-03-03&last=2026-03-03")) == ["三"]
    assert subjects(await visitor.get(f"{PLACE}?actor=wang&last=2026-03-02")) == ["二", "一"]
    assert subjects(await visitor.get(f"{PLACE}?actor=wang&first=x&last=9999-12-31")) == ["四", "三", "二", "一"]


async def test_what_was_before_and_after_is_shown_where_it_is_kept(office: Office) -> None:
    turn = Entry(MONDAY, "chen", "off", "wechat/main", "答复有误", Field.CHANNELS, after="off")
    review = Entry(MONDAY, "li", "审核", "d", "", Field.REVIEW, "草稿", "已审核")
    for entry in (turn, review):
        await office.journal.note(entry)
    page = await (await office.staff(Role.AUDITOR, "zhao")).get(PLACE)
    told = [row[2:] for row in rows(page) if row[1] in {"chen", "li"}]
    assert told == [["审核", "d", "草稿 → 已审核"], ["停用", "wechat/main", "无 → 已停用答复有误"]]
