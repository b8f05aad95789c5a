import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from bot.errors import Unavailable
from bot.types import FRESH, OPEN_FOR, Admission, Conversation, Message, Reply, State, User
from storage.redis import RedisConversations
from storage.redis.conversations import ROOM
from storage.redis.keys import keys_of, said_key, seen_key
from tests.fakes import MONDAY, FixedClock
from tests.servers import free_port, redis_server

pytestmark = pytest.mark.service

LI = User("wechat/main", "li")
CHOOSING = Conversation(State.CHOOSING, question="公租房？", choices=("a#1", "b#2"), answer="a1")
SURVEYED = Conversation(State.SURVEYED, answer="7-1772000000")


def message(number: int, user: User = LI) -> Message:
    return Message(id=f"m{number}", user=user, text="你好", received_at=MONDAY)


@dataclass(frozen=True, slots=True)
class Processes:
    """Two processes of one bot, and a look into their Redis."""

    one: RedisConversations
    other: RedisConversations
    redis: Redis
    prefix: str


@pytest.fixture
async def processes(redis_url: str, redis_prefix: str, clock: FixedClock) -> AsyncIterator[Processes]:
    async with AsyncExitStack() as stack:
        one, other = (RedisConversations(redis_url, now=clock, prefix=redis_prefix) for _ in range(2))
        redis = Redis.from_url(redis_url)
        for close in (one.aclose, other.aclose, redis.aclose):
            stack.push_async_callback(close)
        yield Processes(one, other, redis, redis_prefix)


async def test_one_message_costs_two_commands(processes: Processes) -> None:
    async def handle(number: int) -> None:
        assert await processes.one.admit(message(number)) is Admission.FRESH
        async with processes.one.turn(LI) as turn:
            turn.conversation = CHOOSING

    await handle(1)
    async with processes.redis.monitor() as monitor:
        for number in range(2, 6):
            await asyncio.create_task(handle(number))
        await processes.one.ping()
        sent: list[str] = []
        while "PING" not in sent:
            seen = await monitor.next_command()
            # what a script does is done within Redis
            sent += [seen["command"].split()[0]] if seen["client_type"] != "lua" else []

    assert sent == ["EVALSHA"] * 8 + ["PING"]


async def test_a_conversation_ends_after_half_an_hour_of_silence_and_a_survey_after_a_month(
    processes: Processes,
) -> None:
    for conversation, lasts in ((CHOOSING, timedelta(minutes=30)), (SURVEYED, OPEN_FOR)):
        async with processes.one.turn(LI) as turn:
            turn.conversation = conversation
        left = await processes.redis.pttl(keys_of(processes.prefix, LI).talk)
        assert 0.9 < timedelta(milliseconds=left) / lasts <= 1


async def test_a_message_admitted_by_one_process_is_repeated_at_the_other(processes: Processes) -> None:
    assert await processes.one.admit(message(1)) is Admission.FRESH
    assert await processes.other.admit(message(1)) is Admission.REPEATED
    await processes.one.release(message(1))
    assert await processes.other.admit(message(1)) is Admission.FRESH
    # a late second thought of the first changes nothing
    await processes.one.release(message(1))
    assert await processes.one.admit(message(1)) is Admission.REPEATED


async def test_processes_take_turns_in_order_of_asking(processes: Processes) -> None:
    order: list[int] = []

    async def handle(number: int) -> None:
        process = (processes.one, processes.other)[number % 2]
        async with process.turn(LI) as turn:
            order.append(number)
            await asyncio.sleep(0.002)
            turn.conversation = Conversation(State.WRITING, question=turn.conversation.question + str(number))

    async with processes.one.turn(LI):
        tasks = []
        for number in (1, 2):
            tasks.append(asyncio.create_task(handle(number)))
            await asyncio.sleep(0.05)
    await asyncio.gather(*tasks)
    await asyncio.gather(*(handle(number) for number in range(3, 11)))

    assert order[:2] == [1, 2]
    assert sorted(order) == list(range(1, 11))
    async with processes.other.turn(LI) as turn:
        assert turn.conversation.question == "".join(map(str, order))


