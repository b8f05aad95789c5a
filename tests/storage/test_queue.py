import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from register.errors import StaleCase, UnknownCase
from register.queue import EntryKind, Page, Sight, Span, Wanted
from register.steps import RequestStep, Role
from register.types import Case, CaseKind, Event, Gap, NewCase, NewGap, Status, Step
from storage.database import Database
from storage.numbers import new_query_code
from storage.queue import SqlQueue
from storage.register import SqlRegister
from storage.requests import SqlRequests
from tests.fakes import MONDAY, FixedClock, PlainVault
from tests.register.office import Office
from tests.storage.conftest import Stores
from tests.storage.test_requests import filed

DUE = date(2026, 3, 9)
HOUSING, CIVIL = "县住建局", "县民政局"
GAP = NewGap("怎么炖排骨？", "怎么炖排骨", MONDAY, "g1", topic="其他", near_misses="无")


def event(step: Step, note: str = "", *, actor: str = "li") -> Event:
    return Event(MONDAY + timedelta(minutes=1), actor, step, note)


async def opened(stores: Stores, number: int, **changes: object) -> Case:
    new = NewCase(f"m{number}", CaseKind.INQUIRY, f"问{number}", "web", "u", MONDAY, DUE, provisional=False)
    return await stores.register.open(replace(new, **changes))  # type: ignore[arg-type]  # fields by name


async def gap(stores: Stores, question: str, department: str = "", *, times: int = 1) -> None:
    for _ in range(times):
        await stores.register.note_gap(NewGap(question, question, MONDAY, "g", department=department))


async def gaps(stores: Stores) -> tuple[Gap, ...]:
    return (await stores.queue.find(Wanted(kind=EntryKind.GAP))).gaps


def numbers(page: Page) -> list[str]:
    return [case.reference[-1] for case in page.cases] + [gap.question for gap in page.gaps]


