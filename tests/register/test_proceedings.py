from dataclasses import replace
from datetime import date

import pytest

from register.circumstances import Circumstances, Earlier
from register.clock import Happening
from register.course import evolve, fold
from register.delivery import Delivery, Service
from register.facts import Fact
from register.filing import Channel, Receipt
from register.outcomes import GROUNDS, LAPSES, RULINGS, Outcome
from register.proceedings import decide
from register.refusals import SENTENCES, Reason, Refusal
from register.request import Event, Proposal, Withheld
from register.rules import OPEN, TABLE
from register.steps import RequestStep, Role, Stage
from register.timeline import clock_events
from tests.register.office import Office, proposal

MONDAY = date(2026, 3, 2)
DUE = date(2026, 3, 30)


@pytest.fixture
def office() -> Office:
    return Office()


def reason(result: Event | Refusal) -> Reason:
    assert isinstance(result, Refusal), result
    assert result.sentence.endswith("。")
    return result.reason


def test_a_request_is_filed_answered_delivered_and_closed(office: Office) -> None:
    office.begin().wait(10).reply(Outcome.OPEN_PROVIDED)

    request = office.request
    assert request.stage is Stage.CLOSED
    assert request.outcome is Outcome.OPEN_PROVIDED
    assert [decision.decided_on for decision in request.decisions] == [date(2026, 3, 12)]
    assert request.version == len(office.events)
    assert fold(office.events) == request


def test_every_event_says_the_stage_before_and_after(office: Office) -> None:
    office.begin().reply(Outcome.OPEN_PROVIDED)

    assert [event.before for event in office.events[1:]] == [event.after for event in office.events[:-1]]
    assert (office.events[0].before, office.events[-1].after) == (Stage.DRAFT, Stage.CLOSED)


@pytest.mark.parametrize("stage", Stage)
def test_a_step_that_is_not_in_the_table_is_refused(office: Office, stage: Stage) -> None:
    office.request = replace(office.request, stage=stage)

    for step in RequestStep:
        if (stage, step) not in TABLE:
            assert office.do(step) == Refusal(Reason.NOT_HERE), step


@pytest.mark.parametrize("stage", Stage)
def test_only_the_roles_of_the_table_may_take_a_step(office: Office, stage: Stage) -> None:
    office.request = replace(office.request, stage=stage)

    for step in (step for here, step in TABLE if here is stage):
        for role in Role:
            refused = decide(office.request, office.act(step, role=role), Circumstances(office.today))
            denied = isinstance(refused, Refusal) and refused.reason is Reason.WRONG_ROLE
            assert denied is (role not in TABLE[stage, step].by), (step, role)


@pytest.mark.parametrize(("stage", "step"), [key for key, rule in TABLE.items() if rule.states])
def test_a_step_without_what_it_must_state_names_what_is_missing(
    office: Office, stage: Stage, step: RequestStep
) -> None:
    office.request = replace(office.request, stage=stage)
    act = replace(office.act(step), facts=dict.fromkeys(TABLE[stage, step].states, " "))

    assert office.attempt(act) == Refusal(Reason.MISSING_FACTS, TABLE[stage, step].states)


@pytest.mark.parametrize(("stage", "step"), [key for key, rule in TABLE.items() if rule.apart])
def test_whoever_handled_the_request_approves_nothing(office: Office, stage: Stage, step: RequestStep) -> None:
    office.request = replace(office.request, stage=stage, handlers=frozenset({"承办员"}))

    assert reason(office.do(step, by="承办员")) is Reason.OWN_WORK


def test_whoever_approved_does_not_handle(office: Office) -> None:
    office.begin()
    office.do(RequestStep.PROPOSE, proposal=proposal(Outcome.OPEN_PUBLISHED))
    office.must(RequestStep.SUBMIT_DRAFT, RequestStep.PASS_REVIEW)

    assert reason(office.do(RequestStep.ASK_EXTENSION, by="审核员")) is Reason.OWN_WORK


def test_every_reason_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Reason)


def test_the_missing_facts_are_named_in_the_sentence() -> None:
    refusal = Refusal(Reason.MISSING_FACTS, frozenset({Fact.DUE_ON, Fact.ITEMS}))

    assert refusal.sentence == "还缺：需要补正的事项、期限。"


