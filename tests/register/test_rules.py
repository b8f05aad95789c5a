import pytest

from register.facts import NAMES, Fact, listed
from register.rules import OPEN, TABLE, offered
from register.steps import RequestStep, Role, Stage

ARROWS = [
    (Stage.DRAFT, RequestStep.SUBMIT, Stage.RECEIVED),
    (Stage.RECEIVED, RequestStep.ACKNOWLEDGE, Stage.TRIAGE),
    (Stage.TRIAGE, RequestStep.ASK_CORRECTION, Stage.CORRECTION),
    (Stage.CORRECTION, RequestStep.CORRECT, Stage.PROCESSING),
    (Stage.CORRECTION, RequestStep.LAPSE, Stage.DRAFTING),
    (Stage.TRIAGE, RequestStep.ASK_REASONS, Stage.REASONS),
    (Stage.REASONS, RequestStep.ACCEPT_REASONS, Stage.PROCESSING),
    (Stage.REASONS, RequestStep.REJECT_REASONS, Stage.DRAFTING),
    (Stage.TRIAGE, RequestStep.CHARGE, Stage.FEE),
    (Stage.PROCESSING, RequestStep.CHARGE, Stage.FEE),
    (Stage.FEE, RequestStep.PAY, Stage.PROCESSING),
    (Stage.FEE, RequestStep.LAPSE, Stage.DRAFTING),
    (Stage.PROCESSING, RequestStep.CONSULT, Stage.CONSULTING),
    (Stage.CONSULTING, RequestStep.ANSWER_CONSULTATION, None),
    (Stage.PROCESSING, RequestStep.NOTIFY_EXTENSION, Stage.PROCESSING),
    (Stage.PROCESSING, RequestStep.PROPOSE, Stage.DRAFTING),
    (Stage.DRAFTING, RequestStep.SUBMIT_DRAFT, Stage.REVIEW),
    (Stage.REVIEW, RequestStep.PASS_REVIEW, Stage.SECRECY),
    (Stage.SECRECY, RequestStep.PASS_SECRECY, Stage.SIGNING),
    (Stage.SIGNING, RequestStep.SIGN, Stage.SIGNED),
    (Stage.SIGNED, RequestStep.DELIVER, Stage.DELIVERED),
    (Stage.DELIVERED, RequestStep.CLOSE, Stage.CLOSED),
    (Stage.CLOSED, RequestStep.REDO, Stage.PROCESSING),
    (Stage.CLOSED, RequestStep.PUBLISH, Stage.CLOSED),
    *[(stage, RequestStep.WITHDRAW, Stage.CLOSED) for stage in OPEN],
    *[(stage, RequestStep.TRANSFER, stage) for stage in OPEN],
]


@pytest.mark.parametrize(("before", "step", "after"), ARROWS)
def test_the_life_cycle_of_the_law_is_in_the_table(before: Stage, step: RequestStep, after: Stage | None) -> None:
    assert TABLE[before, step].to is after


def test_only_approvals_lie_between_a_draft_and_the_signature() -> None:
    assert {
        step for (_, step), rule in TABLE.items() if rule.to is Stage.SIGNED and step is not RequestStep.TRANSFER
    } == {
        RequestStep.SIGN,
        RequestStep.NOTE,
        RequestStep.RECOMPUTE,
        RequestStep.RECORD_UNDELIVERED,
        RequestStep.RECORD_THIRD_PARTY_NOTICE,
    }
    assert {before for (before, step), rule in TABLE.items() if step is RequestStep.SIGN} == {Stage.SIGNING}


def test_every_step_has_its_place_and_every_stage_is_reached() -> None:
    assert {step for _, step in TABLE} == set(RequestStep)
    assert {rule.to for rule in TABLE.values()} >= set(Stage) - {Stage.DRAFT}


def test_nobody_but_the_applicant_side_files_corrects_or_withdraws() -> None:
    for step in (RequestStep.SUBMIT, RequestStep.CORRECT, RequestStep.GIVE_REASONS, RequestStep.WITHDRAW):
        assert {role for (_, each), rule in TABLE.items() if each is step for role in rule.by} == {
            Role.APPLICANT,
            Role.INTAKE,
        }


def test_every_approval_is_apart_from_the_handling() -> None:
    approving = {Role.REVIEWER, Role.SECRECY_REVIEWER, Role.SIGNER}
    harmless = {RequestStep.NOTE, RequestStep.REFUSE_EXTENSION}
    assert all(rule.apart for (_, step), rule in TABLE.items() if rule.by <= approving and step not in harmless)


def test_a_page_offers_a_role_its_steps_in_order() -> None:
    assert offered(Stage.SIGNING, Role.SIGNER) == (
        RequestStep.APPROVE_EXTENSION,
        RequestStep.REFUSE_EXTENSION,
        RequestStep.RETURN,
        RequestStep.SIGN,
        RequestStep.NOTE,
    )
    assert offered(Stage.CLOSED, Role.APPLICANT) == ()


def test_every_fact_has_a_name_for_staff() -> None:
    assert set(NAMES) == set(Fact)
    assert listed([Fact.REASON, Fact.LINK]) == "公开链接或者知识库编号、理由"
