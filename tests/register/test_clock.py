from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from register.calendar import Calendar, Notice
from register.clock import Clock, ClockEvent, Happening, read_clock
from register.consultation import Party
from register.deadlines import Deadline, Suspended
from register.terms import read_terms

CONFIG = Path(__file__).resolve().parents[2] / "config"
CALENDAR = Calendar.load(CONFIG / "calendar")
(TERMS,) = read_terms((CONFIG / "terms.toml").read_text(encoding="utf-8"))
LATER = date(2030, 1, 1)


def on(month: int, day: int, year: int = 2026) -> date:
    return date(year, month, day)


def received(day: date) -> ClockEvent:
    return ClockEvent(Happening.RECEIVED, day)


def extended(day: date, days: int = 20) -> ClockEvent:
    return ClockEvent(Happening.EXTENDED, day, days=days)


def consulted(
    letter: str, sent: date, answered: date | None = None, party: Party = Party.THIRD_PARTY
) -> Sequence[ClockEvent]:
    sending = ClockEvent(Happening.CONSULTED, sent, letter=letter, party=party)
    return [sending] if answered is None else [sending, ClockEvent(Happening.ANSWERED, answered, letter=letter)]


def clock(*events: ClockEvent, today: date = LATER, calendar: Calendar = CALENDAR) -> Clock:
    return read_clock(events, calendar=calendar, terms=TERMS, today=today)


@pytest.mark.parametrize(
    ("vector", "day", "due", "provisional"),
    [
        ("A1", on(3, 2), on(3, 30), False),
        ("A2", on(9, 18), on(10, 22), False),
        ("A3", on(9, 19), on(10, 22), False),
        ("A4", on(9, 20), on(10, 23), False),
        ("A5", on(2, 13), on(3, 19), False),
        ("A7", on(2, 14), on(3, 20), False),
        ("A8", on(2, 18), on(3, 20), False),
        ("A9", on(9, 26, 2025), on(10, 30, 2025), False),
        ("A10", on(1, 12, 2024), on(2, 8, 2024), False),
        ("A11", on(9, 13, 2024), on(10, 17, 2024), False),
        ("A12", on(1, 24, 2025), on(2, 27, 2025), False),
        ("E1", on(10, 10), on(11, 6), False),
        ("E2", on(12, 3), on(12, 31), True),
        ("E3", on(12, 4), on(1, 4, 2027), True),
    ],
)
def test_the_golden_vectors_of_a_receipt_hold(vector: str, day: date, due: date, *, provisional: bool) -> None:
    read = clock(received(day))
    assert (vector, read.due, read.provisional) == (vector, due, provisional)
    assert (read.since, read.days, read.faults) == (day, 20, ())


def test_golden_a6_and_d_the_notice_to_correct_counts_from_the_first_receipt_and_the_term_from_the_correction() -> None:
    assert clock(received(on(2, 13))).correction_notice.due == on(3, 2)
    asked = ClockEvent(Happening.CORRECTION_ASKED, on(4, 13), until=on(4, 30))
    waiting = clock(received(on(4, 1)), asked)
    assert waiting.correction_notice.due == on(4, 13)
    assert (waiting.due, waiting.waits_for, waiting.applicant_until) == (None, Happening.CORRECTED, on(4, 30))

    corrected = clock(received(on(4, 1)), asked, ClockEvent(Happening.CORRECTED, on(4, 20)))
    assert (corrected.due, corrected.waits_for, corrected.begun) == (on(5, 20), None, Happening.CORRECTED)
    assert corrected.correction_notice.due == on(4, 13)


def test_golden_b_days_of_consultation_do_not_count_and_overlapping_ones_count_once() -> None:
    third = consulted("1", on(3, 6), on(3, 24))
    assert clock(received(on(3, 2)), *third).due == on(4, 16)
    agency = consulted("2", on(3, 18), on(3, 30), Party.AGENCY)
    both = clock(received(on(3, 2)), *third, *agency)
    assert both.due == on(4, 22)
    assert isinstance(both.reached, Deadline)
    reasons = {day.on: day.reason for day in both.reached.skipped}
    assert (reasons[on(3, 20)], reasons[on(3, 27)]) == ("征求第三方意见", "征求其他机关意见")

    reached = ClockEvent(Happening.REACHED, on(3, 6), letter="1")
    (letter,) = clock(received(on(3, 2)), third[0], reached, today=on(3, 20)).consultations
    assert letter.due is not None
    assert letter.due.due == on(3, 27)