@pytest.mark.parametrize(
    ("on", "note", "expected"),
    [
        (date(2026, 3, 6), "", Reason.FUTURE),
        (date(2026, 3, 4), "", Reason.BACKDATED),
        (date(2026, 3, 1), "补录", Reason.BEFORE_RECEIPT),
    ],
)
def test_a_step_counts_from_today_or_says_why_earlier(office: Office, on: date, note: str, expected: Reason) -> None:
    office.begin().on(date(2026, 3, 5))

    assert reason(office.do(RequestStep.NOTE, on=on, note=note)) is expected


def test_an_earlier_day_with_its_reason_is_taken(office: Office) -> None:
    office.begin().on(date(2026, 3, 5))

    assert isinstance(office.do(RequestStep.NOTE, on=date(2026, 3, 4), note="昨天电话"), Event)


@pytest.mark.parametrize(
    ("fact", "text"), [("due_on", "明天"), ("days", "21"), ("days", "0"), ("basis", "邻居"), ("answer", "随便")]
)
def test_a_fact_that_is_no_date_or_no_word_of_the_law_is_refused(office: Office, fact: str, text: str) -> None:
    office.begin()

    assert office.do(RequestStep.NOTE, **{fact: text}) == Refusal(Reason.BAD_FACT, frozenset({Fact(fact)}))


def test_unsigned_mail_has_no_clock_until_the_office_confirms(office: Office) -> None:
    office.do(RequestStep.SUBMIT, role=Role.INTAKE, receipt=Receipt(Channel.PLAIN_MAIL, MONDAY))
    assert office.clock() is None
    assert reason(office.do(RequestStep.ACKNOWLEDGE)) is Reason.NOT_RECEIVED

    office.on(date(2026, 3, 4)).must(RequestStep.CONFIRM_RECEIPT, RequestStep.ACKNOWLEDGE)

    assert office.request.received_on == date(2026, 3, 4)
    assert office.due() == date(2026, 4, 1)


def test_the_day_of_receipt_is_confirmed_once(office: Office) -> None:
    office.must(RequestStep.SUBMIT)

    assert reason(office.do(RequestStep.CONFIRM_RECEIPT)) is Reason.ALREADY_RECEIVED


def test_nothing_is_received_in_the_future(office: Office) -> None:
    for tomorrow in (
        Receipt(Channel.SIGNED_MAIL, date(2026, 3, 3)),
        Receipt(Channel.PLAIN_MAIL, MONDAY, date(2026, 3, 3)),
    ):
        assert reason(office.do(RequestStep.SUBMIT, receipt=tomorrow)) is Reason.FUTURE


def test_an_earlier_day_is_entered_with_a_reason_only(office: Office) -> None:
    friday = Receipt(Channel.SIGNED_MAIL, date(2026, 2, 27))

    assert reason(office.do(RequestStep.SUBMIT, receipt=friday)) is Reason.BACKDATED
    office.do(RequestStep.SUBMIT, receipt=replace(friday, reason="当日停电"))
    assert office.request.stage is Stage.RECEIVED


def test_nobody_confirms_what_has_not_arrived(office: Office) -> None:
    mail = Receipt(Channel.PLAIN_MAIL, MONDAY, date(2026, 3, 1))

    assert reason(office.do(RequestStep.SUBMIT, receipt=mail)) is Reason.BEFORE_RECEIPT


def test_the_clock_runs_from_the_submission_however_late_staff_open_it(office: Office) -> None:
    office.must(RequestStep.SUBMIT)
    office.wait(5).must(RequestStep.ACKNOWLEDGE, RequestStep.ACCEPT)

    assert office.due() == DUE


def test_a_correction_restarts_the_term(office: Office) -> None:
    office.on(date(2026, 4, 1)).must(RequestStep.SUBMIT, RequestStep.ACKNOWLEDGE, RequestStep.ASK_CORRECTION)
    assert office.due() is None
    office.on(date(2026, 4, 20)).must(RequestStep.CORRECT)

    assert office.due() == date(2026, 5, 20)
    assert office.request.stage is Stage.PROCESSING


def test_a_correction_is_asked_within_seven_working_days(office: Office) -> None:
    office.must(RequestStep.SUBMIT, RequestStep.ACKNOWLEDGE)
    office.on(date(2026, 3, 12))

    assert reason(office.do(RequestStep.ASK_CORRECTION)) is Reason.NOTICE_TOO_LATE
    assert isinstance(office.on(date(2026, 3, 11)).do(RequestStep.ASK_CORRECTION), Event)


def test_there_is_no_second_notice_to_correct(office: Office) -> None:
    office.must(RequestStep.SUBMIT, RequestStep.ACKNOWLEDGE, RequestStep.ASK_CORRECTION, RequestStep.CORRECT)
    office.request = replace(office.request, stage=Stage.TRIAGE)

    assert reason(office.do(RequestStep.ASK_CORRECTION)) is Reason.ALREADY_CORRECTED


