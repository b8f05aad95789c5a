import asyncio
import math
from dataclasses import replace

import pytest
from sqlalchemy import select

from knowledge.ports import AnswerLog
from knowledge.types import AnswerRecord
from storage.answers import SqlAnswers
from storage.database import Database
from storage.tables.knowledge import answers as answers_table
from tests.storage.conftest import Stores, locked

RECORD = AnswerRecord(
    id="a1",
    at="2026-03-02T09:00:00+08:00",
    channel="web",
    question="多少天内答复？",
    normalised="多少天内答复",
    status="answered_search",
    route="search",
    band="answer",
    probability=0.91,
    generation="g1",
    used=(("guoling-711#33", 12.5),),
    near_misses=(("guoling-711#12", 8.25), ("notice#1", 3.0)),
    features={"score": 12.5, "margin": 4.25},
)


def record(number: int) -> AnswerRecord:
    return replace(RECORD, id=f"a{number}")


@pytest.fixture
def answers(stores: Stores) -> AnswerLog:
    return stores.answers


class TestAnswers:
    async def test_an_answer_is_given_back_as_it_was_noted(self, answers: AnswerLog) -> None:
        await answers.note(RECORD)

        assert await answers.recent() == (RECORD,)

    async def test_the_latest_come_first_and_no_more_than_wanted(self, answers: AnswerLog) -> None:
        for number in range(5):
            await answers.note(record(number))

        assert [each.id for each in await answers.recent(limit=3)] == ["a4", "a3", "a2"]

    async def test_judged_answers_come_back_with_their_verdicts(self, answers: AnswerLog) -> None:
        for number in range(3):
            await answers.note(record(number))
        await answers.judge("a0", resolved=True)
        await answers.judge("a2", resolved=False)

        judged = await answers.verdicts()
        assert [(each.id, each.resolved) for each in judged] == [("a2", False), ("a0", True)]
        assert await answers.verdicts(limit=1) == judged[:1]
        assert [each.resolved for each in await answers.recent()] == [False, None, True]

    async def test_a_verdict_on_an_unknown_answer_is_ignored(self, answers: AnswerLog) -> None:
        await answers.judge("unknown", resolved=True)

        assert await answers.recent() == ()


async def verdicts(database: Database) -> dict[str, bool | None]:
    async with database.read() as connection:
        rows = await connection.execute(select(answers_table.c.id, answers_table.c.resolved))
        return {row.id: row.resolved for row in rows}


async def test_answers_are_written_a_moment_later_without_being_asked(database: Database) -> None:
    answers = SqlAnswers(database, interval=0.01)
    await answers.note(RECORD)
    async with asyncio.timeout(5):
        while not (written := await verdicts(database)):
            pass
    assert written == {"a1": None}
    await answers.aclose()


async def test_a_full_batch_is_written_at_once_and_in_order(database: Database) -> None:
    answers = SqlAnswers(database, interval=3600, batch=10)
    for number in range(25):
        await answers.note(record(number))
    async with asyncio.timeout(5):
        while len(await verdicts(database)) < 20:
            pass
    assert [each.id for each in await answers.recent()] == [f"a{number}" for number in reversed(range(25))]
    await answers.aclose()


async def test_closing_writes_what_waits(database: Database) -> None:
    answers = SqlAnswers(database, interval=3600)
    await answers.note(RECORD)
    await answers.judge("a1", resolved=False)
    await answers.aclose()

    assert await verdicts(database) == {"a1": False}


async def test_a_verdict_reaches_answers_written_and_unwritten(database: Database) -> None:
    answers = SqlAnswers(database, interval=3600)
    await answers.note(record(1))
    await answers.recent()
    await answers.note(record(2))
    for verdict in (("a1", True), ("a2", False), ("a3", True)):
        await answers.judge(verdict[0], resolved=verdict[1])
    await answers.aclose()

    assert await verdicts(database) == {"a1": True, "a2": False}


async def test_an_answer_noted_twice_is_kept_once(database: Database) -> None:
    answers = SqlAnswers(database, interval=3600)
    for each in (RECORD, RECORD, record(2)):
        await answers.note(each)

    assert [each.id for each in await answers.recent()] == ["a2", "a1"]
    await answers.aclose()


async def test_scores_that_are_no_numbers_spoil_nothing(database: Database) -> None:
    answers = SqlAnswers(database, interval=3600)
    await answers.note(replace(RECORD, probability=math.nan, used=(("k", math.inf),), features={"x": -math.inf}))

    (kept,) = await answers.recent()
    assert (kept.probability, kept.used, kept.features) == (0.0, (("k", 0.0),), {"x": 0.0})
    assert answers.lost == 0
    await answers.aclose()


async def test_without_room_new_answers_are_lost_and_counted(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    answers = SqlAnswers(database, interval=3600, room=3)
    for number in range(5):
        await answers.note(record(number))

    assert answers.lost == 2
    assert "not kept" in caplog.text
    assert len(await answers.recent()) == 3
    await answers.aclose()


async def test_answers_wait_while_the_database_cannot_serve(sqlite_url: str, caplog: pytest.LogCaptureFixture) -> None:
    database = Database(sqlite_url, patience=0.01)
    answers = SqlAnswers(database, interval=0.001)
    with locked(sqlite_url):
        await answers.note(record(1))
        await asyncio.sleep(0.1)
    assert await answers.recent() == (record(1),)
    assert caplog.text.count("answers cannot be written now") == 1

    with locked(sqlite_url):
        await answers.note(record(2))
        await answers.aclose()
    assert answers.lost == 1
    await database.aclose()


async def test_answers_the_database_refuses_are_lost_and_the_next_are_written(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    answers = SqlAnswers(database, interval=3600, batch=1)
    for each in (record(1), replace(record(2), question=None), record(3)):  # type: ignore[arg-type]  # somebody's mistake
        await answers.note(each)

    assert [each.id for each in await answers.recent()] == ["a3", "a1"]
    assert answers.lost == 1
    assert "refuses" in caplog.text
    await answers.aclose()