async def test_who_asks_for_a_turn_first_gets_it_though_the_other_brought_the_lock(processes: Processes) -> None:
    order: list[int] = []
    admitted = asyncio.Event()
    may_go = asyncio.Event()

    async def first_admitted() -> None:
        await processes.one.admit(message(1))
        admitted.set()
        await may_go.wait()
        async with processes.one.turn(LI):
            order.append(1)

    async def first_at_the_turn() -> None:
        await admitted.wait()
        await processes.one.admit(message(2))
        async with processes.one.turn(LI):
            order.append(2)
        may_go.set()

    await asyncio.gather(first_admitted(), first_at_the_turn())
    assert order == [2, 1]


async def test_a_message_does_not_overtake_those_who_wait_for_the_turn(processes: Processes) -> None:
    keys = keys_of(processes.prefix, LI)
    await processes.redis.rpush(keys.line, "another instance")
    await processes.one.admit(message(1))

    assert not await processes.redis.exists(keys.lock)


async def test_a_killed_process_frees_its_message_and_its_user_after_the_lease(
    processes: Processes, redis_url: str, clock: FixedClock
) -> None:
    lease = timedelta(milliseconds=100)
    killed = RedisConversations(redis_url, now=clock, prefix=processes.prefix, lease=lease)
    await killed.admit(message(1))
    killed._leases._held.clear()
    await killed.aclose()
    assert await processes.one.admit(message(1)) is Admission.REPEATED

    async with asyncio.timeout(5):
        async with processes.one.turn(LI) as turn:
            assert turn.conversation == FRESH
        assert await processes.one.admit(message(1)) is Admission.FRESH


async def test_a_process_that_dies_while_waiting_holds_nobody_up_for_long(
    processes: Processes, redis_url: str, clock: FixedClock
) -> None:
    async with processes.one.turn(LI):
        doomed = RedisConversations(redis_url, now=clock, prefix=processes.prefix)
        waiting = asyncio.create_task(doomed.turn(LI).__aenter__())
        async with asyncio.timeout(5):
            while not await processes.redis.llen(keys_of(processes.prefix, LI).line):
                pass
        waiting.cancel()
        await doomed.aclose()
    async with asyncio.timeout(5), processes.other.turn(LI):
        pass
    assert await processes.redis.llen(keys_of(processes.prefix, LI).line) == 0


async def test_long_work_keeps_its_message_and_its_turn(
    processes: Processes, redis_url: str, clock: FixedClock
) -> None:
    slow = RedisConversations(redis_url, now=clock, prefix=processes.prefix, lease=timedelta(milliseconds=150))
    await slow.admit(message(1))
    async with slow.turn(LI) as turn:
        await asyncio.sleep(0.5)
        assert await processes.other.admit(message(1)) is Admission.REPEATED
        turn.conversation = CHOOSING
    await slow.aclose()
    async with processes.other.turn(LI) as turn:
        assert turn.conversation == CHOOSING


async def test_a_turn_that_outlived_its_lease_does_not_overwrite_the_next(processes: Processes) -> None:
    keys = keys_of(processes.prefix, LI)

    async def too_late() -> None:
        async with processes.one.turn(LI) as late:
            await processes.redis.delete(keys.lock)
            async with processes.other.turn(LI) as turn:
                turn.conversation = CHOOSING
            late.conversation = Conversation(State.WRITING)

    with pytest.raises(Unavailable):
        await too_late()
    async with processes.one.turn(LI) as turn:
        assert turn.conversation == CHOOSING


async def test_everything_kept_in_redis_expires(processes: Processes) -> None:
    await processes.one.admit(message(1))
    async with processes.one.turn(LI) as turn:
        turn.conversation = CHOOSING
        await processes.other.admit(message(2))
        waiting = asyncio.create_task(processes.other.turn(LI).__aenter__())
        await asyncio.sleep(0.05)
        names = await processes.redis.keys(f"{processes.prefix}:*")
        lives = [await processes.redis.pttl(name) for name in names]
    assert len(names) >= 5
    assert all(0 < life <= 60_000 for life in lives)
    waiting.cancel()

    minutes = 60_000
    assert 29 * minutes < await processes.redis.pttl(keys_of(processes.prefix, LI).talk) <= 30 * minutes
    assert 19 * minutes < await processes.redis.pttl(seen_key(processes.prefix, message(1))) <= 20 * minutes


async def test_no_identifier_of_a_citizen_is_in_a_key(processes: Processes) -> None:
    await processes.one.admit(message(1, User("wechat/main", "o6_bmjrPTlm6_2sgVt7hMZOPfL2M")))
    names = await processes.redis.keys(f"{processes.prefix}:*")
    assert names
    assert not any(b"o6_bmj" in name or b"wechat" in name for name in names)


