"""拆案 and 并案 over a real database: each part is a request of its own, each merger is no row of the report."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.types import ParcelState
from register.correspondence import File
from register.errors import RefusedStep, StaleCase
from register.filing import Citizen, Document, Identity
from register.outcomes import Outcome
from register.report.tables import Row
from register.steps import RequestStep, Role, Stage
from storage.database import Database
from storage.outbox import SqlOutbox
from tests.fakes import PlainVault
from tests.register.desk import SHANGHAI, Desk
from tests.register.office import ACTORS, FILING, proposal

TWO = "云政办〔2025〕12号全文\n2025年某小区电梯采购合同"


async def split(desk: Desk, file: File, parts: str = TWO) -> list[File]:
    """Split a request and return its parts."""
    await desk.do(file, RequestStep.SPLIT, Role.HANDLER, None, parts=parts, reason="一事一申请")
    return [await desk.office.load(name) for name in await desk.requests.relatives(file.docket.case.reference)]


async def accepted(desk: Desk, source: str = "1") -> File:
    return await desk.do(await desk.file(source), RequestStep.ACCEPT, Role.HANDLER)


async def test_each_part_is_a_request_with_its_own_number_and_the_clock_of_the_whole(desk: Desk) -> None:
    whole = await accepted(desk)
    desk.clock.forward(days=3)
    parts = await split(desk, whole)

    assert [part.docket.case.question for part in parts] == TWO.splitlines()
    assert len({part.docket.case.reference for part in parts} | {whole.docket.case.reference}) == 3
    assert len({part.docket.case.code for part in parts} | {whole.docket.case.code}) == 3
    for part in parts:
        assert part.request.parent == part.docket.head.parent == whole.docket.case.reference
        assert (part.request.received_on, part.docket.head.due_on) == (date(2026, 3, 2), date(2026, 3, 30))
        assert part.clock == whole.clock
        assert part.request.stage is Stage.PROCESSING
        assert part.docket.head.applicant == whole.docket.head.applicant
        assert part.docket.case.handler == whole.docket.case.handler == ACTORS[Role.HANDLER]
    closed = await desk.office.load(whole.docket.case.reference)
    assert (closed.request.stage, closed.docket.head.outcome, closed.docket.head.due_on) == (Stage.CLOSED, None, None)


async def test_the_applicant_gets_a_receipt_of_each_part(desk: Desk, database: Database) -> None:
    parts = await split(desk, await accepted(desk))

    outbox = SqlOutbox(database, PlainVault())
    for part, matter in zip(parts, TWO.splitlines(), strict=True):
        (parcel,) = await outbox.claim(now=desk.clock())
        await outbox.settle(parcel, ParcelState.SENT, at=desk.clock())
        (receipt,) = await desk.requests.papers(part.docket.case.reference)
        assert receipt.kind == "receipt"
        for told in (part.docket.case.reference, part.docket.case.code, matter, "按照一事一申请的原则"):
            assert told in receipt.text
        assert receipt.text in parcel.text


async def test_a_part_of_a_corrected_request_counts_from_the_correction(desk: Desk) -> None:
    file = await desk.do(
        await desk.file(), RequestStep.ASK_CORRECTION, Role.HANDLER, items="一", guidance="二", due_on="2026-03-20"
    )
    desk.clock.at = datetime(2026, 3, 16, 9, tzinfo=SHANGHAI)
    file = await desk.do(file, RequestStep.CORRECT, Role.APPLICANT, correction_text="两份文件")
    parts = await split(desk, file)

    assert {part.docket.head.due_on for part in parts} == {date(2026, 4, 14)}
    assert {part.request.received_on for part in parts} == {date(2026, 3, 2)}


async def test_who_handled_the_whole_does_not_approve_a_part(desk: Desk) -> None:
    first, _ = await split(desk, await accepted(desk))
    first = await desk.do(first, RequestStep.PROPOSE, Role.HANDLER, proposal(Outcome.OPEN_PROVIDED))
    assert first.request.handlers == {ACTORS[Role.HANDLER]}


async def test_each_part_is_a_row_of_the_report_and_the_whole_is_none(desk: Desk) -> None:
    first, _ = await split(desk, await accepted(desk))
    await desk.do(first, RequestStep.WITHDRAW, Role.APPLICANT, withdrawal="不需要了")

    report = await desk.office.report(2026, agency="云岭县")

    totals = {row: line.total for row, line in report.tables.requests.items() if line.total}
    assert totals == {Row.NEW: 2, Row.OTHER: 1, Row.DECIDED: 1, Row.CARRIED_OUT: 1}
    assert report.discrepancies == ()


async def test_a_split_that_cannot_be_kept_leaves_no_part(desk: Desk) -> None:
    whole = await accepted(desk)
    await desk.do(whole, RequestStep.NOTE, Role.HANDLER, text="又有人办理")
    with pytest.raises(StaleCase):
        await split(desk, whole)
    assert await desk.requests.relatives(whole.docket.case.reference) == {}
    assert len([docket async for docket in desk.requests.all()]) == 1


async def merge(desk: Desk, file: File, into: File) -> File:
    facts = {"merged_into": into.docket.case.reference, "reason": "同一事项"}
    return await desk.do(file, RequestStep.MERGE, Role.HANDLER, None, **facts)


async def test_a_merged_request_is_answered_with_the_other_and_is_no_row_of_the_report(
    desk: Desk, database: Database
) -> None:
    earlier = await accepted(desk, "1")
    desk.clock.forward(days=1)
    later = await merge(desk, await accepted(desk, "2"), earlier)

    assert (later.request.stage, later.docket.head.merged_into) == (Stage.CLOSED, earlier.docket.case.reference)
    assert list(await desk.requests.relatives(earlier.docket.case.reference)) == [later.docket.case.reference]
    (parcel,) = await SqlOutbox(database, PlainVault()).claim(now=desk.clock())
    assert f"与您的另一件申请 {earlier.docket.case.reference} 一并办理" in parcel.text
    report = await desk.office.report(2026, agency="云岭县")
    assert report.tables.requests[Row.NEW].total == 1


async def test_a_request_is_not_merged_into_itself_a_stranger_s_a_later_or_an_answered_one(desk: Desk) -> None:
    file = await accepted(desk, "1")
    other = Citizen("李四", Identity(Document.RESIDENT_ID, "110101199003077758"), "13900000000")
    stranger = await desk.file("2", filing=replace(FILING, applicant=other))
    ended = await desk.do(await desk.file("3"), RequestStep.WITHDRAW, Role.APPLICANT, withdrawal="不需要了")
    desk.clock.forward(days=1)
    later = await desk.file("4")
    for into in (file, stranger, ended, later):
        with pytest.raises(RefusedStep, match="只能并入"):
            await merge(desk, file, into)
    assert await desk.office.load(file.docket.case.reference) == file


async def test_the_other_requests_of_the_applicant_are_known(desk: Desk) -> None:
    first, second = await accepted(desk, "1"), await accepted(desk, "2")
    assert list(await desk.office.others(first)) == [second.docket.case.reference]
