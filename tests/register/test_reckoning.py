"""The kept last days over a real database, when the calendar changes and when time goes by."""

import asyncio
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from register.calendar import Calendar, Closure, Notice
from register.correspondence import File
from register.errors import RefusedStep
from register.facts import Fact
from register.fees import read_fees
from register.outcomes import Outcome
from register.reckoning import Reckoning
from register.recomputation import Change
from register.refusals import Reason
from register.steps import RequestStep, Role, Stage
from tests.register.desk import POSTED, SHANGHAI, Desk
from tests.register.office import ACTORS, CALENDAR, proposal

RULES = read_fees((Path(__file__).resolve().parents[2] / "config" / "fees.toml").read_text(encoding="utf-8"))
# the new year's days are taken together with the Monday, made up for on the Saturday before
EARLIER = Notice(
    2027, "国办发明电〔2026〕1号", {date(2027, 1, day): "元旦" for day in (1, 2, 3, 4)}, frozenset({date(2026, 12, 26)})
)
ANNOUNCED = replace(CALENDAR, notices=(*CALENDAR.notices, EARLIER))
FLOOD = replace(CALENDAR, closures=(Closure("防汛停工", date(2026, 3, 23), date(2026, 3, 24), "公告"),))
HEARD = (date(2026, 3, 23), date(2026, 3, 25))
"""The last day of a hearing of 2 March, before the flood and after."""


def announce(desk: Desk, calendar: Calendar = ANNOUNCED) -> None:
    desk.office = replace(desk.office, calendar=lambda: calendar)


async def december(desk: Desk, source: str = "1") -> File:
    desk.clock.at = datetime(2026, 12, 3, 9, tzinfo=SHANGHAI)
    return await desk.do(await desk.file(source), RequestStep.ACCEPT, Role.HANDLER)


async def kept(desk: Desk, file: File) -> File:
    return await desk.office.load(file.docket.case.reference)


async def heard(desk: Desk) -> File:
    return await asked(desk, await desk.do(await desk.file(), RequestStep.ACCEPT, Role.HANDLER))


async def asked(desk: Desk, file: File, basis: str = "third_party") -> File:
    question = {"recipient": "某公司", "basis": basis, "question": "是否同意公开"}
    file = await desk.do(file, RequestStep.CONSULT, Role.HANDLER, None, **question)
    letter = file.request.hearings[-1].letter
    return await desk.do(file, RequestStep.RECORD_CONSULTATION, Role.HANDLER, None, consultation=letter, **POSTED)


async def test_a_new_calendar_is_an_event_in_every_request_that_it_moves(desk: Desk) -> None:
    file = await december(desk)
    announce(desk)
    change = Change(file.docket.case.reference, date(2026, 12, 31), date(2026, 12, 30), provisional=False)

    assert await Reckoning(desk.office).all() == [change]

    moved = await kept(desk, file)
    act = moved.docket.events[-1].act
    assert (act.step, act.actor) == (RequestStep.RECOMPUTE, "system")
    assert act.facts == {
        Fact.PREVIOUS_DUE: "2026-12-31",
        Fact.DUE_ON: "2026-12-30",
        Fact.CALENDAR: ANNOUNCED.version,
    }
    assert (moved.docket.head.due_on, moved.docket.case.due_on) == (date(2026, 12, 30), date(2026, 12, 30))
    assert await Reckoning(desk.office).all() == []


async def test_what_a_calendar_would_change_is_shown_before_it_is_taken(desk: Desk) -> None:
    file = await december(desk)

    shown = await Reckoning(desk.office).preview(ANNOUNCED)

    assert [(change.old, change.new, change.earlier) for change in shown] == [
        (date(2026, 12, 31), date(2026, 12, 30), True)
    ]
    assert await kept(desk, file) == file


async def test_processes_that_find_it_at_once_keep_one_event(desk: Desk) -> None:
    file = await december(desk)
    announce(desk)

    found = await asyncio.gather(*(Reckoning(desk.office).all() for _ in range(5)))

    assert sum(len(changes) for changes in found) == 1
    steps = [event.act.step for event in (await kept(desk, file)).docket.events]
    assert steps.count(RequestStep.RECOMPUTE) == 1


async def test_less_time_is_marked_until_somebody_acts(desk: Desk) -> None:
    file = await december(desk)
    announce(desk)
    await Reckoning(desk.office).all()
    marked = await kept(desk, file)
    assert (marked.docket.head.hastened, marked.docket.head.handler) == (True, ACTORS[Role.HANDLER])

    seen = await desk.do(marked, RequestStep.NOTE, Role.HANDLER, text="已知悉")
    assert not seen.docket.head.hastened


