"""The judgement on a step in a formal request: legal here, by this person, now, with what it states."""

from collections.abc import Mapping
from types import MappingProxyType

from register.charging import Measure
from register.circumstances import Circumstances
from register.consultation import Party
from register.delivery import Delivery
from register.disputes import DisputeKind, DisputeResult
from register.facts import Fact
from register.guards import GUARDS
from register.refusals import Reason, Refusal
from register.request import Act, DisclosureRequest, Event, View
from register.rules import TABLE, Rule
from register.steps import RequestStep, Role, Stage
from register.timeline import date_of

MAX_EXTENSION = 20
"""Working days (art. 33 para 2)."""


def decide(request: DisclosureRequest, act: Act, circumstances: Circumstances) -> Event | Refusal:
    """Return the event that this act makes, or why it is refused; nothing else in the register makes an event."""
    rule = TABLE.get((request.stage, act.step))
    if rule is None:
        return Refusal(Reason.NOT_HERE)
    refusal = (
        _against_person(request, act, rule) or _against_facts(act, rule) or _against_day(request, act, circumstances)
    )
    guard = GUARDS.get(act.step)
    if refusal is None and guard is not None:
        refusal = guard(request, act, circumstances)
    if refusal is not None:
        return refusal
    return Event(act, before=request.stage, after=rule.to or _destination(request, act), clock=rule.clock)


def _destination(request: DisclosureRequest, act: Act) -> Stage:
    if act.step is RequestStep.BACK:
        return request.origin or Stage.PROCESSING
    others = [
        each for each in request.hearings if each.ended_on is None and each.letter != act.facts[Fact.CONSULTATION]
    ]
    return Stage.CONSULTING if others else Stage.PROCESSING


def _against_person(request: DisclosureRequest, act: Act, rule: Rule) -> Refusal | None:
    if act.role not in rule.by:
        return Refusal(Reason.WRONG_ROLE)
    if rule.apart and act.actor in request.handlers:
        return Refusal(Reason.OWN_WORK)
    if act.role is Role.HANDLER and act.actor in request.approvers:
        return Refusal(Reason.OWN_WORK)
    return None


_DATES = frozenset({Fact.DUE_ON, Fact.TERM_END, Fact.PREVIOUS_DUE})
_WORDS: Mapping[Fact, frozenset[str]] = MappingProxyType(
    {
        Fact.BASIS: frozenset(Party),
        Fact.ANSWER: frozenset({View.AGREES, View.PARTLY, View.OBJECTS}),
        Fact.MEASURE: frozenset(Measure),
        Fact.METHOD: frozenset(Delivery),
        Fact.DISPUTE_KIND: frozenset(DisputeKind),
        Fact.DISPUTE_RESULT: frozenset(DisputeResult),
        Fact.DAYS: frozenset(str(days) for days in range(1, MAX_EXTENSION + 1)),
    }
)


def _against_facts(act: Act, rule: Rule) -> Refusal | None:
    missing = frozenset(fact for fact in rule.states if not act.facts.get(fact, "").strip())
    if missing:
        return Refusal(Reason.MISSING_FACTS, missing)
    wrong = frozenset(
        fact
        for fact in act.facts
        if (fact in _DATES and date_of(act, fact) is None) or (fact in _WORDS and act.facts[fact] not in _WORDS[fact])
    )
    return Refusal(Reason.BAD_FACT, wrong) if wrong else None


def _against_day(request: DisclosureRequest, act: Act, circumstances: Circumstances) -> Refusal | None:
    if act.on > circumstances.today:
        return Refusal(Reason.FUTURE)
    if request.receipt is not None and act.on < request.receipt.arrived_on:
        return Refusal(Reason.BEFORE_RECEIPT)
    if act.on < circumstances.today and not act.note.strip() and act.step is not RequestStep.SUBMIT:
        return Refusal(Reason.BACKDATED)
    return None
