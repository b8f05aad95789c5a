"""Terms that somebody else has: counted with the newest calendar, however they were entered."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from register.calendar import Calendar, Closure, Notice
from register.deadlines import add_working_days
from register.refusals import Reason, Refusal
from register.steps import RequestStep
from tests.register.office import CALENDAR, TERMS, Office

FIRST = date(2026, 1, 5)
days = st.integers(0, 90).map(lambda offset: FIRST + timedelta(days=offset))


@st.composite
def announced(draw: st.DrawFn) -> Calendar:
    """Return the shipped calendar with what is announced later: days off, and the notice of the year moved about."""
    closures = [
        Closure("停工", first, first + timedelta(days=draw(st.integers(0, 9))), "公告")
        for first in draw(st.lists(days, max_size=3))
    ]
    notices = [each for each in CALENDAR.notices if each.year != FIRST.year]
    known = next(each for each in CALENDAR.notices if each.year == FIRST.year)
    off = dict.fromkeys(draw(st.sets(days, max_size=5)), "放假")
    work = frozenset(draw(st.sets(days, max_size=5))) - off.keys()
    moved = Notice(known.year, "国办发明电〔2026〕9号", off, work)
    chosen = draw(st.sampled_from([known, moved]))
    return replace(CALENDAR, notices=(*notices, chosen), closures=tuple(closures))


def tried(office: Office, step: RequestStep, on: date) -> Reason | None:
    """Return why a step is refused on a day, None where it is taken."""
    done = office.on(on).do(step)
    return done.reason if isinstance(done, Refusal) else None


@given(received=days, calendar=announced(), late=st.integers(-9, 9))
def test_silence_is_noted_from_the_day_after_the_last_one_by_the_newest_calendar(
    received: date, calendar: Calendar, late: int
) -> None:
    office = Office(received).begin()
    office.must(RequestStep.CONSULT, RequestStep.RECORD_CONSULTATION)
    last = add_working_days(received, TERMS.hearing_working_days, calendar).due
    office.calendar = calendar

    refused = tried(office, RequestStep.NOTE_SILENCE, last + timedelta(days=late))

    assert refused is (None if late > 0 else Reason.TERM_RUNNING)


@given(received=days, calendar=announced(), late=st.integers(-9, 9))
def test_a_fee_lapses_from_the_day_after_the_last_one_by_the_newest_calendar(
    received: date, calendar: Calendar, late: int
) -> None:
    office = Office(received, fees=True).begin()
    office.must(RequestStep.CHARGE, RequestStep.RECORD_FEE_NOTICE)
    last = add_working_days(received, TERMS.fee_working_days, calendar).due
    office.calendar = calendar

    refused = tried(office, RequestStep.LAPSE, last + timedelta(days=late))

    assert refused is (None if late > 0 else Reason.TERM_RUNNING)


@given(received=days, corrected=days, calendar=announced())
def test_of_an_arrival_noted_twice_the_later_note_counts(received: date, corrected: date, calendar: Calendar) -> None:
    office = Office(FIRST, calendar=calendar).begin()
    office.must(RequestStep.CONSULT)
    office.on(FIRST + timedelta(days=91))
    for on in (received, corrected):
        office.do(RequestStep.RECORD_CONSULTATION, on=on, note="补录", due_on="2026-12-31")

    clock = office.clock()
    assert clock is not None
    assert clock.letters["函1"].due == add_working_days(corrected, TERMS.hearing_working_days, calendar).due
