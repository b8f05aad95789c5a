from console.choice import choice
from storage.memory import MemoryDocuments
from tests.fakes import FixedClock, a_document


async def shelf() -> MemoryDocuments:
    documents = MemoryDocuments(now=FixedClock())
    for title in ("低保办法", "低保办法解读", "公租房办法"):
        await documents.put(a_document(title, id=f"id-{title}", number=f"{title}号"), by="li")
    return documents


async def test_an_id_a_title_and_a_number_mean_their_document() -> None:
    documents = await shelf()
    for wanted in ("id-低保办法", "低保办法", "低保办法号", " 低保办法 "):
        found = (await choice(documents, wanted)).one
        assert found
        assert found.title == "低保办法"


async def test_a_part_of_several_titles_leaves_the_choice() -> None:
    found = await choice(await shelf(), "低保")
    assert found.one is None
    assert found.total == 2


async def test_nothing_and_something_unknown_mean_nothing() -> None:
    documents = await shelf()
    assert (await choice(documents, "  ")).total == 0
    assert (await choice(documents, "殡葬")).one is None
