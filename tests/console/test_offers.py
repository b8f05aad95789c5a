"""What the page of a request offers along its life: each step that is due next, with all that it must state."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from console.auth import Staff
from console.offers import CAPACITIES, offers
from console.ports import Role
from register.errors import RefusedStep
from register.facts import Fact
from register.outcomes import Outcome
from register.request import Act
from register.rules import TABLE
from register.steps import RequestStep, Stage
from storage.database import Database
from tests.register.desk import SHANGHAI, Desk
from tests.register.office import proposal
from tests.register.test_charging import RULES

Day = tuple[int, int]
Turn = tuple[Day, Role, RequestStep, dict[str, str]]
"""On which day of 2026 who takes which step, with what the form asks for."""
S = RequestStep
LATER = {"due_on": "2026-06-01"}
SERVED = {"method": "post", "proof": "邮件号1"}
LETTER = {"consultation": "云建公开〔2026〕1号"}
LIVES: dict[str, tuple[Sequence[Turn], Stage]] = {
    "corrected": (
        [
            ((3, 3), Role.OFFICER, S.ASK_CORRECTION, {"items": "一", "guidance": "二"} | LATER),
            ((3, 9), Role.OFFICER, S.GRANT_TIME, {"reason": "住院"} | LATER),
            ((3, 16), Role.INTAKE, S.CORRECT, {"correction_text": "文号是12号"}),
        ],
        Stage.PROCESSING,
    ),
    "not corrected": (
        [
            ((3, 3), Role.OFFICER, S.ASK_CORRECTION, {"items": "一", "guidance": "二", "due_on": "2026-03-20"}),
            (
                (3, 23),
                Role.OFFICER,
                S.LAPSE,
                {"notice_delivered": "邮件号1", "term_end": "2026-03-20", "finding": "没有正当理由"},
            ),
            ((3, 23), Role.OFFICER, S.SUBMIT_DRAFT, {}),
        ],
        Stage.REVIEW,
    ),
    "excessive": (
        [
            ((3, 3), Role.OFFICER, S.ASK_REASONS, {"reason": "一月六十件"} | LATER),
            ((3, 9), Role.INTAKE, S.GIVE_REASONS, {"reasons_given": "研究需要"}),
            ((3, 10), Role.OFFICER, S.ACCEPT_REASONS, {"finding": "合理"}),
            ((3, 11), Role.SIGNER, S.DELAY, {"reason": "数量大"} | LATER),
        ],
        Stage.PROCESSING,
    ),
    "charged": (
        [
            ((3, 3), Role.SIGNER, S.CHARGE, {"measure": "per_page", "pages": "100"}),
            ((3, 6), Role.OFFICER, S.RECORD_FEE_NOTICE, {"fee_notice": "云建公开〔2026〕1号", "proof": "签收"}),
            ((3, 12), Role.OFFICER, S.PAY, {"proof": "票据1"}),
        ],
        Stage.PROCESSING,
    ),
    "third party objects": (
        [
            ((3, 3), Role.OFFICER, S.ACCEPT, {}),
            ((3, 4), Role.OFFICER, S.CONSULT, {"recipient": "某公司", "basis": "third_party", "question": "合同"}),
            ((3, 6), Role.OFFICER, S.RECORD_CONSULTATION, LETTER | SERVED),
            ((3, 9), Role.OFFICER, S.ANSWER_CONSULTATION, LETTER | {"answer": "objects", "reason": "商业秘密"}),
            ((3, 10), Role.OFFICER, S.INFORM_THIRD_PARTY, LETTER | {"reason": "公共利益", "text": "总价"}),
            ((3, 12), Role.OFFICER, S.RECORD_THIRD_PARTY_NOTICE, LETTER | SERVED),
        ],
        Stage.PROCESSING,
    ),
    "agency is silent": (
        [
            ((3, 3), Role.OFFICER, S.ACCEPT, {}),
            ((3, 4), Role.OFFICER, S.CONSULT, {"recipient": "某局", "basis": "agency", "question": "文件"}),
            ((3, 6), Role.OFFICER, S.RECORD_CONSULTATION, LETTER | SERVED),
            ((3, 30), Role.OFFICER, S.NOTE_SILENCE, LETTER),
        ],
        Stage.PROCESSING,
    ),
    "extended, answered, disputed, answered anew": (
        [
            ((3, 3), Role.OFFICER, S.ACCEPT, {}),
            ((3, 4), Role.OFFICER, S.TRANSFER, {"department": "财政局"}),
            ((3, 5), Role.OFFICER, S.SEARCH, {"system": "档案", "keywords": "12号", "hits": "1 件"}),
            ((3, 27), Role.OFFICER, S.ASK_EXTENSION, {"days": "20", "reason": "档案多"}),
            ((3, 27), Role.SIGNER, S.APPROVE_EXTENSION, {}),
            ((3, 30), Role.OFFICER, S.NOTIFY_EXTENSION, {"days": "20", "proof": "短信"}),
            ((4, 1), Role.OFFICER, S.PROPOSE, {}),
            ((4, 1), Role.OFFICER, S.BACK, {"reason": "写错"}),
            ((4, 2), Role.OFFICER, S.PROPOSE, {}),
            ((4, 2), Role.OFFICER, S.SUBMIT_DRAFT, {}),
            ((4, 3), Role.REVIEWER, S.RETURN, {"reason": "理由不足"}),
            ((4, 7), Role.OFFICER, S.SUBMIT_DRAFT, {}),
            ((4, 7), Role.REVIEWER, S.PASS_REVIEW, {}),
            ((4, 7), Role.SECRECY, S.REFER, {"recipient": "保密局", "question": "密级"}),
            ((4, 8), Role.SECRECY, S.PASS_SECRECY, {"secrecy_review": "不涉密"}),
            ((4, 8), Role.SIGNER, S.SIGN, {}),
            ((4, 9), Role.OFFICER, S.RECORD_UNDELIVERED, {"reason": "退信"}),
            ((4, 10), Role.OFFICER, S.DELIVER, SERVED),
            ((4, 13), Role.OFFICER, S.RECORD_ARRIVAL, {"proof": "妥投"}),
            ((4, 13), Role.OFFICER, S.CLOSE, {}),
            ((5, 8), Role.OFFICER, S.DISPUTE, {"dispute": "复1", "dispute_kind": "reconsideration"}),
            ((6, 1), Role.OFFICER, S.RULE_DISPUTE, {"dispute": "复1", "dispute_result": "corrected"}),
            ((6, 2), Role.OFFICER, S.REDO, {"dispute": "复1", "due_on": "2026-07-01"}),
        ],
        Stage.PROCESSING,
    ),
    "withdrawn": (
        [((3, 3), Role.INTAKE, S.NOTE, {"text": "来电"}), ((3, 3), Role.INTAKE, S.WITHDRAW, {"withdrawal": "不要了"})],
        Stage.CLOSED,
    ),
}


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    database = Database(sqlite_url)
    desk = Desk(database)
    desk.office = replace(desk.office, fees=RULES)
    yield desk
    await database.aclose()


@pytest.mark.parametrize("life", LIVES)
async def test_the_page_offers_every_step_of_a_life(desk: Desk, life: str) -> None:
    turns, end = LIVES[life]
    file = await desk.file()
    for (month, day), role, step, facts in turns:
        desk.clock.at = datetime(2026, month, day, 9, tzinfo=SHANGHAI)
        file = await desk.office.load(file.docket.case.reference)
        if step is not S.PROPOSE:
            offered = {offer.step: offer for offer in offers(desk.office, file, somebody(role))}
            assert step in offered, (step, sorted(offered))
            asked = {field.fact for field in offered[step].fields if field.needed}
            assert asked <= {Fact(name) for name in facts}, step
        file = await desk.office.act(
            file.docket.case.reference,
            act(desk, file.request.stage, role, step, facts),
            version=len(file.docket.events),
        )
    assert file.request.stage is end


async def test_nothing_is_offered_that_is_refused(desk: Desk) -> None:
    file = await desk.file()
    for offer in offers(desk.office, file, somebody(Role.OFFICER)):
        facts = {field.fact.value: field.value or next(reversed([*field.choices]), "一") for field in offer.fields}
        facts |= {"due_on": "2026-06-01"} if Fact.DUE_ON in {field.fact for field in offer.fields} else {}
        facts |= {"parts": "甲\n乙"} if offer.step is S.SPLIT else {}
        other = await desk.file(offer.step)
        try:
            await desk.office.act(
                other.docket.case.reference,
                act(desk, other.request.stage, Role.OFFICER, offer.step, facts),
                version=len(other.docket.events),
            )
        except RefusedStep as refused:  # pragma: no cover  the test fails here
            pytest.fail(f"{offer.step}: {refused.sentence}")


def somebody(role: Role) -> Staff:
    return Staff(name=f"{role}-one", role=role, csrf="")


def act(desk: Desk, stage: Stage, role: Role, step: RequestStep, facts: dict[str, str]) -> Act:
    capacity = next(each for each in CAPACITIES[role] if each in TABLE[stage, step].by)
    proposed = proposal(Outcome.OPEN_PROVIDED) if step is S.PROPOSE else None
    named = {Fact(name): text for name, text in facts.items()}
    return Act(step, f"{role}-one", capacity, desk.clock(), desk.today, named, proposal=proposed)
