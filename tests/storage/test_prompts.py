from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from register.prompts import Post
from register.reminders import Stage
from register.steps import Stage as Standing
from storage.database import Database
from storage.prompts import SqlPrompts
from storage.requests import SqlRequests
from storage.tables.register import cases
from storage.tables.requests import requests as requests_table
from tests.fakes import MONDAY, PlainVault
from tests.storage.test_requests import filed

DUE = date(2026, 3, 30)
NEXT = MONDAY + timedelta(days=1)


@pytest.fixture
def prompts(database: Database) -> SqlPrompts:
    return SqlPrompts(database)


async def given(database: Database, number: str, *stages: Stage, handler: str = "") -> str:
    """File a request, hand it to somebody and give its reminders, a minute apart; return its number."""
    requests = SqlRequests(database, PlainVault(), code="浚县", query_code=lambda: "ABCD2345")
    reference = (await requests.file(filed(f"web:li:{number}"))).case.reference
    async with database.begin() as connection:
        await connection.execute(update(cases).where(cases.c.reference == reference).values(handler=handler))
    for minute, stage in enumerate(stages):
        assert await requests.remind(reference, stage, DUE, at=MONDAY + timedelta(minutes=minute))
    return reference


async def close(database: Database, reference: str) -> None:
    closed = update(requests_table).where(requests_table.c.reference == reference).values(stage=Standing.CLOSED)
    async with database.begin() as connection:
        await connection.execute(closed)


class TestWhatIsShown:
    async def test_who_handles_a_request_is_shown_its_furthest_reminder_until_it_is_seen(
        self, database: Database, prompts: SqlPrompts
    ) -> None:
        mine = await given(database, "1", Stage.FIVE_LEFT, Stage.ONE_LEFT, handler="li")
        await given(database, "2", Stage.FIVE_LEFT, handler="wang")

        (shown,) = await prompts.unseen("li", unassigned=False)
        assert (shown.reference, shown.stage, shown.day, shown.handler) == (mine, Stage.ONE_LEFT, DUE, "li")

        await prompts.see(mine, by="li", at=NEXT)
        assert await prompts.unseen("li", unassigned=False) == []
        assert len(await prompts.unseen("wang", unassigned=False)) == 1

    async def test_what_comes_after_the_look_is_shown_again(self, database: Database, prompts: SqlPrompts) -> None:
        mine = await given(database, "1", Stage.FIVE_LEFT, handler="li")
        await prompts.see(mine, by="li", at=MONDAY)
        requests = SqlRequests(database, PlainVault(), code="浚县", query_code=lambda: "")
        await requests.remind(mine, Stage.OVERDUE, DUE, at=NEXT)
        assert [each.stage for each in await prompts.unseen("li", unassigned=False)] == [Stage.OVERDUE]

    async def test_what_nobody_handles_is_shown_to_who_hands_out(self, database: Database, prompts: SqlPrompts) -> None:
        await given(database, "1", Stage.FIVE_LEFT)
        assert await prompts.unseen("li", unassigned=False) == []
        assert len(await prompts.unseen("li", unassigned=True)) == 1

    async def test_a_request_that_is_answered_is_not_shown(self, database: Database, prompts: SqlPrompts) -> None:
        await close(database, await given(database, "1", Stage.FIVE_LEFT, handler="li"))
        assert await prompts.unseen("li", unassigned=False) == []


class TestWhatIsPosted:
    async def test_each_reminder_is_handed_out_once_the_oldest_first_and_overtaken_ones_never(
        self, database: Database, prompts: SqlPrompts
    ) -> None:
        first = await given(database, "1", Stage.FIVE_LEFT, Stage.ONE_LEFT)
        second = await given(database, "2", Stage.FIVE_LEFT)

        taken = [await prompts.claim(now=NEXT) for _ in range(3)]

        assert [(each.reference, each.stage, each.tries) for each in taken if each] == [
            (second, Stage.FIVE_LEFT, 1),
            (first, Stage.ONE_LEFT, 1),
        ]
        for each in taken:
            if each:
                await prompts.settle(each, Post.SENT)
        assert await prompts.claim(now=NEXT + timedelta(days=1)) is None

    async def test_what_was_refused_for_now_is_handed_out_again_when_its_time_comes(
        self, database: Database, prompts: SqlPrompts
    ) -> None:
        await given(database, "1", Stage.FIVE_LEFT)
        taken = await prompts.claim(now=NEXT)
        assert taken is not None
        await prompts.settle(taken, Post.DUE, again_at=NEXT + timedelta(minutes=5))

        assert await prompts.claim(now=NEXT + timedelta(minutes=4)) is None
        assert await prompts.claim(now=NEXT + timedelta(minutes=5)) == replace(taken, tries=2)

    async def test_what_a_process_that_ended_was_sending_may_have_arrived_and_is_not_sent_again(
        self, database: Database, prompts: SqlPrompts
    ) -> None:
        await given(database, "1", Stage.FIVE_LEFT)
        assert await prompts.claim(now=NEXT)
        assert await prompts.claim(now=NEXT + timedelta(days=1)) is None
        assert await prompts.claim(now=NEXT + timedelta(days=1)) is None
