"""The access token shared through a real Redis, over the real client and a stand-in for the platform."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta

import aiohttp
import pytest
from redis.asyncio import Redis

from bot.channels.wechat.api import WeChatApi
from bot.errors import DeliveryFailed
from bot.types import Token
from storage.redis import RedisTokens
from storage.redis.tokens import ASKING
from tests.e2e.platform import Platform
from tests.fakes import MONDAY, FixedClock
from tests.servers import free_port

pytestmark = pytest.mark.service
ACCOUNT = "0123abcd"


@dataclass(slots=True)
class Machines:
    """Processes that share a Redis, and the platform that they call."""

    url: str
    prefix: str
    platform: Platform
    session: aiohttp.ClientSession
    clock: FixedClock
    stack: AsyncExitStack
    naps: list[float] = field(default_factory=list)

    def tokens(self, url: str = "") -> RedisTokens:
        tokens = RedisTokens(url or self.url, now=self.clock, prefix=self.prefix)
        self.stack.push_async_callback(tokens.aclose)
        return tokens

    def process(self, url: str = "") -> WeChatApi:
        return WeChatApi(
            self.session,
            app_id="wx1",
            secret="s",
            now=self.clock,
            api_base=self.platform.url,
            tokens=self.tokens(url),
            sleep=self.nap,
            jitter=lambda: 0.5,
        )

    async def nap(self, seconds: float) -> None:
        self.naps.append(seconds)
        await asyncio.sleep(0.01)


@pytest.fixture
async def machines(redis_url: str, redis_prefix: str) -> AsyncIterator[Machines]:
    clock = FixedClock()
    async with (
        AsyncExitStack() as stack,
        Platform(app_id="wx1", secret="s", clock=lambda: clock().timestamp()) as platform,
        aiohttp.ClientSession() as session,
    ):
        yield Machines(redis_url, redis_prefix, platform, session, clock, stack)


async def test_processes_that_need_a_token_at_once_ask_for_it_once(machines: Machines) -> None:
    machines.platform.token_delay = 0.05
    await asyncio.gather(*(machines.process().send_text("o1", f"第{number}条") for number in range(4)))

    assert machines.platform.token_fetches == 1
    assert len(machines.platform.pushes) == 4
    assert machines.naps


async def test_a_process_that_starts_later_asks_for_none(machines: Machines) -> None:
    await machines.process().send_text("o1", "一")
    await machines.process().send_text("o1", "二")

    assert machines.platform.token_fetches == 1


async def test_a_refused_token_is_renewed_once_for_all(machines: Machines) -> None:
    processes = [machines.process() for _ in range(3)]
    for each in processes:
        await each.send_text("o1", "一")
    machines.platform.expire_tokens()
    await asyncio.gather(*(each.send_text("o1", "二") for each in processes))

    assert machines.platform.token_fetches == 2
    assert machines.platform.texts("o1") == ["一"] * 3 + ["二"] * 3


async def test_a_refused_token_that_the_platform_gives_again_is_asked_for_once_for_all(machines: Machines) -> None:
    processes = [machines.process() for _ in range(6)]
    for each in processes:
        await each.send_text("o1", "一")
    for fetches in (2, 3):
        machines.platform.script("send", *[40001] * 2 * len(processes))
        ended = await asyncio.gather(*(each.send_text("o1", "二") for each in processes), return_exceptions=True)
        assert {type(error) for error in ended} == {DeliveryFailed}
        assert machines.platform.token_fetches == fetches
        machines.clock.forward(seconds=31)


async def test_a_token_that_ends_is_renewed_once_for_all(machines: Machines) -> None:
    processes = [machines.process() for _ in range(3)]
    for each in processes:
        await each.send_text("o1", "一")
    machines.clock.forward(hours=2)
    for each in processes:
        await each.send_text("o1", "二")

    assert machines.platform.token_fetches == 2


async def test_without_redis_every_process_asks_for_itself(
    machines: Machines, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    for _ in range(2):
        await machines.process(nowhere).send_text("o1", "一")

    assert len(machines.platform.pushes) == 2
    assert machines.platform.token_fetches == 2
    assert "not shared now" in caplog.text


async def test_one_that_died_while_asking_is_not_waited_for_for_ever(machines: Machines) -> None:
    tokens = machines.tokens()
    assert await tokens.begin(ACCOUNT)
    assert not await machines.tokens().begin(ACCOUNT)
    async with Redis.from_url(machines.url) as redis:
        (key,) = await redis.keys(f"{machines.prefix}:*:asking")
        assert 0 < await redis.pttl(key) <= ASKING


async def test_who_asked_too_long_does_not_end_the_asking_of_another(machines: Machines) -> None:
    slow, other, third = (machines.tokens() for _ in range(3))
    async with Redis.from_url(machines.url) as redis:
        assert await slow.begin(ACCOUNT)
        await redis.delete(*await redis.keys(f"{machines.prefix}:*:asking"))
        assert await other.begin(ACCOUNT)
        await slow.end(ACCOUNT)

    assert not await third.begin(ACCOUNT)


async def test_a_token_ends_in_redis_and_neither_key_nor_log_tells_whose_it_is(
    machines: Machines, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await machines.process().send_text("o1", "一")
    async with Redis.from_url(machines.url) as redis:
        (key,) = await redis.keys(f"{machines.prefix}:*:token")
        assert 6000 < await redis.ttl(key) < 7200
    assert b"wx1" not in key
    assert "token-1-" not in caplog.text
    assert "token-1-" not in repr(Token("token-1-x", MONDAY))


async def test_what_another_version_kept_is_no_token(machines: Machines) -> None:
    tokens = machines.tokens()
    token = Token("t", machines.clock() + timedelta(hours=1))
    for each in (token, replace(token, insisted_until=machines.clock())):
        await tokens.keep(ACCOUNT, each)
        assert await tokens.load(ACCOUNT) == each
    async with Redis.from_url(machines.url) as redis:
        (key,) = await redis.keys(f"{machines.prefix}:*:token")
        await redis.set(key, '{"another": "form"}')
    assert await tokens.load(ACCOUNT) is None
