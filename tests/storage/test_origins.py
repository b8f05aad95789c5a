from collections.abc import AsyncIterator

import pytest

from knowledge.ports import Origins
from storage.database import Database
from storage.memory import MemoryOrigins
from storage.origins import SqlOrigins


@pytest.fixture
async def origins(place: str) -> AsyncIterator[Origins]:
    if place == "memory":
        yield MemoryOrigins()
        return
    database = Database(place)
    yield SqlOrigins(database)
    await database.aclose()


class TestOrigins:
    async def test_an_unknown_source_brought_nothing(self, origins: Origins) -> None:
        assert await origins.of("/政策") == {}

    async def test_a_source_has_what_it_brought_last(self, origins: Origins) -> None:
        await origins.keep("/政策", {"a": "/a.md", "b": "/b.md"})
        await origins.keep("/解读", {"c": "/c.md"})
        await origins.keep("/政策", {"b": "/b/b.md"})

        assert await origins.of("/政策") == {"b": "/b/b.md"}
        assert await origins.of("/解读") == {"c": "/c.md"}

    async def test_a_document_goes_over_to_the_source_that_brings_it_later(self, origins: Origins) -> None:
        await origins.keep("/政策", {"a": "/a.md", "b": "/b.md"})
        await origins.keep("/新", {"a": "/neu/a.md"})

        assert await origins.of("/政策") == {"b": "/b.md"}
        assert await origins.of("/新") == {"a": "/neu/a.md"}

    async def test_a_source_may_have_nothing_any_more(self, origins: Origins) -> None:
        await origins.keep("/政策", {"a": "/a.md"})
        await origins.keep("/政策", {})

        assert await origins.of("/政策") == {}

    async def test_a_source_may_have_thousands(self, origins: Origins) -> None:
        many = {f"d{number}": f"/{number}.md" for number in range(1201)}
        await origins.keep("/政策", many)

        assert await origins.of("/政策") == many