def test_golden_c_one_extension_adds_to_the_term() -> None:
    assert clock(received(on(4, 20))).due == on(5, 20)
    longer = clock(received(on(4, 20)), extended(on(5, 20)))
    assert (longer.due, longer.days, longer.extended) == (on(6, 17), 40, 20)
    paused = clock(received(on(4, 20)), extended(on(5, 8)), *consulted("1", on(5, 11), on(5, 20)))
    assert paused.due == on(6, 29)


def test_the_clock_stands_while_a_consultation_goes_on() -> None:
    read = clock(received(on(3, 2)), *consulted("1", on(3, 6)), today=on(3, 9))
    assert isinstance(read.reached, Suspended)
    assert (read.due, read.provisional, read.reached.remaining) == (None, False, 16)


def test_a_silent_third_party_lets_the_clock_go_on_after_its_term() -> None:
    events = [
        received(on(3, 2)),
        *consulted("1", on(3, 6)),
        ClockEvent(Happening.REACHED, on(3, 6), letter="1"),
    ]
    last = clock(*events, today=on(3, 27))
    assert last.due is None
    over = clock(*events, today=on(3, 28))
    assert over.due == clock(received(on(3, 2)), *consulted("1", on(3, 6), on(3, 27))).due

    answered_late = clock(*events, ClockEvent(Happening.ANSWERED, on(4, 10), letter="1"))
    assert answered_late.due == over.due


def test_a_letter_whose_arrival_nobody_noted_keeps_the_clock_standing() -> None:
    assert clock(received(on(3, 2)), *consulted("1", on(3, 6))).due is None


def test_a_consultation_after_the_term_has_ended_does_not_revive_it() -> None:
    assert clock(received(on(3, 2)), *consulted("1", on(3, 30))).due == on(3, 30)


def test_a_paid_fee_begins_the_term_anew() -> None:
    asked = ClockEvent(Happening.FEE_ASKED, on(3, 20), letter="费1")
    waiting = clock(received(on(3, 2)), asked)
    assert (waiting.due, waiting.waits_for, waiting.applicant_until) == (None, Happening.FEE_PAID, None)
    reached = clock(received(on(3, 2)), asked, ClockEvent(Happening.REACHED, on(3, 23), letter="费1"))
    assert reached.applicant_until == on(4, 21)
    paid = clock(received(on(3, 2)), asked, ClockEvent(Happening.FEE_PAID, on(4, 7)))
    assert (paid.since, paid.due, paid.begun) == (on(4, 7), on(5, 8), Happening.FEE_PAID)


def test_an_extension_does_not_outlive_a_new_term_and_there_is_no_second() -> None:
    events = [
        received(on(3, 2)),
        extended(on(3, 16)),
        ClockEvent(Happening.FEE_ASKED, on(4, 3), letter="费1"),
        ClockEvent(Happening.FEE_PAID, on(4, 7)),
    ]
    assert clock(*events).due == on(5, 8)
    again = clock(*events, extended(on(4, 20)))
    assert (again.due, again.faults) == (on(5, 8), ("期限只能延长一次",))


def test_a_term_may_be_set_by_days_or_by_a_date() -> None:
    ordered = clock(received(on(3, 2)), ClockEvent(Happening.TERM_SET, on(6, 1), days=10))
    assert (ordered.due, ordered.days) == (on(6, 15), 10)
    until = clock(received(on(3, 2)), ClockEvent(Happening.TERM_SET, on(6, 1), until=on(6, 20)))
    assert until.due == on(6, 20)
    assert clock(received(on(3, 2)), ClockEvent(Happening.TERM_SET, on(6, 1))).due == on(6, 30)


