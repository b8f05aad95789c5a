from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from console.ports import Role
from register.gazette import Standing
from register.recomputation import Change
from tests.console.conftest import Office, Visitor
from tests.console.markup import Element
from tests.notices import NEXT_YEAR

PLACE = "/console/calendar"
LATEST = (Path(__file__).parents[1] / "register" / "notices" / "2026.txt").read_text(encoding="utf-8")


async def propose(visitor: Visitor, text: str = NEXT_YEAR, *, status: int = 200) -> Element:
    return await visitor.send(PLACE, f"{PLACE}/notices", status=status, notice=text)


async def settle(visitor: Visitor, step: str = "confirm", *, status: int = 200) -> Element:
    return await visitor.send(visitor.path, f"{visitor.path}/{step}", status=status)


async def test_a_pasted_notice_counts_once_a_second_person_has_confirmed_it(office: Office) -> None:
    heard = Change(
        "浚县-2026-000002", date(2026, 12, 30), date(2027, 1, 4), provisional=False, letter="浚公开〔2026〕5号"
    )
    office.almanac.moved = (
        Change("浚县-2026-000001", date(2026, 12, 31), date(2026, 12, 30), provisional=False),
        heard,
        replace(heard, letter="浚公开〔2026〕6号", overtaken=True),
    )
    intake, signer = await office.staff(Role.INTAKE), await office.staff(Role.SIGNER, "wang")

    preview = await propose(intake)

    assert "2027年放假安排 等待确认" in preview.one("h1").text
    assert "2027-02-05 星期五 至 2027-02-11 星期四" in preview.text
    assert "2027-01-31 星期日" in preview.text
    assert "请另一位同事对照通知原文核对后确认" in preview.text
    assert preview.all("form", action=f"{intake.path}/confirm") == []
    assert 2027 not in office.almanac.timekeeper(office.clock).calendar().official

    await signer.get(intake.path)
    report = await settle(signer)

    assert "已生效，第 1 版" in report.one("h1").text
    assert "期限变化（3 项）" in report.text
    assert [cell.text for cell in report.all("td", **{"data-label": "变化"})] == ["提前", "推后", "登记早了"]
    assert heard.letter in report.all("td", **{"data-label": "编号"})[1].text
    assert 2027 in office.almanac.timekeeper(office.clock).calendar().official
    assert len(office.almanac.asked) == 1


async def test_who_pasted_it_cannot_confirm_it(office: Office) -> None:
    intake = await office.staff(Role.INTAKE)
    page = await propose(intake)
    token = page.one("form", action=f"{intake.path}/drop").one("input").attributes["value"]

    refused = await intake.post(f"{intake.path}/confirm", status=403, csrf=token)

    assert "须由另一位同事核对后确认" in refused.text
    assert await office.almanac.gazette.edition() == 0


async def test_a_wrong_weekday_is_refused_with_its_sentence_and_the_text_stays(office: Office) -> None:
    wrong = NEXT_YEAR.replace("10月9日（周六）", "10月9日（周日）")

    page = await propose(await office.staff(Role.INTAKE), wrong, status=422)

    message = page.one("p", id="message").text
    assert "2027-10-09是星期六，通知写的是周日：“9月26日(周日)、10月9日(周日)上班”" in message
    assert page.one("textarea").text.strip() == wrong.strip()
    assert await office.almanac.gazette.proposals() == ()


async def test_what_counts_already_and_what_is_no_notice_are_refused(office: Office) -> None:
    intake = await office.staff(Role.INTAKE)
    assert "完全一样" in (await propose(intake, LATEST, status=422)).one("p", id="message").text
    assert "粘贴通知全文" in (await propose(intake, "你好", status=422)).one("p", id="message").text
    assert "太长" in (await propose(intake, "长" * 20_001, status=422)).one("p", id="message").text


async def test_two_who_decide_at_once_decide_once(office: Office) -> None:
    intake = await office.staff(Role.INTAKE)
    await propose(intake)
    signer, other = await office.staff(Role.SIGNER, "wang"), await office.staff(Role.ADMINISTRATOR, "chen")
    form = (await other.get(intake.path)).one("form", action=f"{intake.path}/confirm")
    token = form.one("input").attributes["value"]
    await signer.get(intake.path)
    await settle(signer, "drop")

    late = await other.post(f"{intake.path}/confirm", status=409, csrf=token)

    assert "已经确认或放弃" in late.text
    (dropped,) = await office.almanac.gazette.proposals()
    assert (dropped.standing, dropped.settled_by) == (Standing.DROPPED, "wang")


