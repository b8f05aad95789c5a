"""Which open requests another calendar moves: what an import of a year's notice has to report; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from register.calendar import Calendar
from register.clock import Clock, ClockEvent, read_clock
from register.terms import Terms, terms_on


@dataclass(frozen=True, slots=True)
class Underway:
    """What is read of a request under way.

    `open` are the letters that still wait for a view or a fee, `noted` those noted as over without, and on which day.
    """

    events: Sequence[ClockEvent]
    open: frozenset[str] = frozenset()
    noted: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """One term whose last day is another, or has become final, under the new calendar.

    It is the term for the answer to a request, or that of the `letter` named, by which somebody is asked for a view or
    a fee. `old` and `new` are None while the clock stands still; `provisional` is what the new one is. `overtaken`:
    that letter was noted as over after the old day and before the end of the new one. The note stands; staff have to
    take the answer or the payment, or note it anew.
    """

    reference: str
    old: date | None
    new: date | None
    provisional: bool
    letter: str = ""
    overtaken: bool = False

    @property
    def term(self) -> str:
        """What the change is called: the request, and the letter where it is that of one."""
        return f"{self.reference} {self.letter}".rstrip()

    @property
    def earlier(self) -> bool:
        """Whether whoever has to act has less time than thought: tell them."""
        return self.old is not None and self.new is not None and self.new < self.old

    def urgency(self) -> tuple[bool, date, str, str]:
        """Return what changes are sorted by: those with less time or a wrong note first, then by their last day."""
        return (not (self.earlier or self.overtaken), self.new or date.max, self.reference, self.letter)


def recompute(
    requests: Mapping[str, Underway],
    *,
    old: Calendar,
    new: Calendar,
    terms: Sequence[Terms],
    today: date,
) -> Sequence[Change]:
    """Return what the new calendar changes in requests, by reference; those with less time first.

    Raises ValueError for a history without a receipt.
    """
    changes: list[Change] = []
    for reference, underway in requests.items():
        history = tuple(underway.events)
        law = terms_on(terms, min(event.on for event in history))
        before = read_clock(history, calendar=old, terms=law, today=today)
        after = read_clock(history, calendar=new, terms=law, today=today)
        if _stored(before) != _stored(after):
            changes.append(Change(reference, before.due, after.due, after.provisional))
        known = {letter: due for letter, due in before.last_days.items() if letter in underway.open}
        changes += moved_letters(reference, known, after)
        changes += _overtaken(reference, underway.noted, before, after)
    return sorted(changes, key=Change.urgency)


def moved_letters(reference: str, known: Mapping[str, date | None], clock: Clock) -> Iterable[Change]:
    """Yield a change for each of these letters whose term ends on another day than was known."""
    for letter, term in clock.letters.items():
        old = known.get(letter)
        if old is not None and old != term.due:
            yield Change(reference, old, term.due, term.provisional, letter)


def _overtaken(reference: str, noted: Mapping[str, date], before: Clock, after: Clock) -> Iterable[Change]:
    """Yield a change for each letter that was rightly noted as over, and too early by the new calendar."""
    for letter, on in noted.items():
        old, new = before.letters.get(letter), after.letters.get(letter)
        if old is not None and new is not None and old.due < on <= new.due:
            yield Change(reference, old.due, new.due, new.provisional, letter, overtaken=True)


def _stored(clock: Clock) -> tuple[date | None, bool]:
    return clock.due, clock.provisional
