"""The legal steps that a person may take on a formal request now, and what each asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType

from console import request_texts as texts
from console.auth import Staff
from console.ports import Role
from register.correspondence import NUMBERED, File
from register.docket import Head
from register.facts import NAMES, Fact
from register.lawbook import TERMS_OF_LAW
from register.office import DisclosureOffice
from register.request import Act, DisclosureRequest
from register.rules import OPEN, TABLE
from register.steps import RequestStep
from register.steps import Role as Capacity

CAPACITIES: Mapping[Role, tuple[Capacity, ...]] = MappingProxyType(
    {
        Role.INTAKE: (Capacity.INTAKE,),
        Role.OFFICER: (Capacity.HANDLER, Capacity.INTAKE),
        Role.REVIEWER: (Capacity.REVIEWER,),
        Role.SECRECY: (Capacity.SECRECY_REVIEWER,),
        Role.SIGNER: (Capacity.SIGNER,),
    }
)
"""In which capacities of the register each role acts; in a small office one officer takes in and handles."""
UNASKED = frozenset({RequestStep.SUBMIT, RequestStep.PROPOSE, RequestStep.PUBLISH})
"""Steps that have a page of their own, or none."""
EXAMPLES: Mapping[Fact, str] = MappingProxyType({Fact.PARTS: "甲\n乙"})
"""What fits into a fact in which not everything does."""
COMPUTED = frozenset({Fact.AMOUNT, Fact.COMPUTATION})
"""What the register computes for a charge."""


@dataclass(frozen=True, slots=True)
class Field:
    """One fact that a step asks for, and how."""

    fact: Fact
    label: str
    choices: Mapping[str, str]
    kind: str
    value: str = ""
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Offer:
    """A step that this person may take now, with what it asks."""

    step: RequestStep
    label: str
    day: str
    """What its date is."""
    fields: tuple[Field, ...]


def offers(
    office: DisclosureOffice, file: File, staff: Staff, *, others: Mapping[str, Head] = MappingProxyType({})
) -> tuple[Offer, ...]:
    """Return the steps that are legal now for this person, in their order; the register judges each again.

    `others` are the other requests of the same applicant, into which this one may be merged.
    """
    mergeable = {each: each for each, head in others.items() if head.stage in OPEN}
    own = CAPACITIES.get(staff.role, ())
    found = []
    for step in RequestStep:
        rule = TABLE.get((file.request.stage, step))
        capacity = next((each for each in own if rule is not None and each in rule.by), None)
        if rule is None or capacity is None or step in UNASKED:
            continue
        if step is RequestStep.MERGE and not mergeable:
            continue
        asked = sorted(asked_facts(step, rule.states), key=list(Fact).index)
        fields = tuple(replace(field_of(file, step, fact), needed=fact in rule.states) for fact in asked)
        if step is RequestStep.MERGE:
            fields = tuple(
                replace(each, choices=mergeable, kind="choice") if each.fact is Fact.MERGED_INTO else each
                for each in fields
            )
        probe = _probe(office, step, capacity, staff, asked=fields, states=rule.states)
        fields = tuple(_narrowed(office, file, probe, each) for each in fields)
        if office.refused(file, _probe(office, step, capacity, staff, asked=fields, states=rule.states)) is None:
            found.append(Offer(step, texts.STEP[step], texts.DAY.get(step, "日期"), fields))
    return tuple(found)


def _narrowed(office: DisclosureOffice, file: File, probe: Act, field: Field) -> Field:
    """Return a field that asks for a letter with those alone for which the step can be taken."""
    if field.fact is not Fact.CONSULTATION:
        return field
    taken = {
        letter: label
        for letter, label in field.choices.items()
        if office.refused(file, replace(probe, facts={**probe.facts, field.fact: letter})) is None
    }
    return replace(field, choices=taken)


def _probe(
    office: DisclosureOffice,
    step: RequestStep,
    capacity: Capacity,
    staff: Staff,
    *,
    asked: Sequence[Field],
    states: frozenset[Fact],
) -> Act:
    """Return the step as it could be taken today, with something fitting in each of its facts."""
    today = office.today()
    later = (today + timedelta(days=30)).isoformat()
    facts = {fact: later if fact in texts.DATES else "x" for fact in states}
    for field in asked:
        fitting = later if field.kind == "date" else next(reversed([*field.choices]), "x")
        facts[field.fact] = EXAMPLES.get(field.fact) or field.value or fitting
    return Act(step, staff.name, capacity, office.now(), today, facts)


def asked_facts(step: RequestStep, states: frozenset[Fact]) -> frozenset[Fact]:
    """Return what a person fills in for a step: not the numbers that letters get by themselves."""
    given = {NUMBERED.get(step), Fact.LETTER_NUMBER, Fact.LETTER_DIGEST}
    also = {Fact.REASON} if step is RequestStep.ANSWER_CONSULTATION else set()
    also |= {Fact.PAGES} if step is RequestStep.CHARGE else set()
    also |= {Fact.DAYS} if step is RequestStep.NOTIFY_EXTENSION else set()
    # the law's own terms are counted, not typed
    given |= COMPUTED if step is RequestStep.CHARGE else set()
    given |= {Fact.DUE_ON} if step in TERMS_OF_LAW else set()
    return (states | also) - given


def field_of(file: File, step: RequestStep, fact: Fact) -> Field:
    """Return how one fact of a step is asked, with what the request already tells."""
    choices = _choices(file, step, fact)
    if fact in texts.DATES:
        kind = "date"
    elif choices:
        kind = "choice"
    else:
        kind = "line" if fact in texts.SHORT else "text"
    return Field(fact, NAMES[fact], choices, kind, _known(file.request, step, fact))


def _choices(file: File, step: RequestStep, fact: Fact) -> Mapping[str, str]:
    """Return what there is to choose from; nothing where anything can be typed."""
    request = file.request
    if fact is Fact.CONSULTATION:
        ended = step in {RequestStep.INFORM_THIRD_PARTY, RequestStep.RECORD_THIRD_PARTY_NOTICE}
        again = file.overtaken if step in {RequestStep.ANSWER_CONSULTATION, RequestStep.NOTE_SILENCE} else {}
        known = [each for each in request.hearings if ended or each.ended_on is None or each.letter in again]
        return {each.letter: f"{each.letter} {each.recipient}" for each in known}
    if fact is Fact.METHOD and step is not RequestStep.DELIVER:
        return texts.DELIVERED_BY
    if fact is Fact.DISPUTE and step is not RequestStep.DISPUTE:
        return {each.reference: each.reference for each in request.disputes}
    return texts.CHOICES.get(fact, {})


def _known(request: DisclosureRequest, step: RequestStep, fact: Fact) -> str:
    """Return what the request already tells of a fact, to begin with."""
    if fact is Fact.FEE_NOTICE and request.fee is not None:
        return request.fee.notice
    if fact is Fact.DAYS and step is RequestStep.NOTIFY_EXTENSION and request.extension is not None:
        return str(request.extension.days)
    if fact is Fact.PARTS and request.filing is not None:
        return request.filing.wish.description
    return ""
