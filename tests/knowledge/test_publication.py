from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.errors import GenerationRefused
from knowledge.library import Library
from knowledge.publication import publish
from knowledge.shelf import generations, live_generation, rollback
from knowledge.tokens import Tokenizer
from knowledge.types import Disclosure, Validity
from tests.fakes import FakeDocuments, FixedClock, a_document

# the first search of a process compiles
pytestmark = pytest.mark.timeout(60)
ALLOWANCE = a_document("低保办理办法", text="第一条 低保向县民政局申请。", id="低保")
FUND = a_document("公积金提取办法", text="第一条 公积金向管理中心提取。", id="公积金")
PENSION = a_document("养老金领取办法", text="第一条 养老金按月领取。", id="养老金")
WITHHELD = a_document("内部值班办法", text="第一条 内部值班另行安排。", id="内部", disclosure=Disclosure.WITHHELD)
ON_REQUEST = a_document(
    "征收补偿明细",
    text="第一条 征收补偿按户列明。",
    id="明细",
    disclosure=Disclosure.ON_REQUEST,
    number="浚政〔2026〕9号",
)
REPEALED = a_document(
    "旧低保办法", text="第一条 低保按旧标准。", id="旧", validity=Validity.REPEALED, number="浚政〔2019〕2号"
)


async def found(folder: Path, tokenizer: Tokenizer, question: str) -> set[str]:
    library = Library(folder, tokenizer)
    await library.reload()
    finding = await library.find(question)
    return {hit.passage.document.id for hit in (*finding.hits, *finding.near_misses)}


def everything(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


async def test_what_is_stored_is_published(tmp_path: Path, tokenizer: Tokenizer) -> None:
    generation = await publish(
        FakeDocuments.of(ALLOWANCE, FUND, PENSION),
        folder=tmp_path,
        tokenizer=tokenizer,
        now=FixedClock(),
        smoke=["低保申请"],
    )

    assert generation == live_generation(tmp_path)
    assert "低保" in await found(tmp_path, tokenizer, "低保怎么申请")


async def test_only_what_is_public_can_be_found_by_any_way(tmp_path: Path, tokenizer: Tokenizer) -> None:
    store = FakeDocuments.of(ALLOWANCE, FUND, PENSION, WITHHELD, ON_REQUEST)
    await publish(store, folder=tmp_path, tokenizer=tokenizer, now=FixedClock())

    for question in ("内部值班另行安排", "内部值班办法", "征收补偿明细", "浚政〔2026〕9号", "征收补偿按户列明"):
        assert not {"内部", "明细"} & await found(tmp_path, tokenizer, question)
    library = Library(tmp_path, tokenizer)
    await library.reload()
    assert [await library.document(wanted) for wanted in ("内部", "明细", "浚政〔2026〕9号")] == [None, None, None]
    index = everything(tmp_path)
    assert "内部值班".encode() not in index
    assert "低保向县民政局申请".encode() in index


async def test_a_document_that_is_no_longer_public_is_gone_after_the_next_generation(
    tmp_path: Path, tokenizer: Tokenizer
) -> None:
    withdrawn = replace(ALLOWANCE, disclosure=Disclosure.WITHHELD)
    for store in (FakeDocuments.of(ALLOWANCE, FUND, PENSION), FakeDocuments.of(withdrawn, FUND, PENSION)):
        await publish(store, folder=tmp_path, tokenizer=tokenizer, now=FixedClock(), max_shrink=0.5)

    assert "低保" not in await found(tmp_path, tokenizer, "低保怎么申请")
    assert "低保" not in await found(tmp_path, tokenizer, "低保办理办法")


async def test_what_is_not_in_force_is_only_found_by_its_name(tmp_path: Path, tokenizer: Tokenizer) -> None:
    await publish(FakeDocuments.of(FUND, PENSION, REPEALED), folder=tmp_path, tokenizer=tokenizer, now=FixedClock())

    assert "旧" not in await found(tmp_path, tokenizer, "低保标准是多少")
    assert await found(tmp_path, tokenizer, "浚政(2019)2号") == {"旧"}


async def test_an_empty_knowledge_base_is_published_and_finds_nothing(tmp_path: Path, tokenizer: Tokenizer) -> None:
    await publish(FakeDocuments(), folder=tmp_path, tokenizer=tokenizer, now=FixedClock())

    assert await found(tmp_path, tokenizer, "低保怎么申请") == set()


async def test_a_refused_generation_leaves_the_live_one(tmp_path: Path, tokenizer: Tokenizer) -> None:
    clock = FixedClock()
    first = await publish(FakeDocuments.of(ALLOWANCE, FUND), folder=tmp_path, tokenizer=tokenizer, now=clock)

    with pytest.raises(GenerationRefused, match="文件从 2 件减到 1 件"):
        await publish(FakeDocuments.of(FUND), folder=tmp_path, tokenizer=tokenizer, now=clock)
    with pytest.raises(GenerationRefused, match="炖排骨"):
        await publish(
            FakeDocuments.of(ALLOWANCE, FUND), folder=tmp_path, tokenizer=tokenizer, now=clock, smoke=["炖排骨"]
        )
    assert live_generation(tmp_path) == first
    forced = await publish(FakeDocuments.of(FUND), folder=tmp_path, tokenizer=tokenizer, now=clock, max_shrink=1.0)
    assert live_generation(tmp_path) == forced
    assert rollback(tmp_path) == first


async def test_a_store_that_fails_leaves_the_live_generation(tmp_path: Path, tokenizer: Tokenizer) -> None:
    clock = FixedClock()
    first = await publish(FakeDocuments.of(ALLOWANCE), folder=tmp_path, tokenizer=tokenizer, now=clock)

    with pytest.raises(ConnectionError):
        await publish(FakeDocuments(trouble=ConnectionError()), folder=tmp_path, tokenizer=tokenizer, now=clock)
    assert live_generation(tmp_path) == first
    assert generations(tmp_path) == (first,)
