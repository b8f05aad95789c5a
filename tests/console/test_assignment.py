from dataclasses import replace
from datetime import date

import pytest

from console.ports import Role
from register.types import Case, Event, Status, Step
from tests.console.conftest import Office, Visitor, hidden
from tests.console.markup import Element
from tests.fakes import MONDAY

PLACE = "/console/queue"
ASSIGN = f"{PLACE}/assign"
HOUSING, CIVIL = "县住建局", "县民政局"


async def give(visitor: Visitor, *cases: Case, status: int = 200, **to: str) -> Element:
    form = (await visitor.get(PLACE)).one("form", action=ASSIGN)
    ticks = {f"case:{case.reference}": str(case.version) for case in cases}
    return await visitor.post(ASSIGN, hidden(form) | ticks, status=status, **to)


def outcomes(page: Element) -> list[str]:
    return [item.text for item in page.one("section", **{"aria-labelledby": "given"}).all("li")]


async def test_several_cases_are_given_to_a_colleague_at_once_and_their_days_stay(office: Office) -> None:
    cases = [await office.case(), await office.case(department=CIVIL)]
    await office.account(Role.OFFICER, "wang")
    visitor = await office.staff(Role.INTAKE, "zhao")

    page = await give(visitor, *cases, to_handler="wang")

    assert outcomes(page) == [f"{case.reference}：已交给wang。" for case in cases]
    for case in cases:
        kept = office.register.cases[case.reference]
        assert kept == replace(case, handler="wang", version=2)
        assert office.register.events[case.reference][-1] == Event(MONDAY, "zhao", Step.ASSIGN, "wang")
    assert "wang" in (await visitor.get(f"/console/cases/{cases[0].reference}")).text


async def test_a_department_takes_a_case_over_without_a_handler_and_with_the_same_day(office: Office) -> None:
    case = replace(await office.case(department=HOUSING), handler="li")
    office.register.cases[case.reference] = case
    page = await give(await office.staff(Role.OFFICER), case, to_department=CIVIL)

    assert outcomes(page) == [f"{case.reference}：已交给{CIVIL}。"]
    kept = office.register.cases[case.reference]
    assert (kept.department, kept.handler, kept.due_on) == (CIVIL, "", case.due_on)
    assert office.register.events[case.reference][-1].note == f"{HOUSING} → {CIVIL}"


async def test_what_changed_meanwhile_is_told_one_by_one_and_the_others_are_given(office: Office) -> None:
    fresh, stale, closed, strange = [await office.case(department=HOUSING) for _ in range(4)]
    await office.desk.note(stale.reference, "记", by="li", version=1)
    await office.desk.close(closed.reference, "重复", by="li", version=1)
    strange = replace(strange, department=CIVIL)
    office.register.cases[strange.reference] = strange
    closed = office.register.cases[closed.reference]
    visitor = await office.staff(Role.OFFICER, "wang", HOUSING)
    unknown = replace(fresh, reference="浚县-2026-000099")

    page = await give(visitor, stale, closed, strange, unknown, fresh, to_handler="wang")

    assert [line.partition("：")[2] for line in outcomes(page)] == [
        "您打开页面之后有变化，没有分办，请看过再分办。",
        "已经办结，不能再分办。",
        "不在您的办理范围内，没有分办。",
        "不在您的办理范围内，没有分办。",
        "已交给wang。",
    ]
    handlers = {reference: case.handler for reference, case in office.register.cases.items()}
    assert [name for name in handlers.values() if name == "wang"] == ["wang"]
    assert office.register.cases[closed.reference].status is Status.CLOSED


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ({}, "请选一位同事，或者选一个部门"),
        ({"to_handler": "li", "to_department": CIVIL}, "请选一位同事，或者选一个部门"),
        ({"to_handler": "nobody"}, "没有这位同事或者部门"),
        ({"to_handler": "editor"}, "没有这位同事或者部门"),
        ({"to_department": "没有的局"}, "没有这位同事或者部门"),
    ],
)
async def test_a_recipient_that_is_none_gets_nothing(office: Office, to: dict[str, str], words: str) -> None:
    case = await office.case()
    await office.account(Role.EDITOR, "editor")
    page = await give(await office.staff(Role.OFFICER), case, status=422, **to)
    assert words in page.text
    assert office.register.cases[case.reference] == case


async def test_nothing_ticked_is_said(office: Office) -> None:
    await office.case()
    page = await give(await office.staff(Role.OFFICER), status=422, to_handler="li")
    assert "还没有勾选事项" in page.text


async def test_the_filter_is_kept_while_cases_are_given_away(office: Office) -> None:
    due = await office.case(due_on=date(2026, 3, 2))
    await office.case(due_on=date(2026, 6, 1))
    visitor = await office.staff(Role.OFFICER)
    form = (await visitor.get(f"{PLACE}?band=last")).one("form", action=ASSIGN)
    ticks = {f"case:{due.reference}": "1"}
    page = await visitor.post(ASSIGN, hidden(form) | ticks, to_handler="li")
    assert [cell.one("a").text for cell in page.all("td", **{"data-label": "编号"})] == [due.reference]
