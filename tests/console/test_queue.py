from dataclasses import replace
from datetime import date, timedelta

import pytest

from console.ports import Role
from register.types import CaseKind, NewGap, Status
from tests.console.conftest import Office
from tests.console.markup import Element
from tests.fakes import MONDAY

TODAY = date(2026, 3, 2)
PLACE = "/console/queue"
HOUSING, CIVIL = "县住建局", "县民政局"


def references(page: Element) -> list[str]:
    return [cell.all("a")[0].text for cell in page.all("td", **{"data-label": "编号"})]


def choices(page: Element, name: str) -> list[str]:
    return [option.attributes.get("value", option.text) for option in page.one("select", id=name).all("option")]


async def test_the_open_cases_stand_in_order_of_their_due_dates_with_the_urgency_in_words(office: Office) -> None:
    later = await office.case(due_on=TODAY + timedelta(days=9))
    overdue = await office.case(due_on=TODAY - timedelta(days=1))
    paused = await office.case(due_on=TODAY - timedelta(days=9), paused=True)
    closed = await office.case(due_on=TODAY)
    await office.desk.close(closed.reference, "重复", by="li", version=1)

    page = await (await office.staff(Role.OFFICER)).get(PLACE)

    assert references(page) == [overdue.reference, later.reference, paused.reference]
    assert [cell.text for cell in page.all("td", **{"data-label": "期限"})] == [
        "2026年3月1日已超期 1 天",
        "2026年3月11日还有 7 个工作日",
        "暂停计时",
    ]
    levels = [each.attributes["class"] for each in page.all("span") if "urgency" in each.attributes.get("class", "")]
    assert levels == ["urgency overdue", "urgency later", "urgency paused"]
    assert "共 3 件" in page.text


async def test_gaps_stand_below_the_cases_without_a_day(office: Office) -> None:
    case = await office.case()
    await office.register.note_gap(NewGap("哪里办居住证", "哪里办居住证", MONDAY, "g", department=CIVIL))
    visitor = await office.staff(Role.OFFICER)

    page = await visitor.get(PLACE)
    assert references(page) == [case.reference, "缺口 1"]
    assert "没有期限" in page.one("tbody").text
    assert references(await visitor.get(f"{PLACE}?kind=gap")) == ["缺口 1"]
    assert references(await visitor.get(f"{PLACE}?kind=inquiry")) == [case.reference]


async def test_the_queue_is_filtered_by_status_and_text(office: Office) -> None:
    await office.case("种粮补贴何时发")
    closed = await office.case("电梯补贴多少")
    await office.desk.close(closed.reference, "重复", by="li", version=1)
    visitor = await office.staff(Role.OFFICER)

    assert references(await visitor.get(f"{PLACE}?status=closed")) == [closed.reference]
    assert len(references(await visitor.get(f"{PLACE}?status=all"))) == 2
    assert references(await visitor.get(f"{PLACE}?status=all&text=%20电梯%00")) == [closed.reference]
    assert references(await visitor.get(f"{PLACE}?status=all&text={closed.reference}")) == [closed.reference]
    assert "没有符合条件的事项" in (await visitor.get(f"{PLACE}?text=医保")).text


@pytest.mark.parametrize(
    ("band", "days"), [("overdue", [-1]), ("last", [0, 1]), ("soon", [0, 1, 7]), ("later", [8]), ("paused", [99])]
)
async def test_the_queue_is_filtered_by_how_urgent_a_case_is(office: Office, band: str, days: list[int]) -> None:
    known = {
        (await office.case(due_on=TODAY + timedelta(days=day), paused=day == 99)).reference: day
        for day in (-1, 0, 1, 7, 8, 99)
    }
    page = await (await office.staff(Role.OFFICER)).get(f"{PLACE}?band={band}")
    assert [known[reference] for reference in references(page)] == days


async def test_the_queue_is_filtered_by_department_and_handler(office: Office) -> None:
    mine = await office.case(department=HOUSING)
    other = await office.case(department=CIVIL)
    await office.desk.note(mine.reference, "记", by="li", version=1)
    visitor = await office.staff(Role.OFFICER)

    assert references(await visitor.get(f"{PLACE}?department={CIVIL}")) == [other.reference]
    assert references(await visitor.get(f"{PLACE}?handler=li")) == [mine.reference]
    assert references(await visitor.get(f"{PLACE}?handler=-")) == [other.reference]
    page = await visitor.get(PLACE)
    assert choices(page, "department") == ["", HOUSING, CIVIL, "县人民政府办公室"]
    assert choices(page, "handler") == ["", "-", "li"]


