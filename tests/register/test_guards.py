"""Terms that somebody else has: counted with the newest calendar, however they were entered."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from register.calendar import Calendar, Closure, Notice
from register.clock import Clock
from register.deadlines import add_working_days
from register.facts import Fact
from register.recomputation import moved_letters
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


def read(office: Office) -> Clock:
    clock = office.clock()
    assert clock is not None
    return clock


def judged(office: Office, step: RequestStep, **facts: str) -> None:
    """Take the step with the last day by which the register judges it."""
    assert not isinstance(office.do(step, term_end=read(office).last_days["函1"].isoformat(), **facts), Refusal)


def announce(office: Office, calendar: Calendar) -> None:
    """Take another calendar, and all that it could move."""
    office.calendar = calendar
    assert list(moved_letters("", office.request.letters, read(office))) == []
    moved = {Fact.CONSULTATION: "函1", Fact.DUE_ON: read(office).last_days["函1"], Fact.CALENDAR: calendar.version}
    assert not isinstance(
        office.do(RequestStep.RECOMPUTE, **{str(fact): str(each) for fact, each in moved.items()}), Refusal
    )


@given(received=days, calendar=announced(), after=st.integers(1, 40), basis=st.sampled_from(["agency", "third_party"]))
def test_no_calendar_changes_what_was_answered(received: date, calendar: Calendar, after: int, basis: str) -> None:
    office = Office(received).begin()
    office.do(RequestStep.CONSULT, basis=basis)
    office.must(RequestStep.RECORD_CONSULTATION)
    office.wait(after)
    judged(office, RequestStep.ANSWER_CONSULTATION, answer="objects", reason="商业秘密")
    (known,) = office.request.hearings
    stood = read(office).consultations[0].pause(office.today)

    announce(office, calendar)

    assert office.request.hearings == (known,)
    assert known.late is (office.today > add_working_days(received, TERMS.hearing_working_days, CALENDAR).due)
    assert read(office).consultations[0].pause(office.today) == stood
    again = tried(office, RequestStep.ANSWER_CONSULTATION, office.today)
    assert again is Reason.NO_CONSULTATION


@given(received=days, calendar=announced(), late=st.integers(1, 9))
def test_silence_noted_stays_and_is_overtaken_where_the_newest_term_ran_on(
    received: date, calendar: Calendar, late: int
) -> None:
    office = Office(received).begin()
    office.must(RequestStep.CONSULT, RequestStep.RECORD_CONSULTATION)
    office.on(add_working_days(received, TERMS.hearing_working_days, CALENDAR).due + timedelta(days=late))
    judged(office, RequestStep.NOTE_SILENCE)
    known, noted_on = office.request.hearings, office.today
    stood = read(office).consultations[0].pause(office.today)
    last = add_working_days(received, TERMS.hearing_working_days, calendar).due

    announce(office, calendar)

    assert office.request.hearings == known
    assert read(office).consultations[0].pause(office.today) == stood
    assert office.request.overtaken(read(office).last_days) == ({"函1": last} if noted_on <= last else {})
    again = tried(office, RequestStep.NOTE_SILENCE, max(office.today, last + timedelta(days=1)))
    assert again is (None if noted_on <= last else Reason.NO_CONSULTATION)
