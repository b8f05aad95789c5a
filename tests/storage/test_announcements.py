import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from knowledge.ports import Announcements
from storage.memory import MemoryAnnouncements
from storage.redis import RedisAnnouncements
from tests.servers import redis_server

LONG = timedelta(seconds=60)
"""Far longer than a test may take: who waits so long has heard nothing."""
SHORT = timedelta(milliseconds=1)


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.service)])
async def announcements(request: pytest.FixtureRequest, redis_prefix: str) -> AsyncIterator[Announcements]:
    if request.param == "memory":
        yield MemoryAnnouncements()
        return
    opened = RedisAnnouncements(request.getfixturevalue("redis_url"), prefix=redis_prefix)
    yield opened
    await opened.aclose()


async def heard(announcements: Announcements, teller: Announcements) -> None:
    """Wait until an announcement arrives; it is made again and again, as nobody knows when the other one listens."""
    waiting = asyncio.create_task(announcements.heard(LONG))
    while not waiting.done():
        await teller.announce("20260302T010000-1")
        await asyncio.wait({waiting}, timeout=0.01)


class TestAnnouncements:
    async def test_who_waits_hears_at_once(self, announcements: Announcements) -> None:
        await heard(announcements, announcements)

    async def test_who_hears_nothing_goes_on_after_the_time(self, announcements: Announcements) -> None:
        await announcements.heard(SHORT)


@pytest.mark.service
async def test_every_process_hears_what_another_one_says(redis_url: str, redis_prefix: str) -> None:
    one, other, teller = (RedisAnnouncements(redis_url, prefix=redis_prefix) for _ in range(3))

    await asyncio.gather(heard(one, teller), heard(other, teller))

    for each in (one, other, teller):
        await each.aclose()


@pytest.mark.service
async def test_a_redis_that_goes_away_is_waited_without(redis_prefix: str) -> None:
    with redis_server() as url:
        way = RedisAnnouncements(url, prefix=redis_prefix)
        await heard(way, way)
    # gone: nothing is heard, and nothing is raised
    await way.heard(SHORT)
    await way.announce("is logged only")
    await way.aclose()
