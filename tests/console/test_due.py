from dataclasses import replace
from datetime import date

import pytest

from console.due import Due, due
from register.bands import Band
from register.types import Status
from tests.console.conftest import SHIPPED, Office


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 3, 11), Due(Band.OVERDUE, "已超期 2 天")),
        (date(2026, 3, 10), Due(Band.OVERDUE, "已超期 1 天")),
        (date(2026, 3, 9), Due(Band.LAST, "今天到期")),
        (date(2026, 3, 8), Due(Band.LAST, "还有 1 个工作日")),
        (date(2026, 3, 6), Due(Band.LAST, "还有 1 个工作日")),
        (date(2026, 3, 5), Due(Band.SOON, "还有 2 个工作日")),
        (date(2026, 2, 27), Due(Band.LATER, "还有 7 个工作日")),
    ],
)
async def test_the_urgency_is_said_in_working_days(office: Office, today: date, expected: Due) -> None:
    assert due(await office.case(due_on=date(2026, 3, 9)), today, SHIPPED) == expected


async def test_a_clock_that_stands_still_has_no_day(office: Office) -> None:
    case = await office.case(due_on=date(2026, 3, 9), paused=True)
    assert due(case, date(2026, 4, 1), SHIPPED) == Due(Band.PAUSED, "暂停计时")


@pytest.mark.parametrize("status", [Status.ANSWERED, Status.CLOSED])
async def test_what_is_answered_presses_no_more(office: Office, status: Status) -> None:
    case = replace(await office.case(due_on=date(2026, 3, 9)), status=status)
    assert due(case, date(2026, 4, 1), SHIPPED) == Due(None, "")