class TestQueue:
    async def test_open_cases_come_first_the_earliest_due_before_and_gaps_last(self, stores: Stores) -> None:
        await opened(stores, 1, due_on=date(2026, 3, 20))
        await opened(stores, 2, due_on=date(2026, 3, 5))
        done = await opened(stores, 3, due_on=date(2026, 3, 3))
        await stores.register.record(done, event(Step.CLOSE, "重复"), status=Status.CLOSED)
        said = await opened(stores, 4, due_on=date(2026, 3, 3))
        await stores.register.record(said, event(Step.ANSWER, "答"), status=Status.ANSWERED)
        await opened(stores, 5, due_on=date(2026, 3, 1), paused=True)
        await gap(stores, "一次")
        await gap(stores, "两次", times=2)

        page = await stores.queue.find(Wanted())
        assert numbers(page) == ["2", "1", "5", "4", "3", "两次", "一次"]
        assert page.total == 7

    async def test_every_page_goes_on_where_the_one_before_ended(self, stores: Stores) -> None:
        for number in range(1, 8):
            case = await opened(stores, number)
            if number > 4:
                await stores.register.record(case, event(Step.CLOSE, "重复"), status=Status.CLOSED)
        for question in "甲乙丙":
            await gap(stores, question)
        whole = numbers(await stores.queue.find(Wanted()))
        for text in ("", "问"):
            pages = [await stores.queue.find(Wanted(text=text, offset=at, limit=3)) for at in range(0, 15, 3)]
            assert [each for page in pages for each in numbers(page)] == (whole if not text else whole[:7])
            assert {page.total for page in pages} == {7 if text else 10}
        assert numbers(await stores.queue.find(Wanted(offset=10**30))) == []

    async def test_it_can_be_narrowed_by_words_whatever_they_are(self, stores: Stores) -> None:
        await opened(stores, 1, question="公积金提取 100%")
        await opened(stores, 2, kind=CaseKind.REQUEST, question="预算表 Excel")
        await gap(stores, "公积金在哪查")

        async def found(text: str) -> list[str]:
            page = await stores.queue.find(Wanted(text=text, status=Status.RECEIVED))
            assert page.total == len(numbers(page)) == await stores.queue.count(Wanted(text=text))
            return numbers(page)

        assert await found("公积金") == ["1", "公积金在哪查"]
        assert await found("excel") == await found("EXCEL") == await found("000002") == ["2"]
        assert await found("0%") == ["1"]
        assert await found("_") == []
        assert await found("\0\ud800") in ([], ["1", "2", "公积金在哪查"])

    async def test_it_can_be_narrowed_by_kind_and_state(self, stores: Stores) -> None:
        await opened(stores, 1)
        await opened(stores, 2, kind=CaseKind.REQUEST)
        await gap(stores, "问")

        async def found(**wanted: object) -> list[str]:
            return numbers(await stores.queue.find(Wanted(**wanted)))  # type: ignore[arg-type]  # fields by name

        assert await found(kind=EntryKind.INQUIRY) == ["1"]
        assert await found(kind=EntryKind.REQUEST) == ["2"]
        assert await found(kind=EntryKind.GAP) == ["问"]
        assert await found(status=Status.CLOSED) == []
        assert await found(kind=EntryKind.GAP, status=Status.CLOSED) == []

    async def test_it_can_be_narrowed_to_the_days_on_which_terms_end(self, stores: Stores) -> None:
        for day in (5, 9, 12):
            await opened(stores, day, due_on=date(2026, 3, day))
        await opened(stores, 4, due_on=date(2026, 3, 9), paused=True)
        await gap(stores, "没有期限")

        async def found(first: int | None, last: int | None) -> list[str]:
            ends = [date(2026, 3, day) if day else None for day in (first, last)]
            return numbers(await stores.queue.find(Wanted(due=Span(*ends))))

        assert await found(None, 8) == ["1"]
        assert await found(9, 9) == ["2"]
        assert await found(9, None) == ["2", "3"]
        assert numbers(await stores.queue.find(Wanted(paused=True))) == ["4"]

    async def test_it_can_be_narrowed_to_who_has_it(self, stores: Stores) -> None:
        one = await opened(stores, 1, department=HOUSING)
        await opened(stores, 2, department=CIVIL)
        await gap(stores, "问", HOUSING)
        await stores.queue.hand_over(one, event(Step.ASSIGN, "wang"), handler="wang", department=HOUSING)

        assert numbers(await stores.queue.find(Wanted(department=HOUSING))) == ["1", "问"]
        assert numbers(await stores.queue.find(Wanted(handler="wang"))) == ["1"]
        assert numbers(await stores.queue.find(Wanted(unassigned=True))) == ["2"]

    async def test_who_belongs_to_a_department_sees_its_cases_and_those_given_to_them(self, stores: Stores) -> None:
        await opened(stores, 1, department=HOUSING)
        given = await opened(stores, 2, department=CIVIL)
        await opened(stores, 3, department=CIVIL)
        await gap(stores, "房", HOUSING)
        await gap(stores, "民", CIVIL)
        await stores.queue.hand_over(given, event(Step.ASSIGN, "wang"), handler="wang", department=CIVIL)

        sight = Sight(HOUSING, "wang")
        assert numbers(await stores.queue.find(Wanted(sight=sight))) == ["1", "2", "房"]
        assert await stores.queue.count(Wanted(sight=sight)) == 3

    async def test_what_nobody_has_worked_on_can_be_asked_for(self, stores: Stores) -> None:
        await opened(stores, 1, received_at=MONDAY - timedelta(days=9))
        touched = await opened(stores, 2, received_at=MONDAY - timedelta(days=9))
        await stores.register.record(touched, event(Step.NOTE, "问过"), status=Status.RECEIVED)
        given = await opened(stores, 3, received_at=MONDAY - timedelta(days=8))
        await stores.queue.hand_over(given, event(Step.ASSIGN, "wang"), handler="wang", department="")
        await opened(stores, 4)

        assert numbers(await stores.queue.find(Wanted(unread_before=MONDAY - timedelta(days=1)))) == ["1", "3"]
        assert numbers(await stores.queue.find(Wanted(received_from=MONDAY - timedelta(hours=1)))) == ["4"]

    async def test_handing_over_changes_handler_department_version_and_history_but_not_the_day(
        self, stores: Stores
    ) -> None:
        case = await opened(stores, 1, department=HOUSING)
        moved = event(Step.TRANSFER, f"{HOUSING} → {CIVIL}")
        changed = await stores.queue.hand_over(case, moved, handler="", department=CIVIL)

        assert changed == replace(case, department=CIVIL, version=2)
        assert await stores.register.get(case.reference) == changed
        assert (await stores.register.history(case.reference))[1:] == (moved,)

    async def test_who_read_the_case_before_another_acted_gives_nothing_away(self, stores: Stores) -> None:
        case = await opened(stores, 1)
        noted = await stores.register.record(case, event(Step.NOTE, "记"), status=Status.RECEIVED)
        with pytest.raises(StaleCase):
            await stores.queue.hand_over(case, event(Step.ASSIGN), handler="wang", department="")
        assert await stores.register.get(case.reference) == noted
        with pytest.raises(UnknownCase):
            await stores.queue.hand_over(
                replace(case, reference="浚县-2026-000009"), event(Step.ASSIGN), handler="wang", department=""
            )

    async def test_who_acts_first_has_the_case_until_it_is_given_to_another(self, stores: Stores) -> None:
        case = await opened(stores, 1)
        first = await stores.register.record(case, event(Step.NOTE, "记"), status=Status.RECEIVED)
        later = await stores.register.record(first, event(Step.ANSWER, "答", actor="wang"), status=Status.ANSWERED)

        assert (first.handler, first.touched_at) == ("li", MONDAY + timedelta(minutes=1))
        assert (later.handler, later.touched_at) == ("li", MONDAY + timedelta(minutes=1))

    async def test_equal_questions_are_one_gap_with_a_growing_count(self, stores: Stores) -> None:
        await stores.register.note_gap(replace(GAP, question="公积金？", normalised="公积金" * 2000))
        for minutes in (1, 2):
            asked = replace(GAP, asked_at=MONDAY + timedelta(minutes=minutes), question="炖排骨")
            await stores.register.note_gap(asked)

        most_asked, other = await gaps(stores)
        assert (most_asked.question, most_asked.times, most_asked.closed) == ("炖排骨", 2, False)
        assert (most_asked.first_at, most_asked.last_at) == (
            MONDAY + timedelta(minutes=1),
            MONDAY + timedelta(minutes=2),
        )
        assert (most_asked.topic, most_asked.near_misses) == ("其他", "无")
        assert (other.question, other.times) == ("公积金？", 1)

    async def test_how_often_a_gap_was_asked_is_counted_by_the_civil_day(self, stores: Stores) -> None:
        late = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)  # 00:30 of 3 March in China
        for asked_at in (MONDAY, MONDAY, late):
            await stores.register.note_gap(replace(GAP, asked_at=asked_at))
        await stores.register.note_gap(replace(GAP, normalised="别的", asked_at=late))
        first, other = [each.id for each in await gaps(stores)]

        asked_between, second, third = stores.register.asked_between, date(2026, 3, 2), date(2026, 3, 3)
        assert dict(await asked_between([first, other], second, third)) == {first: 3, other: 1}
        assert dict(await asked_between([first, other], second, second)) == {first: 2}
        assert dict(await asked_between([other], third, third)) == {other: 1}
        assert dict(await asked_between([], second, third)) == {}

    async def test_equal_questions_at_once_are_one_gap(self, stores: Stores) -> None:
        await asyncio.gather(*(stores.register.note_gap(GAP) for _ in range(20)))

        (only,) = await gaps(stores)
        assert only.times == 20

    async def test_a_closed_gap_is_not_shown_and_the_question_opens_a_new_one(self, stores: Stores) -> None:
        await stores.register.note_gap(GAP)
        (first,) = await gaps(stores)
        for wanted in (first.id, first.id, first.id + 1, 10**30):
            await stores.register.close_gap(wanted, by="li")
        assert await gaps(stores) == ()

        await stores.register.note_gap(GAP)
        (again,) = await gaps(stores)
        assert again.times == 1
        assert again.id != first.id


