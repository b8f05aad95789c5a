from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from register.inquiries import Target, Waiting, set_right
from register.recomputation import Change
from tests.register.office import CALENDAR

CLOSED = CALENDAR.with_texts(
    {"local-1": '[[closures]]\nname = "防汛停工"\nfrom = 2026-03-04\nto = 2026-03-04\ndocument = "公告"\n'}
)
RECEIVED = datetime(2026, 3, 1, 17, tzinfo=UTC)  # one in the morning of 2 March in China
WAITS = Waiting("浚县-2026-000001", RECEIVED, date(2026, 3, 9), provisional=False)


@dataclass
class Shelf:
    """Inquiries that wait; one that was `answered` meanwhile keeps its day."""

    kept: list[Waiting]
    answered: set[str] = field(default_factory=set)

    async def waiting(self) -> Sequence[Waiting]:
        return tuple(self.kept)

    async def reckon(self, inquiry: Waiting, *, due_on: date, provisional: bool) -> bool:
        if inquiry.reference in self.answered:
            return False
        self.kept[self.kept.index(inquiry)] = replace(inquiry, due_on=due_on, provisional=provisional)
        return True


def test_the_target_counts_working_days_from_the_civil_day_of_receipt() -> None:
    assert Target(5, lambda: CALENDAR)(RECEIVED) == (date(2026, 3, 9), False)
    assert Target(5, lambda: CLOSED)(RECEIVED) == (date(2026, 3, 10), False)


async def test_a_calendar_that_changes_moves_the_inquiries_that_wait_once() -> None:
    shelf = Shelf([WAITS, replace(WAITS, reference="浚县-2026-000002", due_on=date(2026, 3, 10))])
    target = Target(5, lambda: CLOSED)

    assert await set_right(shelf, target) == [
        Change(WAITS.reference, date(2026, 3, 9), date(2026, 3, 10), provisional=False)
    ]
    assert await set_right(shelf, target) == []


async def test_a_day_that_has_become_certain_is_kept_as_such() -> None:
    shelf = Shelf([replace(WAITS, provisional=True)])

    await set_right(shelf, Target(5, lambda: CALENDAR))

    assert shelf.kept == [WAITS]


async def test_what_was_answered_meanwhile_is_not_told_as_moved() -> None:
    shelf = Shelf([WAITS], {WAITS.reference})

    assert await set_right(shelf, Target(5, lambda: CLOSED)) == []