async def test_what_another_version_kept_is_a_fresh_start(processes: Processes) -> None:
    keys = keys_of(processes.prefix, LI)
    for strange in ("no json", "[]", json.dumps({"state": "unheard"}), json.dumps({"state": "idle", "choices": []})):
        await processes.redis.set(keys.talk, strange)
        async with processes.one.turn(LI) as turn:
            assert turn.conversation == FRESH


async def test_a_message_whose_claim_was_made_unheard_is_handled_on_the_next_try(
    processes: Processes, redis_url: str
) -> None:
    # the claim reached Redis, its answer did not reach us
    await processes.one.admit(message(1))
    seen = seen_key(processes.prefix, message(1))
    processes.one._in_doubt[seen] = None

    assert await processes.one.admit(message(1)) is Admission.FRESH
    assert await processes.one.admit(message(1)) is Admission.REPEATED


async def test_only_so_many_unheard_claims_are_remembered(clock: FixedClock) -> None:
    nowhere = RedisConversations(f"redis://127.0.0.1:{free_port()}/0", now=clock)
    nowhere._in_doubt.update(dict.fromkeys(map(str, range(ROOM))))
    with pytest.raises(Unavailable):
        await nowhere.admit(message(1))
    assert len(nowhere._in_doubt) == ROOM
    await nowhere.aclose()


async def test_a_turn_that_does_not_come_is_unavailable(
    processes: Processes, redis_url: str, clock: FixedClock
) -> None:
    patience = timedelta(milliseconds=50)
    waiting = RedisConversations(redis_url, now=clock, prefix=processes.prefix, patience=patience)
    async with processes.one.turn(LI):
        with pytest.raises(Unavailable):
            await waiting.turn(LI).__aenter__()
    await waiting.aclose()


async def test_scripts_are_loaded_anew_after_a_restart(processes: Processes) -> None:
    await processes.one.admit(message(1))
    await processes.redis.script_flush()
    assert await processes.one.admit(message(2)) is Admission.FRESH


async def test_without_redis_everything_is_unavailable(clock: FixedClock) -> None:
    nowhere = RedisConversations(f"redis://127.0.0.1:{free_port()}/0", now=clock)
    for attempt in (nowhere.admit(message(1)), nowhere.release(message(1)), nowhere.forget(LI), nowhere.ping()):
        with pytest.raises(Unavailable):
            await attempt
    with pytest.raises(Unavailable):
        async with nowhere.turn(LI):
            pass
    await nowhere.aclose()


async def test_redis_ending_within_a_turn_is_unavailable_and_its_return_is_noticed(clock: FixedClock) -> None:
    with redis_server() as url:
        kept = RedisConversations(url, now=clock)
        await kept.ping()
        with pytest.raises(Unavailable):
            async with kept.turn(LI):
                await kept._redis.shutdown(nosave=True)
    await kept.aclose()


async def answered(processes: Processes, reply: Reply) -> None:
    await processes.one.admit(message(1))
    async with processes.one.turn(LI) as turn:
        turn.said = reply


async def test_what_was_said_is_taken_over_by_one_process(processes: Processes) -> None:
    said = Reply("已登记", "escalated_inquiry", reference="浚县-2026-000001")
    await asyncio.create_task(answered(processes, said))

    assert await processes.other.take_over(message(2)) is None
    assert await processes.other.take_over(message(1)) == said
    assert await processes.other.take_over(message(1)) is None
    assert not await processes.one.keeps(message(1))
    kept = said_key(processes.prefix, message(1))
    assert 0 < await processes.redis.pttl(kept) <= 60_000


async def test_what_its_own_process_brings_is_taken_over_by_nobody(processes: Processes) -> None:
    await asyncio.create_task(answered(processes, Reply("已登记", "escalated_inquiry")))

    assert await processes.one.keeps(message(1))
    assert await processes.other.take_over(message(1)) is None


async def test_a_silent_reply_and_what_another_version_kept_are_not_taken_over(processes: Processes) -> None:
    await asyncio.create_task(answered(processes, Reply("", "social_goodbye", silent=True)))
    assert await processes.other.take_over(message(1)) is None

    for strange in ("no json", "[]", '{"words": ""}'):
        await processes.redis.set(said_key(processes.prefix, message(1)), strange)
        assert await processes.other.take_over(message(1)) is None
