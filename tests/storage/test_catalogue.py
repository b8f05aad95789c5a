from collections.abc import AsyncIterator
from datetime import date

import pytest

from knowledge.ports import Catalogue, DocumentStore
from knowledge.types import Disclosure
from storage.catalogue import SqlCatalogue
from storage.database import Database
from storage.documents import SqlDocuments
from storage.memory import MemoryCatalogue, MemoryDocuments
from tests.fakes import FixedClock, a_document

Shelf = tuple[DocumentStore, Catalogue]


@pytest.fixture
async def shelf(place: str) -> AsyncIterator[Shelf]:
    if place == "memory":
        documents = MemoryDocuments(now=FixedClock())
        yield documents, MemoryCatalogue(documents)
        return
    database = Database(place)
    yield SqlDocuments(database, now=FixedClock()), SqlCatalogue(database)
    await database.aclose()


async def test_only_what_is_disclosed_and_not_taken_down_is_in_the_catalogue(shelf: Shelf) -> None:
    documents, catalogue = shelf
    old = a_document("甲办法", topic="社会救助", published_on=date(2024, 1, 1))
    new = a_document("乙办法", topic="社会救助", number="云政〔2026〕1号", published_on=date(2026, 1, 1))
    undated = a_document("丙100%", published_on=None)
    for each in (
        *(old, new, undated, a_document("已下架")),
        a_document("不公开", disclosure=Disclosure.WITHHELD),
        a_document("依申请", disclosure=Disclosure.ON_REQUEST),
    ):
        await documents.put(each, by="li")
    await documents.remove("已下架", by="li")

    everything = await catalogue.find()
    assert (everything.documents, everything.total) == ((new, old, undated), 3)
    assert (await catalogue.find(offset=1, limit=1)).documents == (old,)
    assert (await catalogue.find(topic="社会救助")).total == 2
    assert (await catalogue.find(text="〔2026〕")).documents == (new,)
    assert (await catalogue.find(text="100%")).documents == (undated,)
    assert await catalogue.topics() == {"社会救助": 2, "": 1}
    assert await catalogue.get("甲办法") == old
    for hidden in ("不公开", "依申请", "已下架", "没有"):
        assert await catalogue.get(hidden) is None