@pytest.mark.parametrize(
    ("events", "due", "said"),
    [
        ([extended(on(3, 31))], on(3, 30), "延长应在原期限内批准并告知申请人，2026-03-31已经超过"),
        ([extended(on(3, 9), 21)], on(3, 30), "延长应为1至20个工作日，不能是21个"),
        ([extended(on(3, 9), 0)], on(3, 30), "延长应为1至20个工作日，不能是0个"),
        ([extended(on(3, 9), 5), extended(on(3, 10), 5)], on(4, 7), "期限只能延长一次"),
        (
            [ClockEvent(Happening.CORRECTION_ASKED, on(3, 12))],
            on(3, 30),
            "补正告知应在2026-03-11前作出，2026-03-12已经超过",
        ),
        (
            [ClockEvent(Happening.CORRECTION_ASKED, on(3, 12)), ClockEvent(Happening.CORRECTED, on(3, 20))],
            on(3, 30),
            "补正告知应在2026-03-11前作出，2026-03-12已经超过",
        ),
        (
            [
                ClockEvent(Happening.CORRECTION_ASKED, on(3, 3)),
                ClockEvent(Happening.CORRECTED, on(3, 4)),
                ClockEvent(Happening.CORRECTION_ASKED, on(3, 5)),
            ],
            on(4, 1),
            "补正只能一次性告知",
        ),
        (
            [ClockEvent(Happening.CORRECTION_ASKED, on(3, 3)), extended(on(3, 5))],
            None,
            "正在等待申请人，答复期限还没有起算，不能延长",
        ),
        (
            [ClockEvent(Happening.FEE_ASKED, on(3, 31)), ClockEvent(Happening.FEE_PAID, on(4, 1))],
            on(3, 30),
            "收费通知应在办理期限内发出，2026-03-31已经超过",
        ),
        ([ClockEvent(Happening.TERM_SET, on(6, 1), days=10), extended(on(6, 2))], on(6, 15), "另行指定的期限不能延长"),
        ([ClockEvent(Happening.TERM_SET, on(6, 1), until=on(5, 1))], on(3, 30), "指定的期限2026-05-01早于2026-06-01"),
        ([ClockEvent(Happening.CONSULTED, on(3, 1), letter="1")], on(3, 30), "2026-03-01早于收到申请之日2026-03-02"),
        ([ClockEvent(Happening.FEE_PAID, on(3, 1))], on(3, 30), "2026-03-01早于收到申请之日2026-03-02"),
        (
            [ClockEvent(Happening.ANSWERED, on(3, 9), letter="1")],
            on(3, 30),
            "没有编号为“1”的征求意见函，或者它在2026-03-09以后才发出",
        ),
        (
            [*consulted("1", on(3, 6), on(3, 9)), *consulted("1", on(3, 10))],
            on(3, 31),
            "编号为“1”的征求意见函已经发出过",
        ),
    ],
)
def test_a_step_the_law_does_not_allow_is_named_and_has_no_effect(
    events: list[ClockEvent], due: date | None, said: str
) -> None:
    read = clock(received(on(3, 2)), *events)
    assert (read.due, read.faults) == (due, (said,))


def test_an_extension_on_the_last_day_of_a_term_that_a_consultation_moved_is_in_time() -> None:
    events = [received(on(3, 2)), *consulted("1", on(3, 6), on(3, 24))]
    assert clock(*events, extended(on(4, 16))).faults == ()
    assert clock(*events, extended(on(4, 17))).faults != ()


def test_an_extension_while_a_consultation_goes_on_is_in_time_whenever_that_ends() -> None:
    sent, answered = consulted("1", on(3, 6), on(6, 1))
    assert clock(received(on(3, 2)), sent, extended(on(5, 29)), today=on(5, 29)).faults == ()
    assert clock(received(on(3, 2)), sent, extended(on(5, 29)), answered).faults == ()


@pytest.mark.parametrize("events", [[], [extended(on(3, 9))], [received(on(3, 2)), received(on(3, 3))]])
def test_a_history_has_one_receipt(events: list[ClockEvent]) -> None:
    with pytest.raises(ValueError, match="one receipt"):
        clock(*events)


def test_as_long_as_the_last_day_may_move_the_office_aims_a_week_earlier() -> None:
    assert clock(received(on(12, 3))).target(TERMS) == on(12, 24)
    assert clock(received(on(3, 2))).target(TERMS) == on(3, 30)
    assert clock(received(on(3, 2)), *consulted("1", on(3, 6))).target(TERMS) is None
    soon = clock(received(on(12, 28)), ClockEvent(Happening.TERM_SET, on(12, 30), days=1))
    assert soon.target(TERMS) == on(12, 30)


dates = st.dates(on(1, 5), on(9, 1))


