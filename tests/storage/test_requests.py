import asyncio
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.retry import persistently
from bot.types import ParcelState, User
from register.docket import Docket, Head, NewRequest, Paper, Reveal
from register.errors import StaleCase, UnknownCase
from register.filing import Category
from register.steps import RequestStep, Stage
from register.types import CaseKind, NewCase, Notice, Status, Step
from storage.database import Database
from storage.numbers import new_query_code
from storage.outbox import SqlOutbox
from storage.register import SqlRegister
from storage.requests import SqlRequests
from tests.fakes import MONDAY, FixedClock, PlainVault
from tests.register.office import FILING, Office

HEAD = Head(
    stage=Stage.TRIAGE,
    status=Status.RECEIVED,
    category=Category.PERSON,
    applicant="m-zhang",
    received_on=date(2026, 3, 2),
    due_on=date(2026, 3, 30),
)


def filed(source: str = "web:li:1", head: Head = HEAD) -> NewRequest:
    office = Office()
    office.must(RequestStep.SUBMIT, RequestStep.ACKNOWLEDGE)
    return NewRequest(
        source=source,
        question=FILING.wish.description,
        channel="web",
        user="li",
        received_at=MONDAY,
        due_on=date(2026, 3, 30),
        head=head,
        events=tuple(office.events),
        evidence="没有找到",
    )


def accepted(docket: Docket) -> tuple[Office, Docket]:
    office = Office()
    for event in docket.events:
        office.attempt(event.act)
    return office, docket


@pytest.fixture
def requests(database: Database) -> SqlRequests:
    return SqlRequests(database, PlainVault(), code="浚县", query_code=new_query_code)


