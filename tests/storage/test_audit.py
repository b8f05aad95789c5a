import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import Update, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from register.docket import Paper, Reveal
from register.errors import Unreadable
from register.steps import RequestStep
from storage.audit import Alteration, Anchor, SqlAudit
from storage.database import Database
from storage.requests import SqlRequests
from storage.tables.register import counters
from storage.tables.requests import acts, papers, reveals
from tests.fakes import MONDAY, PlainVault
from tests.storage.test_requests import HEAD, accepted, filed

LETTER = Paper("receipt", "", MONDAY, "wang", "回执", "<p>回执</p>", b"\x00docx", "d" * 64)
STEPS = 2
"""Acts of a request that was just filed."""


@pytest.fixture
async def requests(database: Database) -> SqlRequests:
    """Three requests with two acts each."""
    made = SqlRequests(database, PlainVault(), code="浚县", query_code=lambda: "ABCD2345")
    for number in range(3):
        await made.file(filed(f"{number}"))
    return made


@pytest.fixture
async def audit(database: Database, requests: SqlRequests) -> SqlAudit:
    assert requests is not None
    return SqlAudit(database, PlainVault())


@pytest.fixture
async def intruder(database: Database) -> AsyncIterator[Database]:
    """The database for somebody who may do everything with it, but has no keys."""
    if not database.postgresql:
        async with database.begin() as connection:
            for name in ("acts", "reveals"):
                await connection.execute(text(f"DROP TRIGGER {name}_are_not_changed"))
                await connection.execute(text(f"DROP TRIGGER {name}_are_not_deleted"))
        yield database
        return
    async with database.begin() as connection:
        for name in ("acts", "reveals"):
            await connection.execute(text(f"ALTER TABLE {name} DISABLE TRIGGER USER"))
    yield database
    async with database.begin() as connection:
        for name in ("acts", "reveals"):
            await connection.execute(text(f"ALTER TABLE {name} ENABLE TRIGGER USER"))


async def change(database: Database, number: int, /, **values: object) -> None:
    async with database.begin() as connection:
        await connection.execute(update(acts).where(acts.c.number == number).values(values))


async def altered(audit: SqlAudit, known: Anchor | None = None) -> list[int]:
    return [each.number for each in (await audit.audit(known=known)).altered]


async def test_histories_as_they_were_written_are_whole(audit: SqlAudit) -> None:
    found = await audit.audit()
    assert (found.whole, found.earlier, found.altered) == (3 * STEPS, 0, [])
    assert found.end.number == 3 * STEPS


async def test_parallel_steps_make_one_chain(requests: SqlRequests, audit: SqlAudit) -> None:
    await asyncio.gather(*(requests.file(filed(f"more {number}")) for number in range(50)))
    found = await audit.audit()
    assert (found.whole, found.altered) == (53 * STEPS, [])


@pytest.mark.parametrize(
    "values", [{"actor": "别人"}, {"step": "withdraw"}, {"link": "0" * 32}, {"place": 9}, {"sealed": b"\x00" * 60}]
)
async def test_an_act_that_was_changed_is_named(audit: SqlAudit, intruder: Database, values: dict[str, object]) -> None:
    await change(intruder, 3, **values)
    (found,) = (await audit.audit()).altered
    assert (found.number, found.reference) == (3, "浚县-2026-000002")


async def test_one_flipped_bit_is_named(audit: SqlAudit, intruder: Database) -> None:
    async with intruder.read() as connection:
        sealed = bytearray(await connection.scalar(select(acts.c.sealed).where(acts.c.number == 4)) or b"")
    sealed[-2] ^= 1
    await change(intruder, 4, sealed=bytes(sealed))
    assert await altered(audit) == [4]


@pytest.mark.parametrize("number", range(1, 3 * STEPS + 1))
async def test_an_act_that_was_taken_away_is_named(audit: SqlAudit, intruder: Database, number: int) -> None:
    async with intruder.begin() as connection:
        await connection.execute(delete(acts).where(acts.c.number == number))
    assert (await audit.audit()).altered == [Alteration(number)]


async def test_an_end_that_was_taken_away_with_its_count_is_told_by_an_anchor(
    audit: SqlAudit, intruder: Database
) -> None:
    known = (await audit.audit()).end
    async with intruder.begin() as connection:
        await connection.execute(delete(acts).where(acts.c.number >= 5))
        await connection.execute(update(counters).where(counters.c.name == "acts").values(value=4))
    assert await altered(audit) == []
    assert await altered(audit, known) == [5, 6]
    assert await altered(audit, Anchor(4, "0" * 32)) == [4]


async def test_an_act_taken_out_of_the_chain_is_named(audit: SqlAudit, intruder: Database) -> None:
    await change(intruder, 3, number=None)
    assert [(each.number, each.reference) for each in (await audit.audit()).altered] == [
        (3, ""),
        (0, "浚县-2026-000002"),
    ]