def test_the_term_given_to_correct_lies_ahead(office: Office) -> None:
    office.must(RequestStep.SUBMIT, RequestStep.ACKNOWLEDGE)

    assert reason(office.do(RequestStep.ASK_CORRECTION, due_on="2026-03-02")) is Reason.TERM_IN_PAST


def test_an_uncorrected_request_lapses_only_after_its_term_and_with_approvals(office: Office) -> None:
    office.must(RequestStep.SUBMIT, RequestStep.ACKNOWLEDGE, RequestStep.ASK_CORRECTION)
    office.on(date(2026, 3, 23))
    assert reason(office.do(RequestStep.LAPSE)) is Reason.TERM_RUNNING

    office.wait(1).must(RequestStep.LAPSE)
    assert reason(office.do(RequestStep.PROPOSE, proposal=proposal(Outcome.OPEN_PUBLISHED))) is Reason.FIXED_OUTCOME
    office.approve()

    assert office.request.outcome is Outcome.OTHER_CORRECTION_LAPSED


def test_good_reason_gives_more_time_and_stops_the_lapse(office: Office) -> None:
    office.must(RequestStep.SUBMIT, RequestStep.ACKNOWLEDGE, RequestStep.ASK_CORRECTION)
    office.on(date(2026, 3, 24)).must(RequestStep.GRANT_TIME)

    assert reason(office.do(RequestStep.LAPSE)) is Reason.TERM_RUNNING


def test_a_lapse_taken_back_waits_for_the_correction_again(office: Office) -> None:
    office.must(RequestStep.SUBMIT, RequestStep.ACKNOWLEDGE, RequestStep.ASK_CORRECTION)
    office.on(date(2026, 3, 24)).must(RequestStep.LAPSE, RequestStep.BACK)

    assert office.request.stage is Stage.CORRECTION
    assert office.request.proposal is None


def test_a_third_party_that_agrees_ends_the_pause(office: Office) -> None:
    office.begin().on(date(2026, 3, 6)).must(RequestStep.CONSULT)
    assert office.due() is None
    office.on(date(2026, 3, 24)).must(RequestStep.ANSWER_CONSULTATION)

    assert office.due() == date(2026, 4, 16)
    assert office.request.stage is Stage.PROCESSING


def test_the_last_of_several_consultations_ends_the_pause(office: Office) -> None:
    office.begin().on(date(2026, 3, 6)).must(RequestStep.CONSULT)
    office.on(date(2026, 3, 18)).do(RequestStep.CONSULT, consultation="函2", basis="agency")
    office.on(date(2026, 3, 24)).must(RequestStep.ANSWER_CONSULTATION)
    office.on(date(2026, 3, 30)).do(RequestStep.ANSWER_CONSULTATION, consultation="函2")

    assert [event.after for event in office.events[-2:]] == [Stage.CONSULTING, Stage.PROCESSING]
    assert office.due() == date(2026, 4, 22)


@pytest.mark.parametrize(("basis", "consents"), [("third_party", False), ("agency", True)])
def test_silence_is_consent_of_an_agency_and_not_of_a_third_party(
    office: Office, basis: str, *, consents: bool
) -> None:
    office.begin().on(date(2026, 3, 6))
    office.do(RequestStep.CONSULT, basis=basis)
    office.must(RequestStep.RECORD_CONSULTATION)
    assert reason(office.do(RequestStep.NOTE_SILENCE)) is Reason.TERM_RUNNING
    office.on(date(2026, 3, 30)).must(RequestStep.NOTE_SILENCE)

    hearing = office.request.hearings[0]
    assert hearing.consents is consents
    assert hearing.ended_on == date(2026, 3, 27)
    assert office.request.stage is Stage.PROCESSING


@pytest.mark.parametrize(
    ("basis", "answered_on", "consents"),
    [
        ("agency", date(2026, 3, 27), False),
        ("agency", date(2026, 3, 30), True),
        ("third_party", date(2026, 3, 30), False),
    ],
)
def test_an_objection_after_its_term_counts_for_a_third_party_and_not_for_an_agency(
    office: Office, basis: str, answered_on: date, *, consents: bool
) -> None:
    office.begin().on(date(2026, 3, 6))
    office.do(RequestStep.CONSULT, basis=basis)
    office.must(RequestStep.RECORD_CONSULTATION)
    office.on(answered_on).do(RequestStep.ANSWER_CONSULTATION, answer="objects", reason="商业秘密")

    hearing = office.request.hearings[0]
    assert hearing.due_on == date(2026, 3, 27)
    assert hearing.late is (answered_on > date(2026, 3, 27))
    assert hearing.consents is consents
    assert hearing.stands_against is (basis == "third_party")


