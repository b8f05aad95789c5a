from dataclasses import replace
from datetime import date

import pytest

from console.due import Due, Level, due
from register.types import Status
from tests.console.conftest import Office


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 3, 11), Due(Level.OVERDUE, "已超期 2 天")),
        (date(2026, 3, 10), Due(Level.OVERDUE, "已超期 1 天")),
        (date(2026, 3, 9), Due(Level.SOON, "今天到期")),
        (date(2026, 3, 6), Due(Level.SOON, "还有 3 天")),
        (date(2026, 3, 5), Due(Level.LATER, "还有 4 天")),
    ],
)
async def test_the_urgency_is_said_in_days(office: Office, today: date, expected: Due) -> None:
    assert due(await office.case(due_on=date(2026, 3, 9)), today) == expected


@pytest.mark.parametrize("status", [Status.ANSWERED, Status.CLOSED])
async def test_what_is_answered_presses_no_more(office: Office, status: Status) -> None:
    case = replace(await office.case(due_on=date(2026, 3, 9)), status=status)
    assert due(case, date(2026, 4, 1)) == Due(Level.DONE, "")
