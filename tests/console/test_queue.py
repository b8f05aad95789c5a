from datetime import date, timedelta

from console.ports import Role
from tests.console.conftest import Office
from tests.console.markup import Element

TODAY = date(2026, 3, 2)


def references(page: Element) -> list[str]:
    return [cell.one("a").text for cell in page.all("td", **{"data-label": "编号"})]


async def test_the_open_cases_stand_in_order_of_their_due_dates_with_the_urgency_in_words(office: Office) -> None:
    later = await office.case(due_on=TODAY + timedelta(days=9))
    overdue = await office.case(due_on=TODAY - timedelta(days=1))
    closed = await office.case(due_on=TODAY)
    await office.desk.close(closed.reference, "重复", by="li", version=1)

    page = await (await office.staff(Role.OFFICER)).get("/console/queue")

    assert references(page) == [overdue.reference, later.reference]
    assert [cell.text for cell in page.all("td", **{"data-label": "期限"})] == [
        "2026年3月1日已超期 1 天",
        "2026年3月11日还有 9 天",
    ]
    assert "共 2 件" in page.text


async def test_the_queue_is_filtered_by_status_and_text(office: Office) -> None:
    await office.case("种粮补贴何时发")
    closed = await office.case("电梯补贴多少")
    await office.desk.close(closed.reference, "重复", by="li", version=1)
    visitor = await office.staff(Role.OFFICER)

    assert references(await visitor.get("/console/queue?status=closed")) == [closed.reference]
    assert len(references(await visitor.get("/console/queue?status=all"))) == 2
    assert references(await visitor.get("/console/queue?status=all&text=%20电梯%00")) == [closed.reference]
    assert references(await visitor.get(f"/console/queue?status=all&text={closed.reference}")) == [closed.reference]
    assert "没有符合条件的事项" in (await visitor.get("/console/queue?text=医保")).text


async def test_a_long_queue_is_shown_in_pages_that_keep_the_filter(office: Office) -> None:
    for number in range(41):
        await office.case(f"补贴&{number}")
    visitor = await office.staff(Role.OFFICER)

    page = await visitor.get("/console/queue?text=补贴%26")
    seen = references(page)
    while links := page.all("a", rel="next"):
        page = await visitor.get(links[0].attributes["href"])
        seen += references(page)

    assert len(seen) == len(set(seen)) == 41
    assert "第 3 页，共 3 页" in page.text
    assert references(await visitor.get(page.one("a", rel="prev").attributes["href"])) == seen[20:40]


async def test_a_page_number_that_is_none_shows_the_first_page(office: Office) -> None:
    case = await office.case()
    visitor = await office.staff(Role.OFFICER)
    for number in ("0", "-1", "x", "99999999999999999999"):
        assert references(await visitor.get(f"/console/queue?page={number}&status=nonsense")) == [case.reference]


async def test_the_words_of_a_citizen_are_only_ever_words(office: Office) -> None:
    await office.case('<script>alert("1")</script>')
    page = await (await office.staff(Role.OFFICER)).get("/console/queue")
    assert not page.all("script")
    assert '<script>alert("1")</script>' in page.text