def test_an_objection_says_why(office: Office) -> None:
    office.begin().must(RequestStep.CONSULT)

    assert reason(office.do(RequestStep.ANSWER_CONSULTATION, answer="objects")) is Reason.OBJECTION_WITHOUT_REASON


def test_disclosure_against_an_objection_needs_the_third_party_told(office: Office) -> None:
    office.begin().must(RequestStep.CONSULT)
    office.do(RequestStep.ANSWER_CONSULTATION, answer="objects", reason="商业秘密")
    office.do(RequestStep.PROPOSE, proposal=proposal(Outcome.OPEN_PROVIDED))
    assert reason(office.do(RequestStep.SUBMIT_DRAFT)) is Reason.OBJECTION_STANDS

    office.must(RequestStep.INFORM_THIRD_PARTY)
    office.approve()

    assert office.request.outcome is Outcome.OPEN_PROVIDED


def test_each_letter_to_a_third_party_has_its_own_delivery(office: Office) -> None:
    office.begin().must(RequestStep.CONSULT)
    office.on(date(2026, 3, 4)).do(RequestStep.RECORD_CONSULTATION, method="post", proof="邮件号1")
    office.on(date(2026, 3, 10)).do(RequestStep.ANSWER_CONSULTATION, answer="objects", reason="商业秘密")
    assert reason(office.do(RequestStep.RECORD_THIRD_PARTY_NOTICE)) is Reason.NO_NOTICE
    office.on(date(2026, 3, 12)).must(RequestStep.INFORM_THIRD_PARTY)
    office.on(date(2026, 3, 13)).do(RequestStep.RECORD_THIRD_PARTY_NOTICE, method="direct", proof="本人签收")
    assert reason(office.do(RequestStep.RECORD_THIRD_PARTY_NOTICE)) is Reason.NO_NOTICE

    (hearing,) = office.request.hearings
    assert (hearing.sent_on, hearing.ended_on, hearing.told_on) == (MONDAY, date(2026, 3, 10), date(2026, 3, 12))
    assert hearing.served == Service(Delivery.POST, date(2026, 3, 4), "邮件号1")
    assert hearing.notice_served == Service(Delivery.DIRECT, date(2026, 3, 13), "本人签收")


def test_partial_disclosure_that_protects_the_third_party_needs_no_notice(office: Office) -> None:
    office.begin().must(RequestStep.CONSULT)
    office.do(RequestStep.ANSWER_CONSULTATION, answer="partly", reason="商业秘密")

    office.reply(Outcome.PARTIAL)

    assert office.request.outcome is Outcome.PARTIAL


def test_an_objection_with_reasons_lets_the_office_refuse(office: Office) -> None:
    office.begin().must(RequestStep.CONSULT)
    office.do(RequestStep.ANSWER_CONSULTATION, answer="objects", reason="商业秘密")

    office.reply(Outcome.DENY_THIRD)

    assert office.request.outcome is Outcome.DENY_THIRD


def test_a_letter_is_asked_and_answered_once(office: Office) -> None:
    office.begin().must(RequestStep.CONSULT)
    assert reason(office.do(RequestStep.CONSULT)) is Reason.LETTER_TAKEN
    assert reason(office.do(RequestStep.ANSWER_CONSULTATION, consultation="函9")) is Reason.NO_CONSULTATION
    assert reason(office.do(RequestStep.RECORD_CONSULTATION, consultation="函9")) is Reason.NO_CONSULTATION
    assert reason(office.do(RequestStep.NOTE_SILENCE, consultation="函9")) is Reason.NO_CONSULTATION
    office.must(RequestStep.ANSWER_CONSULTATION)
    assert reason(office.do(RequestStep.INFORM_THIRD_PARTY)) is Reason.THIRD_PARTY_NOT_TOLD


def test_an_extension_on_the_last_day_holds(office: Office) -> None:
    office.on(date(2026, 4, 20)).begin().on(date(2026, 5, 20))
    office.must(RequestStep.ASK_EXTENSION, RequestStep.APPROVE_EXTENSION, RequestStep.NOTIFY_EXTENSION)

    assert office.due() == date(2026, 6, 17)


