from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.types import ParcelState, User
from register.ports import Register
from register.types import Case, CaseKind, Event, NewCase, Notice, Status, Step
from storage.database import Database
from storage.outbox import SqlOutbox
from storage.register import SqlRegister
from storage.retention import SqlRetention
from storage.tables.register import cases, outbox
from tests.fakes import MONDAY, FixedClock, PlainVault

ANSWERED = MONDAY + timedelta(days=1)
LATER = MONDAY + timedelta(days=200)


@pytest.fixture
def register(database: Database) -> Register:
    return SqlRegister(database, PlainVault(), code="浚县", now=FixedClock())


@pytest.fixture
def retention(database: Database) -> SqlRetention:
    return SqlRetention(database)


async def opened(register: Register, number: int, *, kind: CaseKind = CaseKind.INQUIRY) -> Case:
    new = NewCase(
        f"wechat/main:openid:m{number}",
        kind,
        "问",
        "wechat/main",
        "openid",
        MONDAY,
        date(2026, 3, 9),
        provisional=False,
        offer=f"offer of openid {number}",
    )
    return await register.open(new)


async def answered(register: Register, number: int, *, kind: CaseKind = CaseKind.INQUIRY) -> Case:
    case = await opened(register, number, kind=kind)
    answer = Event(at=ANSWERED, actor="li", step=Step.ANSWER, note="答复")
    return await register.record(case, answer, status=Status.ANSWERED, notice=Notice("答复"))


async def everything(database: Database) -> str:
    async with database.read() as connection:
        rows = [*(await connection.execute(select(cases))).all(), *(await connection.execute(select(outbox))).all()]
    return " ".join(map(str, rows))


async def test_an_inquiry_that_is_long_over_no_longer_says_whose_it_was(
    register: Register, retention: SqlRetention, database: Database
) -> None:
    case = await answered(register, 1)

    assert await retention.forget(before=LATER) == 1
    assert "openid" not in await everything(database)
    kept = await register.get(case.reference)
    assert (kept.code, kept.question, kept.status) == (case.code, "问", Status.ANSWERED)
    assert [event.note for event in await register.history(case.reference)] == ["", "答复"]


async def test_what_is_lately_over_or_still_open_keeps_its_way_back(
    register: Register, retention: SqlRetention, database: Database
) -> None:
    recent = await answered(register, 1)
    waiting = await opened(register, 2)

    assert await retention.forget(before=ANSWERED) == 0
    assert [(await register.get(each.reference)).user for each in (recent, waiting)] == ["openid", "openid"]
    assert await retention.forget(before=LATER) == 1
    assert (await register.get(waiting.reference)).user == "openid"


async def test_a_formal_request_stays_as_it_is(register: Register, retention: SqlRetention) -> None:
    request = await answered(register, 1, kind=CaseKind.REQUEST)

    assert await retention.forget(before=LATER) == 0
    assert (await register.get(request.reference)).user == "openid"


async def test_late_answers_go_when_they_have_arrived_long_ago(retention: SqlRetention, database: Database) -> None:
    parcels = SqlOutbox(database, PlainVault())
    await parcels.put(User("wechat/main", "openid"), "答复", at=MONDAY)
    (parcel,) = await parcels.claim(now=MONDAY)

    await retention.forget(before=LATER)
    assert "openid" in await everything(database)
    await parcels.settle(parcel, ParcelState.SENT, at=MONDAY)
    await retention.forget(before=LATER)
    assert "openid" not in await everything(database)


async def test_two_forgotten_inquiries_of_one_person_do_not_meet(register: Register, retention: SqlRetention) -> None:
    await answered(register, 1)
    await answered(register, 2)

    assert await retention.forget(before=LATER) == 2
    assert await retention.forget(before=LATER) == 0
