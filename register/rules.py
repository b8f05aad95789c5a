"""The legal steps of a formal request (依申请公开) as one table; whatever is not in it is not legal."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from register.clock import Happening
from register.facts import Fact
from register.steps import RequestStep, Role, Stage


@dataclass(frozen=True, slots=True)
class Rule:
    """Where a step leads, in which capacities it may be taken, what it must state, and what it is to the clock.

    `to` None means: back to where the draft came from, or on when the last open consultation ends; `apart`: nobody who
    handled the request may take the step (承办与审批分离).
    """

    to: Stage | None
    by: frozenset[Role]
    states: frozenset[Fact] = frozenset()
    clock: Happening | None = None
    apart: bool = False


OPEN = (
    Stage.RECEIVED,
    Stage.TRIAGE,
    Stage.CORRECTION,
    Stage.REASONS,
    Stage.FEE,
    Stage.PROCESSING,
    Stage.CONSULTING,
    Stage.DRAFTING,
    Stage.REVIEW,
    Stage.SECRECY,
    Stage.SIGNING,
    Stage.SIGNED,
)
"""Stages in which an answer is still owed."""
_HEARD = (
    Stage.PROCESSING,
    Stage.CONSULTING,
    Stage.DRAFTING,
    Stage.REVIEW,
    Stage.SECRECY,
    Stage.SIGNING,
)
_EXTENDABLE = (Stage.TRIAGE, *_HEARD)
_SEARCHABLE = (Stage.TRIAGE, Stage.PROCESSING, Stage.CONSULTING, Stage.DRAFTING)
_DECIDED = (Stage.DELIVERED, Stage.CLOSED)
_NOTABLE = (*OPEN, *_DECIDED)

_APPLICANT = frozenset({Role.APPLICANT, Role.INTAKE})
_INTAKE = frozenset({Role.INTAKE})
_OFFICE = frozenset({Role.INTAKE, Role.HANDLER})
_HANDLER = frozenset({Role.HANDLER})
_REVIEWER = frozenset({Role.REVIEWER})
_SECRECY = frozenset({Role.SECRECY_REVIEWER})
_SIGNER = frozenset({Role.SIGNER})
_NOTED = frozenset({Role.INTAKE, Role.HANDLER, Role.SYSTEM})
_STAFF = frozenset({Role.INTAKE, Role.HANDLER, Role.REVIEWER, Role.SECRECY_REVIEWER, Role.SIGNER})

_Key = tuple[Stage, RequestStep]


def _rule(
    to: Stage | None, by: frozenset[Role], *states: Fact, clock: Happening | None = None, apart: bool = False
) -> Rule:
    return Rule(to, by, frozenset(states), clock, apart)


def _staying(stages: tuple[Stage, ...], step: RequestStep, by: frozenset[Role], *states: Fact) -> dict[_Key, Rule]:
    return {(stage, step): _rule(stage, by, *states) for stage in stages}


def _leading(stages: tuple[Stage, ...], step: RequestStep, rule: Rule) -> dict[_Key, Rule]:
    return {(stage, step): rule for stage in stages}


_INTAKE_STEPS: dict[_Key, Rule] = {
    (Stage.DRAFT, RequestStep.SUBMIT): _rule(Stage.RECEIVED, _APPLICANT, clock=Happening.RECEIVED),
    (Stage.RECEIVED, RequestStep.CONFIRM_RECEIPT): _rule(
        Stage.RECEIVED, _INTAKE, Fact.CONFIRMATION, clock=Happening.RECEIVED
    ),
    (Stage.RECEIVED, RequestStep.ACKNOWLEDGE): _rule(Stage.TRIAGE, frozenset({Role.INTAKE, Role.SYSTEM})),
    (Stage.TRIAGE, RequestStep.ACCEPT): _rule(Stage.PROCESSING, _OFFICE),
    (Stage.TRIAGE, RequestStep.ASK_CORRECTION): _rule(
        Stage.CORRECTION, _HANDLER, Fact.ITEMS, Fact.GUIDANCE, Fact.DUE_ON, clock=Happening.CORRECTION_ASKED
    ),
    (Stage.CORRECTION, RequestStep.CORRECT): _rule(
        Stage.PROCESSING, _APPLICANT, Fact.CORRECTION_TEXT, clock=Happening.CORRECTED
    ),
    (Stage.CORRECTION, RequestStep.GRANT_TIME): _rule(Stage.CORRECTION, _HANDLER, Fact.REASON, Fact.DUE_ON),
    (Stage.CORRECTION, RequestStep.LAPSE): _rule(
        Stage.DRAFTING, _HANDLER, Fact.NOTICE_DELIVERED, Fact.TERM_END, Fact.FINDING
    ),
    (Stage.TRIAGE, RequestStep.ASK_REASONS): _rule(Stage.REASONS, _HANDLER, Fact.REASON, Fact.DUE_ON),
    (Stage.REASONS, RequestStep.GIVE_REASONS): _rule(Stage.REASONS, _APPLICANT, Fact.REASONS_GIVEN),
    (Stage.REASONS, RequestStep.ACCEPT_REASONS): _rule(Stage.PROCESSING, _HANDLER, Fact.FINDING),
    (Stage.REASONS, RequestStep.REJECT_REASONS): _rule(Stage.DRAFTING, _HANDLER, Fact.FINDING),
    (Stage.PROCESSING, RequestStep.DELAY): _rule(
        Stage.PROCESSING, _SIGNER, Fact.REASON, Fact.DUE_ON, clock=Happening.TERM_SET, apart=True
    ),
}
_FEE_STEPS: dict[_Key, Rule] = {
    **_leading(
        (Stage.TRIAGE, Stage.PROCESSING),
        RequestStep.CHARGE,
        _rule(
            Stage.FEE,
            _SIGNER,
            Fact.FEE_NOTICE,
            Fact.MEASURE,
            Fact.AMOUNT,
            Fact.COMPUTATION,
            clock=Happening.FEE_ASKED,
            apart=True,
        ),
    ),
    (Stage.FEE, RequestStep.RECORD_FEE_NOTICE): _rule(
        Stage.FEE, _NOTED, Fact.FEE_NOTICE, Fact.PROOF, Fact.DUE_ON, clock=Happening.REACHED
    ),
    (Stage.FEE, RequestStep.PAY): _rule(Stage.PROCESSING, _NOTED, Fact.PROOF, clock=Happening.FEE_PAID),
    (Stage.FEE, RequestStep.LAPSE): _rule(Stage.DRAFTING, _HANDLER, Fact.FEE_NOTICE, Fact.NOTICE_DELIVERED),
}
_CONSULTATION_STEPS: dict[_Key, Rule] = {
    **_leading(
        (Stage.PROCESSING, Stage.CONSULTING),
        RequestStep.CONSULT,
        _rule(
            Stage.CONSULTING,
            _HANDLER,
            Fact.CONSULTATION,
            Fact.RECIPIENT,
            Fact.BASIS,
            Fact.QUESTION,
            clock=Happening.CONSULTED,
        ),
    ),
    (Stage.CONSULTING, RequestStep.RECORD_CONSULTATION): _rule(
        Stage.CONSULTING,
        _NOTED,
        Fact.CONSULTATION,
        Fact.METHOD,
        Fact.PROOF,
        Fact.DUE_ON,
        clock=Happening.REACHED,
    ),
    # after the hearing only where silence was noted too early
    **{
        (stage, RequestStep.ANSWER_CONSULTATION): _rule(
            None if stage is Stage.CONSULTING else stage,
            _OFFICE,
            Fact.CONSULTATION,
            Fact.ANSWER,
            clock=Happening.ANSWERED,
        )
        for stage in _HEARD
    },
    **{
        (stage, RequestStep.NOTE_SILENCE): _rule(
            None if stage is Stage.CONSULTING else stage, _NOTED, Fact.CONSULTATION, clock=Happening.SILENT
        )
        for stage in _HEARD
    },
    **_staying(
        (Stage.PROCESSING, Stage.DRAFTING),
        RequestStep.INFORM_THIRD_PARTY,
        _HANDLER,
        Fact.CONSULTATION,
        Fact.REASON,
        Fact.TEXT,
    ),
    **_staying(
        (*_HEARD, Stage.SIGNED, *_DECIDED),
        RequestStep.RECORD_THIRD_PARTY_NOTICE,
        _NOTED,
        Fact.CONSULTATION,
        Fact.METHOD,
        Fact.PROOF,
    ),
}
_EXTENSION_STEPS: dict[_Key, Rule] = {
    **_staying(_EXTENDABLE, RequestStep.ASK_EXTENSION, _HANDLER, Fact.DAYS, Fact.REASON),
    **{(stage, RequestStep.APPROVE_EXTENSION): _rule(stage, _SIGNER, apart=True) for stage in _EXTENDABLE},
    **_staying(_EXTENDABLE, RequestStep.REFUSE_EXTENSION, _SIGNER, Fact.REASON),
    **{
        (stage, RequestStep.NOTIFY_EXTENSION): _rule(stage, _NOTED, Fact.DAYS, Fact.PROOF, clock=Happening.EXTENDED)
        for stage in _EXTENDABLE
    },
}
_REPLY_STEPS: dict[_Key, Rule] = {
    **_staying(_SEARCHABLE, RequestStep.SEARCH, _HANDLER, Fact.SYSTEM, Fact.KEYWORDS, Fact.HITS),
    (Stage.PROCESSING, RequestStep.PROPOSE): _rule(Stage.DRAFTING, _HANDLER),
    (Stage.DRAFTING, RequestStep.PROPOSE): _rule(Stage.DRAFTING, _HANDLER),
    (Stage.DRAFTING, RequestStep.BACK): _rule(None, _HANDLER, Fact.REASON),
    (Stage.DRAFTING, RequestStep.SUBMIT_DRAFT): _rule(Stage.REVIEW, _HANDLER),
    (Stage.REVIEW, RequestStep.PASS_REVIEW): _rule(Stage.SECRECY, _REVIEWER, apart=True),
    (Stage.SECRECY, RequestStep.REFER): _rule(Stage.SECRECY, _SECRECY, Fact.RECIPIENT, Fact.QUESTION, apart=True),
    (Stage.SECRECY, RequestStep.PASS_SECRECY): _rule(Stage.SIGNING, _SECRECY, Fact.SECRECY_REVIEW, apart=True),
    (Stage.REVIEW, RequestStep.RETURN): _rule(Stage.DRAFTING, _REVIEWER, Fact.REASON, apart=True),
    (Stage.SECRECY, RequestStep.RETURN): _rule(Stage.DRAFTING, _SECRECY, Fact.REASON, apart=True),
    (Stage.SIGNING, RequestStep.RETURN): _rule(Stage.DRAFTING, _SIGNER, Fact.REASON, apart=True),
    (Stage.SIGNING, RequestStep.SIGN): _rule(Stage.SIGNED, _SIGNER, Fact.LETTER_NUMBER, Fact.LETTER_DIGEST, apart=True),
    (Stage.SIGNED, RequestStep.DELIVER): _rule(Stage.DELIVERED, _NOTED, Fact.METHOD, Fact.PROOF),
    (Stage.SIGNED, RequestStep.RECORD_UNDELIVERED): _rule(Stage.SIGNED, _NOTED, Fact.REASON),
    **_staying(_DECIDED, RequestStep.RECORD_ARRIVAL, _NOTED, Fact.PROOF),
    (Stage.DELIVERED, RequestStep.CLOSE): _rule(Stage.CLOSED, _NOTED),
}
_COMMON_STEPS: dict[_Key, Rule] = {
    **_leading(OPEN, RequestStep.WITHDRAW, _rule(Stage.CLOSED, _APPLICANT, Fact.WITHDRAWAL)),
    **_staying(OPEN, RequestStep.TRANSFER, _OFFICE, Fact.DEPARTMENT),
    **_leading(
        (Stage.TRIAGE, Stage.PROCESSING), RequestStep.SPLIT, _rule(Stage.CLOSED, _OFFICE, Fact.PARTS, Fact.REASON)
    ),
    **_leading(
        (Stage.RECEIVED, Stage.TRIAGE, Stage.PROCESSING),
        RequestStep.MERGE,
        _rule(Stage.CLOSED, _OFFICE, Fact.MERGED_INTO, Fact.REASON),
    ),
    **_staying(OPEN, RequestStep.RECOMPUTE, frozenset({Role.SYSTEM}), Fact.CALENDAR),
    **_staying(_NOTABLE, RequestStep.NOTE, _STAFF, Fact.TEXT),
    **_staying(_DECIDED, RequestStep.DISPUTE, _OFFICE, Fact.DISPUTE, Fact.DISPUTE_KIND),
    **_staying(_DECIDED, RequestStep.RULE_DISPUTE, _OFFICE, Fact.DISPUTE, Fact.DISPUTE_RESULT),
    (Stage.CLOSED, RequestStep.REDO): _rule(
        Stage.PROCESSING, _HANDLER, Fact.DISPUTE, Fact.DUE_ON, clock=Happening.TERM_SET
    ),
    **_staying((Stage.CLOSED,), RequestStep.PUBLISH, _HANDLER, Fact.REASON),
}
TABLE: Mapping[_Key, Rule] = MappingProxyType(
    _INTAKE_STEPS | _FEE_STEPS | _CONSULTATION_STEPS | _EXTENSION_STEPS | _REPLY_STEPS | _COMMON_STEPS
)


def offered(stage: Stage, role: Role) -> tuple[RequestStep, ...]:
    """Return the steps of a stage that somebody in this capacity may take, in the order of a page.

    What has happened in the request may still forbid one of them: `register/proceedings.py` decides.
    """
    return tuple(step for step in RequestStep if (rule := TABLE.get((stage, step))) is not None and role in rule.by)