@pytest.mark.parametrize(
    "late", [RequestStep.ASK_EXTENSION, RequestStep.APPROVE_EXTENSION, RequestStep.NOTIFY_EXTENSION]
)
def test_an_extension_one_day_late_is_refused(office: Office, late: RequestStep) -> None:
    office.begin().on(DUE)
    for step in (RequestStep.ASK_EXTENSION, RequestStep.APPROVE_EXTENSION, RequestStep.NOTIFY_EXTENSION):
        if step is late:
            assert reason(office.wait(1).do(step)) is Reason.AFTER_DEADLINE
            return
        office.must(step)


def test_there_is_one_extension_and_it_is_approved_first(office: Office) -> None:
    office.begin().must(RequestStep.ASK_EXTENSION)
    assert reason(office.do(RequestStep.NOTIFY_EXTENSION)) is Reason.NO_EXTENSION
    office.must(RequestStep.REFUSE_EXTENSION, RequestStep.ASK_EXTENSION, RequestStep.APPROVE_EXTENSION)
    assert reason(office.do(RequestStep.APPROVE_EXTENSION)) is Reason.NO_EXTENSION
    assert reason(office.do(RequestStep.REFUSE_EXTENSION)) is Reason.NO_EXTENSION
    assert reason(office.do(RequestStep.NOTIFY_EXTENSION, days="10")) is Reason.BAD_FACT
    office.must(RequestStep.NOTIFY_EXTENSION)

    assert reason(office.do(RequestStep.ASK_EXTENSION)) is Reason.ALREADY_EXTENDED


def test_fees_are_off_unless_the_office_charges(office: Office) -> None:
    office.begin()

    assert reason(office.do(RequestStep.CHARGE)) is Reason.FEES_OFF


def test_a_payment_restarts_the_term(office: Office) -> None:
    office.fees = True
    office.begin().must(RequestStep.CHARGE, RequestStep.RECORD_FEE_NOTICE)
    office.on(date(2026, 3, 10)).must(RequestStep.PAY)

    assert office.due() == date(2026, 4, 8)
    assert reason(office.do(RequestStep.CHARGE)) is Reason.ALREADY_CHARGED


def test_an_unpaid_fee_ends_the_request_after_its_term(office: Office) -> None:
    office.fees = True
    office.begin().must(RequestStep.CHARGE)
    assert reason(office.do(RequestStep.LAPSE)) is Reason.TERM_RUNNING
    assert reason(office.do(RequestStep.RECORD_FEE_NOTICE, fee_notice="费9")) is Reason.BAD_FACT
    office.must(RequestStep.RECORD_FEE_NOTICE)
    office.on(date(2026, 4, 20)).must(RequestStep.LAPSE)
    office.approve()

    assert office.request.outcome is Outcome.OTHER_FEE_LAPSED


def test_excessive_requests_are_asked_for_reasons_before_they_are_refused(office: Office) -> None:
    office.must(RequestStep.SUBMIT, RequestStep.ACKNOWLEDGE, RequestStep.ASK_REASONS)
    assert reason(office.do(RequestStep.REJECT_REASONS)) is Reason.NO_REASONS
    office.must(RequestStep.GIVE_REASONS, RequestStep.REJECT_REASONS)
    office.approve()

    assert office.request.outcome is Outcome.NOPROC_EXCESSIVE


def test_who_gives_no_reasons_in_time_can_be_refused_and_not_accepted(office: Office) -> None:
    office.must(RequestStep.SUBMIT, RequestStep.ACKNOWLEDGE, RequestStep.ASK_REASONS)
    office.on(date(2026, 3, 25))

    assert reason(office.do(RequestStep.ACCEPT_REASONS)) is Reason.NO_REASONS
    assert isinstance(office.do(RequestStep.REJECT_REASONS), Event)


def test_reasons_judged_can_be_judged_again_when_the_draft_is_taken_back(office: Office) -> None:
    office.must(RequestStep.SUBMIT, RequestStep.ACKNOWLEDGE, RequestStep.ASK_REASONS, RequestStep.GIVE_REASONS)
    office.must(RequestStep.REJECT_REASONS, RequestStep.BACK, RequestStep.ACCEPT_REASONS)

    assert office.request.stage is Stage.PROCESSING


def test_a_later_term_is_fixed_once_and_only_for_accepted_reasons(office: Office) -> None:
    office.must(RequestStep.SUBMIT, RequestStep.ACKNOWLEDGE, RequestStep.ASK_REASONS, RequestStep.GIVE_REASONS)
    office.must(RequestStep.ACCEPT_REASONS)
    office.do(RequestStep.DELAY, due_on="2026-06-30")

    assert office.due() == date(2026, 6, 30)
    assert reason(office.do(RequestStep.DELAY, due_on="2026-07-30")) is Reason.ALREADY_FIXED
    assert reason(office.do(RequestStep.ASK_EXTENSION)) is Reason.TERM_FIXED


