from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from register.calendar import Calendar
from register.reminders import OpenRequest, Reminder, Sent, Stage, due_reminders

CALENDAR = Calendar.load(Path(__file__).resolve().parents[2] / "config" / "calendar")
DUE = date(2026, 3, 30)
REQUEST = OpenRequest("云岭-2026-000001", DUE, DUE)
DAYS = {
    Stage.FIVE_LEFT: date(2026, 3, 23),
    Stage.ONE_LEFT: date(2026, 3, 27),
    Stage.LAST_DAY: date(2026, 3, 30),
    Stage.OVERDUE: date(2026, 3, 31),
}


def reminded(request: OpenRequest, today: date, sent: frozenset[Sent] = frozenset()) -> list[Reminder]:
    return list(due_reminders([request], today=today, sent=sent, calendar=CALENDAR))


@pytest.mark.parametrize(("stage", "on"), DAYS.items())
def test_each_stage_begins_on_its_day(stage: Stage, on: date) -> None:
    stages = list(Stage)
    before = reminded(REQUEST, on - timedelta(days=1))
    assert [reminder.sent.stage for reminder in before] == stages[: stages.index(stage)]
    assert reminded(REQUEST, on)[-1] == Reminder(Sent(REQUEST.reference, stage, DUE), on, superseded=False)


def test_stages_count_working_days_over_a_holiday() -> None:
    after_holiday = replace(REQUEST, due=date(2026, 10, 9), target=date(2026, 10, 9))
    assert [(each.sent.stage, each.on) for each in reminded(after_holiday, date(2026, 10, 10))] == [
        (Stage.FIVE_LEFT, date(2026, 9, 24)),
        (Stage.ONE_LEFT, date(2026, 10, 8)),
        (Stage.LAST_DAY, date(2026, 10, 9)),
        (Stage.OVERDUE, date(2026, 10, 10)),
    ]


def test_after_an_outage_all_are_written_down_and_only_the_last_is_told() -> None:
    reminders = reminded(REQUEST, date(2026, 4, 3))
    assert [reminder.on for reminder in reminders] == list(DAYS.values())
    assert [reminder.superseded for reminder in reminders] == [True, True, True, False]


def test_a_last_day_that_moves_is_reminded_of_again() -> None:
    sent = frozenset(reminder.sent for reminder in reminded(REQUEST, date(2026, 3, 25)))
    extended = replace(REQUEST, due=date(2026, 4, 28), target=date(2026, 4, 28))
    assert reminded(extended, date(2026, 3, 26), sent) == []
    assert [each.sent.day for each in reminded(extended, date(2026, 4, 21), sent)] == [extended.due]


def test_a_target_before_the_last_day_is_reminded_of_and_only_the_last_day_is_overdue() -> None:
    provisional = OpenRequest("云岭-2026-000001", date(2026, 12, 31), date(2026, 12, 24))
    stages = {each.sent.stage: each.on for each in reminded(provisional, date(2027, 1, 1))}
    assert (stages[Stage.LAST_DAY], stages[Stage.OVERDUE]) == (date(2026, 12, 24), date(2027, 1, 1))


def test_reminders_of_several_requests_come_in_the_order_of_their_days() -> None:
    later = OpenRequest("云岭-2026-000000", date(2026, 4, 1), date(2026, 4, 1))
    reminders = due_reminders([later, REQUEST], today=date(2026, 4, 30), sent=(), calendar=CALENDAR)
    assert [reminder.on for reminder in reminders] == sorted(reminder.on for reminder in reminders)
    assert len(reminders) == 8


@settings(max_examples=30, deadline=None)
@given(
    dues=st.lists(st.dates(date(2026, 1, 12), date(2026, 4, 30)), min_size=1, max_size=4),
    running=st.lists(st.booleans(), min_size=150, max_size=150),
)
def test_whatever_days_the_job_ran_each_stage_came_exactly_once_with_its_own_date(
    dues: list[date], running: list[bool]
) -> None:
    requests = [OpenRequest(f"云岭-2026-{number:06d}", due, due) for number, due in enumerate(dues)]
    every_day = [date(2026, 1, 1) + timedelta(days=offset) for offset in range(len(running))]
    kept: list[Reminder] = []
    for today in [day for day, runs in zip(every_day, running, strict=True) if runs] + [date(2026, 12, 31)]:
        sent = [reminder.sent for reminder in kept]
        new = due_reminders(requests, today=today, sent=sent, calendar=CALENDAR)
        assert all(reminder.on <= today for reminder in new)
        told = Counter(reminder.sent.reference for reminder in new if not reminder.superseded)
        assert all(times == 1 for times in told.values())
        kept += new

    assert Counter(reminder.sent for reminder in kept) == Counter(
        Sent(request.reference, stage, request.due) for request in requests for stage in Stage
    )
    alone = {reminder.sent: reminder.on for request in requests for reminder in reminded(request, date(2026, 12, 31))}
    assert {reminder.sent: reminder.on for reminder in kept} == alone