async def test_acts_from_before_the_chain_are_counted_apart(
    requests: SqlRequests, audit: SqlAudit, intruder: Database
) -> None:
    async with intruder.begin() as connection:
        await connection.execute(update(acts).values(number=None, link=None))
        await connection.execute(delete(counters).where(counters.c.name == "acts"))
    await requests.file(filed("after"))
    found = await audit.audit()
    assert (found.whole, found.earlier, found.altered) == (STEPS, 3 * STEPS, [])


async def look(requests: SqlRequests, number: int = 1) -> None:
    await requests.note_reveal(Reveal(f"浚县-2026-{number:06d}", MONDAY, "li", "officer", "核对地址"))


async def test_looks_at_personal_data_are_in_the_chain_of_the_acts(requests: SqlRequests, audit: SqlAudit) -> None:
    await look(requests)
    await requests.file(filed("later"))
    await asyncio.gather(*(look(requests, number) for number in (1, 2, 3)))
    found = await audit.audit()
    assert (found.whole, found.earlier, found.altered) == (4 * STEPS + 4, 0, [])


@pytest.mark.parametrize(
    "values",
    [{"actor": "别人"}, {"role": "intake"}, {"reason": "办案"}, {"reference": "浚县-2026-000002"}, {"link": "0" * 32}],
)
async def test_a_look_that_was_changed_is_named(
    requests: SqlRequests, audit: SqlAudit, intruder: Database, values: dict[str, str]
) -> None:
    await look(requests)
    await requests.file(filed("later"))
    async with intruder.begin() as connection:
        await connection.execute(update(reveals).values(values))
    (found,) = (await audit.audit()).altered
    assert (found.number, found.step) == (3 * STEPS + 1, "reveal")


async def test_a_look_that_was_taken_away_is_named(requests: SqlRequests, audit: SqlAudit, intruder: Database) -> None:
    for _ in range(2):
        await look(requests)
    async with intruder.begin() as connection:
        await connection.execute(delete(reveals).where(reveals.c.number == 3 * STEPS + 2))
    assert (await audit.audit()).altered == [Alteration(3 * STEPS + 2)]


async def test_looks_from_before_they_were_chained_are_counted_apart(
    requests: SqlRequests, audit: SqlAudit, database: Database
) -> None:
    earlier = {"reference": "浚县-2026-000001", "at": MONDAY, "actor": "li", "role": "officer", "reason": "核对"}
    async with database.begin() as connection:
        await connection.execute(insert(reveals).values(earlier))
    await look(requests)
    found = await audit.audit()
    assert (found.whole, found.earlier, found.altered) == (3 * STEPS + 1, 1, [])


@pytest.mark.parametrize("change", [update(reveals).values(reason="办案"), delete(reveals)])
async def test_the_database_itself_refuses_to_change_or_delete_looks(
    database: Database, requests: SqlRequests, change: Update
) -> None:
    await look(requests)
    with pytest.raises(IntegrityError, match="reveals_are_not"):
        async with database.begin() as connection:
            await connection.execute(change)


@pytest.mark.parametrize("change", [update(acts).values(actor="别人"), update(acts).values(number=7), delete(acts)])
async def test_the_database_itself_refuses_to_change_or_delete_acts(
    database: Database, requests: SqlRequests, change: Update
) -> None:
    with pytest.raises(IntegrityError, match="acts_are_not"):
        async with database.begin() as connection:
            await connection.execute(change)
    assert len([docket async for docket in requests.all()]) == 3


async def test_two_acts_of_one_request_that_change_places_do_not_open(
    requests: SqlRequests, intruder: Database
) -> None:
    async with intruder.read() as connection:
        rows = (await connection.execute(select(acts).order_by(acts.c.number).limit(2))).all()
    await change(intruder, 1, sealed=rows[1].sealed)
    await change(intruder, 2, sealed=rows[0].sealed)
    with pytest.raises(Unreadable):
        await requests.load(rows[0].reference)


async def test_two_letters_of_one_request_that_change_places_do_not_open(
    requests: SqlRequests, intruder: Database
) -> None:
    office, docket = accepted(await requests.load("浚县-2026-000001"))
    office.must(RequestStep.ACCEPT)
    letters = [replace(LETTER, number=f"云公开〔2026〕{number}号") for number in (1, 2)]
    await requests.record(docket, office.events[-1], HEAD, papers=letters)
    assert list(await requests.papers(docket.case.reference)) == letters

    async with intruder.begin() as connection:
        first, second = (await connection.execute(select(papers).order_by(papers.c.id))).all()
        for row, other in ((first, second), (second, first)):
            await connection.execute(update(papers).where(papers.c.id == row.id).values(sealed=other.sealed))
    with pytest.raises(Unreadable):
        await requests.papers(docket.case.reference)
