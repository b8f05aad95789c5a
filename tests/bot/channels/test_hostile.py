"""Five hundred hostile requests for every channel: none of them makes the server fail."""

import pytest

from tests.bot.channels.hostility import corpus, statuses
from tests.bot.channels.sides import ALL_SIDES

COUNT = 520


@pytest.mark.parametrize("name", ALL_SIDES)
async def test_no_hostile_request_makes_the_server_fail(name: str) -> None:
    side = ALL_SIDES[name]()
    found = await statuses(side, corpus(side, COUNT, seed=20260302))

    assert sum(found.values()) == COUNT
    assert [status for status in found if status >= 500] == []
    # good ones are among them, and they are answered; most of the others are refused
    assert found[200] >= COUNT // 50
    assert found[400] + found[403] + found[413] > COUNT // 4
