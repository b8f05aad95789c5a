import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.ports import ConversationStore
from bot.types import FRESH, Conversation, State, User
from storage.memory import MemoryConversations
from storage.redis import RedisConversations
from tests.fakes import FixedClock

LI = User("wechat/main", "li")
WANG = User("wechat/main", "wang")
NAMESAKE = User("web", "li")
CHOOSING = Conversation(State.CHOOSING, question="公租房？\ud800", choices=("a#1", "b#2"), answer="a1")
SURVEYED = Conversation(State.SURVEYED, answer="7-1772000000")


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.service)])
async def conversations(request: pytest.FixtureRequest, clock: FixedClock) -> AsyncIterator[ConversationStore]:
    if request.param == "memory":
        yield MemoryConversations(now=clock)
        return
    prefix: str = request.getfixturevalue("redis_prefix")
    url: str = request.getfixturevalue("redis_url")
    kept = RedisConversations(url, now=clock, prefix=prefix)
    yield kept
    await kept.aclose()


async def current(conversations: ConversationStore, user: User = LI) -> Conversation:
    async with conversations.turn(user) as turn:
        return turn.conversation


class TestConversations:
    async def test_a_conversation_begins_fresh(self, conversations: ConversationStore) -> None:
        assert await current(conversations) == FRESH

    async def test_what_a_turn_leaves_the_next_one_finds(self, conversations: ConversationStore) -> None:
        async with conversations.turn(LI) as turn:
            turn.conversation = CHOOSING

        assert await current(conversations) == CHOOSING
        assert await current(conversations, WANG) == FRESH
        assert await current(conversations, NAMESAKE) == FRESH

    async def test_a_fresh_start_forgets_what_was(self, conversations: ConversationStore) -> None:
        for conversation in (CHOOSING, FRESH):
            async with conversations.turn(LI) as turn:
                turn.conversation = conversation

        assert await current(conversations) == FRESH

    async def test_an_error_saves_nothing_and_lets_the_next_one_in(self, conversations: ConversationStore) -> None:
        async with conversations.turn(LI) as turn:
            turn.conversation = CHOOSING

        async def fail() -> None:
            async with conversations.turn(LI) as turn:
                turn.conversation = FRESH
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await fail()

        assert await current(conversations) == CHOOSING

    async def test_a_cancelled_turn_saves_nothing_and_lets_the_next_one_in(
        self, conversations: ConversationStore
    ) -> None:
        inside = asyncio.Event()

        async def stuck() -> None:
            async with conversations.turn(LI) as turn:
                turn.conversation = CHOOSING
                inside.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(stuck())
        await inside.wait()
        waiting = asyncio.create_task(current(conversations))
        task.cancel()
        assert await waiting == FRESH

    async def test_one_who_stops_waiting_does_not_hold_up_the_others(self, conversations: ConversationStore) -> None:
        async with conversations.turn(LI) as turn:
            impatient = asyncio.create_task(current(conversations))
            patient = asyncio.create_task(current(conversations))
            await asyncio.sleep(0)
            impatient.cancel()
            turn.conversation = CHOOSING

        assert await patient == CHOOSING

    async def test_one_user_has_one_turn_at_a_time_in_order_of_asking(self, conversations: ConversationStore) -> None:
        order: list[int] = []
        running = 0

        async def handle(number: int) -> None:
            nonlocal running
            async with conversations.turn(LI) as turn:
                running += 1
                assert running == 1
                assert turn.conversation.question == ("" if number == 0 else str(number - 1))
                await asyncio.sleep(0)
                turn.conversation = Conversation(State.WRITING, question=str(number))
                order.append(number)
                running -= 1

        await asyncio.gather(*(handle(number) for number in range(30)))
        assert order == list(range(30))

    async def test_users_do_not_wait_for_each_other(self, conversations: ConversationStore) -> None:
        async with conversations.turn(LI), conversations.turn(WANG), conversations.turn(NAMESAKE):
            pass

    async def test_a_forgotten_conversation_is_fresh(self, conversations: ConversationStore) -> None:
        async with conversations.turn(LI) as turn:
            turn.conversation = CHOOSING
        await conversations.forget(LI)
        await conversations.forget(WANG)

        assert await current(conversations) == FRESH


async def say(conversations: MemoryConversations, user: User) -> None:
    async with conversations.turn(user) as turn:
        turn.conversation = CHOOSING


async def test_in_memory_a_conversation_ends_after_half_an_hour_of_silence(clock: FixedClock) -> None:
    conversations = MemoryConversations(now=clock)
    await say(conversations, LI)
    clock.forward(minutes=29)
    await say(conversations, LI)
    clock.forward(minutes=29, seconds=59)
    assert await current(conversations) == CHOOSING
    clock.forward(minutes=30)
    assert await current(conversations) == FRESH


async def test_in_memory_a_survey_is_open_for_a_month_and_whatever_follows_ends_it(clock: FixedClock) -> None:
    conversations = MemoryConversations(now=clock)
    async with conversations.turn(LI) as turn:
        turn.conversation = SURVEYED
    clock.forward(days=29)
    assert await current(conversations) == SURVEYED
    await say(conversations, LI)
    assert await current(conversations) == CHOOSING
    clock.forward(minutes=30)
    assert await current(conversations) == FRESH
    assert not any(conversations._kept.values())


async def test_in_memory_no_more_than_so_many_are_kept_and_the_oldest_goes_first(clock: FixedClock) -> None:
    conversations = MemoryConversations(now=clock, room=2)
    users = [User("web", f"{number}") for number in range(4)]
    for user in users:
        await say(conversations, user)

    assert [await current(conversations, user) for user in users] == [FRESH, FRESH, CHOOSING, CHOOSING]


async def test_in_memory_silent_conversations_and_free_locks_leave_nothing_behind(clock: FixedClock) -> None:
    conversations = MemoryConversations(now=clock)
    for number in range(50):
        await say(conversations, User("web", f"{number}"))
    clock.forward(minutes=31)
    for _ in range(50):
        await say(conversations, LI)

    assert sum(map(len, conversations._kept.values())) == 1
    assert conversations._lines == {}
