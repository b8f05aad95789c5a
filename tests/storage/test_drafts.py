from datetime import timedelta

import pytest

from register.docket import Deflections
from register.interview import Draft, Field
from storage.database import Database
from storage.drafts import SqlDrafts
from storage.figures import SqlFigures
from tests.fakes import MONDAY, PlainVault

DRAFT = Draft("d1", {Field.DESCRIPTION: "云政办12号", Field.NAME: "张三"}, asked="web:li:3")


@pytest.fixture
def drafts(database: Database) -> SqlDrafts:
    return SqlDrafts(database, PlainVault())


async def test_a_draft_is_given_back_to_its_owner_alone(drafts: SqlDrafts) -> None:
    await drafts.save("web:li", DRAFT, at=MONDAY)
    await drafts.save("web:li", Draft("d2", {}), at=MONDAY)
    await drafts.save("web:wang", DRAFT, at=MONDAY)

    assert await drafts.load("web:li") == Draft("d2", {})
    assert await drafts.load("web:wang") == DRAFT
    assert await drafts.load("web:zhao") is None


async def test_nothing_is_left_of_a_dropped_draft(drafts: SqlDrafts) -> None:
    await drafts.save("web:li", DRAFT, at=MONDAY)
    await drafts.drop("web:li")
    assert await drafts.load("web:li") is None


async def test_what_lies_untouched_is_purged(drafts: SqlDrafts) -> None:
    await drafts.save("web:li", DRAFT, at=MONDAY)
    await drafts.save("web:wang", DRAFT, at=MONDAY + timedelta(days=2))

    assert await drafts.purge(before=MONDAY + timedelta(days=1)) == 1
    assert await drafts.load("web:li") is None
    assert await drafts.load("web:wang") == DRAFT


async def test_a_draft_sealed_with_another_key_is_none(drafts: SqlDrafts, database: Database) -> None:
    class OtherVault(PlainVault):
        def seal(self, content: bytes, *, about: str) -> bytes:
            return super().seal(content, about=f"other {about}")

    await SqlDrafts(database, OtherVault()).save("web:li", DRAFT, at=MONDAY)
    assert await drafts.load("web:li") is None


async def test_it_is_counted_how_often_published_texts_made_a_form_needless(
    database: Database, drafts: SqlDrafts
) -> None:
    for number in range(4):
        await drafts.suggested(f"d{number}", at=MONDAY)
    await drafts.suggested("old", at=MONDAY - timedelta(days=1))
    for draft in ("d1", "d1", "d2", "old"):
        await drafts.viewed(draft)
    for draft in ("d2", "d3", "unknown"):
        await drafts.filed(draft)

    figures, day = SqlFigures(database), MONDAY.date()
    counted = await figures.deflections(day, day)
    assert counted == Deflections(shown=4, viewed=2, answered=1)
    assert (counted.view_rate, counted.anyway_rate, counted.answer_rate) == (0.5, 0.25, 0.25)
    assert (await figures.deflections(day + timedelta(days=1), day + timedelta(days=9))).answer_rate == 0