@st.composite
def histories(draw: st.DrawFn) -> list[ClockEvent]:
    """A receipt and anything after it, lawful or not."""
    events = [received(draw(st.dates(on(1, 5), on(4, 30))))]
    for number in range(draw(st.integers(0, 4))):
        letter, party = str(number), draw(st.sampled_from(Party))
        sent = draw(dates)
        events.append(ClockEvent(Happening.CONSULTED, sent, letter=letter, party=party))
        later = draw(st.dictionaries(st.sampled_from([Happening.REACHED, Happening.ANSWERED]), st.integers(0, 40)))
        events += [ClockEvent(what, sent + timedelta(days=days), letter=letter) for what, days in later.items()]
    others = [each for each in Happening if each not in {Happening.RECEIVED, Happening.CONSULTED, Happening.REACHED}]
    for what in draw(st.lists(st.sampled_from(others), max_size=5)):
        until = draw(st.none() | dates) if what is Happening.TERM_SET else None
        days = draw(st.integers(-1, 25))
        events.append(
            ClockEvent(what, draw(dates), letter="费" if "fee" in what else "", days=max(days, 0), until=until)
        )
    return events


@given(history=histories(), today=dates)
def test_whatever_happened_the_clock_shows_a_state_and_explains_every_day(
    history: list[ClockEvent], today: date
) -> None:
    read = clock(*history, today=today)
    assert (read.reached is None) == (read.waits_for is not None)
    if read.reached is None:
        return
    end = read.reached.due if isinstance(read.reached, Deadline) else read.reached.since
    explained = sorted([*read.reached.counted, *(day.on for day in read.reached.skipped)])
    assert explained == [read.since + timedelta(days=offset) for offset in range(1, (end - read.since).days + 1)]
    if isinstance(read.reached, Suspended):
        assert len(read.reached.counted) + read.reached.remaining == read.days
    elif read.begun is not Happening.TERM_SET:
        assert len(read.reached.counted) == read.days
        assert CALENDAR.day(end).working


@given(data=st.data(), history=histories(), today=dates)
def test_the_order_of_writing_down_does_not_matter(data: st.DataObject, history: list[ClockEvent], today: date) -> None:
    # of one day the order given counts: keep one event a day
    apart = list({event.on: event for event in reversed(history)}.values())
    shuffled = data.draw(st.permutations(apart))
    assert clock(*shuffled, today=today) == clock(*apart, today=today)


@given(history=histories(), day=dates, days=st.integers(1, 20))
def test_an_extension_never_makes_a_term_shorter(history: list[ClockEvent], day: date, days: int) -> None:
    without = clock(*[event for event in history if event.what is not Happening.EXTENDED])
    longer = clock(*[event for event in history if event.what is not Happening.EXTENDED], extended(day, days))
    if without.due is not None and longer.due is not None and without.since == longer.since:
        assert longer.due >= without.due


@given(history=histories(), off=dates)
def test_a_new_day_off_never_makes_a_running_term_shorter(history: list[ClockEvent], off: date) -> None:
    plain = [event for event in history if event.what in {Happening.RECEIVED, Happening.CONSULTED, Happening.ANSWERED}]
    notices = [_with_day_off(each, off) if each.year == off.year else each for each in CALENDAR.notices]
    before, after = clock(*plain), clock(*plain, calendar=replace(CALENDAR, notices=notices))
    if before.due is not None and after.due is not None:
        assert after.due >= before.due


def _with_day_off(notice: Notice, off: date) -> Notice:
    return replace(notice, off={**notice.off, off: "临时放假"}, work=notice.work - {off})


def test_a_step_on_the_day_of_receipt_counts() -> None:
    asked = clock(received(on(3, 2)), ClockEvent(Happening.CORRECTION_ASKED, on(3, 2)))
    assert asked.waits_for is Happening.CORRECTED
    consulting = clock(received(on(3, 2)), *consulted("1", on(3, 2)))
    assert (consulting.due, consulting.faults) == (None, ())


def test_the_shortest_terms_are_one_day_and_none() -> None:
    longer = clock(received(on(3, 2)), extended(on(3, 9), 1))
    assert (longer.due, longer.faults) == (on(3, 31), ())
    at_once = clock(received(on(3, 2)), ClockEvent(Happening.TERM_SET, on(6, 1), until=on(6, 1)))
    assert (at_once.due, at_once.faults) == (on(6, 1), ())
