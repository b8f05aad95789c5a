import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from register.errors import StaleCase, UnknownCase
from register.ports import Register
from register.queue import Wanted
from register.types import Case, CaseKind, Event, NewCase, Notice, Status, Step
from storage.database import Database
from storage.numbers import ALPHABET, new_query_code
from storage.queue import SqlQueue
from storage.register import SqlRegister
from tests.fakes import MONDAY, FixedClock, PlainVault
from tests.storage.conftest import Stores

INQUIRY = NewCase(
    source="web:u1:m1",
    kind=CaseKind.INQUIRY,
    question="公租房怎么申请？",
    channel="web",
    user="u1",
    received_at=MONDAY,
    due_on=date(2026, 3, 9),
    provisional=False,
    department="住房和城乡建设局",
    evidence="浚县公共租赁住房管理办法 0.31",
)


def from_message(number: int, **changes: object) -> NewCase:
    return replace(INQUIRY, source=f"web:u1:m{number}", **changes)  # type: ignore[arg-type]  # fields of NewCase by name


def event(step: Step, note: str = "", minutes: int = 1) -> Event:
    return Event(at=MONDAY + timedelta(minutes=minutes), actor="li", step=step, note=note)


@pytest.fixture
def register(stores: Stores) -> Register:
    return stores.register


