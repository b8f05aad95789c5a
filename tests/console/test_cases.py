from datetime import date
from urllib.parse import quote

import pytest

from bot.channels.wechat.channel import MOST_PIECES
from bot.channels.wechat.fitting import split
from bot.channels.wechat.rendering import ROOM
from console.cases import CHARACTERS, LONGEST, delivery
from console.ports import Role
from console.texts import DELIVERED, SENDING, UNCERTAIN, UNDELIVERED
from register.types import Case, Event, Status, Step
from tests.console.conftest import Office, Visitor
from tests.console.markup import Element
from tests.fakes import MONDAY


def place(case: Case) -> str:
    return f"/console/cases/{quote(case.reference)}"


def forms(page: Element) -> set[str]:
    return {form.attributes["action"].rpartition("/")[2] for form in page.one("main").all("form")}


async def take(visitor: Visitor, case: Case, step: str, text: str, *, status: int = 200) -> Element:
    return await visitor.send(place(case), f"{place(case)}/{step}", status=status, text=text)


async def test_a_case_shows_what_was_asked_what_was_found_and_what_happened(office: Office) -> None:
    case = await office.case("一楼不同意怎么办？", due_on=date(2026, 3, 1))
    page = await (await office.staff(Role.OFFICER)).get(place(case))

    assert page.one("blockquote").text == "一楼不同意怎么办？"
    assert [item.text for item in page.one("ol", **{"class": "evidence"}).all("li")] == [
        "《甲办法》 第三条 得分 3.20",
        "《乙办法》 得分 2.11",
    ]
    assert "2026年3月1日 已超期 1 天" in page.one("dl").text
    assert "微信公众号" in page.one("dl").text
    assert "登记" in page.one("ol", **{"class": "timeline"}).text


async def test_neither_the_query_code_nor_the_citizens_id_is_shown(office: Office) -> None:
    case = await office.case()
    page = await (await office.staff(Role.OFFICER)).get(place(case))
    assert case.code not in page.text


async def test_an_answer_goes_to_the_citizen_and_onto_the_timeline(office: Office) -> None:
    case = await office.case()
    page = await take(await office.staff(Role.OFFICER), case, "answer", "每台十五万元。\r\n依据甲办法。")

    assert "答复已保存" in page.one("p", role="status").text
    assert SENDING in page.text
    assert office.register.notices == [
        (case.reference, f"您的咨询 {case.reference} 已答复：\n每台十五万元。\n依据甲办法。")
    ]
    assert office.register.events[case.reference][-1] == Event(
        MONDAY, "li", Step.ANSWER, "每台十五万元。\n依据甲办法。"
    )


async def test_what_the_citizen_said_of_the_answer_stands_with_the_case(office: Office) -> None:
    case = await office.case()
    visitor = await office.staff(Role.OFFICER)
    assert "公众评价" not in (await visitor.get(place(case))).text
    for step in (Step.RESOLVED, Step.UNRESOLVED):
        office.register.events[case.reference].append(Event(MONDAY, "citizen", step))

    page = await visitor.get(place(case))

    assert "公众评价未解决" in page.one("dl", **{"class": "facts"}).text
    assert "公众评价：已解决" in page.one("ol", **{"class": "timeline"}).text


async def test_only_legal_steps_are_offered(office: Office) -> None:
    case = await office.case()
    visitor = await office.staff(Role.OFFICER)
    assert forms(await visitor.get(place(case))) == {"answer", "close", "note"}
    await take(visitor, case, "answer", "答")
    assert forms(await visitor.get(place(case))) == {"answer", "close", "note"}
    await take(visitor, case, "close", "")
    assert forms(await visitor.get(place(case))) == {"reopen", "note"}
    await take(visitor, case, "reopen", "")
    assert office.register.cases[case.reference].status is Status.RECEIVED


async def test_a_note_stays_inside_and_a_reason_for_closing_does_not(office: Office) -> None:
    case = await office.case()
    visitor = await office.staff(Role.OFFICER)
    await take(visitor, case, "note", "已问住建局")
    assert office.register.notices == []
    await take(visitor, case, "close", "与上一件重复")
    assert office.register.notices == [(case.reference, f"您的咨询 {case.reference} 已办结：\n与上一件重复")]


async def test_an_answer_on_a_stale_page_is_shown_again_and_can_be_sent_after_all(office: Office) -> None:
    case = await office.case()
    visitor = await office.staff(Role.OFFICER)
    page = await visitor.get(place(case))
    await office.desk.note(case.reference, "同事的记录", by="wang", version=1)
    form = page.one("form", action=f"{place(case)}/answer")
    stale = {each.attributes["name"]: each.attributes["value"] for each in form.all("input")}

    page = await visitor.post(form.attributes["action"], stale, status=409, text="\n写了很久的答复")

    assert "有同事处理了这件事" in page.one("p", role="alert").text
    assert "同事的记录" in page.text
    form = page.one("form", action=f"{place(case)}/answer")
    assert form.one("textarea").text == "\n写了很久的答复"
    assert office.register.notices == []

    fresh = {each.attributes["name"]: each.attributes["value"] for each in form.all("input")}
    await visitor.post(form.attributes["action"], fresh, text=form.one("textarea").text)
    assert len(office.register.notices) == 1