async def test_a_calendar_that_moves_nothing_writes_nothing(desk: Desk) -> None:
    desk.clock.at = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
    file = await desk.file()
    announce(desk)

    assert await Reckoning(desk.office).all() == []
    after = await kept(desk, file)
    assert after.docket.events == file.docket.events
    assert after.docket.head.calendar == ANNOUNCED.version


async def test_the_end_of_a_consultation_sets_the_day_without_an_event(desk: Desk) -> None:
    file = await heard(desk)
    assert file.docket.head.due_on is None
    desk.clock.at = datetime(2026, 3, 24, 9, tzinfo=SHANGHAI)

    assert [change.new for change in await Reckoning(desk.office).all()] == [date(2026, 4, 21)]
    after = await kept(desk, file)
    assert after.docket.events == file.docket.events
    assert after.docket.head.due_on == date(2026, 4, 21)


async def charged(desk: Desk) -> File:
    desk.office = replace(desk.office, fees=RULES)
    file = [await desk.file(f"web:li:{number}") for number in range(11)][-1]
    file = await desk.do(file, RequestStep.ACCEPT, Role.HANDLER)
    file = await desk.do(file, RequestStep.CHARGE, Role.SIGNER, None, measure="per_item")
    assert file.request.fee is not None
    facts = {"fee_notice": file.request.fee.notice, "proof": "签收"}
    return await desk.do(file, RequestStep.RECORD_FEE_NOTICE, Role.HANDLER, None, **facts)


async def test_a_closure_gives_whoever_is_heard_the_days_it_took(desk: Desk) -> None:
    file = await heard(desk)
    (hearing,) = file.request.hearings
    announce(desk, FLOOD)
    change = Change(file.docket.case.reference, *HEARD, provisional=False, letter=hearing.letter)

    assert await Reckoning(desk.office).preview(FLOOD, old=CALENDAR) == [change]
    assert await Reckoning(desk.office).all() == [change]
    assert await Reckoning(desk.office).all() == []

    moved = await kept(desk, file)
    assert moved.request.hearings[0].due_on == HEARD[1]
    assert moved.docket.events[-1].act.facts == {
        Fact.CONSULTATION: hearing.letter,
        Fact.PREVIOUS_DUE: "2026-03-23",
        Fact.DUE_ON: "2026-03-25",
        Fact.CALENDAR: FLOOD.version,
    }


async def test_a_closure_gives_whoever_has_to_pay_the_days_it_took(desk: Desk) -> None:
    file = await charged(desk)
    assert file.request.fee is not None
    announce(desk, FLOOD)
    change = Change(
        file.docket.case.reference,
        date(2026, 3, 30),
        date(2026, 4, 1),
        provisional=False,
        letter=file.request.fee.notice,
    )

    assert change in await Reckoning(desk.office).all()
    assert await Reckoning(desk.office).all() == []
    moved = await kept(desk, file)
    assert moved.request.fee is not None
    assert moved.request.fee.due_on == date(2026, 4, 1)


async def test_processes_that_find_a_moved_hearing_at_once_keep_one_event(desk: Desk) -> None:
    file = await heard(desk)
    announce(desk, FLOOD)

    found = await asyncio.gather(*(Reckoning(desk.office).all() for _ in range(5)))

    assert sum(len(changes) for changes in found) == 1
    steps = [event.act.step for event in (await kept(desk, file)).docket.events]
    assert steps.count(RequestStep.RECOMPUTE) == 1


async def test_silence_is_not_noted_before_the_days_of_a_closure_are_given_back(desk: Desk) -> None:
    file = await heard(desk)
    (hearing,) = file.request.hearings
    # the flood is known and no process has set the request right yet
    announce(desk, FLOOD)
    for day in (24, 25):
        desk.clock.at = datetime(2026, 3, day, 9, tzinfo=SHANGHAI)
        with pytest.raises(RefusedStep) as refused:
            await desk.do(file, RequestStep.NOTE_SILENCE, Role.HANDLER, None, consultation=hearing.letter)
        assert refused.value.reason == Reason.TERM_RUNNING
    desk.clock.at = datetime(2026, 3, 26, 9, tzinfo=SHANGHAI)

    silent = await desk.do(file, RequestStep.NOTE_SILENCE, Role.HANDLER, None, consultation=hearing.letter)

    assert (silent.request.hearings[0].due_on, silent.request.hearings[0].ended_on) == (HEARD[1], HEARD[1])
    assert [change.letter for change in await Reckoning(desk.office).all()] == []


