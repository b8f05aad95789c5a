"""Texts taken down or repealed, in libraries that answer from generations of any age."""

import sys
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from knowledge.building import build_generation
from knowledge.errors import UnknownPassage
from knowledge.library import Library
from knowledge.records import as_of
from knowledge.revisions import Ending
from knowledge.shelf import rollback, switch
from knowledge.tokens import Tokenizer
from knowledge.types import Document, Finding, LinkedQuestion, Validity
from storage.database import Database
from storage.documents import SqlDocuments
from tests.fakes import FixedClock, a_document

# the first search of a process compiles
pytestmark = pytest.mark.timeout(60)
GRANT = a_document(
    "高龄津贴发放办法", text="第一条 高龄津贴每月一百元。", id="津贴", number="云政〔2025〕8号", topic="民政"
)
OTHERS = (
    a_document("最低生活保障审核办法", text="第一条 最低生活保障向乡镇人民政府申请。", id="低保"),
    a_document("公积金提取办法", text="第一条 公积金向管理中心提取。", id="公积金"),
)
LINK = LinkedQuestion("老人每月有多少钱", (GRANT.id,))
ASKED = ("高龄津贴每月多少", "云政〔2025〕8号", "《高龄津贴发放办法》", LINK.question)


def publish(folder: Path, tokenizer: Tokenizer, *documents: Document) -> str:
    generation = build_generation(
        [*documents, *OTHERS], folder=folder, tokenizer=tokenizer, now=FixedClock(), linked=[LINK]
    )
    switch(folder, generation, tokenizer=tokenizer, max_shrink=1.0)
    return generation


async def shown(library: Library) -> set[str]:
    """Return the texts that any of the questions shows, near misses among them, or that can be opened."""
    texts = set()
    for question in ASKED:
        finding = await library.find(question)
        texts |= {hit.passage.document.text for hit in (*finding.hits, *finding.near_misses)}
    for wanted in (GRANT.id, GRANT.number):
        document = await library.document(wanted)
        texts |= {document.text} if document else set()
    with suppress(UnknownPassage):
        texts.add((await library.open(f"{GRANT.id}#0", "津贴")).passage.text)
    return texts & {GRANT.text, "第一条 高龄津贴每月二百元。"}


@pytest.fixture
async def library(tmp_path: Path, tokenizer: Tokenizer) -> Library:
    publish(tmp_path, tokenizer, GRANT)
    opened = Library(tmp_path, tokenizer)
    await opened.reload()
    return opened


async def test_a_hidden_text_is_neither_searched_named_opened_nor_a_candidate(library: Library) -> None:
    assert await shown(library) == {GRANT.text}
    generation = library.generation

    library.hide(frozenset({(GRANT.id, GRANT.digest)}))

    assert await shown(library) == set()
    assert library.generation == generation
    assert await library.document("低保") is not None
    assert (await library.find("公积金怎么提取")).hits[0].passage.document.id == "公积金"
    library.hide(frozenset())
    assert await shown(library) == {GRANT.text}


async def test_only_the_texts_named_are_hidden(library: Library) -> None:
    library.hide(frozenset({(GRANT.id, "another"), ("unknown", GRANT.digest)}))

    assert await shown(library) == {GRANT.text}


async def test_what_is_hidden_stays_so_in_every_generation(
    library: Library, tmp_path: Path, tokenizer: Tokenizer
) -> None:
    library.hide(frozenset({(GRANT.id, GRANT.digest)}))
    # one that was being built while the text was taken down
    publish(tmp_path, tokenizer, GRANT)
    await library.reload()
    assert await shown(library) == set()
    publish(tmp_path, tokenizer)
    await library.reload()
    assert await shown(library) == set()
    rollback(tmp_path)
    await library.reload()
    assert await shown(library) == set()


async def test_a_library_without_a_generation_remembers_what_is_hidden(tmp_path: Path, tokenizer: Tokenizer) -> None:
    library = Library(tmp_path, tokenizer)
    library.hide(frozenset({(GRANT.id, GRANT.digest)}))
    publish(tmp_path, tokenizer, GRANT)
    await library.reload()

    assert await shown(library) == set()


async def test_two_machines_over_one_database_stop_showing_what_one_takes_down(
    database: Database, tmp_path: Path, tokenizer: Tokenizer
) -> None:
    documents = SqlDocuments(database, now=FixedClock())
    machines = []
    for name in ("one", "two"):
        publish(tmp_path / name, tokenizer, GRANT)
        machines.append(Library(tmp_path / name, tokenizer))
    await documents.put(GRANT, by="命令行")
    corrected = replace(GRANT, text="第一条 高龄津贴每月二百元。", digest="corrected")

    async def polled() -> list[set[str]]:
        for machine in machines:
            machine.hide(await documents.withdrawn())
            await machine.reload()
        return [await shown(machine) for machine in machines]

    assert await polled() == [{GRANT.text}] * 2
    await documents.remove(GRANT.id, by="值班", reason="金额有误")
    assert await polled() == [set()] * 2

    # published again with another text: the old generation still must not show the old one
    await documents.put(corrected, by="发布")
    assert await polled() == [set()] * 2
    publish(tmp_path / "one", tokenizer, corrected)
    assert await polled() == [{corrected.text}, set()]


