from dataclasses import replace
from datetime import date

import pytest

from register.inquiries import Waiting
from register.types import Case, CaseKind, Event, NewCase, Status, Step
from storage.database import Database
from storage.inquiries import SqlInquiries
from storage.register import SqlRegister
from tests.fakes import MONDAY, FixedClock, PlainVault

DUE, LATER = date(2026, 12, 31), date(2027, 1, 4)
NEW = NewCase("m1", CaseKind.INQUIRY, "问", "web", "u", MONDAY, DUE, provisional=True)


@pytest.fixture
def register(database: Database, clock: FixedClock) -> SqlRegister:
    return SqlRegister(database, PlainVault(), code="浚县", now=clock)


async def answered(register: SqlRegister, case: Case) -> Case:
    return await register.record(case, Event(MONDAY, "li", Step.ANSWER, "答"), status=Status.ANSWERED)


async def test_only_inquiries_without_an_answer_wait(database: Database, register: SqlRegister) -> None:
    case = await register.open(NEW)
    await register.open(replace(NEW, source="m2", kind=CaseKind.REQUEST))
    await answered(register, await register.open(replace(NEW, source="m3")))

    assert await SqlInquiries(database).waiting() == (Waiting(case.reference, MONDAY, DUE, provisional=True),)


async def test_another_day_is_kept_once_and_no_page_gets_stale(database: Database, register: SqlRegister) -> None:
    case, inquiries = await register.open(NEW), SqlInquiries(database)
    (waits,) = await inquiries.waiting()

    assert await inquiries.reckon(waits, due_on=LATER, provisional=False)
    assert not await inquiries.reckon(waits, due_on=LATER, provisional=False)
    assert await register.get(case.reference) == replace(case, due_on=LATER, provisional=False)


async def test_what_was_answered_meanwhile_keeps_its_day(database: Database, register: SqlRegister) -> None:
    case, inquiries = await register.open(NEW), SqlInquiries(database)
    (waits,) = await inquiries.waiting()
    done = await answered(register, case)

    assert not await inquiries.reckon(waits, due_on=LATER, provisional=False)
    assert await register.get(case.reference) == done