async def test_less_time_for_the_answer_stays_marked_where_a_letter_has_moved_as_well(desk: Desk) -> None:
    file = await december(desk)
    desk.clock.at = datetime(2026, 12, 8, 9, tzinfo=SHANGHAI)
    file = await asked(desk, file)
    # the term is over, and nobody has noted the silence
    desk.clock.at = datetime(2026, 12, 30, 9, tzinfo=SHANGHAI)
    await Reckoning(desk.office).all()
    announce(desk, replace(CALENDAR, notices=(*CALENDAR.notices, replace(EARLIER, off={date(2027, 1, 1): "元旦"}))))

    changes = await Reckoning(desk.office).all()

    assert [(bool(change.letter), change.earlier) for change in changes] == [(True, True), (False, True)]
    assert (await kept(desk, file)).docket.head.hastened


async def test_an_objection_in_time_stays_one_whatever_is_announced_later(desk: Desk) -> None:
    file = await december(desk)
    desk.clock.at = datetime(2026, 12, 8, 9, tzinfo=SHANGHAI)
    file = await asked(desk, file, "agency")
    desk.clock.at = datetime(2026, 12, 29, 9, tzinfo=SHANGHAI)
    answer = {"consultation": file.request.hearings[-1].letter, "answer": "objects", "reason": "涉密"}
    file = await desk.do(file, RequestStep.ANSWER_CONSULTATION, Role.HANDLER, None, **answer)
    announce(desk)

    assert [change.letter for change in await Reckoning(desk.office).preview(ANNOUNCED, old=CALENDAR)] == [""]
    assert [change.letter for change in await Reckoning(desk.office).all()] == [""]

    after = await kept(desk, file)
    assert after.request.hearings == file.request.hearings
    assert not after.request.hearings[-1].late
    assert not after.request.hearings[-1].consents


async def test_an_answer_is_judged_by_the_calendar_in_force_though_no_process_has_moved_its_term_yet(
    desk: Desk,
) -> None:
    file = await heard(desk)
    announce(desk, FLOOD)
    desk.clock.at = datetime(2026, 3, 25, 9, tzinfo=SHANGHAI)
    answer = {"consultation": file.request.hearings[0].letter, "answer": "objects", "reason": "商业秘密"}

    file = await desk.do(file, RequestStep.ANSWER_CONSULTATION, Role.HANDLER, None, **answer)

    assert file.request.hearings[0].due_on == HEARD[1]
    assert not file.request.hearings[0].late


async def silent(desk: Desk, basis: str = "third_party") -> File:
    """Silence noted on the first day after the term, before the flood is known."""
    file = await desk.do(await desk.file(), RequestStep.ACCEPT, Role.HANDLER)
    file = await asked(desk, file, basis)
    desk.clock.at = datetime(2026, 3, 24, 9, tzinfo=SHANGHAI)
    letter = file.request.hearings[0].letter
    return await desk.do(file, RequestStep.NOTE_SILENCE, Role.HANDLER, None, consultation=letter)


async def test_silence_noted_before_a_closure_was_known_is_told_and_not_changed(desk: Desk) -> None:
    file = await silent(desk)
    announce(desk, FLOOD)
    (hearing,) = file.request.hearings
    told = Change(file.docket.case.reference, *HEARD, provisional=False, letter=hearing.letter, overtaken=True)

    assert told in await Reckoning(desk.office).preview(FLOOD, old=CALENDAR)
    assert [change.letter for change in await Reckoning(desk.office).all()] == [""]

    after = await kept(desk, file)
    assert after.request.hearings == (hearing,)
    assert after.overtaken == {hearing.letter: HEARD[1]}
    assert after.clock is not None
    assert after.clock.due is not None


async def test_no_reply_is_sent_to_review_or_signed_on_silence_that_was_noted_too_early(desk: Desk) -> None:
    file = await silent(desk)
    announce(desk, FLOOD)
    draft = await desk.do(file, RequestStep.PROPOSE, Role.HANDLER, proposal(Outcome.OPEN_PROVIDED))
    with pytest.raises(RefusedStep) as refused:
        await desk.do(draft, RequestStep.SUBMIT_DRAFT, Role.HANDLER)
    assert refused.value.reason == Reason.NOTED_TOO_EARLY

    announce(desk, CALENDAR)
    file = await approved(desk, draft)
    announce(desk, FLOOD)
    with pytest.raises(RefusedStep) as refused:
        await desk.do(file, RequestStep.SIGN, Role.SIGNER)
    assert refused.value.reason == Reason.NOTED_TOO_EARLY

    # the term is over by the newest calendar too, and silence is noted anew where the draft lies
    desk.clock.at = datetime(2026, 3, 26, 9, tzinfo=SHANGHAI)
    letter = file.request.hearings[0].letter
    again = await desk.do(file, RequestStep.NOTE_SILENCE, Role.HANDLER, None, consultation=letter)
    assert (again.request.stage, again.request.hearings[0].ended_on, again.overtaken) == (Stage.SIGNING, HEARD[1], {})
    assert (await desk.do(again, RequestStep.SIGN, Role.SIGNER)).request.stage is Stage.SIGNED


