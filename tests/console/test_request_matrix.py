"""Who may do what to a formal request, at every stage: every cell of the matrix, against a table that people agreed on.

The table is `request_matrix.txt`: a line for each stage and step that anybody may take there, and who may. Whoever
changes the law of the register changes it too, and sees in its lines what else has changed.
"""

from dataclasses import replace
from datetime import date, datetime, time
from itertools import product
from pathlib import Path

import pytest

from console.offers import CAPACITIES
from console.ports import APART, Role
from register.circumstances import Circumstances, Earlier
from register.filing import Channel, Receipt
from register.office import CIVIL_TIME
from register.proceedings import decide
from register.refusals import Reason, Refusal
from register.request import Act, DisclosureRequest
from register.rules import TABLE
from register.steps import RequestStep, Stage
from register.steps import Role as Capacity
from tests.register.office import FILING

TODAY = date(2026, 3, 2)
AT = datetime.combine(TODAY, time(9), CIVIL_TIME)
CIRCUMSTANCES = Circumstances(TODAY, fees=True, find=lambda _: Earlier(same_applicant=True, replied=True, owed=True))
AGREED = Path(__file__).with_name("request_matrix.txt")
ALL = {"applicant": (Capacity.APPLICANT,), "system": (Capacity.SYSTEM,)} | {
    role.value: CAPACITIES.get(role, ()) for role in Role
}
"""Everybody who could try a step, and in which capacities of the register they may act."""


def blank(stage: Stage) -> DisclosureRequest:
    receipt = Receipt(Channel.INTERNET, TODAY, received_on=TODAY)
    return DisclosureRequest(stage=stage, filing=FILING, receipt=receipt, received_on=TODAY)


def judged(request: DisclosureRequest, act: Act) -> Reason | None:
    found = decide(request, act, CIRCUMSTANCES)
    return found.reason if isinstance(found, Refusal) else None


def may(who: str, stage: Stage, step: RequestStep) -> bool:
    """Whether the register lets somebody try: not whether the step is complete."""
    request = blank(stage)
    found = {judged(request, Act(step, f"{who}-one", capacity, AT, TODAY)) for capacity in ALL[who]}
    return bool(found - {Reason.NOT_HERE, Reason.WRONG_ROLE})


def agreed() -> dict[tuple[Stage, RequestStep], frozenset[str]]:
    lines = (line.split() for line in AGREED.read_text(encoding="utf-8").splitlines() if line)
    return {(Stage(stage), RequestStep(step)): frozenset(who) for stage, step, *who in lines}


@pytest.mark.parametrize("stage", Stage)
def test_every_cell_is_as_agreed(stage: Stage) -> None:
    table = agreed()
    for step, who in product(RequestStep, ALL):
        assert may(who, stage, step) is (who in table.get((stage, step), ())), (stage, step, who)


def test_the_agreed_table_names_only_who_and_what_there_is() -> None:
    table = agreed()
    assert table.keys() <= set(product(Stage, RequestStep))
    assert frozenset().union(*table.values()) <= ALL.keys()
    assert all(table.values())


def test_nobody_of_the_three_administrators_and_no_leader_acts_on_a_request() -> None:
    for who in (*APART, Role.LEADER, Role.EDITOR, Role.PUBLISHER):
        assert CAPACITIES.get(who, ()) == ()


APPROVALS = sorted({key for key, rule in TABLE.items() if rule.apart})


@pytest.mark.parametrize(("stage", "step"), APPROVALS)
def test_whoever_handled_a_request_approves_nothing_of_it(stage: Stage, step: RequestStep) -> None:
    handled = replace(blank(stage), handlers=frozenset({"li"}))
    for capacity in TABLE[stage, step].by:
        assert judged(handled, Act(step, "li", capacity, AT, TODAY)) is Reason.OWN_WORK
        assert judged(handled, Act(step, "wang", capacity, AT, TODAY)) is not Reason.OWN_WORK
