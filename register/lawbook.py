"""What the law makes of a request: its clock, and the days that nobody types because the law gives them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from register.calendar import Calendar
from register.clock import Clock, read_clock
from register.correspondence import File
from register.deadlines import add_working_days
from register.delivery import Contest, contest_until
from register.facts import Fact
from register.filing import Receipt
from register.outcomes import Remedy
from register.receipt import receipt_day
from register.remedies import remedy_of
from register.request import Act, DisclosureRequest, Event
from register.steps import RequestStep, Stage
from register.terms import Terms, terms_on
from register.timeline import clock_events, letter_of

TERMS_OF_LAW = frozenset({RequestStep.RECORD_CONSULTATION, RequestStep.RECORD_FEE_NOTICE})
"""Steps whose term the law sets: 15 working days (art. 32, 34), 20 working days (国办函〔2020〕109号)."""

_ENDINGS = frozenset({RequestStep.ANSWER_CONSULTATION, RequestStep.NOTE_SILENCE})


@dataclass(frozen=True, slots=True)
class Lawbook:
    """The terms of the law, by the day a request arrived, with the calendar in force."""

    calendar: Callable[[], Calendar]
    terms: Sequence[Terms]

    def received(self, receipt: Receipt) -> Receipt:
        """Return a receipt with the day of receipt that follows from it."""
        nonworking = terms_on(self.terms, receipt.arrived_on).nonworking_receipt
        return replace(receipt, received_on=receipt_day(receipt, self.calendar(), nonworking))

    def clock(self, events: Sequence[Event], today: date) -> Clock | None:
        """Return what the clock shows today for a history, or None while the day of receipt is not known."""
        told = clock_events(events)
        if not told:
            return None
        receipt = events[0].act.receipt
        arrived_on = receipt.arrived_on if receipt is not None else date.min
        return read_clock(told, calendar=self.calendar(), terms=terms_on(self.terms, arrived_on), today=today)

    def completed(self, file: File, act: Act) -> Act:
        """Return an act with the days that the law and the clock, not its actor, give it."""
        given: dict[Fact, date | None] = {}
        if act.step in TERMS_OF_LAW:
            given[Fact.DUE_ON] = self._term(file.request, act)
        elif act.step in _ENDINGS or (act.step, file.request.stage) == (RequestStep.LAPSE, Stage.FEE):
            given[Fact.TERM_END] = self._ended(file, act)
        elif act.step is RequestStep.CONFIRM_RECEIPT and file.request.receipt is not None:
            given[Fact.RECEIVED_ON] = self.received(replace(file.request.receipt, confirmed_on=act.on)).received_on
        elif act.step is RequestStep.DELIVER and file.clock is not None:
            given[Fact.DUE_ON] = file.clock.due
        days = {fact: on.isoformat() for fact, on in given.items() if on is not None}
        return replace(act, facts={**act.facts, **days}) if days else act

    def contest(self, request: DisclosureRequest) -> Contest | None:
        """Return until when the last reply can be contested; None without one, or before the applicant had it.

        A reply that has to be given again is contested no more.
        """
        sent = request.decisions[-1].sending if request.decisions else None
        if sent is None or sent.learned_on is None or request.proposal is None:
            return None
        contest = contest_until(sent.learned_on, self._terms_of(request))
        first = remedy_of(request.proposal) is Remedy.REVIEW_FIRST
        return replace(contest, court_until=None) if first else contest

    def _term(self, request: DisclosureRequest, act: Act) -> date:
        terms = self._terms_of(request)
        fee = act.step is RequestStep.RECORD_FEE_NOTICE
        days = terms.fee_working_days if fee else terms.hearing_working_days
        return add_working_days(act.on, days, self.calendar()).due

    def _ended(self, file: File, act: Act) -> date | None:
        """Return the last day of a view or a fee, by which this act judges it: in time, late, or not at all."""
        fee = file.request.fee
        letter = fee.notice if act.step is RequestStep.LAPSE and fee is not None else letter_of(act)
        term = file.clock.letters.get(letter) if file.clock is not None else None
        return term.due if term is not None else None

    def _terms_of(self, request: DisclosureRequest) -> Terms:
        return terms_on(self.terms, request.receipt.arrived_on if request.receipt is not None else date.min)
