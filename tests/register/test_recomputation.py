from dataclasses import replace
from datetime import date
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from register.calendar import Calendar, Notice
from register.clock import ClockEvent, Happening
from register.recomputation import Change, Underway, recompute
from register.terms import Terms

CALENDAR = Calendar.load(Path(__file__).resolve().parents[2] / "config" / "calendar")
TERMS = [Terms("国令711号", date(2019, 5, 15))]
TODAY = date(2026, 12, 20)


def received(on: date, *later: ClockEvent) -> Underway:
    return Underway((ClockEvent(Happening.RECEIVED, on), *later))


def announced(off: dict[date, str], work: set[date]) -> Calendar:
    """The shipped calendar with a notice for 2027."""
    return replace(CALENDAR, notices=(*CALENDAR.notices, Notice(2027, "国办发明电〔2026〕1号", off, frozenset(work))))


def test_a_new_notice_lists_what_it_moves_and_what_it_makes_final() -> None:
    # the new year's days are taken together with the Monday, made up for on the Saturday before
    new = announced({date(2027, 1, day): "元旦" for day in (1, 2, 3, 4)}, {date(2026, 12, 26)})
    requests = {
        "云岭-2026-000001": received(date(2026, 12, 3)),
        "云岭-2026-000002": received(date(2026, 12, 8)),
        "云岭-2026-000003": received(date(2026, 11, 2)),
        "云岭-2026-000004": received(date(2026, 11, 27)),
        "云岭-2026-000005": received(date(2026, 12, 3), ClockEvent(Happening.CONSULTED, date(2026, 12, 7), letter="1")),
    }

    changes = recompute(requests, old=CALENDAR, new=new, terms=TERMS, today=TODAY)

    assert changes == [
        Change("云岭-2026-000001", date(2026, 12, 31), date(2026, 12, 30), provisional=False),
        Change("云岭-2026-000004", date(2026, 12, 25), date(2026, 12, 25), provisional=False),
        Change("云岭-2026-000002", date(2027, 1, 6), date(2027, 1, 6), provisional=False),
    ]
    assert [change.earlier for change in changes] == [True, False, False]


def test_a_clock_that_stands_still_is_not_listed() -> None:
    waiting = {
        "云岭-2026-000001": received(date(2026, 12, 3), ClockEvent(Happening.CORRECTION_ASKED, date(2026, 12, 7)))
    }
    new = announced({date(2026, 12, 28): "元旦"}, set())
    assert recompute(waiting, old=CALENDAR, new=new, terms=TERMS, today=TODAY) == []


@given(st.lists(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=5))
def test_the_same_calendar_changes_nothing(days: list[date]) -> None:
    requests = {f"云岭-2026-{number:06d}": received(day) for number, day in enumerate(days)}
    same = Calendar(tuple(reversed(CALENDAR.notices)), CALENDAR.festivals)
    assert recompute(requests, old=CALENDAR, new=same, terms=TERMS, today=TODAY) == []