async def test_a_handler_of_a_department_sees_its_cases_and_those_given_to_them(office: Office) -> None:
    own = await office.case(department=HOUSING)
    strange = await office.case(department=CIVIL)
    given = await office.case(department=CIVIL)
    office.register.cases[given.reference] = replace(given, handler="wang")
    visitor = await office.staff(Role.OFFICER, "wang", HOUSING)

    page = await visitor.get(PLACE)
    assert references(page) == [own.reference, given.reference]
    assert not page.all("select", id="department")
    for case, status in ((own, 200), (given, 200), (strange, 403)):
        await visitor.get(f"/console/cases/{case.reference}", status=status)
    await visitor.get(f"/console/link?case={strange.reference}", status=403)
    token = page.all("input", name="csrf")[0].attributes["value"]
    for step in ("answer", "close", "note", "reopen"):
        place = f"/console/cases/{strange.reference}/{step}"
        await visitor.post(place, status=403, csrf=token, version="1", text="答")
    assert office.register.cases[strange.reference] == strange


@pytest.mark.parametrize("role", [Role.INTAKE, Role.LEADER, Role.AUDITOR])
async def test_intake_leaders_and_auditors_see_the_cases_of_every_department(office: Office, role: Role) -> None:
    cases = [await office.case(department=each) for each in (HOUSING, CIVIL)]
    visitor = await office.staff(role, "zhao", HOUSING)

    assert references(await visitor.get(PLACE)) == [case.reference for case in cases]
    page = await visitor.get(f"/console/cases/{cases[1].reference}")
    assert not page.all("textarea")


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SECRECY, Role.SIGNER])
async def test_those_who_approve_see_formal_requests_alone(office: Office, role: Role) -> None:
    inquiry, request = await office.case(), await office.case(kind=CaseKind.REQUEST)
    visitor = await office.staff(role, "zhao")
    assert references(await visitor.get(f"{PLACE}?kind=inquiry")) == [request.reference]
    await visitor.get(f"/console/cases/{inquiry.reference}", status=403)


async def test_a_long_queue_is_shown_in_pages_that_keep_the_filter(office: Office) -> None:
    for number in range(39):
        await office.case(f"补贴&{number}")
    for number in range(2):
        await office.register.note_gap(NewGap(f"补贴&缺{number}", f"{number}", MONDAY, "g"))
    visitor = await office.staff(Role.OFFICER)

    page = await visitor.get(f"{PLACE}?text=补贴%26")
    seen = references(page)
    while links := page.all("a", rel="next"):
        page = await visitor.get(links[0].attributes["href"])
        seen += references(page)

    assert len(seen) == len(set(seen)) == 41
    assert "第 3 页，共 3 页" in page.text
    assert references(await visitor.get(page.one("a", rel="prev").attributes["href"])) == seen[20:40]


async def test_a_choice_that_is_none_shows_the_first_page_of_what_is_open(office: Office) -> None:
    case = await office.case()
    visitor = await office.staff(Role.OFFICER)
    for number in ("0", "-1", "x", "99999999999999999999"):
        page = await visitor.get(f"{PLACE}?page={number}&status=nonsense&band=x&kind=y&unread=2")
        assert references(page) == [case.reference]


async def test_the_words_of_a_citizen_are_only_ever_words(office: Office) -> None:
    await office.case('<script>alert("1")</script>')
    page = await (await office.staff(Role.OFFICER)).get(PLACE)
    assert not [script for script in page.all("script") if not script.attributes.get("src")]
    assert '<script>alert("1")</script>' in page.text


async def test_the_badge_counts_what_the_reader_may_see(office: Office) -> None:
    await office.case(department=HOUSING, due_on=TODAY - timedelta(days=1))
    await office.case(department=HOUSING)
    await office.case(department=CIVIL)
    await office.register.note_gap(NewGap("问", "问", MONDAY, "g", department=HOUSING))
    visitor = await office.staff(Role.OFFICER, department=HOUSING)

    page = await visitor.get(PLACE)
    place = page.one("span", **{"class": "live"}).attributes["data-badge"]
    async with visitor.client.get(place) as response:
        found = await response.json()
    assert found == {"open": 2, "overdue": 1, "words": "待处理 2 件，其中超期 1 件"}


async def test_a_page_that_only_counts_keeps_no_login_alive(office: Office) -> None:
    visitor = await office.staff(Role.OFFICER)
    for _ in range(4):
        office.clock.forward(minutes=10)
        await visitor.client.get(f"{PLACE}/badge")
    assert (await visitor.get(PLACE)).one("h1").text == "登录"


async def test_what_is_answered_has_no_colour(office: Office) -> None:
    case = await office.case(due_on=TODAY - timedelta(days=1))
    await office.desk.answer(case.reference, "答", by="li", version=1)
    page = await (await office.staff(Role.OFFICER)).get(f"{PLACE}?status={Status.ANSWERED}")
    assert not [each for each in page.all("span") if "urgency" in each.attributes.get("class", "")]
