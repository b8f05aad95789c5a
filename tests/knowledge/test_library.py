import asyncio
import gc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from knowledge.building import build_generation
from knowledge.errors import UnknownGeneration
from knowledge.library import Library
from knowledge.shelf import rollback, switch
from knowledge.synonyms import Direction, Synonym
from knowledge.tokens import Tokenizer
from knowledge.types import Band, Kind, Validity
from knowledge.vocabulary import Lexicon
from tests.fakes import FixedClock, a_document

# the first search of a process compiles
pytestmark = pytest.mark.timeout(60)
DOCUMENTS = (
    a_document("最低生活保障审核办法", text="第一条 最低生活保障向乡镇人民政府申请。", id="低保"),
    a_document("公积金提取办法", text="第一条 公积金向管理中心提取。", id="公积金"),
    a_document("养老金领取办法", text="第一条 养老金按月领取。", id="养老金"),
)
NICKNAME = Lexicon(synonyms=(Synonym("贫困补助", ("最低生活保障",), Direction.ONE_WAY),))


def publish(folder: Path, tokenizer: Tokenizer) -> str:
    generation = build_generation(DOCUMENTS, folder=folder, tokenizer=tokenizer, now=FixedClock())
    switch(folder, generation, tokenizer=tokenizer)
    return generation


@dataclass(slots=True)
class PublishThenLeave:
    """Announcements that are heard twice: at the first a generation is published, the second ends following."""

    library: Library
    publish: Callable[[], str]
    published: str = ""

    async def announce(self, generation: str) -> None:
        """Tell nobody."""

    async def heard(self, within: timedelta) -> None:
        """Publish, or leave."""
        if self.published:
            raise asyncio.CancelledError
        self.published = self.publish()


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def found(library: Library) -> list[str]:
    finding = await library.find("贫困补助")
    return [hit.passage.document.id for hit in (*finding.hits, *finding.near_misses)]


async def test_questions_are_read_with_the_vocabulary_of_the_generation(tmp_path: Path, tokenizer: Tokenizer) -> None:
    library = Library(tmp_path, tokenizer)
    plain = publish(tmp_path, tokenizer)
    await library.reload()
    assert await found(library) == []

    publish(tmp_path, tokenizer.with_lexicon(NICKNAME))
    await library.reload()
    assert await found(library) == ["低保"]

    assert rollback(tmp_path) == plain
    await library.reload()
    assert await found(library) == []


async def test_a_generation_without_a_vocabulary_is_read_with_the_shipped_one(
    tmp_path: Path, tokenizer: Tokenizer
) -> None:
    generation = publish(tmp_path, tokenizer)
    (tmp_path / generation / "lexicon.json").unlink()
    library = Library(tmp_path, tokenizer.with_lexicon(NICKNAME))
    await library.reload()

    assert await found(library) == ["低保"]


async def test_a_generation_that_is_not_live_can_be_asked(tmp_path: Path, tokenizer: Tokenizer) -> None:
    publish(tmp_path, tokenizer)
    aside = build_generation(DOCUMENTS[:1], folder=tmp_path, tokenizer=tokenizer, now=FixedClock())
    library = Library(tmp_path, tokenizer)

    assert await library.reload(aside) == aside
    assert (await library.find("低保怎么申请")).generation == aside


async def test_what_has_not_begun_or_is_over_is_not_searched_and_says_so_from_day_to_day(
    tmp_path: Path, tokenizer: Tokenizer
) -> None:
    future = a_document(
        "新低保办法",
        text="第一条 低保每月八百元。",
        id="新",
        number="浚政〔2026〕9号",
        effective_on=date(2026, 4, 1),
        validity=Validity.NOT_YET_EFFECTIVE,
    )
    past = a_document(
        "旧低保办法", text="第一条 低保每月七百元。", id="旧", number="浚政〔2021〕3号", expires_on=date(2026, 3, 31)
    )
    documents = (*DOCUMENTS, future, past)
    generation = build_generation(documents, folder=tmp_path, tokenizer=tokenizer, now=FixedClock())
    switch(tmp_path, generation, tokenizer=tokenizer)
    days = [date(2026, 3, 31)]
    library = Library(tmp_path, tokenizer, today=lambda: days[-1])
    await library.reload()

    async def now() -> tuple[set[str], list[Validity]]:
        finding = await library.find("低保每月多少元")
        named = [(await library.find(number)).hits[0] for number in ("浚政〔2026〕9号", "浚政〔2021〕3号")]
        ids = {hit.passage.document.id for hit in (*finding.hits, *finding.near_misses)}
        return ids & {"新", "旧"}, [hit.passage.document.validity for hit in named]

    assert await now() == ({"旧"}, [Validity.NOT_YET_EFFECTIVE, Validity.IN_FORCE])
    days.append(date(2026, 4, 1))
    assert await now() == ({"新"}, [Validity.IN_FORCE, Validity.EXPIRED])


