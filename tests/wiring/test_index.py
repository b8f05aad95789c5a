import asyncio
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import ProgrammingError

from bot.errors import Unavailable
from config.settings import Database as DatabaseSettings
from config.settings import Settings
from knowledge.errors import UnknownGeneration
from knowledge.library import Library
from knowledge.tokens import Tokenizer
from knowledge.upkeep import Stage
from storage.memory import MemoryDocuments
from tests.fakes import FixedClock, a_document
from wiring.index import WITHDRAWN_WITHIN, follow_withdrawals, open_index, reloader
from wiring.parts import MEMORY, open_parts

TAKEN_DOWN = frozenset({("津贴", "digest")})
TROUBLES = (Unavailable("locked"), UnknownGeneration("damaged"), ProgrammingError("", {}, ValueError()), KeyError(7))


class ShakyDocuments(MemoryDocuments):
    """Documents whose database is in trouble, another each time, when it is first asked."""

    asked = 0

    async def withdrawn(self) -> frozenset[tuple[str, str]]:
        self.asked += 1
        if self.asked <= len(TROUBLES):
            raise TROUBLES[self.asked - 1]
        return TAKEN_DOWN


class WatchedLibrary(Library):
    """A library that remembers what it was told to hide, twice at most."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, Tokenizer(cache=folder))
        self.hidden: list[frozenset[tuple[str, str]]] = []
        self.told_twice = asyncio.Event()

    def hide(self, texts: frozenset[tuple[str, str]]) -> None:
        self.hidden.append(texts)
        if len(self.hidden) > 1:
            self.told_twice.set()


async def test_what_is_taken_down_is_hidden_even_after_any_trouble(tmp_path: Path) -> None:
    library = WatchedLibrary(tmp_path)
    documents = ShakyDocuments(now=FixedClock())
    following = asyncio.create_task(follow_withdrawals(library, documents, interval=timedelta(0)))

    await library.told_twice.wait()
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following

    assert library.hidden[:2] == [TAKEN_DOWN, TAKEN_DOWN]


def test_a_text_taken_down_is_hidden_within_five_seconds() -> None:
    assert timedelta(seconds=5) > 2 * WITHDRAWN_WITHIN


@pytest.mark.timeout(90)
async def test_what_only_this_process_stores_is_published_by_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database=DatabaseSettings(url=MEMORY))
    async with open_parts(settings) as parts:
        await parts.documents.put(a_document("低保办理办法", text="第一条 低保向县民政局申请。"), by="li")
        library = await open_index(settings, parts.documents)
        generations = reloader(settings, parts, library, ["no such program"])

        assert await generations.reload(by="li")
        async with asyncio.timeout(60):
            while (await generations.progress()).running:  # noqa: ASYNC110 - told through a file
                await asyncio.sleep(0.01)

        told = await generations.progress()
        assert (told.stage, told.reason) == (Stage.DONE, "")
        assert await library.reload() == told.generation
        assert library.size == 1
