import asyncio
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url, select, update

from register.enclosures import MOST, REPLYING, Enclosure, FileKind, NewEnclosure, Purpose
from register.errors import FixedReply, UnknownCase, Unreadable
from register.steps import Stage
from storage.database import Database
from storage.enclosures import SqlEnclosures
from storage.requests import SqlRequests
from storage.tables.requests import enclosure_contents, enclosures, requests
from tests.fakes import MONDAY, PlainVault
from tests.storage.test_requests import HEAD, filed

IMAGE = NewEnclosure(Purpose.IDENTITY, "张三身份证.png", FileKind.PNG, b"\x89PNG 110105")
PAPER = NewEnclosure(Purpose.ATTACHMENT, "说明.txt", FileKind.TEXT, "说明".encode())
LATER = MONDAY + timedelta(days=400)


@pytest.fixture
def files(database: Database) -> SqlEnclosures:
    return SqlEnclosures(database, PlainVault())


async def test_files_are_given_back_to_their_form_only(files: SqlEnclosures) -> None:
    kept = await files.keep("form:li", IMAGE, key="k1", at=MONDAY)
    await files.keep("form:wang", PAPER, key="k2", at=MONDAY)

    assert kept == Enclosure("k1", Purpose.IDENTITY, IMAGE.name, FileKind.PNG, len(IMAGE.content), MONDAY, "citizen")
    assert await files.kept("form:li") == (kept,)
    assert await files.content("form:li", "k1") == IMAGE.content
    assert await files.content("form:wang", "k1") is None
    assert await files.content("form:li", "?") is None


async def test_a_form_that_is_sent_again_brings_no_file_twice(files: SqlEnclosures) -> None:
    sent = await asyncio.gather(*(files.keep("form:li", IMAGE, key=f"k{number}", at=MONDAY) for number in range(10)))
    assert len({each.key for each in sent if each}) == 1
    assert len(await files.kept("form:li")) == 1


async def test_there_are_only_so_many_of_each_purpose(files: SqlEnclosures) -> None:
    sent = [
        await files.keep("form:li", replace(IMAGE, content=bytes([number])), key=f"k{number}", at=MONDAY)
        for number in range(MOST[Purpose.IDENTITY] + 1)
    ]
    assert [each is None for each in sent] == [False] * MOST[Purpose.IDENTITY] + [True]
    assert await files.keep("form:li", PAPER, key="p", at=MONDAY) is not None


async def test_a_file_can_be_taken_back_until_the_form_is_filed(files: SqlEnclosures, database: Database) -> None:
    await files.keep("form:li", IMAGE, key="k1", at=MONDAY)
    await files.drop("form:wang", "k1")
    assert len(await files.kept("form:li")) == 1
    await files.drop("form:li", "k1")
    assert await files.kept("form:li") == ()

    await files.keep("form:li", IMAGE, key="k1", at=MONDAY)
    requests = SqlRequests(database, PlainVault(), code="浚县", query_code=lambda: "ABCD2345")
    docket = await requests.file(filed("form:li"))
    await files.drop("form:li", "k1")
    assert len(await files.kept(await files.source_of(docket.case.reference))) == 1


REPLY = replace(PAPER, purpose=Purpose.REPLY)


async def standing(database: Database, stage: Stage, source: str = "form:li") -> str:
    kept = SqlRequests(database, PlainVault(), code="浚县", query_code=lambda: "ABCD2345")
    return (await kept.file(filed(source, replace(HEAD, stage=stage)))).case.reference


async def test_only_files_of_a_reply_are_taken_back_after_the_form_is_filed(
    files: SqlEnclosures, database: Database
) -> None:
    for source in ("form:li", "form:wang"):
        await standing(database, Stage.DRAFTING, source)
    await files.keep("form:li", PAPER, key="k1", at=MONDAY)
    await files.keep("form:li", REPLY, key="k2", at=MONDAY)
    for source, key in (("form:wang", "k2"), ("form:li", "k1"), ("form:li", "k2")):
        await files.take_back(source, key)

    assert [each.key for each in await files.kept("form:li")] == ["k1"]
    assert await files.content("form:li", "k2") is None