async def approved(desk: Desk, file: File) -> File:
    file = await desk.do(file, RequestStep.SUBMIT_DRAFT, Role.HANDLER)
    file = await desk.do(file, RequestStep.PASS_REVIEW, Role.REVIEWER)
    return await desk.do(file, RequestStep.PASS_SECRECY, Role.SECRECY_REVIEWER, None, secrecy_review="不涉密")


async def test_an_answer_within_the_days_given_back_takes_the_place_of_silence(desk: Desk) -> None:
    file = await silent(desk, "agency")
    assert file.request.hearings[0].consents
    file = await desk.do(file, RequestStep.PROPOSE, Role.HANDLER, proposal(Outcome.OPEN_PROVIDED))
    file = await approved(desk, file)
    announce(desk, FLOOD)
    desk.clock.at = datetime(2026, 3, 25, 9, tzinfo=SHANGHAI)
    answer = {"consultation": file.request.hearings[0].letter, "answer": "objects", "reason": "涉密"}

    file = await desk.do(file, RequestStep.ANSWER_CONSULTATION, Role.HANDLER, None, **answer)

    (hearing,) = file.request.hearings
    assert (hearing.ended_on, hearing.due_on, hearing.late, hearing.consents) == (HEARD[1], HEARD[1], False, False)
    assert (file.request.stage, file.overtaken) == (Stage.SIGNING, {})
    assert file.clock is not None
    assert file.clock.consultations[0].ended_on(desk.today) == HEARD[1]


async def test_silence_noted_after_the_newest_term_stays_as_it_was_noted(desk: Desk) -> None:
    file = await heard(desk)
    (hearing,) = file.request.hearings
    desk.clock.at = datetime(2026, 3, 26, 9, tzinfo=SHANGHAI)
    file = await desk.do(file, RequestStep.NOTE_SILENCE, Role.HANDLER, None, consultation=hearing.letter)
    announce(desk, FLOOD)

    assert [change.letter for change in await Reckoning(desk.office).preview(FLOOD, old=CALENDAR)] == [""]
    after = await kept(desk, file)
    assert (after.request.hearings, after.overtaken) == (file.request.hearings, {})
    late = {"consultation": hearing.letter, "answer": "agrees"}
    with pytest.raises(RefusedStep):
        await desk.do(after, RequestStep.ANSWER_CONSULTATION, Role.HANDLER, None, **late)


async def test_a_lapse_noted_before_a_closure_was_known_can_be_taken_back_and_paid(desk: Desk) -> None:
    file = await charged(desk)
    assert file.request.fee is not None
    notice = file.request.fee.notice
    desk.clock.at = datetime(2026, 3, 31, 9, tzinfo=SHANGHAI)
    file = await desk.do(file, RequestStep.LAPSE, Role.HANDLER, None, fee_notice=notice, notice_delivered="邮件")
    announce(desk, FLOOD)
    told = Change(
        file.docket.case.reference,
        date(2026, 3, 30),
        date(2026, 4, 1),
        provisional=False,
        letter=notice,
        overtaken=True,
    )

    assert told in await Reckoning(desk.office).preview(FLOOD, old=CALENDAR)
    await Reckoning(desk.office).all()
    after = await kept(desk, file)
    assert (after.request.fee, after.overtaken) == (file.request.fee, {notice: date(2026, 4, 1)})
    with pytest.raises(RefusedStep) as refused:
        await desk.do(after, RequestStep.SUBMIT_DRAFT, Role.HANDLER)
    assert refused.value.reason == Reason.NOTED_TOO_EARLY

    back = await desk.do(after, RequestStep.BACK, Role.HANDLER, None, reason="缴费期限还没有届满")
    assert back.overtaken == {}
    await Reckoning(desk.office).all()
    back = await kept(desk, back)
    assert back.request.fee is not None
    assert back.request.fee.due_on == date(2026, 4, 1)
    paid = await desk.do(back, RequestStep.PAY, Role.HANDLER, None, proof="票据1")
    assert paid.request.stage is Stage.PROCESSING
    announce(desk, CALENDAR)
    assert notice not in {change.letter for change in await Reckoning(desk.office).all()}


async def test_what_is_closed_is_left_alone(desk: Desk) -> None:
    file = await desk.do(await december(desk), RequestStep.WITHDRAW, Role.APPLICANT, withdrawal="不需要了")
    announce(desk)

    assert await Reckoning(desk.office).all() == []
    assert (await kept(desk, file)).docket == file.docket
