"""The page of a formal request, over the office's own database."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date

import pytest

from bot.types import ParcelState
from console.ports import Role
from register.filing import Channel, Receipt
from register.steps import RequestStep, Stage
from register.steps import Role as Capacity
from storage.database import Database
from storage.outbox import SqlOutbox
from storage.register import SqlRegister
from storage.verdicts import SqlVerdicts
from tests.console.chancery import Chancery, open_chancery, place, request_desk
from tests.console.conftest import open_office
from tests.fakes import PlainVault
from tests.register.desk import Desk
from tests.register.office import CALENDAR
from tests.register.test_charging import RULES
from tests.register.test_reckoning import FLOOD, asked, heard, silent


@pytest.fixture
async def chancery(sqlite_url: str) -> AsyncIterator[Chancery]:
    async with open_chancery(sqlite_url) as opened:
        yield opened


async def test_what_is_posted_is_delivered_that_day_and_contested_from_the_day_it_is_signed_for(
    chancery: Chancery,
) -> None:
    file = await chancery.signed(Receipt(Channel.SIGNED_MAIL, date(2026, 3, 2)))
    chancery.desk.clock.forward(days=3)

    page = await chancery.take(file, RequestStep.DELIVER, method="post", proof="邮件号 1", on="2026-03-05")
    assert "邮政企业寄送，2026年3月5日送达，没有超期" in page.one("section", **{"aria-labelledby": "delivery"}).text
    assert "还没有登记签收" in page.text
    case = file.docket.case
    known = {"reference": case.reference, "code": case.code}
    assert "行政复议至" not in (await chancery.office.visitor().post("/status", known)).text

    await chancery.take(file, RequestStep.RECORD_ARRIVAL, proof="妥投", on="2026-03-04", note="补录", status=409)
    page = await chancery.take(file, RequestStep.RECORD_ARRIVAL, proof="妥投", on="2026-03-05")
    told = page.one("section", **{"aria-labelledby": "delivery"}).text
    assert "申请行政复议至 2026年5月4日" in told
    assert "提起诉讼至 2026年9月5日" in told
    shown = await chancery.office.visitor().post("/status", known)
    assert "您对答复不服，可以申请行政复议至 2026年5月4日，或者提起诉讼至 2026年9月5日" in shown.text
    assert (await chancery.kept(file)).request.stage is Stage.DELIVERED


async def test_a_signed_reply_asks_whether_it_helped_and_the_page_shows_the_verdict(
    chancery: Chancery, sqlite_url: str
) -> None:
    database, now = Database(sqlite_url), chancery.desk.clock()
    outbox, verdicts = SqlOutbox(database, PlainVault()), SqlVerdicts(database)
    file = await chancery.signed()
    (reply,) = await outbox.claim(now=now)
    await outbox.settle(reply, ParcelState.SENT, at=now)
    assert reply.asks
    assert "公众评价" not in (await chancery.page(file)).text

    case = await verdicts.judge(reply.user.channel, reply.user.id, reply.key, resolved=False, at=now)

    assert case is not None
    assert case.reference == file.docket.case.reference
    assert "公众评价未解决" in (await chancery.page(file)).text
    await database.aclose()


async def test_a_reply_handed_over_after_the_last_day_is_shown_as_late(chancery: Chancery) -> None:
    file = await chancery.signed()
    chancery.desk.clock.forward(days=40)

    page = await chancery.take(file, RequestStep.DELIVER, method="direct", proof="本人签收")

    assert "逾期送达" in page.one("section", **{"aria-labelledby": "delivery"}).text
    head = (await chancery.kept(file)).docket.head
    assert (head.delivered_on, head.on_time) == (date(2026, 4, 11), False)


async def test_late_replies_are_counted_beside_the_annual_report(chancery: Chancery) -> None:
    file = await chancery.signed()
    chancery.desk.clock.forward(days=40)
    await chancery.take(file, RequestStep.DELIVER, method="direct", proof="本人签收")
    await chancery.take(file, RequestStep.CLOSE)

    officer = await chancery.staff(Role.OFFICER)
    assert "逾期送达 1 件" in (await officer.get("/console/report")).text
    assert (
        file.docket.case.reference
        in (await officer.get("/console/report?row=late")).one("ul", **{"class": "plain-list rows"}).text
    )


async def test_a_fee_is_computed_before_and_in_the_notice(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    desk = Desk(database)
    desk.office = replace(desk.office, fees=RULES)
    register = SqlRegister(database, PlainVault(), code="浚县", now=desk.clock)
    async with open_office(request_desk(database, desk, ""), register) as office:
        chancery = Chancery(office, desk)
        file = await desk.file()
        signer = await chancery.staff(Role.SIGNER)
        page = await signer.get(f"{place(file)}?pages=101")
        assert "第31至100页，每页10元，700元" in page.one("section", **{"aria-labelledby": "estimate"}).text

        page = await chancery.take(file, RequestStep.CHARGE, Role.SIGNER, measure="per_page", pages="101")
        assert "应缴金额：720元" in page.text
        assert page.all("section", **{"aria-labelledby": "estimate"}) == []
    await database.aclose()


async def test_silence_noted_too_early_is_told_with_what_to_do_about_it(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    desk = Desk(database)
    calendars = [CALENDAR]
    desk.office = replace(desk.office, calendar=lambda: calendars[-1])
    register = SqlRegister(database, PlainVault(), code="浚县", now=desk.clock)
    async with open_office(request_desk(database, desk, ""), register) as office:
        chancery = Chancery(office, desk)
        file = await silent(desk)
        letter = file.request.hearings[0].letter
        officer = await chancery.staff(Role.OFFICER)
        page = await officer.get(place(file))
        assert "登记早了" not in page.text
        assert page.all("form", action=f"{place(file)}/step/answer_consultation") == []

        calendars.append(FLOOD)
        page = await officer.get(place(file))
        assert f"{letter} 的期限到 2026年3月25日 才届满，逾期登记早了" in page.text
        assert "请登记“收到意见”" in page.text
        page = await chancery.take(
            file, RequestStep.ANSWER_CONSULTATION, consultation=letter, answer="objects", reason="商业秘密"
        )
        assert "登记早了" not in page.text
        assert "不同意公开" in page.one("section", **{"aria-labelledby": "hearings"}).text
    await database.aclose()


async def test_silence_can_be_noted_of_one_while_the_term_of_another_asked_later_runs(chancery: Chancery) -> None:
    first = await heard(chancery.desk)
    chancery.desk.clock.forward(days=8)
    file = await asked(chancery.desk, first)
    chancery.desk.clock.forward(days=14)

    page = await (await chancery.staff(Role.OFFICER)).get(place(file))

    form = page.one("form", action=f"{place(file)}/step/note_silence")
    letters = [option.attributes["value"] for option in form.all("option")]
    assert letters == ["", file.request.hearings[0].letter]


async def test_a_request_is_split_line_by_line_and_its_parts_are_linked(chancery: Chancery) -> None:
    file = await chancery.desk.do(await chancery.desk.file(), RequestStep.ACCEPT, Capacity.HANDLER)

    page = await chancery.take(file, RequestStep.SPLIT, parts="同一件", reason="一事一申请", status=409)
    assert "请把每件事各写一行" in page.text
    page = await chancery.take(file, RequestStep.SPLIT, parts="甲文件\r\n乙文件", reason="一事一申请")

    links = page.one("section", **{"aria-labelledby": "others"}).all("a")
    assert len(links) == 2
    part = await (await chancery.staff(Role.OFFICER)).get(links[0].attributes["href"])
    assert "甲文件" in part.one("section", **{"aria-labelledby": "asked"}).text
    assert f"由 {file.docket.case.reference} 拆分而来" in part.text
    assert "登记回执" in part.one("section", **{"aria-labelledby": "papers"}).text


async def test_a_request_is_merged_into_another_of_its_applicant(chancery: Chancery) -> None:
    first = await chancery.desk.do(await chancery.desk.file("1"), RequestStep.ACCEPT, Capacity.HANDLER)
    assert "并案" not in [item.text for item in (await chancery.page(first)).all("summary")]
    second = await chancery.desk.do(await chancery.desk.file("2"), RequestStep.ACCEPT, Capacity.HANDLER)

    page = await chancery.take(second, RequestStep.MERGE, merged_into=first.docket.case.reference, reason="同一件事")
    assert f"已并入 {first.docket.case.reference}" in page.text
    assert f"并入本件：{second.docket.case.reference}" in (await chancery.page(first)).text


async def test_the_page_tells_how_each_letter_to_a_third_party_was_served_and_answered(chancery: Chancery) -> None:
    file = await chancery.desk.do(await chancery.desk.file(), RequestStep.ACCEPT, Capacity.HANDLER)
    page = await chancery.take(
        file, RequestStep.CONSULT, recipient="某电梯公司", basis="third_party", question="合同的报价明细"
    )
    assert "还没有登记，期限还没有起算" in page.one("section", **{"aria-labelledby": "hearings"}).text
    papers = page.one("section", **{"aria-labelledby": "papers"}).text
    for kind in ("征求第三方意见书", "征求意见确认函", "征求意见告知书"):
        assert kind in papers

    letter = (await chancery.kept(file)).request.hearings[0].letter
    chancery.desk.clock.forward(days=2)
    page = await chancery.take(
        file, RequestStep.RECORD_CONSULTATION, consultation=letter, method="post", proof="邮件号1"
    )
    told = page.one("section", **{"aria-labelledby": "hearings"}).text
    assert "2026年3月4日 邮政企业寄送（邮件号1）；最迟 2026年3月25日 提出意见" in told

    chancery.desk.clock.forward(days=30)
    page = await chancery.take(
        file, RequestStep.ANSWER_CONSULTATION, consultation=letter, answer="objects", reason="商业秘密"
    )
    assert "逾期提出 不同意公开：商业秘密" in page.one("section", **{"aria-labelledby": "hearings"}).text
