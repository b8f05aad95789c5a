import asyncio

from bot.types import Message, Reply, User
from bot.work import Work, Works
from tests.fakes import MONDAY, FakeChannel

CHANNEL = FakeChannel()


def message(number: int) -> Message:
    return Message(str(number), User("fake", "anna"), "低保", MONDAY)


async def finished(work: Work) -> Work:
    async def answer() -> Reply:
        return Reply("答", "answered_search")

    work.task = asyncio.create_task(answer())
    await work.task
    return work


async def test_every_delivery_of_a_message_joins_the_same_work() -> None:
    works = Works(memory=60, room=2)
    first = works.join(CHANNEL, message(1))

    assert works.join(CHANNEL, message(1)) is first
    assert works.join(CHANNEL, message(2)) is not first
    assert first.deliveries == 2


async def test_finished_work_is_forgotten_early_when_there_is_too_much_of_it() -> None:
    works = Works(memory=60, room=2)
    done = [await finished(works.join(CHANNEL, message(number))) for number in range(5)]

    assert works.join(CHANNEL, message(4)) is done[4]
    assert works.join(CHANNEL, message(0)) is not done[0]


async def test_a_failed_work_is_told_from_a_running_and_a_finished_one() -> None:
    works = Works(memory=60, room=2)
    running, done, broken = (works.join(CHANNEL, message(number)) for number in range(3))
    running.task = asyncio.create_task(asyncio.Event().wait())  # type: ignore[arg-type]  # it never ends
    await finished(done)
    broken.task = asyncio.create_task(asyncio.sleep(0))  # type: ignore[arg-type]  # it is cancelled
    broken.task.cancel()
    await asyncio.wait({broken.task})

    assert [work.failed for work in (running, done, broken)] == [False, False, True]
    assert works.running() == {running.task}
    running.task.cancel()
