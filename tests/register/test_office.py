"""The disclosure office over a real database: one step is one transaction, and an illegal one leaves nothing."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, time

import pytest

from bot.types import ParcelState, User
from register.correspondence import Correspondence, File
from register.delivery import Contest, Delivery, Sending
from register.dispatch import note_deliveries
from register.errors import RefusedStep, StaleCase, UnfinishedLetter
from register.facts import Fact
from register.filing import Channel, Citizen, Document, Identity, Receipt
from register.outcomes import Outcome
from register.report.tables import Row
from register.request import Act
from register.steps import RequestStep, Role, Stage
from register.terms import NonworkingReceipt
from register.types import Status
from storage.database import Database
from storage.outbox import SqlOutbox
from tests.fakes import PlainVault
from tests.register.desk import POSTED, SHANGHAI, Desk
from tests.register.letters.samples import AGENCY, STATIONERY, WORDING
from tests.register.office import ACTORS, FILING, TERMS, proposal


async def test_a_request_filed_online_is_received_that_day_and_acknowledged(desk: Desk) -> None:
    file = await desk.file()

    assert file.request.stage is Stage.TRIAGE
    assert file.docket.case.due_on == file.docket.head.due_on == date(2026, 3, 30)
    assert file.clock is not None
    assert file.clock.due == date(2026, 3, 30)
    assert [search.hits for search in file.request.searches] == ["没有找到"]
    assert (await desk.file()).docket.case.reference == file.docket.case.reference


async def test_a_request_at_one_second_to_midnight_counts_from_that_day(desk: Desk) -> None:
    desk.clock.at = datetime.combine(desk.today, time(23, 59, 59), SHANGHAI)
    filed = await desk.file()
    desk.clock.forward(days=5)

    opened = await desk.office.load(filed.docket.case.reference)
    assert opened.clock is not None
    assert opened.clock.due == date(2026, 3, 30)


async def test_unsigned_mail_waits_for_the_applicants_word_before_the_clock_begins(desk: Desk) -> None:
    file = await desk.file(receipt=Receipt(Channel.PLAIN_MAIL, desk.today))

    assert (file.request.stage, file.clock, file.docket.head.due_on) == (Stage.RECEIVED, None, None)
    desk.clock.forward(days=1)
    file = await desk.do(file, RequestStep.CONFIRM_RECEIPT, Role.INTAKE, confirmation="电话确认")
    assert file.clock is not None
    assert file.clock.since == date(2026, 3, 3)


SATURDAY = datetime(2026, 3, 7, 23, 59, 59, tzinfo=SHANGHAI)


async def test_a_day_off_counts_as_the_office_has_set_it(desk: Desk) -> None:
    desk.clock.at = SATURDAY
    stricter = await desk.file("1")
    set_otherwise = replace(TERMS, nonworking_receipt=NonworkingReceipt.NEXT_WORKDAY)
    desk.office = replace(desk.office, terms=(set_otherwise,))
    later = await desk.file("2")

    assert (stricter.request.received_on, stricter.docket.head.due_on) == (date(2026, 3, 7), date(2026, 4, 3))
    assert (later.request.received_on, later.docket.head.due_on) == (date(2026, 3, 9), date(2026, 4, 7))
    (receipt,) = await desk.office.requests.papers(later.docket.case.reference)
    assert "收到申请的日期为2026年3月9日" in receipt.text


async def test_who_is_reached_on_a_day_off_has_confirmed_as_the_office_has_set_it(desk: Desk) -> None:
    desk.office = replace(desk.office, terms=(replace(TERMS, nonworking_receipt=NonworkingReceipt.NEXT_WORKDAY),))
    file = await desk.file(receipt=Receipt(Channel.PLAIN_MAIL, desk.today, confirmation="无人接听"))
    desk.clock.at = SATURDAY
    file = await desk.do(file, RequestStep.CONFIRM_RECEIPT, Role.INTAKE, confirmation="电话确认")

    assert file.request.received_on == file.docket.head.received_on == date(2026, 3, 9)


async def test_a_step_moves_the_request(desk: Desk) -> None:
    file = await desk.do(await desk.file(), RequestStep.ACCEPT, Role.HANDLER)

    assert (file.docket.head.stage, file.docket.head.handler) == (Stage.PROCESSING, ACTORS[Role.HANDLER])
    assert file == await desk.office.load(file.docket.case.reference)


async def test_a_letter_to_the_applicant_is_numbered_kept_and_sent_to_the_chat(desk: Desk, database: Database) -> None:
    file = await desk.file()
    file = await desk.do(
        file, RequestStep.ASK_CORRECTION, Role.HANDLER, items="特征不明", guidance="请写明文号", due_on="2026-03-20"
    )

    receipt, paper = await desk.office.requests.papers(file.docket.case.reference)
    assert (receipt.kind, receipt.number) == ("receipt", "")
    assert paper.number == f"{AGENCY.code}〔2026〕1号"
    assert paper.docx.startswith(b"PK")
    assert "请写明文号" in paper.html
    (parcel,) = await SqlOutbox(database, PlainVault()).claim(now=desk.clock())
    assert parcel.user == User("web", "li")
    assert paper.text in parcel.text


async def test_letters_written_at_once_have_numbers_without_gap_or_double(desk: Desk) -> None:
    files = [await desk.file(f"{number}") for number in range(4)]
    facts = {"items": "特征不明", "guidance": "请写明文号", "due_on": "2026-03-20"}
    done = await asyncio.gather(
        *(desk.do(file, RequestStep.ASK_CORRECTION, Role.HANDLER, None, **facts) for file in files),
        return_exceptions=True,
    )
    files = [file for file in done if isinstance(file, File)]
    papers = [paper for file in files for paper in await desk.office.requests.papers(file.docket.case.reference)]
    numbers = sorted(paper.number for paper in papers if paper.number)
    assert numbers == [f"{AGENCY.code}〔2026〕{count}号" for count in range(1, 5)]


async def replied(desk: Desk) -> File:
    file = await desk.do(await desk.file(), RequestStep.ACCEPT, Role.HANDLER)
    file = await desk.do(file, RequestStep.PROPOSE, Role.HANDLER, proposed=proposal(Outcome.OPEN_PROVIDED))
    file = await desk.do(file, RequestStep.SUBMIT_DRAFT, Role.HANDLER)
    file = await desk.do(file, RequestStep.PASS_REVIEW, Role.REVIEWER)
    file = await desk.do(file, RequestStep.PASS_SECRECY, Role.SECRECY_REVIEWER, secrecy_review="不涉密")
    return await desk.do(file, RequestStep.SIGN, Role.SIGNER)


async def test_a_signed_reply_pins_its_text_and_is_delivered_when_it_arrived(desk: Desk, database: Database) -> None:
    file = await replied(desk)
    _, paper = await desk.office.requests.papers(file.docket.case.reference)
    signature = file.request.signature
    assert signature is not None
    assert (signature.letter, signature.digest) == (paper.number, paper.digest)
    assert await note_deliveries(desk.office) == 0

    outbox = SqlOutbox(database, PlainVault())
    (parcel,) = await outbox.claim(now=desk.clock())
    assert await note_deliveries(desk.office) == 0
    await outbox.settle(parcel, ParcelState.SENT, at=desk.clock())
    desk.clock.forward(days=3)
    assert await note_deliveries(desk.office) == 1
    assert await note_deliveries(desk.office) == 0

    closed = await desk.office.load(file.docket.case.reference)
    assert (closed.request.stage, closed.docket.case.status) == (Stage.CLOSED, Status.CLOSED)
    assert closed.request.decisions[-1].sending == Sending(Delivery.ELECTRONIC, date(2026, 3, 2), date(2026, 3, 30))
    assert (closed.docket.head.delivered_on, closed.docket.head.on_time) == (date(2026, 3, 2), True)
    assert desk.office.law.contest(closed.request) == Contest(date(2026, 5, 1), date(2026, 9, 2))
    assert closed.docket.head.outcome is Outcome.OPEN_PROVIDED


async def test_a_letter_that_lacks_something_is_not_signed(desk: Desk) -> None:
    desk.office = replace(desk.office, correspondence=Correspondence(WORDING, replace(AGENCY, phone=""), STATIONERY))
    with pytest.raises(UnfinishedLetter):
        await replied(desk)


async def test_an_illegal_step_says_why_and_leaves_nothing(desk: Desk) -> None:
    file = await desk.file()
    with pytest.raises(RefusedStep, match="当前状态下不能办理") as refused:
        await desk.do(file, RequestStep.SIGN, Role.SIGNER)

    assert refused.value.reason == "not_here"
    assert await desk.office.load(file.docket.case.reference) == file


async def test_a_stale_page_is_told_so(desk: Desk) -> None:
    file = await desk.file()
    await desk.do(file, RequestStep.ACCEPT, Role.HANDLER)
    with pytest.raises(StaleCase):
        await desk.do(file, RequestStep.ACCEPT, Role.HANDLER)


async def test_while_a_third_party_is_heard_the_clock_stands_still(desk: Desk) -> None:
    file = await desk.do(await desk.file(), RequestStep.ACCEPT, Role.HANDLER)
    facts = {"consultation": "函1", "recipient": "某公司", "basis": "third_party", "question": "是否同意公开"}
    file = await desk.do(file, RequestStep.CONSULT, Role.HANDLER, None, **facts)

    assert (file.request.stage, file.docket.head.due_on) == (Stage.CONSULTING, None)
    assert file.docket.case.due_on == date(2026, 3, 30)


async def test_what_the_clock_forbids_is_refused_too(desk: Desk) -> None:
    file = await desk.file()
    desk.clock.forward(days=20)
    with pytest.raises(RefusedStep):
        await desk.do(
            file, RequestStep.ASK_CORRECTION, Role.HANDLER, items="一", guidance="请写明", due_on="2026-04-20"
        )


async def test_a_repeat_must_name_a_request_of_the_same_applicant_that_was_answered(desk: Desk) -> None:
    other = Citizen("李四", Identity(Document.RESIDENT_ID, "110101199003077758"), "13900000000")
    strangers = await desk.file("1", filing=replace(FILING, applicant=other))
    file = await desk.do(await desk.file("2"), RequestStep.ACCEPT, Role.HANDLER)
    repeat = proposal(Outcome.NOPROC_REPEAT)
    named = replace(repeat, facts={**repeat.facts, Fact.EARLIER_CASE: strangers.docket.case.reference})
    act = Act(RequestStep.PROPOSE, "承办员", Role.HANDLER, desk.clock(), desk.today, proposal=named)

    with pytest.raises(RefusedStep) as refused:
        await desk.office.act(file.docket.case.reference, act, version=len(file.docket.events))
    assert refused.value.reason == "earlier_case_unfit"


async def test_a_withdrawn_request_is_closed_and_owed_no_answer(desk: Desk) -> None:
    file = await desk.do(await desk.file(), RequestStep.WITHDRAW, Role.APPLICANT, withdrawal="不需要了")

    assert (file.docket.case.status, file.docket.head.outcome) == (Status.CLOSED, Outcome.OTHER_OTHER)
    assert file.docket.head.due_on is None


async def test_the_annual_report_counts_what_the_register_keeps(desk: Desk) -> None:
    await replied(desk)
    await desk.do(await desk.file("2"), RequestStep.WITHDRAW, Role.APPLICANT, withdrawal="不需要了")
    report = await desk.office.report(2026, agency="云岭县")

    totals = {row: line.total for row, line in report.tables.requests.items() if line.total}
    assert totals == {Row.NEW: 2, Row.OTHER: 1, Row.DECIDED: 1, Row.CARRIED_OUT: 1}
    assert report.discrepancies == ()


async def test_a_form_sent_again_with_another_wish_is_not_taken_for_the_first(desk: Desk) -> None:
    await desk.file()
    other = replace(FILING, wish=replace(FILING.wish, description="另一份文件"))
    with pytest.raises(RefusedStep, match="已经提交过") as refused:
        await desk.file(filing=other)
    assert refused.value.reason == "other_form"


async def test_no_letter_is_dated_back_to_mend_a_missed_term(desk: Desk) -> None:
    file = await desk.file()
    desk.clock.forward(days=30)
    act = Act(
        RequestStep.ASK_CORRECTION,
        "承办员",
        Role.HANDLER,
        desk.clock(),
        date(2026, 3, 10),
        {Fact.ITEMS: "一", Fact.GUIDANCE: "二", Fact.DUE_ON: "2026-05-01"},
        note="补录",
    )
    with pytest.raises(RefusedStep, match="不能补填"):
        await desk.office.act(file.docket.case.reference, act, version=len(file.docket.events))


async def test_a_third_party_has_the_days_that_the_law_gives(desk: Desk) -> None:
    file = await desk.do(await desk.file(), RequestStep.ACCEPT, Role.HANDLER)
    facts = {"recipient": "某公司", "basis": "third_party", "question": "是否同意公开"}
    file = await desk.do(file, RequestStep.CONSULT, Role.HANDLER, None, **facts)
    letter = file.request.hearings[-1].letter
    file = await desk.do(
        file, RequestStep.RECORD_CONSULTATION, Role.HANDLER, None, consultation=letter, due_on="2026-03-03", **POSTED
    )
    assert file.request.hearings[-1].due_on == date(2026, 3, 23)


async def test_a_delivery_is_noted_whatever_was_done_after_the_signature(desk: Desk, database: Database) -> None:
    file = await replied(desk)
    desk.clock.forward(minutes=1)
    file = await desk.do(file, RequestStep.NOTE, Role.HANDLER, None, text="电话告知")
    outbox = SqlOutbox(database, PlainVault())
    (parcel,) = await outbox.claim(now=desk.clock())
    await outbox.settle(parcel, ParcelState.SENT, at=desk.clock())
    assert await note_deliveries(desk.office) == 1


async def test_unsigned_mail_goes_on_once_the_applicant_has_confirmed(desk: Desk) -> None:
    file = await desk.file(receipt=Receipt(Channel.PLAIN_MAIL, desk.today))
    file = await desk.do(file, RequestStep.CONFIRM_RECEIPT, Role.INTAKE, None, confirmation="电话确认")
    file = await desk.do(file, RequestStep.ACKNOWLEDGE, Role.INTAKE)
    assert file.request.stage is Stage.TRIAGE
    (receipt,) = await desk.office.requests.papers(file.docket.case.reference)
    assert receipt.kind == "receipt"