@pytest.mark.parametrize("effective_on", [date(2026, 3, 2), date(2026, 3, 3)])
async def test_a_text_whose_validity_was_judged_anew_is_taken_down_too(
    database: Database, tmp_path: Path, tokenizer: Tokenizer, effective_on: date
) -> None:
    begun = date(2026, 3, 2)
    stored = replace(GRANT, validity=Validity.NOT_YET_EFFECTIVE, effective_on=effective_on)
    if effective_on > begun:
        stored = replace(stored, validity=Validity.IN_FORCE)
    documents = SqlDocuments(database, now=FixedClock())
    await documents.put(stored, by="命令行")
    judged = [as_of(document, begun) async for document in documents.all()]
    assert judged[0].validity is not stored.validity
    publish(tmp_path, tokenizer, *judged)
    library = Library(tmp_path, tokenizer, today=lambda: date(2026, 3, 3))
    await library.reload()
    assert await shown(library) == {GRANT.text}

    await documents.remove(GRANT.id, by="值班", reason="金额有误")
    library.hide(await documents.withdrawn())

    assert await shown(library) == set()


async def test_a_text_is_hidden_after_any_number_of_days_and_withdrawals(tmp_path: Path, tokenizer: Tokenizer) -> None:
    publish(tmp_path, tokenizer, GRANT)
    days = [date(2026, 3, 2)]
    library = Library(tmp_path, tokenizer, today=lambda: days[-1])
    await library.reload()

    for number in range(sys.getrecursionlimit() // 2 + 100):
        library.hide(frozenset({("unknown", str(number))}))
        days.append(days[-1] + timedelta(days=1))
        await library.find("公积金")

    assert await library.document(GRANT.id) is not None
    library.hide(frozenset({(GRANT.id, GRANT.digest)}))
    assert await shown(library) == set()


def in_answer(finding: Finding) -> set[str]:
    return {hit.passage.document.id for hit in (*finding.hits, *finding.near_misses)}


async def test_a_confirmed_repeal_holds_in_every_generation_at_once(
    database: Database, tmp_path: Path, tokenizer: Tokenizer
) -> None:
    documents = SqlDocuments(database, now=FixedClock())
    await documents.put(GRANT, by="命令行")
    publish(tmp_path, tokenizer, GRANT)
    library = Library(tmp_path, tokenizer, today=lambda: date(2026, 3, 2))
    library.end(await documents.endings())
    await library.reload()
    assert GRANT.id in in_answer(await library.find("高龄津贴每月多少"))
    generation = library.generation

    await documents.put(replace(GRANT, validity=Validity.REPEALED, successor="新", digest="repealed"), by="编辑")
    library.end(await documents.endings())
    publish(tmp_path, tokenizer)
    rollback(tmp_path)
    await library.reload()

    assert library.generation == generation
    assert GRANT.id not in in_answer(await library.find("高龄津贴每月多少"))
    assert GRANT.id not in in_answer(await library.find(LINK.question))
    for wanted in (GRANT.number, f"《{GRANT.title}》"):
        (hit,) = (await library.find(wanted)).hits
        assert (hit.passage.document.validity, hit.passage.document.successor) == (Validity.REPEALED, "新")
    assert (await library.open(f"{GRANT.id}#0", "津贴")).passage.document.validity is Validity.REPEALED
    assert "低保" in in_answer(await library.find("最低生活保障向谁申请"))

    await documents.put(GRANT, by="编辑")
    library.end(await documents.endings())
    assert GRANT.id in in_answer(await library.find("高龄津贴每月多少"))


async def test_a_repeal_to_come_holds_from_its_day_on(tmp_path: Path, tokenizer: Tokenizer) -> None:
    publish(tmp_path, tokenizer, GRANT)
    days = [date(2026, 4, 30)]
    library = Library(tmp_path, tokenizer, today=lambda: days[-1])
    await library.reload()
    library.end(frozenset({Ending(GRANT.id, repealed=False, expires_on=days[0], successor="新")}))

    assert GRANT.id in in_answer(await library.find("高龄津贴每月多少"))
    days.append(date(2026, 5, 1))
    assert GRANT.id not in in_answer(await library.find("高龄津贴每月多少"))
    (hit,) = (await library.find(GRANT.number)).hits
    assert (hit.passage.document.validity, hit.passage.document.successor) == (Validity.EXPIRED, "新")
