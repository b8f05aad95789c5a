from datetime import date, timedelta

import pytest

from console.ports import Role
from knowledge.statistics import AnswerCount
from knowledge.types import Document
from register.prompts import Prompt
from register.reminders import Stage
from register.types import NewGap
from tests.console.conftest import Office
from tests.console.markup import Element
from tests.fakes import MONDAY, a_document

TODAY = date(2026, 3, 2)
STATISTICS = {"/console/statistics"}
QUEUE = {f"/console/queue{query}" for query in ("", "?band=overdue", "?band=last", "?band=soon", "?unread=1")}


def numbers(page: Element) -> dict[str, str]:
    labels = [each.text for each in page.all("span", **{"class": "tile-label"})]
    values = [each.text for each in page.walk() if each.attributes.get("class", "").startswith("tile-number")]
    return dict(zip(labels, values, strict=True))


async def test_the_counts_are_shown(office: Office) -> None:
    for days in (-5, -1, 0, 1, 3, 7, 8):
        await office.case(due_on=TODAY + timedelta(days=days))
    await office.case(due_on=TODAY, paused=True)
    answered = await office.case(due_on=TODAY - timedelta(days=9))
    await office.desk.answer(answered.reference, "答", by="li", version=1)
    await office.register.note_gap(NewGap("甲", "甲", MONDAY, "g"))
    await office.documents.put(Document("d", "题", "文", "x"), by="li")

    page = await (await office.staff(Role.OFFICER)).get("/console")

    assert numbers(page) == {
        "待处理": "8",
        "今天新收": "9",
        "已超期": "2",
        "1 个工作日内到期": "2",
        "5 个工作日内到期": "4",
        "3 个工作日没人办理": "0",
        "知识缺口": "1",
        "文件": "1",
        "条文段落": "42",
        "审核中": "0",
        "未处理的提示": "0",
        "索引版本": "g-7",
        "今天的问题": "0",
        "今天的回答率": "—",
        "7 天的回答率": "—",
        "7 天的满意率": "—",
    }


async def test_cases_that_nobody_worked_on_for_days_are_counted_and_found(office: Office) -> None:
    lain, noted = await office.case("没人办"), await office.case("有人办")
    await office.desk.note(noted.reference, "问过", by="li", version=1)
    office.clock.forward(days=3)
    visitor = await office.staff(Role.OFFICER)

    assert numbers(await visitor.get("/console"))["3 个工作日没人办理"] == "1"
    page = await visitor.get("/console/queue?unread=1")
    assert lain.reference in page.one("tbody").text
    assert noted.reference not in page.one("tbody").text


async def test_only_what_somebody_may_see_is_counted(office: Office) -> None:
    await office.case(department="县住建局")
    await office.case(department="县民政局")
    visitor = await office.staff(Role.OFFICER, department="县民政局")
    assert numbers(await visitor.get("/console"))["待处理"] == "1"


async def test_an_empty_office_says_so(office: Office) -> None:
    office.retriever.generation = ""
    page = await (await office.staff(Role.EDITOR)).get("/console")
    assert "知识库还没有内容" in page.text
    assert numbers(page)["索引版本"] == "无"


@pytest.mark.parametrize("role", Role)
async def test_counts_link_only_to_rooms_of_the_own_role(office: Office, role: Role) -> None:
    page = await (await office.staff(role)).get("/console")
    links = {link.attributes["href"] for link in page.one("main").all("a") if link.within("ul")}
    assert (
        links
        == {
            Role.ADMINISTRATOR: set(),
            Role.INTAKE: QUEUE | STATISTICS,
            Role.SIGNER: QUEUE | STATISTICS,
            Role.LEADER: QUEUE | STATISTICS,
            Role.SECURITY: set(),
            Role.AUDITOR: QUEUE,
            Role.OFFICER: {"/console/gaps", "/console/documents"} | QUEUE | STATISTICS,
            Role.EDITOR: {"/console/gaps", "/console/documents", "/console/review", "/console/generations"}
            | STATISTICS,
            Role.REVIEWER: {"/console/documents", "/console/review"} | QUEUE,
            Role.SECRECY: {"/console/documents", "/console/review"} | QUEUE,
            Role.PUBLISHER: {"/console/documents", "/console/review", "/console/generations"},
        }[role]
    )