class TestRegister:
    async def test_a_case_is_given_back_as_it_was_opened(self, register: Register) -> None:
        opened = await register.open(INQUIRY)

        assert opened == Case(
            reference="浚县-2026-000001",
            kind=CaseKind.INQUIRY,
            question="公租房怎么申请？",
            channel="web",
            user="u1",
            code=opened.code,
            status=Status.RECEIVED,
            received_at=MONDAY,
            due_on=date(2026, 3, 9),
            provisional=False,
            department="住房和城乡建设局",
            evidence="浚县公共租赁住房管理办法 0.31",
            version=1,
        )
        assert await register.get("浚县-2026-000001") == opened
        assert await register.history("浚县-2026-000001") == (Event(at=MONDAY, actor="citizen", step=Step.OPEN),)

    async def test_the_query_code_has_eight_characters_that_cannot_be_misread(self, register: Register) -> None:
        codes = {(await register.open(from_message(number))).code for number in range(20)}

        assert len(codes) == 20
        assert all(len(code) == 8 and set(code) <= set(ALPHABET) for code in codes)
        assert not set("01OIL") & set(ALPHABET)

    async def test_numbers_count_up_and_begin_anew_each_civil_year(self, register: Register) -> None:
        last_minute = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
        first_minute = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
        opened = [
            await register.open(from_message(1, received_at=last_minute)),
            await register.open(from_message(2, received_at=first_minute)),
            await register.open(from_message(3, received_at=last_minute)),
        ]

        assert [case.reference for case in opened] == ["浚县-2026-000001", "浚县-2027-000001", "浚县-2026-000002"]

    async def test_a_redelivered_message_opens_no_second_case(self, register: Register) -> None:
        first = await register.open(INQUIRY)
        again = await register.open(replace(INQUIRY, question="别的"))
        other = await register.open(from_message(2))

        assert again == first
        assert other.reference == "浚县-2026-000002"

    async def test_what_was_offered_opens_one_case_however_often_it_is_confirmed(self, register: Register) -> None:
        first = await register.open(from_message(1, offer="a1"))
        again, anew = await register.open(from_message(2, offer="a1")), await register.open(from_message(3, offer="a2"))

        assert again == first
        assert anew.reference == "浚县-2026-000002"
        assert await register.opened_by("web:u1:m1") == first

    async def test_cases_that_nothing_was_offered_for_are_told_apart_by_their_messages(
        self, register: Register
    ) -> None:
        opened = [await register.open(from_message(number)) for number in (1, 2)]

        assert len({case.reference for case in opened}) == 2

    async def test_the_same_offer_confirmed_many_times_at_once_is_one_case(self, register: Register) -> None:
        opened = await asyncio.gather(*(register.open(from_message(number, offer="a1")) for number in range(20)))

        assert {case.reference for case in opened} == {"浚县-2026-000001"}

    async def test_a_hundred_at_once_get_a_hundred_numbers_without_a_gap(self, register: Register) -> None:
        opened = await asyncio.gather(*(register.open(from_message(number)) for number in range(100)))

        assert sorted(case.reference for case in opened) == [f"浚县-2026-{count:06d}" for count in range(1, 101)]

    async def test_the_same_messages_at_once_use_no_number_twice_and_skip_none(self, register: Register) -> None:
        opened = await asyncio.gather(*(register.open(from_message(number // 4)) for number in range(80)))

        assert sorted({case.reference for case in opened}) == [f"浚县-2026-{count:06d}" for count in range(1, 21)]
        assert (await register.open(from_message(1000))).reference == "浚县-2026-000021"
        histories = await asyncio.gather(*(register.history(case.reference) for case in opened))
        assert {len(history) for history in histories} == {1}

    async def test_the_case_of_a_message_can_be_found(self, register: Register) -> None:
        opened = await register.open(INQUIRY)

        assert await register.opened_by(INQUIRY.source) == opened
        assert await register.opened_by("web:u1:m2") is None

    async def test_an_unknown_reference_is_named(self, register: Register) -> None:
        with pytest.raises(UnknownCase):
            await register.get("浚县-2026-000009")
        stranger = replace(await register.open(INQUIRY), reference="浚县-2026-000009")
        with pytest.raises(UnknownCase):
            await register.record(stranger, event(Step.NOTE), status=Status.RECEIVED)
        assert await register.history("浚县-2026-000009") == ()

    async def test_a_step_changes_status_version_and_history(self, register: Register) -> None:
        opened = await register.open(INQUIRY)
        answered = await register.record(opened, event(Step.ANSWER, "请到窗口办理。"), status=Status.ANSWERED)

        at = MONDAY + timedelta(minutes=1)
        assert answered == replace(opened, status=Status.ANSWERED, version=2, handler="li", touched_at=at)
        assert await register.get(opened.reference) == answered
        assert (await register.history(opened.reference))[1:] == (event(Step.ANSWER, "请到窗口办理。"),)

    async def test_who_read_the_case_before_another_acted_changes_nothing(self, stores: Stores) -> None:
        opened = await stores.register.open(INQUIRY)
        answered = await stores.register.record(opened, event(Step.ANSWER, "甲"), status=Status.ANSWERED)

        with pytest.raises(StaleCase):
            await stores.register.record(opened, event(Step.CLOSE, "乙"), status=Status.CLOSED, notice=Notice("乙"))
        assert await stores.register.get(opened.reference) == answered
        assert len(await stores.register.history(opened.reference)) == 2
        assert await stores.outbox.claim(now=MONDAY + timedelta(hours=1)) == ()

    async def test_of_two_steps_at_once_one_counts(self, register: Register) -> None:
        opened = await register.open(INQUIRY)
        steps = (register.record(opened, event(Step.ANSWER, f"{n}"), status=Status.ANSWERED) for n in range(10))
        outcomes = await asyncio.gather(*steps, return_exceptions=True)

        assert sum(isinstance(outcome, Case) for outcome in outcomes) == 1
        assert sum(isinstance(outcome, StaleCase) for outcome in outcomes) == 9
        assert (await register.get(opened.reference)).version == 2

    async def test_a_notice_waits_in_the_outbox_for_the_citizen(self, stores: Stores) -> None:
        opened = await stores.register.open(INQUIRY)
        await stores.register.record(opened, event(Step.ANSWER), status=Status.ANSWERED, notice=Notice("已答复"))

        (parcel,) = await stores.outbox.claim(now=MONDAY + timedelta(minutes=1))
        assert (parcel.user.channel, parcel.user.id, parcel.text) == ("web", "u1", "已答复")
        assert parcel.reference == opened.reference

    async def test_any_characters_a_citizen_can_send_are_taken(self, register: Register) -> None:
        opened = await register.open(from_message(1, question="问\0题\ud800😀'\"]]>" + "长" * 5000))

        found = await register.get(opened.reference)
        assert found == opened
        assert found.question.endswith("长")


async def test_two_processes_share_one_sequence_of_numbers(database_url: str, clock: FixedClock) -> None:
    databases = [Database(database_url) for _ in range(3)]
    registers = [SqlRegister(database, PlainVault(), code="浚县", now=clock) for database in databases]
    opened = await asyncio.gather(
        *(registers[number % 3].open(from_message(number // 2)) for number in range(60)),
    )

    assert sorted({case.reference for case in opened}) == [f"浚县-2026-{count:06d}" for count in range(1, 31)]
    for database in databases:
        await database.aclose()


async def test_an_open_whose_caller_is_cancelled_is_carried_to_its_end(database: Database, clock: FixedClock) -> None:
    register = SqlRegister(database, PlainVault(), code="浚县", now=clock)
    # the deadline strikes at every point of the transaction
    for number in range(30):
        task = asyncio.create_task(register.open(from_message(number)))
        await asyncio.sleep(0.0005 * number)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    assert (await register.open(from_message(1000))).reference == "浚县-2026-000031"
    page = await SqlQueue(database).find(Wanted(limit=100))
    assert sorted(case.reference for case in page.cases) == [f"浚县-2026-{count:06d}" for count in range(1, 32)]


def test_query_codes_use_every_character_of_their_alphabet() -> None:
    assert {character for _ in range(400) for character in new_query_code()} == set(ALPHABET)