class TestRequests:
    async def test_a_filed_request_is_given_back_with_its_history(self, requests: SqlRequests) -> None:
        docket = await requests.file(filed())

        assert docket.case.reference == f"浚县-{MONDAY.year}-000001"
        assert docket.case.kind is CaseKind.REQUEST
        assert await requests.load(docket.case.reference) == docket
        assert docket.events[0].act.filing == FILING

    async def test_one_source_files_one_request_however_often_it_is_sent(self, requests: SqlRequests) -> None:
        sent = await asyncio.gather(*(requests.file(filed()) for _ in range(50)))
        assert {docket.case.reference for docket in sent} == {sent[0].case.reference}
        assert [docket async for docket in requests.all()] == [sent[0]]

    async def test_requests_and_inquiries_have_one_series_of_numbers(
        self, requests: SqlRequests, database: Database, clock: FixedClock
    ) -> None:
        register = SqlRegister(database, PlainVault(), code="浚县", now=clock)
        inquiry = NewCase("i", CaseKind.INQUIRY, "问", "web", "li", MONDAY, date(2026, 3, 9), provisional=False)
        dockets = [requests.file(filed(f"r{each}")) for each in range(50)]
        case, *made = await asyncio.gather(register.open(inquiry), *dockets)
        numbers = {case.reference, *(docket.case.reference for docket in made)}
        assert numbers == {f"浚县-{MONDAY.year}-{count:06d}" for count in range(1, 52)}

    async def test_an_inquiry_or_an_unknown_number_is_no_request(
        self, requests: SqlRequests, database: Database, clock: FixedClock
    ) -> None:
        register = SqlRegister(database, PlainVault(), code="浚县", now=clock)
        case = await register.open(
            NewCase("i", CaseKind.INQUIRY, "问", "web", "li", MONDAY, date(2026, 3, 9), provisional=False)
        )
        for reference in (case.reference, "浚县-2026-999999"):
            with pytest.raises(UnknownCase):
                await requests.load(reference)

    async def test_a_step_keeps_event_head_letter_and_notice_together(
        self, requests: SqlRequests, database: Database
    ) -> None:
        office, docket = accepted(await requests.file(filed()))
        office.must(RequestStep.ACCEPT)
        head = replace(HEAD, stage=Stage.PROCESSING, department="财政局", due_on=date(2026, 4, 1))
        paper = Paper("receipt", "云公开〔2026〕1号", MONDAY, "wang", "回执", "<p>回执</p>", b"\x00docx", "d" * 64)
        kept = await requests.record(docket, office.events[-1], head, notice=Notice("已受理"), papers=[paper])

        assert await requests.load(docket.case.reference) == kept
        assert (kept.case.due_on, kept.case.department) == (date(2026, 4, 1), "财政局")
        assert kept.events == tuple(office.events)
        assert await requests.papers(docket.case.reference) == (paper,)
        (parcel,) = await SqlOutbox(database, PlainVault()).claim(now=MONDAY + timedelta(days=30))
        assert (parcel.user, parcel.text, parcel.reference) == (User("web", "li"), "已受理", docket.case.reference)

    async def test_it_is_told_how_what_was_sent_ended(self, requests: SqlRequests, database: Database) -> None:
        office, docket = accepted(await requests.file(filed()))
        office.must(RequestStep.ACCEPT)
        reference = docket.case.reference
        await requests.record(docket, office.events[-1], HEAD, notice=Notice("已受理"))
        assert await requests.deliveries(reference) == ()

        outbox = SqlOutbox(database, PlainVault())
        (parcel,) = await outbox.claim(now=MONDAY + timedelta(days=30))
        await outbox.settle(parcel, ParcelState.FAILED, at=MONDAY, reason="已取消关注")
        (ended,) = await requests.deliveries(reference)
        assert (ended.step, ended.note) == (Step.UNDELIVERED, "已取消关注")

    async def test_of_two_officers_who_act_at_once_one_is_told_to_read_again(self, requests: SqlRequests) -> None:
        office, docket = accepted(await requests.file(filed()))
        office.must(RequestStep.ACCEPT)
        head = replace(HEAD, stage=Stage.PROCESSING)
        await requests.record(docket, office.events[-1], head)

        with pytest.raises(StaleCase):
            await requests.record(docket, office.events[-1], head)
        assert len((await requests.load(docket.case.reference)).events) == 3

    async def test_a_last_day_that_stands_still_is_shown_as_none_and_kept_for_the_queue(
        self, requests: SqlRequests
    ) -> None:
        office, docket = accepted(await requests.file(filed()))
        office.must(RequestStep.ACCEPT)
        kept = await requests.record(docket, office.events[-1], replace(HEAD, due_on=None))

        assert kept.head.due_on is None
        assert kept.case.due_on == date(2026, 3, 30)

    async def test_a_last_day_reckoned_anew_is_kept_unless_another_has_been_meanwhile(
        self, requests: SqlRequests
    ) -> None:
        docket = await requests.file(filed())
        reference, day, later = docket.case.reference, date(2026, 3, 30), date(2026, 3, 31)

        assert await requests.reckon(reference, old=day, new=later, provisional=True, calendar="2026-1")
        assert not await requests.reckon(reference, old=day, new=date(2026, 4, 1), provisional=False, calendar="2026-1")

        after = await requests.load(reference)
        assert (after.head.due_on, after.head.provisional, after.head.calendar) == (later, True, "2026-1")
        assert (after.case.due_on, after.case.provisional, after.case.version) == (later, True, docket.case.version)
        # a clock that stands still keeps the queue's day
        assert await requests.reckon(reference, old=later, new=None, provisional=False, calendar="2026-1")
        assert await requests.reckon(reference, old=None, new=None, provisional=False, calendar="2026-1")
        standing = await requests.load(reference)
        assert (standing.head.due_on, standing.case.due_on) == (None, later)

    async def test_an_open_request_that_rests_on_an_estimate_is_found(self, requests: SqlRequests) -> None:
        docket = await requests.file(filed())
        assert not await requests.any_provisional()
        moved = date(2027, 1, 8)
        await requests.reckon(
            docket.case.reference, old=docket.head.due_on, new=moved, provisional=True, calendar="2026-1"
        )
        assert await requests.any_provisional()

    async def test_what_is_closed_keeps_its_last_day(self, requests: SqlRequests) -> None:
        closed = await requests.file(filed(head=replace(HEAD, closed_on=date(2026, 3, 20))))
        assert not await requests.reckon(
            closed.case.reference, old=HEAD.due_on, new=date(2026, 4, 1), provisional=False, calendar="2026-1"
        )

    async def test_heads_tell_what_is_owed_and_whose_it_is(self, requests: SqlRequests) -> None:
        one = (await requests.file(filed("1"))).case.reference
        other = (await requests.file(filed("2", replace(HEAD, applicant="m-li")))).case.reference
        closed = replace(HEAD, stage=Stage.CLOSED, status=Status.CLOSED)
        third = await requests.file(filed("3"))
        office, _ = accepted(third)
        office.must(RequestStep.WITHDRAW)
        await requests.record(third, office.events[-1], closed)

        assert set(await requests.under_way()) == {one, other}
        assert set(await requests.of_applicant("m-li")) == {other}
        assert (await requests.heads([third.case.reference, "?"])) == {third.case.reference: closed}

    async def test_looks_and_reminders_are_kept(self, requests: SqlRequests) -> None:
        reference = (await requests.file(filed())).case.reference
        look = Reveal(reference, MONDAY, "wang", "intake", "核对身份")
        await requests.note_reveal(look)

        assert await requests.reveals(reference) == (look,)
        due = date(2026, 3, 30)
        # every process goes round
        given = await asyncio.gather(*(requests.remind(reference, "overdue", due, at=MONDAY) for _ in range(6)))
        assert sorted(given) == [False] * 5 + [True]
        assert await requests.remind(reference, "overdue", due + timedelta(days=1), at=MONDAY)


async def test_fifty_filings_at_once_from_several_processes_leave_no_gap_and_no_double(database_url: str) -> None:
    databases = [Database(database_url) for _ in range(3)]
    desks = [SqlRequests(each, PlainVault(), code="浚县", query_code=new_query_code) for each in databases]
    new = [filed("form:same") for _ in range(15)] + [filed(f"form:{number}") for number in range(50)]

    async def file(number: int) -> Docket:
        # as the form in the chat and the page do
        return await persistently(lambda: desks[number % 3].file(new[number]), (0.3, 0.6, 1.2))

    made = await asyncio.gather(*map(file, range(len(new))))

    numbers = [docket.case.reference for docket in made]
    assert len(set(numbers[:15])) == 1
    assert sorted(set(numbers)) == [f"浚县-{MONDAY.year}-{count:06d}" for count in range(1, 52)]
    for database in databases:
        await database.aclose()


async def test_nothing_personal_can_be_read_from_the_database_file(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    requests = SqlRequests(database, PlainVault(), code="浚县", query_code=new_query_code)
    await requests.file(filed())
    await database.aclose()

    files = Path(make_url(sqlite_url).database or "").parent.glob("*")
    kept = b"".join(file.read_bytes() for file in files if file.is_file())
    assert "云政办".encode() in kept
    for secret in ("11010519491231002X", "13800000000", "张三"):
        assert secret.encode() not in kept
