import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from knowledge.ports import DocumentStore
from knowledge.revisions import Ending
from knowledge.types import Disclosure, Document, Kind, Outcome, Validity
from storage.database import Database
from storage.documents import SqlDocuments
from storage.tables.knowledge import document_versions
from tests.fakes import MONDAY, FixedClock
from tests.storage.conftest import Stores

RULES = Document(
    id="guoling-711",
    title="中华人民共和国政府信息公开条例",
    text="# 第一章\n第一条 为了保障公民……",
    digest="a" * 64,
    issuer="国务院",
    number="国令第711号",
    published_on=date(2019, 4, 3),
    effective_on=date(2019, 5, 15),
    expires_on=date(2049, 1, 1),
    url="https://www.example.gov.cn/711",
    validity=Validity.AMENDED,
    disclosure=Disclosure.ON_REQUEST,
    kind=Kind.INTERPRETATION,
    topic="信息公开",
    department="办公室",
    successor="x",
    interprets="y",
)
NOTE = Document(id="note", title="通知", text="正文", digest="b" * 64)


@pytest.fixture
def documents(stores: Stores) -> DocumentStore:
    return stores.documents


class TestDocuments:
    async def test_a_document_is_given_back_as_it_was_put(self, documents: DocumentStore) -> None:
        for document in (RULES, NOTE):
            assert await documents.put(document, by="li") is Outcome.CREATED
            assert await documents.get(document.id) == document
        assert await documents.get("unknown") is None

    async def test_an_equal_digest_changes_nothing(self, documents: DocumentStore) -> None:
        await documents.put(RULES, by="li")

        assert await documents.put(replace(RULES, title="别的"), by="li") is Outcome.UNCHANGED
        assert await documents.get(RULES.id) == RULES

    async def test_another_digest_is_a_new_version(self, documents: DocumentStore) -> None:
        await documents.put(RULES, by="li")
        changed = replace(RULES, digest="c" * 64, validity=Validity.REPEALED)

        assert await documents.put(changed, by="wang") is Outcome.UPDATED
        assert await documents.get(RULES.id) == changed
        assert await documents.count() == 1

    async def test_a_removed_document_is_gone_and_can_come_again(self, documents: DocumentStore) -> None:
        await documents.put(RULES, by="li")

        assert await documents.remove(RULES.id, by="li") is True
        assert await documents.remove(RULES.id, by="li") is False
        assert await documents.get(RULES.id) is None
        assert await documents.count() == 0
        assert [document async for document in documents.all()] == []
        assert await documents.put(RULES, by="li") is Outcome.CREATED
        assert await documents.get(RULES.id) == RULES

    async def test_all_are_given_in_order_of_id(self, documents: DocumentStore) -> None:
        names = ["b", "B", "a-1", "a1", "浚县", "Ä", "_", "公告"]
        for name in names:
            await documents.put(replace(NOTE, id=name), by="li")

        assert [document.id async for document in documents.all()] == sorted(names)
        assert await documents.count() == len(names)

    async def test_any_characters_of_a_file_are_taken(self, documents: DocumentStore) -> None:
        strange = replace(NOTE, id="a\0b", title="题\0\ud800", text="正文😀" * 50_000)
        assert await documents.put(strange, by="li") is Outcome.CREATED

        kept = await documents.get(strange.id)
        assert kept is not None
        assert kept.text == strange.text

    async def test_a_page_of_documents_is_found_by_words_validity_kind_and_topic(
        self, documents: DocumentStore
    ) -> None:
        await documents.put(RULES, by="li")
        await documents.put(NOTE, by="li")
        await documents.put(replace(NOTE, id="later", published_on=date(2026, 1, 1), issuer="县府办_A%"), by="li")
        await documents.put(replace(NOTE, id="gone"), by="li")
        await documents.remove("gone", by="li")

        async def found(**wanted: Any) -> list[str]:  # noqa: ANN401 - any filter
            return [document.id for document in (await documents.find(**wanted)).documents]

        assert await found() == ["later", RULES.id, "note"]
        assert await found(text="第711号") == [RULES.id]
        assert await found(text="办_a%") == ["later"]
        assert await found(text="%条例") == []
        assert await found(validity=Validity.AMENDED) == [RULES.id]
        assert await found(kind=Kind.POLICY, topic="") == ["later", "note"]
        assert await found(topic="信息公开") == [RULES.id]
        assert await found(offset=1, limit=1) == [RULES.id]
        assert (await documents.find(limit=1)).total == 3
        assert (await documents.find(offset=2**70)).documents == ()

    async def test_versions_tell_who_when_and_why(self, documents: DocumentStore, clock: FixedClock) -> None:
        await documents.put(RULES, by="li")
        clock.forward(hours=1)
        await documents.remove(RULES.id, by="zhao", reason="内容有误")

        removal, first = await documents.versions(RULES.id)

        assert (removal.number, removal.by, removal.reason, removal.document) == (2, "zhao", "内容有误", None)
        assert (first.number, first.by, first.at, first.document) == (1, "li", MONDAY, RULES)
        assert await documents.versions("unknown") == ()
        assert await documents.changed_at() == removal.at == MONDAY + timedelta(hours=1)

    async def test_how_documents_end_is_known_to_every_store(self, documents: DocumentStore) -> None:
        last = date(2026, 4, 30)
        assert await documents.endings() == frozenset()
        await documents.put(NOTE, by="li")
        assert await documents.endings() == frozenset()
        await documents.put(replace(NOTE, successor="new", expires_on=last, digest="2"), by="li")
        assert await documents.endings() == {Ending(NOTE.id, repealed=False, expires_on=last, successor="new")}
        await documents.put(replace(NOTE, validity=Validity.REPEALED, successor="", digest="3"), by="li")
        assert await documents.endings() == {Ending(NOTE.id, repealed=True, expires_on=NOTE.expires_on, successor="")}
        await documents.put(NOTE, by="li")
        assert await documents.endings() == frozenset()
        await documents.put(replace(NOTE, validity=Validity.REPEALED, digest="4"), by="li")
        await documents.remove(NOTE.id, by="li")
        assert await documents.endings() == frozenset()

    async def test_every_text_a_removed_document_had_is_withdrawn_until_it_is_published_again(
        self, documents: DocumentStore
    ) -> None:
        assert await documents.changed_at() is None
        second, third = replace(NOTE, digest="c" * 64), replace(NOTE, digest="d" * 64)
        for version in (NOTE, second):
            await documents.put(version, by="li")
        await documents.put(RULES, by="li")
        assert await documents.withdrawn() == frozenset()

        await documents.remove(NOTE.id, by="li")
        assert await documents.withdrawn() == {(NOTE.id, NOTE.digest), (NOTE.id, second.digest)}
        await documents.put(third, by="li")
        assert await documents.withdrawn() == {(NOTE.id, NOTE.digest), (NOTE.id, second.digest)}
        await documents.put(second, by="li")
        assert await documents.withdrawn() == {(NOTE.id, NOTE.digest)}
        await documents.remove(NOTE.id, by="li")
        assert len(await documents.withdrawn()) == 3

    async def test_all_may_change_documents_on_the_way(self, documents: DocumentStore) -> None:
        for number in range(3):
            await documents.put(replace(NOTE, id=f"{number}"), by="li")
        async for document in documents.all():
            await documents.put(replace(document, digest="d" * 64), by="li")

        assert {document.digest async for document in documents.all()} == {"d" * 64}


