import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.errors import Unavailable
from register.correspondence import File
from register.errors import RefusedStep
from register.filing import Channel, Receipt
from register.limits import DailyLimits
from register.steps import Role
from storage.tables.requests import filings
from tests.register.desk import ENVELOPE, Desk
from tests.register.office import FILING


def limited(desk: Desk, per_person: int = 2, per_address: int = 3) -> None:
    desk.office = replace(desk.office, limits=DailyLimits(per_person, per_address, "人民路1号"))


async def send(desk: Desk, source: str, user: str = "li", address: str = "1.2.3.4", **how: Role) -> File:
    envelope = replace(ENVELOPE, source=source, user=user, address=address, **how)
    return await desk.office.file(FILING, Receipt(Channel.INTERNET, desk.today), envelope)


async def test_a_person_files_so_many_a_day_and_is_told_where_else(desk: Desk) -> None:
    limited(desk)
    first = await send(desk, "1")
    await send(desk, "2")
    with pytest.raises(RefusedStep, match="当面、邮寄申请不受限制：人民路1号") as refused:
        await send(desk, "3", address="5.6.7.8")

    assert refused.value.reason == "daily_limit"
    # the confirmation of what was accepted may come again, and takes no number
    assert (await send(desk, "1")).docket.case == first.docket.case
    assert (await send(desk, "4", user="wang")).docket.case.reference.endswith("000003")


async def test_an_address_files_so_many_a_day_whoever_is_behind_it(desk: Desk) -> None:
    limited(desk)
    for number in range(3):
        await send(desk, f"{number}", user=f"u{number}")
    with pytest.raises(RefusedStep):
        await send(desk, "4", user="another")
    await send(desk, "5", user="another", address="")


async def test_the_next_day_begins_anew_and_nothing_is_kept_of_the_last(desk: Desk) -> None:
    limited(desk, per_person=1)
    await send(desk, "1")
    desk.clock.forward(hours=14, minutes=59)
    with pytest.raises(RefusedStep):
        await send(desk, "2")
    desk.clock.forward(minutes=1)
    await desk.requests.forget_filings(before=desk.today)
    async with desk.requests._database.read() as connection:
        assert (await connection.execute(select(filings))).all() == []
    await send(desk, "2")


async def test_what_staff_register_is_never_limited(desk: Desk) -> None:
    limited(desk, per_person=1)
    for number in range(3):
        await send(desk, f"{number}", user="", role=Role.INTAKE)


async def test_who_sends_many_forms_at_once_gets_no_more_through(desk: Desk) -> None:
    limited(desk)

    async def insist(source: str) -> File:
        # each waits for those before it, and a slow disk makes that longer than a lock is waited for
        while True:
            with suppress(Unavailable):
                return await send(desk, source)

    sent = await asyncio.gather(*(insist(f"{number}") for number in range(20)), return_exceptions=True)
    assert sum(isinstance(each, File) for each in sent) == 2
    assert sum(isinstance(each, RefusedStep) for each in sent) == 18


async def test_nothing_that_is_kept_tells_whose_address_it_was(desk: Desk) -> None:
    limited(desk)
    await send(desk, "1")
    async with desk.requests._database.read() as connection:
        kept = (await connection.execute(select(filings.c.who))).scalars().all()
    assert len(kept) == 2
    assert all("1.2.3.4" not in who and "li" not in who for who in kept)
