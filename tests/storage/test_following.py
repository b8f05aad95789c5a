"""Libraries that look for the live generation, told through Redis or left alone."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from knowledge.library import Library
from knowledge.tokens import Tokenizer
from storage.redis import RedisAnnouncements
from tests.servers import free_port

LONG = timedelta(seconds=600)
"""Far longer than a test may take: who waits so long looks only because it was told."""
SHORT = timedelta(milliseconds=1)


class LookingLibrary(Library):
    """A library that counts how often it looked."""

    looked = 0

    async def reload(self, generation: str = "") -> str:
        self.looked += 1
        return generation


@pytest.mark.service
async def test_two_libraries_look_when_a_generation_is_announced(
    redis_url: str, redis_prefix: str, tmp_path: Path
) -> None:
    libraries = [LookingLibrary(tmp_path, Tokenizer(cache=tmp_path)) for _ in range(2)]
    teller, *ways = [RedisAnnouncements(redis_url, prefix=redis_prefix) for _ in range(3)]
    following = [asyncio.create_task(each.follow(LONG, way)) for each, way in zip(libraries, ways, strict=True)]

    # nobody knows when the others listen
    while any(library.looked < 2 for library in libraries):
        await teller.announce("20260302T010000-1")
        await asyncio.sleep(0.01)

    for task in following:
        task.cancel()
    await asyncio.gather(*following, return_exceptions=True)
    for way in (teller, *ways):
        await way.aclose()


async def test_without_redis_a_library_looks_by_itself(tmp_path: Path) -> None:
    library = LookingLibrary(tmp_path, Tokenizer(cache=tmp_path))
    way = RedisAnnouncements(f"redis://127.0.0.1:{free_port()}")
    following = asyncio.create_task(library.follow(SHORT, way))

    while library.looked < 3:  # noqa: ASYNC110  told by a count
        await asyncio.sleep(0.01)

    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    await way.aclose()
