from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.errors import Unavailable
from bot.switches import Switchboard, Switches, Switching
from storage.database import Database
from storage.memory import MemorySwitches
from storage.switches import SqlSwitches
from tests.fakes import MONDAY

OFF = Switching("web", "答复有误", "暂停服务", "chen", MONDAY, off=True)
ON = Switching("web", "已改正", "", "wu", MONDAY + timedelta(hours=1), off=False)
OTHER = Switching("wechat/main", "检修", "检修中", "chen", MONDAY, off=True)


@pytest.fixture
async def switches(place: str) -> AsyncIterator[Switches]:
    if place == "memory":
        yield MemorySwitches()
        return
    database = Database(place)
    yield SqlSwitches(database)
    await database.aclose()


async def test_the_last_turn_of_each_channel_counts_and_all_are_kept(switches: Switches) -> None:
    assert await switches.standing() == {}
    for turn in (OFF, OTHER, ON):
        await switches.turn(turn)

    assert await switches.standing() == {"web": ON, "wechat/main": OTHER}
    assert await switches.record() == (ON, OTHER, OFF)
    assert await switches.record(limit=1) == (ON,)


async def test_a_turn_counts_at_once_here_and_in_another_process_at_its_next_look(switches: Switches) -> None:
    here, there = Switchboard(switches), Switchboard(switches)
    await here.turn(OFF)

    assert here.off("web") == OFF
    assert here.off("wechat/main") is None
    assert await here.remark() == "web 已停用：答复有误"
    assert there.off("web") is None
    await there.look()
    assert there.off("web") == OFF

    await there.turn(ON)
    await here.look()
    assert here.off("web") is None
    assert await here.remark() == ""


async def test_while_the_store_cannot_serve_the_switch_stays_as_it_was() -> None:
    class Flaky(MemorySwitches):
        down = False

        async def standing(self) -> dict[str, Switching]:
            if self.down:
                raise Unavailable("locked")
            return dict(await super().standing())

    flaky = Flaky()
    board = Switchboard(flaky)
    await board.turn(OFF)
    flaky.down = True

    with pytest.raises(Unavailable):
        await board.look()
    assert board.off("web") == OFF