async def test_an_answer_to_a_case_closed_meanwhile_is_shown_to_be_copied(office: Office) -> None:
    case = await office.case()
    visitor = await office.staff(Role.OFFICER)
    form = (await visitor.get(place(case))).one("form", action=f"{place(case)}/answer")
    fields = {each.attributes["name"]: each.attributes["value"] for each in form.all("input")}
    await office.desk.close(case.reference, "重复", by="wang", version=1)

    page = await visitor.post(form.attributes["action"], fields | {"version": "2"}, status=409, text="写了很久")

    assert "这件事现在是“已办结”，不能再答复" in page.one("p", role="alert").text
    assert page.one("textarea", id="unsent").text.strip() == "写了很久"


@pytest.mark.parametrize("step", ["answer", "close", "note"])
async def test_an_empty_text_is_asked_for(office: Office, step: str) -> None:
    case = await office.case()
    page = await take(await office.staff(Role.OFFICER), case, step, " \n", status=422)
    assert page.one("p", role="alert").text.startswith("请先写内容")
    assert office.register.cases[case.reference] == case


async def test_a_text_that_is_too_long_is_refused_and_kept(office: Office) -> None:
    case = await office.case()
    text = "长" * CHARACTERS + "x"
    page = await take(await office.staff(Role.OFFICER), case, "answer", text, status=422)
    field = page.one("textarea", id="answer-text")
    assert field.text.strip() == text
    assert field.attributes["maxlength"] == "3000"
    assert "最多约 3000 字，现在约 3001 字" in page.one("p", role="alert").text
    assert office.register.notices == []


async def test_the_longest_text_is_sent_whole(office: Office) -> None:
    case = await office.case()
    text = "长" * CHARACTERS
    assert len(text.encode()) == LONGEST
    await take(await office.staff(Role.OFFICER), case, "answer", text)
    [(_, notice)] = office.register.notices
    assert notice.endswith(f"\n{text}")
    assert split(notice, ROOM, most=MOST_PIECES)[1] == ""


async def test_a_refused_note_stands_in_an_open_fold(office: Office) -> None:
    case = await office.case()
    page = await take(await office.staff(Role.OFFICER), case, "note", "长" * (CHARACTERS + 1), status=422)
    folds = {fold.one("summary").text: "open" in fold.attributes for fold in page.all("details")}
    assert folds == {"内部记录": True, "办结": False}


async def test_an_unknown_number_is_a_page_that_says_so(office: Office) -> None:
    visitor = await office.staff(Role.OFFICER)
    page = await visitor.get("/console/cases/浚县-2026-999999", status=404)
    assert page.one("h1").text == "没有这个页面"


async def test_a_step_that_is_no_officers_is_no_page(office: Office) -> None:
    case = await office.case()
    visitor = await office.staff(Role.OFFICER)
    for step in ("delivered", "open", "nonsense"):
        await visitor.post(f"{place(case)}/{step}", status=404)


def event(step: Step, note: str = "") -> Event:
    return Event(MONDAY, "x", step, note)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([event(Step.OPEN)], ""),
        ([event(Step.OPEN), event(Step.NOTE, "内"), event(Step.CLOSE)], ""),
        ([event(Step.ANSWER, "答")], SENDING),
        ([event(Step.CLOSE, "因")], SENDING),
        ([event(Step.ANSWER, "答"), event(Step.DELIVERED)], DELIVERED),
        ([event(Step.ANSWER, "答"), event(Step.UNDELIVERED)], UNDELIVERED),
        ([event(Step.ANSWER, "答"), event(Step.DELIVERED), event(Step.ANSWER, "补")], SENDING),
        ([event(Step.ANSWER, "答"), event(Step.ANSWER, "补"), event(Step.DELIVERED)], SENDING),
        (
            [event(Step.ANSWER, "答"), event(Step.UNDELIVERED), event(Step.ANSWER, "补"), event(Step.DELIVERED)],
            DELIVERED,
        ),
        # a sender slower than its lease: one text, two outcomes
        (
            [event(Step.ANSWER, "答"), event(Step.IN_DOUBT), event(Step.DELIVERED)],
            DELIVERED,
        ),
        (
            [
                event(Step.ANSWER, "答"),
                event(Step.IN_DOUBT),
                event(Step.DELIVERED),
                event(Step.ANSWER, "补"),
            ],
            SENDING,
        ),
        ([event(Step.OPEN), event(Step.DELIVERED), event(Step.ANSWER, "答")], SENDING),
        ([event(Step.ANSWER, "答"), event(Step.UNDELIVERED, "用户已取消关注或拒收")], UNDELIVERED),
        ([event(Step.ANSWER, "答"), event(Step.IN_DOUBT)], UNCERTAIN),
    ],
)
def test_the_delivery_is_read_from_the_history(steps: list[Event], words: str) -> None:
    assert delivery(steps) == words
