import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.ports import Gate
from bot.types import Admission, Message, User
from storage.memory import MemoryGate
from storage.redis import RedisConversations
from tests.fakes import MONDAY, FixedClock

LI = User("wechat/main", "li")
WANG = User("wechat/main", "wang")


def message(number: int, user: User = LI) -> Message:
    return Message(id=f"m{number}", user=user, text="你好", received_at=MONDAY)


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.service)])
async def gate(request: pytest.FixtureRequest, clock: FixedClock) -> AsyncIterator[Gate]:
    if request.param == "memory":
        yield MemoryGate(now=clock, burst=5, per_minute=30)
        return
    prefix: str = request.getfixturevalue("redis_prefix")
    url: str = request.getfixturevalue("redis_url")
    kept = RedisConversations(url, now=clock, prefix=prefix, burst=5, per_minute=30)
    yield kept
    await kept.aclose()


async def verdicts(gate: Gate, *messages: Message) -> list[Admission]:
    return [await gate.admit(each) for each in messages]


class TestGate:
    async def test_a_message_is_admitted_once(self, gate: Gate) -> None:
        assert await verdicts(gate, message(1), message(1), message(2)) == [
            Admission.FRESH,
            Admission.REPEATED,
            Admission.FRESH,
        ]

    async def test_equal_ids_of_two_users_or_channels_are_two_messages(self, gate: Gate) -> None:
        senders = (LI, WANG, LI._replace(channel="wechat/other"))
        assert await verdicts(gate, *(message(1, user) for user in senders)) == [Admission.FRESH] * 3

    async def test_of_deliveries_at_once_one_is_admitted(self, gate: Gate) -> None:
        admitted = await asyncio.gather(*(gate.admit(message(1)) for _ in range(10)))
        assert sorted(admitted) == [Admission.FRESH] + [Admission.REPEATED] * 9

    async def test_a_released_message_is_admitted_again(self, gate: Gate) -> None:
        await gate.admit(message(1))
        await gate.release(message(1))
        await gate.release(message(2))

        assert await verdicts(gate, message(1), message(1)) == [Admission.FRESH, Admission.REPEATED]

    async def test_who_writes_too_fast_has_to_wait_and_others_have_not(self, gate: Gate, clock: FixedClock) -> None:
        for number in range(5):
            assert await gate.admit(message(number)) is Admission.FRESH
        assert await gate.admit(message(5)) is Admission.TOO_MANY
        assert await gate.admit(message(0, WANG)) is Admission.FRESH

        clock.forward(seconds=1.9)
        assert await gate.admit(message(5)) is Admission.TOO_MANY
        clock.forward(seconds=0.2)
        assert await verdicts(gate, message(5), message(6)) == [Admission.FRESH, Admission.TOO_MANY]
        clock.forward(hours=1)
        later = await verdicts(gate, *(message(number) for number in range(10, 16)))
        assert later == [Admission.FRESH] * 5 + [Admission.TOO_MANY]

    async def test_redeliveries_do_not_count_as_messages(self, gate: Gate) -> None:
        await verdicts(gate, *(message(1) for _ in range(20)))
        assert await gate.admit(message(2)) is Admission.FRESH

    async def test_a_clock_set_back_locks_nobody_out(self, gate: Gate, clock: FixedClock) -> None:
        await verdicts(gate, *(message(number) for number in range(4)))
        clock.forward(hours=-1)
        assert await gate.admit(message(5)) is Admission.FRESH


async def test_in_memory_a_message_is_forgotten_after_a_while(clock: FixedClock) -> None:
    gate = MemoryGate(now=clock, window=timedelta(minutes=20))
    await gate.admit(message(1))
    clock.forward(minutes=19, seconds=59)
    assert await gate.admit(message(1)) is Admission.REPEATED
    clock.forward(seconds=1)
    assert await gate.admit(message(1)) is Admission.FRESH


async def test_in_memory_only_so_much_is_remembered(clock: FixedClock) -> None:
    gate = MemoryGate(now=clock, room=3)
    for number in range(10):
        assert await gate.admit(message(1, User("web", f"{number}"))) is Admission.FRESH
    assert (len(gate._seen), len(gate._rates)) == (3, 3)

    clock.forward(hours=1)
    await gate.admit(message(1, User("web", "new")))
    assert (len(gate._seen), len(gate._rates)) == (1, 1)