async def test_a_lonely_administrator_is_told_to_invite_officers(office: Office) -> None:
    visitor = await office.staff(Role.ADMINISTRATOR, "chen")
    assert "邀请承办人员" in (await visitor.get("/console")).text
    await office.account(Role.OFFICER, "li")
    assert "邀请承办人员" not in (await visitor.get("/console")).text


async def test_texts_under_review_and_open_findings_are_counted(office: Office) -> None:
    review = office.knowledge.review
    first = await review.submit(a_document("甲", text="联系人李某，手机 13812345678"), by="wang")
    await review.submit(a_document("乙"), by="wang")
    await review.send_back(first.id, "缺少附件", by="zhao", version=first.version)

    seen = numbers(await (await office.staff(Role.REVIEWER, "qian")).get("/console"))

    assert (seen["审核中"], seen["等您处理"], seen["未处理的提示"]) == ("2", "1", "1")
    assert numbers(await (await office.staff(Role.EDITOR, "wang")).get("/console"))["等您处理"] == "1"


def reminder(number: int, handler: str, stage: Stage = Stage.ONE_LEFT) -> Prompt:
    return Prompt(f"浚县-2026-{number:06d}", stage, date(2026, 3, 30), MONDAY, "县住建局", handler)


async def test_who_handles_a_request_is_reminded_until_they_have_seen_it(office: Office) -> None:
    office.prompts.given = [reminder(1, "li"), reminder(2, "li", Stage.OVERDUE), reminder(3, "wang"), reminder(4, "")]
    officer = await office.staff(Role.OFFICER)

    shown = (await officer.get("/console")).one("section", **{"aria-labelledby": "prompts"})
    assert "提醒（2 件）" in shown.text
    assert "还有 1 个工作日" in shown.text
    assert "已超过期限" in shown.text

    page = await officer.send("/console", "/console/reminders/%E6%B5%9A%E5%8E%BF-2026-000001/seen")
    assert "提醒（1 件）" in page.text
    assert [each.reference[-1] for each in office.prompts.given] == ["2", "3", "4"]


async def test_nobody_marks_the_reminders_of_others_as_seen(office: Office) -> None:
    office.prompts.given = [reminder(1, "li"), reminder(3, "wang")]
    officer = await office.staff(Role.OFFICER)
    token = (await officer.get("/console")).one("form", action="/console/logout").one("input").attributes["value"]
    await officer.post("/console/reminders/浚县-2026-000003/seen", csrf=token)
    assert len(office.prompts.given) == 2


async def test_intake_is_reminded_of_what_nobody_handles_and_a_reviewer_of_nothing(office: Office) -> None:
    office.prompts.given = [reminder(1, "")]
    intake = await (await office.staff(Role.INTAKE)).get("/console")
    assert "还没有承办人" in intake.text
    reviewer = await (await office.staff(Role.REVIEWER, "zhao")).get("/console")
    assert reviewer.all("section", **{"aria-labelledby": "prompts"}) == []


async def test_how_questions_go_today_and_in_seven_days_is_told_and_what_is_far_above_usual(office: Office) -> None:
    office.figures.counts = [
        AnswerCount(TODAY, "web", "answered_search", "养老", 1),
        AnswerCount(TODAY, "web", "escalated_no_match", "", 1),
        AnswerCount(TODAY - timedelta(days=6), "web", "answered_search", "低保", 8, resolved=3, unresolved=1),
        AnswerCount(TODAY - timedelta(days=9), "web", "answered_search", "养老", 90),
    ]
    page = await (await office.staff(Role.OFFICER)).get("/console")

    told = numbers(page)
    assert [told[name] for name in ("今天的问题", "今天的回答率", "7 天的回答率", "7 天的满意率")] == [
        "2",
        "50.0%",
        "90.0%",
        "75.0%",
    ]
    assert "低保。" in page.one("p", id="spikes").text
    assert "养老" not in page.one("p", id="spikes").text
    administrator = await (await office.staff(Role.ADMINISTRATOR, "chen")).get("/console")
    assert "今天的问题" not in numbers(administrator)
