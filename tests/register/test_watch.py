from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from register.calendar import Calendar
from register.clock import ClockEvent, Happening, read_clock
from register.docket import Head
from register.filing import Category
from register.reckoning import Reckoned
from register.recomputation import Change
from register.reminders import Stage as Reached
from register.steps import Stage
from register.terms import Terms
from register.types import Status
from register.watch import Watch

CALENDAR = Calendar.load(Path(__file__).resolve().parents[2] / "config" / "calendar")
TERMS = Terms("国令711号", date(2019, 5, 15))
REFERENCE = "云岭-2026-000001"


def head(due_on: date | None, *, provisional: bool = False) -> Head:
    return Head(Stage.PROCESSING, Status.RECEIVED, Category.PERSON, "m-1", due_on=due_on, provisional=provisional)


@dataclass
class Office:
    """Requests under way with their histories; remembers the reminders given."""

    heads: dict[str, Head]
    histories: Mapping[str, list[ClockEvent]]
    today: date
    given: list[tuple[str, str, date]] = field(default_factory=list)

    async def under_way(self) -> Mapping[str, Head]:
        return self.heads

    async def remind(self, reference: str, kind: str, due_on: date, *, at: datetime) -> bool:
        assert at == self.now()
        if (reference, kind, due_on) in self.given:
            return False
        self.given.append((reference, kind, due_on))
        return True

    async def reckon(self, reference: str, kept: Head) -> Reckoned:
        events = self.histories[reference]
        if not events:
            return Reckoned(None)
        clock = read_clock(events, calendar=CALENDAR, terms=TERMS, today=self.today)
        if (clock.due, clock.provisional) == (kept.due_on, kept.provisional):
            return Reckoned(clock)
        self.heads[reference] = replace(kept, due_on=clock.due, provisional=clock.provisional)
        return Reckoned(clock, (Change(reference, kept.due_on, clock.due, clock.provisional),))

    def now(self) -> datetime:
        # one in the morning in China, still the day before in UTC
        return datetime(self.today.year, self.today.month, self.today.day, tzinfo=UTC) - timedelta(hours=7)

    def watch(self) -> Watch:
        return Watch(self, self.reckon, calendar=lambda: CALENDAR, terms=[TERMS], now=self.now)


def office(today: date, *events: ClockEvent, stored: Head | None = None) -> Office:
    history = [ClockEvent(Happening.RECEIVED, date(2026, 3, 2)), *events]
    return Office({REFERENCE: stored or head(date(2026, 3, 30))}, {REFERENCE: history}, today)


async def test_three_days_down_give_one_overdue_dated_the_day_after_the_last_day() -> None:
    down = office(date(2026, 4, 3))

    reminders = (await down.watch().round()).reminders

    overdue = [each for each in reminders if each.sent.stage is Reached.OVERDUE]
    assert [(each.sent.day, each.on, each.superseded) for each in overdue] == [
        (date(2026, 3, 30), date(2026, 3, 31), False)
    ]
    assert [each.superseded for each in reminders] == [True, True, True, False]
    assert (await down.watch().round()).reminders == ()


async def test_two_processes_give_a_reminder_once_between_them() -> None:
    shared = office(date(2026, 3, 23))
    first, second = await shared.watch().round(), await shared.watch().round()
    assert [each.sent.stage for each in (*first.reminders, *second.reminders)] == [Reached.FIVE_LEFT]


async def test_a_request_without_a_running_clock_is_not_reminded_of() -> None:
    standing = office(
        date(2026, 4, 3), ClockEvent(Happening.CONSULTED, date(2026, 3, 6), letter="1"), stored=head(None)
    )
    assert (await standing.watch().round()).reminders == ()
    unconfirmed = Office({REFERENCE: head(None)}, {REFERENCE: []}, date(2026, 4, 3))
    assert (await unconfirmed.watch().round()).reminders == ()


async def test_a_consultation_whose_time_has_ended_sets_the_clock_going_without_an_event() -> None:
    sent = ClockEvent(Happening.CONSULTED, date(2026, 3, 6), letter="1")
    reached = ClockEvent(Happening.REACHED, date(2026, 3, 6), letter="1")
    silent = office(date(2026, 3, 28), sent, reached, stored=head(None))
    assert (await silent.watch().round()).moved == (Change(REFERENCE, None, date(2026, 4, 21), provisional=False),)


async def test_a_day_that_has_moved_is_set_right_once() -> None:
    moved = office(date(2026, 3, 9), stored=head(date(2026, 3, 31)))
    assert len((await moved.watch().round()).moved) == 1
    assert moved.heads[REFERENCE].due_on == date(2026, 3, 30)
    assert (await moved.watch().round()).moved == ()


async def test_a_stored_day_that_is_still_true_is_not_listed() -> None:
    assert (await office(date(2026, 3, 9)).watch().round()).moved == ()
    provisional = office(date(2026, 3, 9), stored=head(date(2026, 3, 30), provisional=True))
    assert (await provisional.watch().round()).moved == (
        Change(REFERENCE, date(2026, 3, 30), date(2026, 3, 30), provisional=False),
    )


@settings(max_examples=25, deadline=None)
@given(running=st.lists(st.booleans(), min_size=60, max_size=60))
async def test_whatever_days_it_ran_each_stage_is_given_once(running: list[bool]) -> None:
    watched = office(date(2026, 3, 2))
    for offset, runs in enumerate([*running, True]):
        watched.today = date(2026, 3, 2) + timedelta(days=offset)
        if runs:
            await watched.watch().round()
    assert sorted(watched.given) == sorted((REFERENCE, stage, date(2026, 3, 30)) for stage in Reached)
