import os

from sqlalchemy import insert, select, update

from bot.types import Message, User
from register.enclosures import FileKind, NewEnclosure, Purpose
from register.interview import Draft, Field
from register.vault import CipherName, Key, Keyring, KeyVault
from storage.database import Database
from storage.drafts import DRAFT, SqlDrafts
from storage.enclosures import SqlEnclosures
from storage.outbox import SqlOutbox
from storage.renewal import Renewal, SqlSeals
from storage.seals import SEALED
from storage.tables import METADATA
from storage.tables.register import outbox
from storage.tables.requests import drafts
from tests.fakes import MONDAY

OLD = Key("2026", CipherName.AES_256_GCM, bytes(range(32)))
NEW = Key("2027", CipherName.SM4_GCM, bytes(range(16)))
OTHER = Key("2025", CipherName.AES_256_GCM, bytes(32))


def vault(*keys: Key) -> KeyVault:
    return KeyVault(Keyring({key.name: key for key in keys}, OLD), os.urandom)


def draft(number: int) -> Draft:
    return Draft(f"d{number}", {Field.NAME: f"张{number}"})


async def test_everything_is_brought_under_the_new_key_and_opens_without_the_old(database: Database) -> None:
    before = SqlDrafts(database, vault(OLD))
    for number in range(5):
        await before.save(f"web:{number}", draft(number), at=MONDAY)
    files = SqlEnclosures(database, vault(OLD))
    scan = NewEnclosure(Purpose.IDENTITY, "证件.pdf", FileKind.PDF, b"%PDF-scan")
    await files.keep("s", scan, key="k", at=MONDAY)

    done = await SqlSeals(database, vault(OLD, NEW)).renew(batch=2)

    assert done == Renewal(renewed=7)
    after = SqlDrafts(database, vault(NEW))
    assert [await after.load(f"web:{number}") for number in range(5)] == [draft(number) for number in range(5)]
    assert await SqlEnclosures(database, vault(NEW)).content("s", "k") == scan.content


async def test_a_second_time_nothing_is_left_to_do(database: Database) -> None:
    await SqlDrafts(database, vault(OLD)).save("web:1", draft(1), at=MONDAY)
    seals = SqlSeals(database, vault(OLD, NEW))
    assert await seals.renew() == Renewal(renewed=1)
    assert await seals.renew() == Renewal(current=1)


async def test_a_text_in_clear_from_before_texts_were_sealed_is_sealed(database: Database) -> None:
    li = User("web", "li")
    kept = SqlOutbox(database, vault(OLD))
    await kept.put(li, "甲", at=MONDAY, held=True)
    await kept.put(li, "乙", at=MONDAY, held=True)
    async with database.begin() as connection:
        first = select(outbox.c.id).order_by(outbox.c.id).limit(1).scalar_subquery()
        await connection.execute(update(outbox).where(outbox.c.id == first).values(text="甲", sealed=None))

    assert await SqlSeals(database, vault(OLD, NEW)).renew() == Renewal(renewed=2)

    async with database.read() as connection:
        assert (await connection.execute(select(outbox.c.text))).scalars().all() == ["", ""]
    given = await SqlOutbox(database, vault(NEW)).pick_up(Message("1", li, "", MONDAY), room=100)
    assert given is not None
    assert given.text == "甲\n\n乙"


async def test_what_was_bound_less_narrowly_opens_and_is_bound_anew(database: Database) -> None:
    async with database.begin() as connection:
        sealed = vault(OLD).seal(DRAFT.dump_json(draft(1)), about="web:1")
        await connection.execute(insert(drafts).values(owner="web:1", changed_at=MONDAY, sealed=sealed))
    kept = SqlDrafts(database, vault(OLD))
    assert await kept.load("web:1") == draft(1)

    seals = SqlSeals(database, vault(OLD))
    assert await seals.renew() == Renewal(renewed=1)
    assert await seals.renew() == Renewal(current=1)
    assert await kept.load("web:1") == draft(1)


async def test_what_no_key_opens_is_counted_and_left_alone(database: Database) -> None:
    await SqlDrafts(database, vault(OTHER)).save("web:1", draft(1), at=MONDAY)
    await SqlDrafts(database, vault(OLD)).save("web:2", draft(2), at=MONDAY)

    assert await SqlSeals(database, vault(OLD, NEW)).renew() == Renewal(renewed=1, unreadable=1)

    assert await SqlDrafts(database, vault(OTHER)).load("web:1") == draft(1)


def test_no_table_with_sealed_contents_is_left_out() -> None:
    assert {table.name for table, _, _ in SEALED} == {
        table.name for table in METADATA.tables.values() if "sealed" in table.c
    }
