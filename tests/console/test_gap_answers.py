import pytest

from console.ports import Role
from register.types import Case, CaseKind, NewGap, Status, Step
from tests.console.conftest import Office, Visitor, hidden
from tests.console.markup import Element
from tests.fakes import MONDAY

PLACE = "/console/gaps/1/answer"
HOUSING, CIVIL = "县住建局", "县民政局"


async def ask(office: Office, *questions: str, department: str = HOUSING) -> None:
    for question in questions:
        await office.register.note_gap(NewGap(question, question, MONDAY, "g", department=department))


async def send(visitor: Visitor, *cases: Case, status: int = 200, text: str = "请到三楼窗口。") -> Element:
    form = (await visitor.get(PLACE)).one("form", action=PLACE)
    ticks = {f"case:{case.reference}": str(case.version) for case in cases}
    return await visitor.post(PLACE, hidden(form) | ticks, status=status, text=text)


def outcomes(page: Element) -> list[str]:
    return [item.text for item in page.one("section", **{"aria-labelledby": "given"}).all("li")]


async def test_one_answer_closes_the_cluster_and_tells_everybody_who_asked_the_same_once(office: Office) -> None:
    await ask(office, "加装电梯补贴多少", "电梯补贴多少", "加装电梯补贴多少？")
    await ask(office, "哪里办居住证")
    same = [await office.case("加装电梯补贴多少钱"), await office.case("加装电梯，补贴多少")]
    other = await office.case("居住证在哪里办")
    visitor = await office.staff(Role.OFFICER)

    page = await visitor.get(PLACE)
    ticks = [box.attributes["name"] for box in page.all("input", type="checkbox")]
    assert ticks == [f"case:{case.reference}" for case in same]
    assert all("checked" in box.attributes for box in page.all("input", type="checkbox"))
    page = await send(visitor, *same)

    assert outcomes(page) == ["缺口已关闭。", *(f"{case.reference}：答复已保存，正在发送给提问人。" for case in same)]
    assert [reference for reference, _ in office.register.notices] == [case.reference for case in same]
    assert office.register.cases[other.reference] == other
    assert [gap.question for gap in office.register.open_gaps.values() if not gap.closed] == ["哪里办居住证"]
    await visitor.get(PLACE, status=404)


async def test_a_formal_request_is_shown_as_alike_and_never_answered(office: Office) -> None:
    await ask(office, "加装电梯补贴多少")
    requests = [await office.case("加装电梯补贴多少", kind=CaseKind.REQUEST) for _ in range(2)]
    visitor = await office.staff(Role.OFFICER)

    page = await visitor.get(PLACE)
    section = page.one("section", **{"aria-labelledby": "requests"})
    assert [link.text for link in section.all("a")] == [case.reference for case in requests]
    assert "可以考虑主动公开" in section.text
    page = await send(visitor, *requests)

    assert "没有发送" in page.text
    assert not office.register.notices
    assert all(office.register.cases[case.reference] == case for case in requests)


async def test_what_changed_or_is_not_theirs_is_told_and_the_others_are_answered(office: Office) -> None:
    await ask(office, "加装电梯补贴多少")
    fresh, stale = [await office.case("加装电梯补贴多少", department=HOUSING) for _ in range(2)]
    strange = await office.case("加装电梯补贴多少", department=CIVIL)
    visitor = await office.staff(Role.OFFICER, "wang", HOUSING)
    await office.desk.answer(stale.reference, "已经答过", by="li", version=1)

    page = await send(visitor, stale, strange, fresh)

    assert [line.partition("：")[2] for line in outcomes(page)[1:]] == [
        "您打开页面之后有变化，没有发送，请打开这一件核对。",
        "不在您的办理范围内，没有发送。",
        "答复已保存，正在发送给提问人。",
    ]
    assert office.register.cases[fresh.reference].status is Status.ANSWERED
    assert office.register.events[stale.reference][-1].step is Step.ANSWER
    assert len(office.register.notices) == 2
    assert office.register.cases[strange.reference] == strange


@pytest.mark.parametrize(("text", "words"), [(" ", "请先写答复"), ("长" * 3001, "内容太长")])
async def test_an_answer_that_is_none_is_refused_and_nothing_is_closed(office: Office, text: str, words: str) -> None:
    await ask(office, "加装电梯补贴多少")
    ticked, left = [await office.case("加装电梯补贴多少") for _ in range(2)]
    page = await send(await office.staff(Role.OFFICER), ticked, status=422, text=text)

    assert words in page.text
    assert page.one("textarea", id="text").text.strip() == text.strip()
    assert "checked" in page.one("input", id=f"tick-{ticked.reference}").attributes
    assert "checked" not in page.one("input", id=f"tick-{left.reference}").attributes
    assert not office.register.open_gaps[1].closed
    assert not office.register.notices


async def test_the_gaps_of_another_department_are_none_of_theirs(office: Office) -> None:
    await ask(office, "加装电梯补贴多少", department=CIVIL)
    visitor = await office.staff(Role.OFFICER, "wang", HOUSING)
    await visitor.get(PLACE, status=404)
    assert "没有未关闭的缺口" in (await visitor.get("/console/gaps")).text
