"""The clock of a request: what its history, the calendar and the law say about its last day; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from register.calendar import Calendar
from register.consultation import Consultation, Party, pauses
from register.deadlines import (
    Deadline,
    Suspended,
    add_working_days,
    count_until,
    count_working_days,
)
from register.terms import Terms


class Happening(StrEnum):
    """What moves, stops or restarts the clock. The office's own 转办 and 分办 are not among it: they never do."""

    RECEIVED = "received"
    """收到申请 (art. 31): the history begins with it."""
    CORRECTION_ASKED = "correction_asked"
    """补正告知发出 (art. 30): once, within 7 working days; `until` is the day given to the applicant."""
    CORRECTED = "corrected"
    """收到补正: the term begins anew."""
    FEE_ASKED = "fee_asked"
    """收费通知发出 (国办函〔2020〕109号), `letter` names it: within the term."""
    FEE_PAID = "fee_paid"
    """缴费: the term begins anew."""
    CONSULTED = "consulted"
    """征求意见函发出 (art. 32, 34), `letter` names it, `party` is asked: the clock stands from here."""
    REACHED = "reached"
    """A letter arrived: the consultation named by `letter`, or the fee notice."""
    ANSWERED = "answered"
    """The consultation named by `letter` was answered: the clock goes on. `until`: its last day as judged then."""
    SILENT = "silent"
    """The consultation named by `letter` was noted as over without an answer; `until`: its last day as judged then."""
    EXTENDED = "extended"
    """延长 (art. 33): approved and told to the applicant by this day; `days` are working days."""
    TERM_SET = "term_set"
    """A term set otherwise, for a later answer (art. 35) or by a decision on a dispute: `days`, or a date `until`."""


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """One thing that concerns the clock; `on` is a civil date in Asia/Shanghai."""

    what: Happening
    on: date
    letter: str = ""
    party: Party = Party.THIRD_PARTY
    days: int = 0
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """What the clock shows.

    The running term counts from `since`, the day of the event `begun`, over `days` working days, `extended` of them by
    extension. `reached` is its end, or how far it came before it stood still; None while the applicant has to act
    (`waits_for`, at the latest on `applicant_until` where that is known). `correction_notice` is the term for the
    office's one notice to correct, `letters` are the terms of those to whom it wrote, by the letter and once it has
    arrived, over or not: a view (art. 32, 34), a fee. `faults` are sentences in Chinese on what the law does not
    allow: a step that came too late, too often or too long has no effect on the clock.
    """

    since: date
    begun: Happening
    days: int
    extended: int
    reached: Deadline | Suspended | None
    waits_for: Happening | None
    applicant_until: date | None
    correction_notice: Deadline
    consultations: tuple[Consultation, ...]
    letters: Mapping[str, Deadline]
    faults: tuple[str, ...]

    @property
    def due(self) -> date | None:
        """The last day for the answer; None while the clock stands still."""
        return self.reached.due if isinstance(self.reached, Deadline) else None

    @property
    def last_days(self) -> Mapping[str, date]:
        """The ends of the terms of `letters`."""
        return {letter: term.due for letter, term in self.letters.items()}

    @property
    def provisional(self) -> bool:
        """Whether a notice that is still to come may move the last day."""
        return isinstance(self.reached, Deadline) and self.reached.provisional

    def target(self, terms: Terms) -> date | None:
        """Return the day to aim at in the office: the last day, earlier by a margin as long as it may still move."""
        if self.due is None or not self.provisional:
            return self.due
        return max(self.since, self.due - timedelta(days=terms.margin_days))


def read_clock(events: Iterable[ClockEvent], *, calendar: Calendar, terms: Terms, today: date) -> Clock:
    """Return what the clock shows today for a history of events.

    Events are taken by date, those of one day in the order given; of a letter's arrival noted twice, the later note
    counts. The latest receipt, correction or payment begins the term anew; an extension given before does not outlive
    that, and there is no second one. `today` decides only whether a consultation's term is over. To learn whether a
    step is allowed, read the clock with it: `faults` says why not.

    Raises ValueError unless the history has exactly one RECEIVED.
    """
    history = sorted(_uncorrected(tuple(events)), key=lambda event: event.on)
    received = [event.on for event in history if event.what is Happening.RECEIVED]
    if len(received) != 1:
        raise ValueError(f"a history has one receipt, not {len(received)}")
    walk = _Walk(received[0], calendar, terms, today)
    for event in history:
        walk.take_letter(event)
    for event in history:
        walk.take(event)
    return walk.clock()


def _uncorrected(events: Sequence[ClockEvent]) -> Iterable[ClockEvent]:
    last = {event.letter: place for place, event in enumerate(events) if event.what is Happening.REACHED}
    return (
        event
        for place, event in enumerate(events)
        if event.what is not Happening.REACHED or last[event.letter] == place
    )


_ARRIVALS = frozenset({Happening.REACHED, Happening.ANSWERED, Happening.SILENT})


