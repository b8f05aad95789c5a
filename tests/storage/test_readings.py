from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.ports import Readings
from storage.database import Database
from storage.memory import MemoryReadings
from storage.readings import SqlReadings
from tests.fakes import MONDAY

LATER = MONDAY + timedelta(minutes=1)


@pytest.fixture
async def readings(place: str) -> AsyncIterator[Readings]:
    if place == "memory":
        yield MemoryReadings()
        return
    database = Database(place)
    yield SqlReadings(database)
    await database.aclose()


class TestReadings:
    async def test_a_source_is_read_by_one_alone(self, readings: Readings) -> None:
        first = await readings.take("kf/main a", now=MONDAY, until=LATER)
        assert first is not None
        assert (first.cursor, first.fence) == ("", 1)
        assert await readings.take("kf/main a", now=MONDAY, until=LATER) is None
        assert await readings.take("kf/main b", now=MONDAY, until=LATER) is not None

    async def test_the_next_goes_on_where_the_last_one_was(self, readings: Readings) -> None:
        first = await readings.take("a", now=MONDAY, until=LATER)
        assert first is not None
        assert await readings.advance(first, "c1", until=LATER)
        assert await readings.advance(first, "c2", until=LATER)
        await readings.release(first)

        second = await readings.take("a", now=MONDAY, until=LATER)
        assert second is not None
        assert (second.cursor, second.fence) == ("c2", 2)

    async def test_who_was_taken_over_can_note_nothing(self, readings: Readings) -> None:
        first = await readings.take("a", now=MONDAY, until=LATER)
        second = await readings.take("a", now=LATER, until=LATER + timedelta(minutes=1))
        assert first is not None
        assert second is not None
        assert not await readings.advance(first, "c1", until=LATER)
        await readings.release(first)
        assert await readings.take("a", now=LATER, until=LATER + timedelta(minutes=2)) is None
        assert await readings.advance(second, "c2", until=LATER)

    async def test_every_source_is_known(self, readings: Readings) -> None:
        for source in ("b", "a"):
            await readings.take(source, now=MONDAY, until=LATER)
        assert list(await readings.sources()) == ["a", "b"]
