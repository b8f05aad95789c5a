from datetime import date

import pytest

from register.desk import Desk
from register.errors import IllegalTransition, MissingNote, StaleCase, UnknownCase
from register.types import Case, CaseKind, Event, NewCase, Status, Step
from tests.fakes import MONDAY, FakeRegister, FixedClock


def new_case(kind: CaseKind = CaseKind.INQUIRY) -> NewCase:
    return NewCase(
        source="web:u:1",
        kind=kind,
        question="老旧小区加装电梯补贴多少？",
        channel="web",
        user="u",
        received_at=MONDAY,
        due_on=date(2026, 3, 9),
        provisional=False,
    )


@pytest.fixture
def register() -> FakeRegister:
    return FakeRegister()


@pytest.fixture
def desk(register: FakeRegister) -> Desk:
    return Desk(register, FixedClock())


@pytest.fixture
async def case(register: FakeRegister) -> Case:
    return await register.open(new_case())


async def test_an_answer_is_recorded_once_with_its_notice(desk: Desk, register: FakeRegister, case: Case) -> None:
    answered = await desk.answer(case.reference, " 每台补贴十万元。\n", by="李", version=case.version)

    assert answered.status is Status.ANSWERED
    assert register.events[case.reference][1:] == [Event(MONDAY, "李", Step.ANSWER, "每台补贴十万元。")]
    assert register.notices == [(case.reference, f"您的咨询 {case.reference} 已答复：\n每台补贴十万元。")]


async def test_a_second_answer_is_told_as_a_supplement(desk: Desk, register: FakeRegister, case: Case) -> None:
    answered = await desk.answer(case.reference, "甲", by="李", version=case.version)
    await desk.answer(case.reference, "乙", by="李", version=answered.version)

    assert register.notices[1] == (case.reference, f"您的咨询 {case.reference} 有补充答复：\n乙")


async def test_a_formal_request_is_not_answered_past_its_approvals(desk: Desk, register: FakeRegister) -> None:
    case = await register.open(new_case(CaseKind.REQUEST))
    for take in (desk.answer, desk.close, desk.reopen, desk.note):
        with pytest.raises(IllegalTransition):
            await take(case.reference, "不公开", by="li", version=case.version)
    assert register.notices == []


async def test_closing_with_a_reason_tells_the_citizen(desk: Desk, register: FakeRegister, case: Case) -> None:
    closed = await desk.close(case.reference, "与上一咨询重复", by="李", version=case.version)

    assert closed.status is Status.CLOSED
    assert register.notices == [(case.reference, f"您的咨询 {case.reference} 已办结：\n与上一咨询重复")]


async def test_closing_an_unanswered_case_needs_a_reason(desk: Desk, register: FakeRegister, case: Case) -> None:
    with pytest.raises(MissingNote):
        await desk.close(case.reference, "", by="李", version=case.version)
    assert register.cases[case.reference] == case


async def test_closing_an_answered_case_silently_tells_nobody(desk: Desk, register: FakeRegister, case: Case) -> None:
    answered = await desk.answer(case.reference, "甲", by="李", version=case.version)
    await desk.close(case.reference, "", by="李", version=answered.version)

    assert register.cases[case.reference].status is Status.CLOSED
    assert len(register.notices) == 1


async def test_a_closed_case_is_reopened_without_telling(desk: Desk, register: FakeRegister, case: Case) -> None:
    closed = await desk.close(case.reference, "重复", by="李", version=case.version)
    reopened = await desk.reopen(case.reference, "公众来电", by="李", version=closed.version)

    assert reopened.status is Status.RECEIVED
    assert len(register.notices) == 1


async def test_a_note_stays_inside(desk: Desk, register: FakeRegister, case: Case) -> None:
    noted = await desk.note(case.reference, "已问住建局", by="李", version=case.version)

    assert noted.status is Status.RECEIVED
    assert register.notices == []


async def test_an_illegal_step_changes_nothing(desk: Desk, register: FakeRegister, case: Case) -> None:
    with pytest.raises(IllegalTransition):
        await desk.reopen(case.reference, "", by="李", version=case.version)
    assert register.cases[case.reference] == case


async def test_an_unknown_number_is_refused(desk: Desk) -> None:
    with pytest.raises(UnknownCase):
        await desk.answer("浚县-2026-999999", "甲", by="李", version=1)


@pytest.mark.parametrize("version", [-5, 0, 1, 7])
async def test_a_page_from_before_a_colleagues_step_is_stale(
    desk: Desk, register: FakeRegister, case: Case, version: int
) -> None:
    await desk.note(case.reference, "已问住建局", by="王", version=case.version)

    with pytest.raises(StaleCase):
        await desk.answer(case.reference, "甲", by="李", version=version)
    assert register.notices == []


async def test_a_delivery_noted_meanwhile_makes_no_page_stale(desk: Desk, register: FakeRegister, case: Case) -> None:
    answered = await desk.answer(case.reference, "甲", by="李", version=case.version)
    delivered = Event(MONDAY, "system", Step.DELIVERED)
    await register.record(answered, delivered, status=answered.status)

    closed = await desk.close(case.reference, "", by="李", version=answered.version)

    assert closed.version == answered.version + 2


async def test_a_step_between_two_deliveries_makes_the_page_stale(
    desk: Desk, register: FakeRegister, case: Case
) -> None:
    answered = await desk.answer(case.reference, "甲", by="李", version=case.version)
    noted = await desk.note(case.reference, "记", by="王", version=answered.version)
    await register.record(noted, Event(MONDAY, "system", Step.DELIVERED), status=noted.status)

    with pytest.raises(StaleCase):
        await desk.close(case.reference, "", by="李", version=answered.version)


async def test_a_colleague_who_is_faster_between_read_and_write_wins(register: FakeRegister, case: Case) -> None:
    def colleague_acts_now(case: Case, step: Step, text: str) -> str:
        register.cases[case.reference] = Case(
            **{name: getattr(case, name) for name in Case.__slots__ if name != "version"}, version=case.version + 1
        )
        return text

    desk = Desk(register, FixedClock(), colleague_acts_now)
    with pytest.raises(StaleCase):
        await desk.answer(case.reference, "甲", by="李", version=case.version)
    assert register.notices == []
