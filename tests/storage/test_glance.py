from datetime import timedelta

import pytest
from sqlalchemy import ColumnElement, bindparam, insert, select

from bot.types import ParcelState
from storage.database import Database
from storage.glance import Glance
from storage.tables.register import outbox
from tests.fakes import MONDAY

PARCEL = {
    "channel": "web",
    "user_id": "市民",
    "text": "",
    "reference": "浚县-2026-000001",
    "state": ParcelState.DUE,
    "attempts": 3,
    "created_at": MONDAY,
    "due_at": MONDAY,
    "reason": "",
}


def of(column: ColumnElement[object]) -> Glance:
    of_user = outbox.c.user_id == bindparam("user")
    due = outbox.c.due_at <= bindparam("now")
    return Glance(select(column).where(of_user, due, outbox.c.state == ParcelState.DUE).limit(1))


@pytest.fixture(autouse=True)
async def _parcel(database: Database) -> None:
    await database.write(lambda connection: connection.execute(insert(outbox).values(**PARCEL)))


@pytest.mark.parametrize("name", sorted(PARCEL))
async def test_a_value_is_the_one_that_a_whole_query_gives(database: Database, name: str) -> None:
    found = await database.glance(of(outbox.c[name]), {"user": "市民", "now": MONDAY})
    assert found == PARCEL[name]
    assert type(found) is type(PARCEL[name])


async def test_nothing_found_is_none(database: Database) -> None:
    glance = of(outbox.c.id)
    assert await database.glance(glance, {"user": "市民", "now": MONDAY - timedelta(microseconds=1)}) is None
    assert await database.glance(glance, {"user": "别人", "now": MONDAY}) is None


async def test_values_are_asked_for_as_they_are_kept(database: Database) -> None:
    # NUL and lone surrogates are kept nowhere
    assert await database.glance(of(outbox.c.attempts), {"user": "市\0民\ud800", "now": MONDAY}) == 3


async def test_a_value_that_is_missing_is_the_callers_mistake(database: Database) -> None:
    with pytest.raises(Exception, match="now"):
        await database.glance(of(outbox.c.id), {"user": "市民"})


async def test_an_instant_without_a_time_zone_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="time zone"):
        await database.glance(of(outbox.c.id), {"user": "市民", "now": MONDAY.replace(tzinfo=None)})