async def test_on_a_new_day_whatever_is_opened_first_says_so(tmp_path: Path, tokenizer: Tokenizer) -> None:
    past = a_document("旧低保办法", text="第一条 低保每月七百元。", id="旧", expires_on=date(2026, 3, 31))
    generation = build_generation((*DOCUMENTS, past), folder=tmp_path, tokenizer=tokenizer, now=FixedClock())
    switch(tmp_path, generation, tokenizer=tokenizer)
    days = [date(2026, 3, 31)]
    library = Library(tmp_path, tokenizer, today=lambda: days[-1])
    await library.reload()
    assert "旧" in library.ranked("低保每月多少元", 9)

    days.append(date(2026, 4, 1))
    assert (await library.open("旧#0", "低保")).passage.document.validity is Validity.EXPIRED
    days.append(date(2026, 3, 31))
    assert "旧" in library.ranked("低保每月多少元", 9)
    document = await library.document("旧")
    assert document is not None
    assert document.validity is Validity.IN_FORCE


async def test_a_generation_that_was_replaced_is_let_go_at_once(tmp_path: Path, tokenizer: Tokenizer) -> None:
    library = Library(tmp_path, tokenizer, today=lambda: date(2026, 4, 1))
    opened = []
    gc.disable()
    try:
        for _ in range(3):
            publish(tmp_path, tokenizer)
            await library.reload()
            await library.find("低保怎么申请")
            opened.append(open_files())
    finally:
        gc.enable()

    assert opened == opened[:1] * 3


@pytest.mark.parametrize("damaged", ["passages/places.npy", "places.npy"])
async def test_a_damaged_generation_is_refused_and_the_next_one_followed(
    tmp_path: Path, tokenizer: Tokenizer, damaged: str
) -> None:
    first = publish(tmp_path, tokenizer)
    library = Library(tmp_path, tokenizer)
    await library.reload()
    broken = publish(tmp_path, tokenizer)
    numbers = np.load(tmp_path / broken / damaged)
    np.save(tmp_path / broken / damaged, np.full_like(numbers, 30_000))

    with pytest.raises(UnknownGeneration):
        await library.reload()
    assert library.generation == first
    with pytest.raises(asyncio.CancelledError):
        await library.follow(timedelta(0), PublishThenLeave(library, lambda: publish(tmp_path, tokenizer)))
    assert library.generation not in {first, broken}


@pytest.mark.parametrize(
    "damage", [(b"v\0", b"\1\0"), (b"'<i8'", b"',i8'"), (b"'shape': (", b"'shape': (99999999999999")]
)
@pytest.mark.parametrize("file", ["first_passages.npy", "passages/starts.npy"])
async def test_a_generation_with_a_damaged_header_is_refused_like_any_other(
    tmp_path: Path, tokenizer: Tokenizer, damage: tuple[bytes, bytes], file: str
) -> None:
    first = publish(tmp_path, tokenizer)
    library = Library(tmp_path, tokenizer)
    await library.reload()
    broken = tmp_path / publish(tmp_path, tokenizer) / file
    whole = broken.read_bytes()
    assert damage[0] in whole
    broken.write_bytes(whole.replace(*damage, 1))

    with pytest.raises(UnknownGeneration):
        await library.reload()
    assert library.generation == first


async def test_an_interpretation_stands_beside_its_policy_and_the_policy_beside_it(
    tmp_path: Path, tokenizer: Tokenizer
) -> None:
    policy = a_document("云岭县公租房管理办法", text="第一条 公租房租金按月缴纳。", id="办法", number="云政〔2025〕1号")
    reading = a_document(
        "一图读懂", text="交钱的事，按月办。", id="解读", kind=Kind.INTERPRETATION, interprets="云政(2025)1号"
    )
    documents = (*DOCUMENTS, policy, reading)
    generation = build_generation(documents, folder=tmp_path, tokenizer=tokenizer, now=FixedClock())
    switch(tmp_path, generation, tokenizer=tokenizer)
    library = Library(tmp_path, tokenizer)
    await library.reload()

    async def sources(question: str) -> list[str]:
        finding = await library.find(question)
        assert finding.band is Band.ANSWER
        return [hit.passage.document.id for hit in finding.hits[:2]]

    assert await sources("公租房租金按月缴纳吗") == ["办法", "解读"]
    assert await sources("交钱的事按月办吗") == ["解读", "办法"]