class _Walk:
    """Goes through a history: first its letters, which say when the clock stood, then what begins and ends terms."""

    def __init__(self, received: date, calendar: Calendar, terms: Terms, today: date) -> None:
        self._received = received
        self._calendar = calendar
        self._terms = terms
        self._today = today
        self._correction_notice = add_working_days(received, terms.correction_notice_working_days, calendar)
        self._letters: dict[str, Consultation] = {}
        self._fee_notices: dict[str, Deadline | None] = {}
        self._faults: list[str] = []
        self._void: set[Happening] = set()
        self._seen: set[Happening] = set()
        self._begin(ClockEvent(Happening.RECEIVED, received))

    def clock(self) -> Clock:
        return Clock(
            since=self._begun.on,
            begun=self._begun.what,
            days=self._days + self._extended,
            extended=self._extended,
            reached=self._reached(),
            waits_for=self._waits_for,
            applicant_until=self._applicant_until,
            correction_notice=self._correction_notice,
            consultations=tuple(self._letters.values()),
            letters={letter: term for letter, term in self._terms_of_letters() if term is not None},
            faults=tuple(self._faults),
        )

    def _terms_of_letters(self) -> Iterable[tuple[str, Deadline | None]]:
        yield from ((each.letter, each.due) for each in self._letters.values())
        yield from self._fee_notices.items()

    def take_letter(self, event: ClockEvent) -> None:
        if event.on < self._received:
            self._faults.append(f"{event.on}早于收到申请之日{self._received}")
        elif event.what is Happening.FEE_ASKED:
            self._fee_notices[event.letter] = None
        elif event.what is Happening.CONSULTED:
            self._send(event)
        elif event.what in _ARRIVALS:
            self._arrive(event)

    def _arrive(self, event: ClockEvent) -> None:
        if event.what is Happening.REACHED and event.letter in self._fee_notices:
            term = add_working_days(event.on, self._terms.fee_working_days, self._calendar)
            self._fee_notices[event.letter] = term
            return
        letter = self._letters.get(event.letter)
        if letter is None:
            self._faults.append(f"没有编号为“{event.letter}”的征求意见函，或者它在{event.on}以后才发出")
        elif event.what is Happening.REACHED:
            self._letters[event.letter] = letter.received(event.on, self._terms.hearing_working_days, self._calendar)
        else:
            answered_on = event.on if event.what is Happening.ANSWERED else letter.answered_on
            self._letters[event.letter] = replace(letter, answered_on=answered_on, judged=event.until)

    def _send(self, event: ClockEvent) -> None:
        if event.letter in self._letters:
            self._faults.append(f"编号为“{event.letter}”的征求意见函已经发出过")
            return
        self._letters[event.letter] = Consultation(event.letter, event.party, event.on)

    def take(self, event: ClockEvent) -> None:
        if event.on < self._received:
            return
        if event.what is Happening.CORRECTION_ASKED:
            self._ask_correction(event)
        elif event.what is Happening.FEE_ASKED:
            self._ask_fee(event)
        elif event.what is Happening.EXTENDED:
            self._extend(event)
        elif event.what is Happening.TERM_SET:
            self._set_term(event)
        elif event.what in _ASKED_BY and _ASKED_BY[event.what] not in self._void:
            self._begin(event)

    def _begin(self, event: ClockEvent, days: int = 0) -> None:
        self._begun = event
        self._days = days or self._terms.answer_working_days
        self._extended = 0
        self._waits_for: Happening | None = None
        self._applicant_until: date | None = None

    def _ask_correction(self, event: ClockEvent) -> None:
        if event.what in self._seen:
            self._faults.append("补正只能一次性告知")
            return
        self._seen.add(event.what)
        if event.on > self._correction_notice.due:
            self._void.add(event.what)
            self._faults.append(f"补正告知应在{self._correction_notice.due}前作出，{event.on}已经超过")
            return
        self._waits_for, self._applicant_until = Happening.CORRECTED, event.until

    def _ask_fee(self, event: ClockEvent) -> None:
        if self._is_late(event.on):
            self._void.add(event.what)
            self._faults.append(f"收费通知应在办理期限内发出，{event.on}已经超过")
            return
        self._void.discard(event.what)
        term = self._fee_notices.get(event.letter)
        self._waits_for, self._applicant_until = Happening.FEE_PAID, term.due if term is not None else None

    def _extend(self, event: ClockEvent) -> None:
        fault = self._against_extension(event)
        if fault:
            self._faults.append(fault)
            return
        self._seen.add(event.what)
        self._extended = event.days

    def _against_extension(self, event: ClockEvent) -> str:
        if event.what in self._seen:
            return "期限只能延长一次"
        if not 1 <= event.days <= self._terms.extension_working_days:
            return f"延长应为1至{self._terms.extension_working_days}个工作日，不能是{event.days}个"
        if self._waits_for is not None:
            return "正在等待申请人，答复期限还没有起算，不能延长"
        if self._begun.what is Happening.TERM_SET:
            return "另行指定的期限不能延长"
        if self._is_late(event.on):
            return f"延长应在原期限内批准并告知申请人，{event.on}已经超过"
        return ""

    def _set_term(self, event: ClockEvent) -> None:
        if event.until is not None and event.until < event.on:
            self._faults.append(f"指定的期限{event.until}早于{event.on}")
            return
        self._begin(event, event.days)

    def _is_late(self, on: date) -> bool:
        reached = self._reached()
        return isinstance(reached, Deadline) and on > reached.due

    def _reached(self) -> Deadline | Suspended | None:
        if self._waits_for is not None:
            return None
        if self._begun.until is not None:
            return count_until(self._begun.on, self._begun.until, self._calendar)
        stood = pauses(tuple(self._letters.values()), self._today)
        return count_working_days(self._begun.on, self._days + self._extended, self._calendar, stood)


_ASKED_BY = {Happening.CORRECTED: Happening.CORRECTION_ASKED, Happening.FEE_PAID: Happening.FEE_ASKED}