def test_an_ordinary_request_is_not_delayed(office: Office) -> None:
    office.begin()

    assert reason(office.do(RequestStep.DELAY)) is Reason.REASONS_NOT_ACCEPTED


@pytest.mark.parametrize("stage", OPEN)
def test_the_applicant_withdraws_from_every_open_stage(office: Office, stage: Stage) -> None:
    office.begin()
    office.request = replace(office.request, stage=stage)
    office.must(RequestStep.WITHDRAW)

    assert office.request.outcome is Outcome.OTHER_OTHER
    assert office.request.withdrawn


def test_a_transfer_never_touches_the_clock(office: Office) -> None:
    office.begin()
    before = clock_events(office.events)
    office.do(RequestStep.TRANSFER, department="住房和城乡建设局")

    assert clock_events(office.events) == before
    assert office.request.department == "住房和城乡建设局"
    assert office.request.stage is Stage.PROCESSING


def test_a_split_request_ends_without_an_outcome(office: Office) -> None:
    office.begin()
    office.do(RequestStep.SPLIT, parts="云政办〔2025〕12号\n\n 2025年预算 ")

    assert office.request.parts == ("云政办〔2025〕12号", "2025年预算")
    assert (office.request.stage, office.request.outcome) == (Stage.CLOSED, None)


@pytest.mark.parametrize(
    "parts", ["只有一件", "同一件\n同一件", "\n".join(f"第{number}件" for number in range(21)), f"甲\n{'乙' * 2001}"]
)
def test_a_split_makes_two_to_twenty_different_requests(office: Office, parts: str) -> None:
    office.begin()

    assert reason(office.do(RequestStep.SPLIT, parts=parts)) is Reason.BAD_PARTS


def test_what_was_charged_as_a_whole_is_not_split(office: Office) -> None:
    office.fees = True
    office.begin().must(RequestStep.CHARGE, RequestStep.RECORD_FEE_NOTICE, RequestStep.PAY)

    assert reason(office.do(RequestStep.SPLIT)) is Reason.SPLIT_AFTER_FEE


def test_a_merged_request_ends_without_an_outcome(office: Office) -> None:
    office.begin().must(RequestStep.MERGE)

    assert office.request.stage is Stage.CLOSED
    assert office.request.outcome is None
    assert office.request.merged_into == "有"


@pytest.mark.parametrize(
    "other",
    [
        None,
        Earlier(same_applicant=False, replied=False, owed=True, received_on=MONDAY),
        Earlier(same_applicant=True, replied=True, owed=False, received_on=MONDAY),
        Earlier(same_applicant=True, replied=False, owed=True, received_on=date(2026, 3, 3)),
    ],
    ids=["unknown", "stranger's", "answered", "received later"],
)
def test_a_request_is_merged_only_where_its_answer_is_not_put_off(office: Office, other: Earlier | None) -> None:
    office.find = lambda reference: other
    office.begin()

    assert reason(office.do(RequestStep.MERGE)) is Reason.MERGE_UNFIT


@pytest.mark.parametrize(
    "earlier", [None, Earlier(same_applicant=False, replied=True), Earlier(same_applicant=True, replied=False)]
)
def test_a_repeat_points_to_an_answered_request_of_the_same_applicant(office: Office, earlier: Earlier | None) -> None:
    office.find = lambda reference: earlier
    office.begin()

    assert reason(office.do(RequestStep.PROPOSE, proposal=proposal(Outcome.NOPROC_REPEAT))) is Reason.EARLIER_CASE_UNFIT


def test_a_dispute_that_corrects_the_office_orders_one_new_reply(office: Office) -> None:
    office.begin().reply(Outcome.UNABLE_CREATE)
    assert reason(office.do(RequestStep.RULE_DISPUTE)) is Reason.NO_DISPUTE
    office.must(RequestStep.DISPUTE)
    assert reason(office.do(RequestStep.DISPUTE)) is Reason.DISPUTE_KNOWN
    assert reason(office.do(RequestStep.REDO)) is Reason.NOT_ORDERED
    office.on(date(2026, 6, 1)).must(RequestStep.RULE_DISPUTE, RequestStep.REDO)

    assert office.request.stage is Stage.PROCESSING
    assert office.request.outcome is None
    assert office.due() == office.request.due_on

    office.reply(Outcome.OPEN_PROVIDED)
    assert [decision.outcome for decision in office.request.decisions] == [
        Outcome.UNABLE_CREATE,
        Outcome.OPEN_PROVIDED,
    ]
    assert reason(office.do(RequestStep.REDO)) is Reason.NOT_ORDERED


