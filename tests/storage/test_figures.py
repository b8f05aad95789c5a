from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert

from knowledge.statistics import AnswerCount, Asked
from knowledge.types import AnswerRecord
from register.statistics import Arrivals, Handled, Judged
from register.types import CaseKind, Event, NewCase, Status, Step
from storage.answers import SqlAnswers
from storage.database import Database
from storage.figures import SqlFigures
from storage.register import SqlRegister
from storage.requests import SqlRequests
from storage.tables.requests import acts
from tests.fakes import MONDAY, FixedClock, PlainVault
from tests.storage.test_requests import filed

TODAY = MONDAY.date()
LATE = datetime(2026, 3, 2, 15, 59, tzinfo=UTC)
"""Still Monday in Shanghai; a minute later it is Tuesday there."""


def record(number: int, *, at: datetime = MONDAY, question: str = "低保", **details: str) -> AnswerRecord:
    plain = AnswerRecord(
        id=f"a{number}",
        at=at.isoformat(),
        channel="web",
        question=question,
        normalised=question,
        status="answered_search",
        route="search",
        band="answer",
        probability=0.9,
        generation="g",
        used=(),
        near_misses=(),
        features={},
        topic="社会救助",
    )
    return replace(plain, **details)  # type: ignore[arg-type]  # every detail here is a text


@pytest.fixture
def figures(database: Database) -> SqlFigures:
    return SqlFigures(database)


@pytest.fixture
async def answers(database: Database) -> AsyncIterator[SqlAnswers]:
    opened = SqlAnswers(database, interval=3600)
    yield opened
    await opened.aclose()


async def test_answers_are_counted_by_civil_day_channel_status_and_topic(
    answers: SqlAnswers, figures: SqlFigures
) -> None:
    for each in (record(1), record(2, at=LATE), record(3, at=LATE + timedelta(minutes=1)), record(4, topic="住房")):
        await answers.note(each)
    await answers.recent()

    both = (TODAY, TODAY + timedelta(days=1))
    assert await figures.daily(*both) == [
        AnswerCount(TODAY, "", "answered_search", "", 3),
        AnswerCount(TODAY + timedelta(days=1), "", "answered_search", "", 1),
    ]
    assert await figures.daily(TODAY, TODAY) == [AnswerCount(TODAY, "", "answered_search", "", 3)]
    assert await figures.topical(*both) == [
        AnswerCount(TODAY, "", "answered_search", "住房", 1),
        AnswerCount(TODAY, "", "answered_search", "社会救助", 3),
    ]


async def test_verdicts_move_with_the_citizens_mind(answers: SqlAnswers, figures: SqlFigures) -> None:
    for number in range(3):
        await answers.note(record(number))
    for answer, resolved in (("a0", True), ("a1", True), ("a1", True), ("a2", True), ("a2", False), ("?", True)):
        await answers.judge(answer, resolved=resolved)
        await answers.recent()

    (count,) = await figures.topical(TODAY, TODAY)
    assert count == AnswerCount(TODAY, "", "answered_search", "社会救助", 3, resolved=2, unresolved=1)


async def test_what_is_written_twice_is_counted_once(answers: SqlAnswers, figures: SqlFigures) -> None:
    for each in (record(1), record(1)):
        await answers.note(each)
        await answers.note(each)
        await answers.recent()

    (count,) = await figures.daily(TODAY, TODAY)
    assert count.answers == 1


async def test_the_questions_asked_most_often_come_first_and_rare_ones_stay_private(
    answers: SqlAnswers, figures: SqlFigures
) -> None:
    asked = ["低保"] * 4 + ["公租房"] * 3 + ["我叫张三，电话是"] * 2
    for number, question in enumerate(asked):
        await answers.note(record(number, question=question))
    await answers.note(record(99, at=LATE + timedelta(days=1)))
    await answers.recent()

    assert await figures.asked(TODAY, TODAY) == (Asked("低保", 4), Asked("公租房", 3))
    assert await figures.asked(TODAY, TODAY, limit=1) == (Asked("低保", 4),)


async def test_cases_are_counted_when_they_come_and_when_they_are_first_answered(
    database: Database, figures: SqlFigures
) -> None:
    clock = FixedClock()
    register = SqlRegister(database, PlainVault(), code="浚县", now=clock)
    for number in range(3):
        case = await register.open(
            NewCase(
                f"s{number}",
                CaseKind.INQUIRY,
                "问",
                "web",
                "u",
                MONDAY,
                TODAY,
                provisional=False,
                department="县民政局",
            )
        )
    answered = MONDAY + timedelta(days=2, minutes=59)
    for later in range(2):
        event = Event(answered + timedelta(days=later), "li", Step.ANSWER, "答")
        case = await register.record(case, event, status=Status.ANSWERED)

    assert await figures.arrivals(TODAY, TODAY) == (Arrivals(CaseKind.INQUIRY, "县民政局", 3),)
    assert await figures.arrivals(date(2026, 3, 3), date(2026, 3, 9)) == ()
    (handled,) = await figures.handled(TODAY, TODAY + timedelta(days=9))
    assert handled == Handled(CaseKind.INQUIRY, "县民政局", 48, 1)
    assert await figures.handled(date(2026, 3, 5), date(2026, 3, 9)) == ()


async def test_a_request_is_answered_when_its_reply_is_first_signed(database: Database, figures: SqlFigures) -> None:
    requests = SqlRequests(database, PlainVault(), code="浚县", query_code=lambda: "ABCD2345")
    reference = (await requests.file(filed())).case.reference
    signed = MONDAY + timedelta(days=9)
    rows = [{"at": signed + timedelta(days=later), "step": "sign"} for later in range(2)]
    async with database.begin() as connection:
        await connection.execute(
            insert(acts), [{"reference": reference, "actor": "w", "sealed": b""} | r for r in rows]
        )

    (handled,) = await figures.handled(TODAY, TODAY + timedelta(days=30))

    assert handled == Handled(CaseKind.REQUEST, handled.department, 9 * 24, 1)
    assert await figures.handled(TODAY + timedelta(days=10), TODAY + timedelta(days=30)) == ()


async def test_of_what_citizens_say_of_an_answer_their_last_word_counts(
    database: Database, figures: SqlFigures
) -> None:
    register = SqlRegister(database, PlainVault(), code="浚县", now=FixedClock())
    for number, said in enumerate([(Step.RESOLVED,), (Step.RESOLVED, Step.UNRESOLVED), ()]):
        day = MONDAY.date()
        case = await register.open(
            NewCase(f"s{number}", CaseKind.INQUIRY, "问", "web", "u", MONDAY, day, provisional=False, department="甲")
        )
        for place, step in enumerate(said):
            at = MONDAY + timedelta(days=place)
            case = await register.record(case, Event(at, "citizen", step), status=Status.ANSWERED)

    assert await figures.judged(TODAY, TODAY + timedelta(days=1)) == (Judged(CaseKind.INQUIRY, "甲", 1, 1),)
    assert await figures.judged(TODAY, TODAY) == (Judged(CaseKind.INQUIRY, "甲", 1, 0),)