class TestRequestsInTheQueue:
    async def test_a_clock_that_stands_still_is_told_by_the_queue(self, database: Database) -> None:
        requests = SqlRequests(database, PlainVault(), code="浚县", query_code=new_query_code)
        docket = await requests.file(filed())
        queue = SqlQueue(database)
        assert await queue.count(Wanted(paused=True)) == 0

        await requests.record(docket, docket.events[-1], replace(docket.head, due_on=None))
        assert await queue.count(Wanted(paused=True)) == 1
        await requests.reckon(docket.case.reference, old=None, new=DUE, provisional=False, calendar="c")
        assert await queue.count(Wanted(paused=True)) == 0

    async def test_the_receipt_alone_is_no_work_and_another_department_finds_its_own_handler(
        self, database: Database, clock: FixedClock
    ) -> None:
        requests = SqlRequests(database, PlainVault(), code="浚县", query_code=new_query_code)
        docket = await requests.file(filed())
        register, office = SqlRegister(database, PlainVault(), code="浚县", now=clock), Office()
        for past in docket.events:
            office.attempt(past.act)
        assert docket.case.touched_at is None

        office.do(RequestStep.ACCEPT, role=Role.HANDLER)
        accepted = office.events[-1]
        docket = await requests.record(docket, accepted, docket.head)
        assert (docket.case.handler, docket.case.touched_at) == (accepted.act.actor, accepted.act.at)
        office.do(RequestStep.TRANSFER, department=CIVIL)
        docket = await requests.record(docket, office.events[-1], replace(docket.head, department=CIVIL))
        assert (docket.case.handler, docket.case.department) == ("", CIVIL)
        assert await register.get(docket.case.reference) == docket.case