async def test_a_local_closure_is_proposed_confirmed_and_taken_back(office: Office) -> None:
    intake, signer = await office.staff(Role.INTAKE), await office.staff(Role.SIGNER, "wang")
    flood = {"name": "防汛停工", "first": "2026-07-20", "last": "2026-07-21", "document": "县人民政府公告"}

    preview = await intake.send(PLACE, f"{PLACE}/closures", flood)
    assert "2026-07-21 星期二" in preview.text
    await signer.get(intake.path)
    await settle(signer)
    day = office.almanac.timekeeper(office.clock).calendar().day(date(2026, 7, 20))
    assert (day.working, day.reason) == (False, "防汛停工")

    back = await intake.send(PLACE, f"{PLACE}/closures/take-back")
    assert "撤销本地停工" in back.one("h1").text
    await signer.get(intake.path)
    await settle(signer)
    assert office.almanac.timekeeper(office.clock).calendar().day(date(2026, 7, 20)).working
    assert "没有。" in (await signer.get(PLACE)).text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"document": " "}, "法律依据"),
        ({"first": "20.7."}, "起止日期"),
        ({"last": "2026-07-01"}, "颠倒"),
        ({"last": "2026-12-01"}, "最多60天"),
    ],
)
async def test_a_closure_that_is_none_is_refused_and_stays_in_the_form(
    office: Office, changed: dict[str, str], said: str
) -> None:
    flood = {"name": "防汛停工", "first": "2026-07-20", "last": "2026-07-21", "document": "县人民政府公告"}

    page = await (await office.staff(Role.INTAKE)).send(PLACE, f"{PLACE}/closures", flood | changed, status=422)

    assert said in page.one("p", id="message").text
    assert page.one("input", id="name").attributes["value"] == "防汛停工"


async def test_an_officer_reads_and_changes_nothing(office: Office) -> None:
    officer = await office.staff(Role.OFFICER)
    page = await officer.get(f"{PLACE}?year=2025")

    assert "2025 年" in page.one("h2", id="year").text
    assert "2025-10-11 星期六" in page.text
    assert page.one("main").all("form") == []
    token = page.one("input", name="csrf").attributes["value"]
    await officer.post(f"{PLACE}/notices", status=403, csrf=token, notice=NEXT_YEAR)


async def test_a_proposal_nobody_made_is_not_found(office: Office) -> None:
    await (await office.staff(Role.SIGNER)).get(f"{PLACE}/proposals/7", status=404)


async def test_a_report_that_a_broken_process_left_out_is_made_when_the_page_is_opened(office: Office) -> None:
    intake = await office.staff(Role.INTAKE)
    await propose(intake)
    # the process ended between the confirmation and the report
    await office.almanac.gazette.settle(1, by="wang", at=office.clock(), confirmed=True)

    assert "没有在办申请的期限因此改变" in (await intake.get(intake.path)).text
    (kept,) = await office.almanac.gazette.proposals()
    assert kept.report == ()
    assert len(office.almanac.asked) == 1


async def test_from_november_on_the_desk_is_asked_every_day_until_the_next_year_is_official(office: Office) -> None:
    intake, officer = await office.staff(Role.INTAKE), await office.staff(Role.OFFICER, "zhao")
    assert "2027" not in (await intake.get("/console")).one("main").text

    office.clock.at = datetime(2026, 10, 31, 16, tzinfo=UTC)
    intake, officer = await office.again("li"), await office.again("zhao")

    task = (await intake.get("/console")).one("p", id="missing-year")
    assert "2027 年的放假安排还没有导入" in task.text
    assert task.one("a").attributes["href"] == PLACE
    assert (await officer.get("/console")).all("p", id="missing-year") == []
    assert (await officer.get("/console/queue")).all("p", id="banner") == []


async def test_from_december_on_every_page_of_the_staff_warns(office: Office) -> None:
    office.clock.at = datetime(2026, 11, 30, 16, tzinfo=UTC)
    officer = await office.staff(Role.OFFICER)

    assert "2027 年的放假安排还没有导入" in (await officer.get("/console/queue")).one("p", id="banner").text
    assert (await office.visitor().get("/console/login")).all("p", id="banner") == []