@pytest.mark.parametrize("stage", sorted(set(Stage) - REPLYING))
async def test_the_files_of_a_reply_stay_as_they_are_once_it_went_for_approval(
    files: SqlEnclosures, database: Database, stage: Stage
) -> None:
    reference = await standing(database, Stage.PROCESSING)
    await files.keep("form:li", REPLY, key="k1", at=MONDAY)
    async with database.begin() as connection:
        await connection.execute(update(requests).where(requests.c.reference == reference).values(stage=stage))

    for work in (
        files.keep("form:li", replace(REPLY, content=b"later"), key="k2", at=MONDAY),
        files.take_back("form:li", "k1"),
        files.keep("form:nobody", REPLY, key="k3", at=MONDAY),
    ):
        with pytest.raises(FixedReply):
            await work
    assert [each.key for each in await files.kept("form:li")] == ["k1"]
    assert await files.keep("form:li", PAPER, key="k4", at=MONDAY) is not None


async def test_an_unknown_request_has_no_files(files: SqlEnclosures) -> None:
    with pytest.raises(UnknownCase):
        await files.source_of("浚县-2026-999999")


@pytest.mark.parametrize(("closed_on", "erased"), [(date(2026, 3, 20), True), (None, False)])
async def test_identity_images_are_erased_a_year_after_the_end_and_nothing_else_is(
    files: SqlEnclosures,
    database: Database,
    closed_on: date | None,
    erased: bool,  # noqa: FBT001  a table
) -> None:
    requests = SqlRequests(database, PlainVault(), code="浚县", query_code=lambda: "ABCD2345")
    await files.keep("form:li", IMAGE, key="k1", at=MONDAY)
    await files.keep("form:li", PAPER, key="k2", at=MONDAY)
    await requests.file(filed("form:li", replace(HEAD, closed_on=closed_on)))

    await files.purge(unfiled_before=LATER, closed_before=date(2026, 3, 20))
    assert await files.content("form:li", "k1") == IMAGE.content
    await files.purge(unfiled_before=LATER, closed_before=date(2026, 3, 21))

    assert (await files.content("form:li", "k1") is None) is erased
    assert await files.content("form:li", "k2") == PAPER.content
    assert [each.purged for each in await files.kept("form:li")] == [erased, False]


async def test_files_of_a_form_that_was_never_filed_are_erased(files: SqlEnclosures) -> None:
    await files.keep("form:li", IMAGE, key="k1", at=MONDAY)
    await files.purge(unfiled_before=MONDAY, closed_before=date(2026, 1, 1))
    assert len(await files.kept("form:li")) == 1
    await files.purge(unfiled_before=MONDAY + timedelta(seconds=1), closed_before=date(2026, 1, 1))
    assert await files.kept("form:li") == ()
    assert await files.content("form:li", "k1") is None


async def test_a_content_put_in_the_place_of_another_does_not_open(files: SqlEnclosures, database: Database) -> None:
    await files.keep("form:li", IMAGE, key="k1", at=MONDAY)
    await files.keep("form:li", PAPER, key="k2", at=MONDAY)
    async with database.begin() as connection:
        other = select(enclosure_contents.c.sealed).where(enclosure_contents.c.key == "k2").scalar_subquery()
        await connection.execute(
            update(enclosure_contents).where(enclosure_contents.c.key == "k1").values(sealed=other)
        )
        await connection.execute(update(enclosures).where(enclosures.c.key == "k2").values(source="form:wang"))
    with pytest.raises(Unreadable):
        await files.content("form:li", "k1")
    with pytest.raises(Unreadable):
        await files.kept("form:wang")


async def test_neither_names_nor_contents_can_be_read_from_the_database_file(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    await SqlEnclosures(database, PlainVault()).keep("form:li", IMAGE, key="k1", at=MONDAY)
    await database.aclose()
    files = Path(make_url(sqlite_url).database or "").parent.glob("*")
    kept = b"".join(file.read_bytes() for file in files if file.is_file())
    assert "张三".encode() not in kept
    assert b"110105" not in kept