async def test_more_documents_than_one_page_are_all_given(database: Database, clock: FixedClock) -> None:
    documents = SqlDocuments(database, now=clock, page=3)
    names = [f"{number:04d}" for number in range(10)]
    for name in names:
        await documents.put(replace(NOTE, id=name), by="li")

    assert [document.id async for document in documents.all()] == names


async def test_every_version_is_kept_with_who_made_it(database: Database, clock: FixedClock) -> None:
    documents = SqlDocuments(database, now=clock)
    await documents.put(RULES, by="li")
    await documents.put(replace(RULES, digest="c" * 64, title="修订"), by="wang")
    await documents.remove(RULES.id, by="zhao")
    await documents.put(RULES, by="qian")

    async with database.read() as connection:
        rows = (await connection.execute(select(document_versions).order_by(document_versions.c.version))).all()
    assert [(row.version, row.by, row.at) for row in rows] == [
        (1, "li", MONDAY),
        (2, "wang", MONDAY),
        (3, "zhao", MONDAY),
        (4, "qian", MONDAY),
    ]
    assert [row.content and row.content["title"] for row in rows] == [RULES.title, "修订", None, RULES.title]
    assert rows[0].content["published_on"] == "2019-04-03"
    assert rows[0].content["validity"] == "已被修改"


async def test_two_imports_at_once_lose_no_version(database_url: str, clock: FixedClock) -> None:
    databases = [Database(database_url) for _ in range(2)]
    stores = [SqlDocuments(database, now=clock) for database in databases]
    puts = (stores[number % 2].put(replace(NOTE, digest=f"{number}"), by="li") for number in range(10))
    outcomes = await asyncio.gather(*puts)

    assert outcomes.count(Outcome.CREATED) == 1
    async with databases[0].read() as connection:
        kept = (await connection.execute(select(document_versions.c.version))).scalars().all()
    assert sorted(kept) == list(range(1, 11))
    for database in databases:
        await database.aclose()


async def test_what_another_process_takes_down_is_seen(database_url: str, clock: FixedClock) -> None:
    databases = [Database(database_url) for _ in range(2)]
    one, other = (SqlDocuments(database, now=clock) for database in databases)
    second = replace(NOTE, id="second")
    for document in (NOTE, second):
        await one.put(document, by="li")
    assert await other.withdrawn() == frozenset()

    await one.remove(NOTE.id, by="li")
    assert await other.withdrawn() == {(NOTE.id, NOTE.digest)}
    await asyncio.gather(one.put(NOTE, by="li"), one.remove(second.id, by="li"))
    assert await other.withdrawn() == await one.withdrawn() == {(second.id, second.digest)}

    for database in databases:
        await database.aclose()
