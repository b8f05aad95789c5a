from datetime import date

import pytest

from register.desk import Desk
from register.lookup import ASKER_LIMIT, Lookup
from register.types import Case, CaseKind, NewCase
from tests.fakes import MONDAY, FakeRegister, FixedClock


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def register() -> FakeRegister:
    return FakeRegister()


@pytest.fixture
def lookup(register: FakeRegister, clock: FixedClock) -> Lookup:
    return Lookup(register, clock)


@pytest.fixture
async def case(register: FakeRegister) -> Case:
    return await register.open(
        NewCase(
            source="web:u:1",
            kind=CaseKind.INQUIRY,
            question="问",
            channel="web",
            user="u",
            received_at=MONDAY,
            due_on=date(2026, 3, 9),
            provisional=False,
        )
    )


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("浚县-2026-000001", "CODE01"),
        (" 浚县 - 2026 - 000001 ", "code01"),
        ("浚县—2026－000001", "ＣＯＤＥ０１"),
    ],
)
async def test_number_and_code_give_the_case_as_people_type_them(
    lookup: Lookup, case: Case, reference: str, code: str
) -> None:
    assert await lookup.find(reference, code, asker="a") == case


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("浚县-2026-000001", "CODE02"),
        ("浚县-2026-000001", ""),
        ("浚县-2026-000002", "CODE01"),
        ("", ""),
        ("\0", "\ud800x"),
    ],
)
async def test_a_wrong_code_and_an_unknown_number_both_give_nothing(
    lookup: Lookup, case: Case, reference: str, code: str
) -> None:
    assert await lookup.find(reference, code, asker="a") is None


async def test_an_asker_who_guesses_is_refused_even_the_right_code_for_a_while(
    lookup: Lookup, case: Case, clock: FixedClock
) -> None:
    for _ in range(ASKER_LIMIT):
        await lookup.find(case.reference, "WRONG", asker="a")

    assert await lookup.find(case.reference, case.code, asker="a") is None
    assert await lookup.find(case.reference, case.code, asker="b") == case
    clock.forward(minutes=10)
    assert await lookup.find(case.reference, case.code, asker="a") == case


async def test_guessing_unknown_numbers_counts_as_well(lookup: Lookup, case: Case) -> None:
    for number in range(ASKER_LIMIT):
        await lookup.find(f"浚县-2025-{number:06d}", "WRONG", asker="a")

    assert await lookup.find(case.reference, case.code, asker="a") is None


async def test_nobody_locks_a_citizen_out_by_guessing(lookup: Lookup, case: Case) -> None:
    for guess in range(1000):
        await lookup.find(case.reference, "WRONG", asker=f"guesser {guess}")

    assert await lookup.find(case.reference, case.code, asker="a") == case


async def test_right_codes_are_never_counted(lookup: Lookup, case: Case) -> None:
    for _ in range(ASKER_LIMIT + 1):
        assert await lookup.find(case.reference, case.code, asker="a") == case


async def test_the_answers_are_what_staff_told_the_citizen(lookup: Lookup, register: FakeRegister, case: Case) -> None:
    desk = Desk(register, FixedClock())
    changed = await desk.note(case.reference, "内部", by="李", version=1)
    changed = await desk.answer(case.reference, "答复一", by="李", version=changed.version)
    changed = await desk.close(case.reference, "", by="李", version=changed.version)

    assert [event.note for event in await lookup.answers(changed)] == ["答复一"]