def test_what_was_given_can_become_public_and_a_refusal_cannot(office: Office) -> None:
    office.begin().reply(Outcome.OPEN_PROVIDED)
    refused = Office().begin().reply(Outcome.DENY_SAFETY)

    assert isinstance(office.do(RequestStep.PUBLISH), Event)
    assert reason(refused.do(RequestStep.PUBLISH)) is Reason.NOTHING_GIVEN


def test_nothing_is_filed_without_a_form(office: Office) -> None:
    assert reason(office.attempt(replace(office.act(RequestStep.SUBMIT), filing=None))) is Reason.MISSING_FACTS
    assert reason(office.attempt(replace(office.act(RequestStep.SUBMIT), receipt=None))) is Reason.MISSING_FACTS


def test_an_office_that_knows_no_other_request_merges_nothing(office: Office) -> None:
    office.begin()

    refused = decide(office.request, office.act(RequestStep.MERGE), Circumstances(office.today))
    assert reason(refused) is Reason.MERGE_UNFIT


def test_history_is_taken_as_it_is_even_where_it_has_a_hole(office: Office) -> None:
    office.begin()
    hole = Event(office.act(RequestStep.DELIVER), Stage.SIGNED, Stage.DELIVERED)

    assert evolve(office.request, hole).decisions == ()


def test_a_returned_draft_is_approved_anew(office: Office) -> None:
    office.begin()
    office.do(RequestStep.PROPOSE, proposal=proposal(Outcome.OPEN_PUBLISHED))
    office.must(RequestStep.SUBMIT_DRAFT, RequestStep.PASS_REVIEW, RequestStep.PASS_SECRECY, RequestStep.RETURN)

    assert office.request.stage is Stage.DRAFTING
    assert (office.request.reviewed_by, office.request.secrecy_by, office.request.secrecy_review) == ("", "", "")
    assert isinstance(office.do(RequestStep.PROPOSE, proposal=proposal(Outcome.OPEN_PROVIDED)), Event)


def test_a_reply_is_not_delivered_before_it_was_signed(office: Office) -> None:
    office.begin().wait(3)
    office.do(RequestStep.PROPOSE, proposal=proposal(Outcome.OPEN_PUBLISHED))
    office.must(RequestStep.SUBMIT_DRAFT, RequestStep.PASS_REVIEW, RequestStep.PASS_SECRECY, RequestStep.SIGN)

    assert reason(office.do(RequestStep.DELIVER, on=date(2026, 3, 3), note="邮戳")) is Reason.BAD_FACT


@pytest.mark.parametrize(
    ("outcome", "fact"),
    [
        (outcome, fact)
        for outcome, ruling in RULINGS.items()
        for fact in ruling.evidence
        if fact is not Fact.SECRECY_REVIEW and outcome not in LAPSES
    ],
)
def test_no_outcome_goes_to_review_without_its_evidence(office: Office, outcome: Outcome, fact: Fact) -> None:
    office.begin()
    office.do(RequestStep.PROPOSE, proposal=proposal(outcome, fact))
    refused = office.do(RequestStep.SUBMIT_DRAFT)

    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.MISSING_EVIDENCE
    assert fact in refused.missing


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_can_be_reached_with_its_evidence_and_approvals(outcome: Outcome) -> None:
    office = Office(fees=True)
    office.live(outcome)

    assert office.request.outcome is outcome
    assert office.request.stage is Stage.CLOSED


PROVEN = [
    Outcome.DENY_THIRD,
    Outcome.UNABLE_NOT_HELD,
    Outcome.UNABLE_UNCLEAR,
    Outcome.NOPROC_EXCESSIVE,
    Outcome.OTHER_OTHER,
]


@pytest.mark.parametrize("outcome", PROVEN)
def test_what_the_history_must_prove_is_not_taken_on_trust(office: Office, outcome: Outcome) -> None:
    office.begin()
    office.do(RequestStep.PROPOSE, proposal=proposal(outcome))

    assert reason(office.do(RequestStep.SUBMIT_DRAFT)) is Reason.MISSING_EVIDENCE


