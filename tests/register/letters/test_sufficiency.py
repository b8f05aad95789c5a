"""What the steps and the outcomes must state is all that their letters need."""

from dataclasses import replace
from datetime import date

import pytest

from register.course import evolve
from register.facts import Fact
from register.letters.composition import Sheet, compose
from register.letters.kinds import Kind, LetterKind
from register.letters.printing import plain_text
from register.outcomes import LAPSES, Outcome
from register.request import DisclosureRequest, Event
from register.steps import RequestStep, Stage
from tests.register.letters.samples import AGENCY, WORDING
from tests.register.office import Office, proposal

OPENED = (RequestStep.SUBMIT, RequestStep.ACKNOWLEDGE)
LETTERS = {
    LetterKind.RECEIPT: OPENED,
    LetterKind.CORRECTION: (*OPENED, RequestStep.ASK_CORRECTION),
    LetterKind.REASONS: (*OPENED, RequestStep.ASK_REASONS),
    LetterKind.DELAY: (
        *OPENED,
        RequestStep.ASK_REASONS,
        RequestStep.GIVE_REASONS,
        RequestStep.ACCEPT_REASONS,
        RequestStep.DELAY,
    ),
    LetterKind.EXTENSION: (
        *OPENED,
        RequestStep.ASK_EXTENSION,
        RequestStep.APPROVE_EXTENSION,
        RequestStep.NOTIFY_EXTENSION,
    ),
    LetterKind.FEE: (*OPENED, RequestStep.CHARGE),
    LetterKind.CONSULT_THIRD: (*OPENED, RequestStep.ACCEPT, RequestStep.CONSULT),
    LetterKind.CONSULT_CONFIRMATION: (*OPENED, RequestStep.ACCEPT, RequestStep.CONSULT),
    LetterKind.CONSULT_JOINT: (*OPENED, RequestStep.ACCEPT, RequestStep.CONSULT),
    LetterKind.CONSULT_NOTICE: (*OPENED, RequestStep.ACCEPT, RequestStep.CONSULT),
    LetterKind.WITHDRAWAL: (*OPENED, RequestStep.WITHDRAW),
}


def sheet(kind: Kind, office: Office) -> Sheet:
    return Sheet(
        kind=kind,
        reference="云岭-2026-000002",
        dated=office.today,
        number="云建公开〔2026〕8号",
        addressee=""
        if kind not in {LetterKind.CONSULT_THIRD, LetterKind.CONSULT_CONFIRMATION, LetterKind.CONSULT_JOINT}
        else "甲",
        facts={} if isinstance(kind, Outcome) else office.events[-1].act.facts,
        due_on=date(2026, 3, 30),
        original_due_on=date(2026, 3, 30),
        code="ABCD2345",
    )


@pytest.mark.parametrize("kind", LETTERS)
def test_the_letter_of_a_step_needs_no_more_than_the_step_states(kind: LetterKind) -> None:
    office = Office(fees=True)
    office.must(*LETTERS[kind])

    assert plain_text(compose(office.request, sheet(kind, office), WORDING, AGENCY))


def test_a_third_party_overruled_is_told_with_what_the_step_states() -> None:
    office = Office().begin()
    office.must(RequestStep.CONSULT)
    office.do(RequestStep.ANSWER_CONSULTATION, answer="objects", reason="商业秘密")
    office.must(RequestStep.INFORM_THIRD_PARTY)
    told = replace(sheet(LetterKind.DISCLOSURE_NOTICE, office), addressee="甲公司")

    assert plain_text(compose(office.request, told, WORDING, AGENCY))


def drafted(outcome: Outcome) -> DisclosureRequest:
    """Return a request whose history holds what an outcome rests on, its proposal only what the outcome asks for."""
    office = Office(fees=True)
    office.must(*OPENED, RequestStep.ASK_CORRECTION, RequestStep.CORRECT, RequestStep.SEARCH, RequestStep.CONSULT)
    office.must(RequestStep.RECORD_CONSULTATION)
    office.on(date(2026, 3, 25)).must(RequestStep.NOTE_SILENCE, RequestStep.CHARGE, RequestStep.RECORD_FEE_NOTICE)
    asked = Event(
        office.act(RequestStep.ASK_REASONS, due_on="2026-04-10", reason="一月六十件"), Stage.TRIAGE, Stage.REASONS
    )
    heard = evolve(office.request, asked)
    lapse = {Fact.NOTICE_DELIVERED: "邮件号1", Fact.TERM_END: "2026-03-23", Fact.FEE_NOTICE: "费1"}
    other = {Fact.FINDING: "申请人死亡"}
    stated = proposal(outcome)
    facts = lapse if outcome in LAPSES else other if outcome is Outcome.OTHER_OTHER else stated.facts
    return replace(heard, proposal=replace(stated, facts=facts))


@pytest.mark.parametrize("outcome", Outcome)
def test_the_letter_of_an_outcome_needs_no_more_than_its_evidence(outcome: Outcome) -> None:
    letter = compose(drafted(outcome), sheet(outcome, Office()), WORDING, AGENCY)

    assert plain_text(letter)
