"""Redis really goes away and comes back."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field

import pytest
from redis.asyncio import Redis

from bot.errors import OutOfTurn, Unavailable
from bot.types import FRESH, Admission, Conversation, Message, State, User
from storage.fallback import PAUSE, FallbackConversations
from storage.memory import MemoryConversations, MemoryGate
from storage.redis import RedisConversations
from tests.fakes import MONDAY, FixedClock
from tests.servers import free_port, redis_server

pytestmark = pytest.mark.service

LI = User("wechat/main", "li")
CHOOSING = Conversation(State.CHOOSING, question="公租房？", choices=("a#1", "b#2"), answer="a1")
OFFERED = Conversation(State.OFFERED, question="停车费？")


def message(number: int) -> Message:
    return Message(id=f"m{number}", user=LI, text="你好", received_at=MONDAY)


@dataclass(slots=True)
class Seconds:
    """A clock that is moved by hand."""

    at: float = 100.0

    def __call__(self) -> float:
        return self.at


class Asked(RedisConversations):
    """Notes how often Redis was asked to admit a message."""

    times = 0

    async def admit(self, message: Message) -> Admission:
        self.times += 1
        return await super().admit(message)


@dataclass(slots=True)
class Site:
    """One process and its Redis, which can be stopped and started."""

    port: int
    shared: Asked
    talks: FallbackConversations
    seconds: Seconds
    servers: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self) -> None:
        await asyncio.to_thread(self.servers.enter_context, redis_server(self.port))
        self.seconds.at += PAUSE

    async def stop(self) -> None:
        await self.servers.aclose()
        self.servers = AsyncExitStack()

    async def say(self, number: int, answer: Conversation) -> Conversation:
        """One message from admission to the saved conversation; return what it found."""
        assert await self.talks.admit(message(number)) is Admission.FRESH
        async with self.talks.turn(LI) as turn:
            found = turn.conversation
            turn.conversation = answer
        return found


@pytest.fixture
async def site(clock: FixedClock) -> AsyncIterator[Site]:
    port, seconds = free_port(), Seconds()
    redis = Asked(f"redis://127.0.0.1:{port}", now=clock, within=0.2)
    talks = FallbackConversations(redis, MemoryConversations(now=clock), MemoryGate(now=clock), clock=seconds)
    site = Site(port, redis, talks, seconds)
    yield site
    await redis.aclose()
    await site.stop()


async def test_a_conversation_goes_on_while_redis_is_away_and_after_it_came_back(site: Site) -> None:
    assert await site.say(1, CHOOSING) == FRESH
    assert await site.talks.trouble()

    assert await site.say(2, OFFERED) == CHOOSING
    await site.start()
    assert await site.say(3, CHOOSING) == OFFERED

    assert not await site.talks.trouble()
    async with Redis(port=site.port) as redis:
        assert await redis.dbsize() > 0


async def test_what_redis_missed_goes_before_what_it_still_has(site: Site) -> None:
    await site.start()
    await site.say(1, CHOOSING)
    await site.stop()
    await site.say(2, FRESH)
    await site.start()
    async with site.shared.turn(LI) as turn:
        turn.conversation = CHOOSING

    assert await site.say(3, OFFERED) == FRESH
    assert await site.say(4, FRESH) == OFFERED


async def test_a_turn_is_kept_although_redis_goes_in_its_middle(site: Site) -> None:
    await site.start()
    assert await site.talks.admit(message(1)) is Admission.FRESH
    async with site.talks.turn(LI) as turn:
        turn.conversation = CHOOSING
        await site.stop()

    assert site.talks.failing
    assert await site.say(2, FRESH) == CHOOSING


async def test_redeliveries_are_known_while_redis_is_away(site: Site) -> None:
    assert await site.talks.admit(message(1)) is Admission.FRESH
    assert await site.talks.admit(message(1)) is Admission.REPEATED
    await site.talks.release(message(1))
    assert await site.talks.admit(message(1)) is Admission.FRESH


async def test_a_failing_redis_is_not_asked_by_every_message(site: Site) -> None:
    await site.talks.admit(message(1))
    await site.start()
    site.seconds.at -= PAUSE

    await site.talks.admit(message(2))
    assert site.talks.failing

    site.seconds.at += PAUSE
    await site.talks.admit(message(3))
    assert not site.talks.failing


@contextmanager
def hanging(server: int) -> Iterator[None]:
    """Let the server take connections and answer nothing."""
    os.kill(server, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server, signal.SIGCONT)


async def test_a_redis_that_hangs_holds_up_one_message_at_a_time(site: Site) -> None:
    await site.start()
    async with Redis(port=site.port) as redis:
        server = (await redis.info("server"))["process_id"]
    await site.say(1, CHOOSING)
    with hanging(server):
        assert await site.say(2, OFFERED) == FRESH
        assert site.talks.failing
        before = site.shared.times
        site.seconds.at += PAUSE
        await asyncio.gather(*(site.talks.admit(message(number)) for number in range(10, 15)))
        assert site.shared.times == before + 1
        assert await site.talks.trouble() == "Redis 不可用，各进程单独运行"

    site.seconds.at += PAUSE
    assert await site.say(3, FRESH) == OFFERED
    assert not site.talks.failing
    assert await site.talks.trouble() == ""


async def turn_with(site: Site, happens: Callable[[], Awaitable[object]]) -> None:
    """A turn in which something happens after the conversation was changed."""
    async with site.talks.turn(LI) as turn:
        turn.conversation = CHOOSING
        await happens()


async def failing() -> None:
    raise Unavailable("the database")


async def test_an_error_within_a_turn_saves_nothing_anywhere(site: Site) -> None:
    for start in (False, True):
        if start:
            await site.start()
        with pytest.raises(Unavailable, match="the database"):
            await turn_with(site, failing)
        async with site.talks.turn(LI) as turn:
            assert turn.conversation == FRESH


async def test_a_conversation_that_another_process_took_over_is_its(site: Site) -> None:
    await site.start()
    async with Redis(port=site.port) as redis:
        with pytest.raises(OutOfTurn):
            await turn_with(site, redis.flushall)
    assert not site.talks.failing
    async with site.talks.turn(LI) as turn:
        assert turn.conversation == FRESH


async def test_forgetting_reaches_both(site: Site) -> None:
    await site.start()
    await site.say(1, CHOOSING)
    await site.talks.forget(LI)
    assert await site.say(2, FRESH) == FRESH