@pytest.mark.parametrize("outcome", sorted(LAPSES))
def test_a_lapse_is_never_a_free_choice(office: Office, outcome: Outcome) -> None:
    office.begin()

    assert reason(office.do(RequestStep.PROPOSE, proposal=proposal(outcome))) is Reason.ONLY_BY_LAPSE


def test_a_third_party_that_agreed_is_no_ground_to_refuse(office: Office) -> None:
    office.begin().must(RequestStep.CONSULT, RequestStep.ANSWER_CONSULTATION)
    office.do(RequestStep.PROPOSE, proposal=proposal(Outcome.DENY_THIRD))

    assert office.do(RequestStep.SUBMIT_DRAFT) == Refusal(Reason.MISSING_EVIDENCE, frozenset({Fact.THIRD_PARTY_HEARD}))


def test_not_held_needs_a_search_by_a_person_after_that_of_the_bot(office: Office) -> None:
    office.do(RequestStep.SUBMIT, system="政策知识库", keywords="加装电梯", hits="没有匹配")
    office.must(RequestStep.ACKNOWLEDGE, RequestStep.ACCEPT)
    office.do(RequestStep.PROPOSE, proposal=proposal(Outcome.UNABLE_NOT_HELD))
    assert office.do(RequestStep.SUBMIT_DRAFT) == Refusal(Reason.MISSING_EVIDENCE, frozenset({Fact.SEARCH_RECORD}))

    office.must(RequestStep.SEARCH)
    office.approve()

    assert [search.by for search in office.request.searches] == ["", "承办员"]


@pytest.mark.parametrize(
    "part",
    [
        Withheld("", Outcome.DENY_SECRET, "理由"),
        Withheld("第二页", Outcome.DENY_SECRET, " "),
        Withheld("第二页", Outcome.NOPROC_PETITION, "理由"),
    ],
)
def test_every_withheld_part_has_its_ground_and_reason(office: Office, part: Withheld) -> None:
    office.begin()
    office.do(RequestStep.PROPOSE, proposal=Proposal(Outcome.PARTIAL, {Fact.REDACTED_COPY: "附件"}, (part,)))

    assert reason(office.do(RequestStep.SUBMIT_DRAFT)) is Reason.WITHHELD_WITHOUT_GROUND


@pytest.mark.parametrize("ground", [None, *sorted(GROUNDS)])
def test_a_part_may_be_withheld_on_each_ground_of_the_law(office: Office, ground: Outcome | None) -> None:
    office.begin()
    part = Withheld("第二页", ground, "理由")
    office.do(RequestStep.PROPOSE, proposal=Proposal(Outcome.PARTIAL, {Fact.REDACTED_COPY: "附件"}, (part,)))

    assert isinstance(office.do(RequestStep.SUBMIT_DRAFT), Event)


@pytest.mark.parametrize(
    ("outcome", "fact"),
    [(Outcome.DENY_INTERNAL, Fact.INTERNAL_KIND), (Outcome.DENY_PROCESS, Fact.PROCESS_KIND)],
)
def test_the_kind_of_art_16_is_one_of_its_words(office: Office, outcome: Outcome, fact: Fact) -> None:
    office.begin()
    stated = proposal(outcome)
    office.do(RequestStep.PROPOSE, proposal=replace(stated, facts={**stated.facts, fact: "内部资料"}))

    assert office.do(RequestStep.SUBMIT_DRAFT) == Refusal(Reason.BAD_FACT, frozenset({fact}))


def test_other_can_rest_on_a_finding_instead_of_a_withdrawal(office: Office) -> None:
    office.begin()
    office.do(RequestStep.PROPOSE, proposal=Proposal(Outcome.OTHER_OTHER, {Fact.FINDING: "申请人死亡"}))
    office.approve()

    assert office.request.outcome is Outcome.OTHER_OTHER
    assert not office.request.withdrawn


def test_a_draft_without_a_proposal_goes_nowhere(office: Office) -> None:
    office.begin()

    assert reason(office.do(RequestStep.PROPOSE)) is Reason.NO_PROPOSAL


def test_the_clock_reads_what_concerns_it_and_nothing_else(office: Office) -> None:
    office.begin().must(RequestStep.NOTE, RequestStep.TRANSFER, RequestStep.SEARCH, RequestStep.CONSULT)
    office.must(RequestStep.RECORD_CONSULTATION, RequestStep.ANSWER_CONSULTATION)
    office.reply(Outcome.OPEN_PUBLISHED)

    assert [each.what for each in clock_events(office.events)] == [
        Happening.RECEIVED,
        Happening.CONSULTED,
        Happening.REACHED,
        Happening.ANSWERED,
    ]
