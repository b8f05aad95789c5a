"""Which open requests another calendar moves: what an import of a year's notice has to report; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from register.calendar import Calendar
from register.clock import Clock, ClockEvent, read_clock
from register.terms import Terms, terms_on


@dataclass(frozen=True, slots=True)
class Change:
    """One term whose last day is another, or has become final, under the new calendar.

    It is the term for the answer to a request, or that of the `letter` named, by which somebody is asked for a view or
    a fee. `old` and `new` are None while the clock stands still; `provisional` is what the new one is.
    """

    reference: str
    old: date | None
    new: date | None
    provisional: bool
    letter: str = ""

    @property
    def term(self) -> str:
        """What the change is called: the request, and the letter where it is that of one."""
        return f"{self.reference} {self.letter}".rstrip()

    @property
    def earlier(self) -> bool:
        """Whether whoever has to act has less time than thought: tell them."""
        return self.old is not None and self.new is not None and self.new < self.old

    def urgency(self) -> tuple[bool, date, str, str]:
        """Return what changes are sorted by: those with less time first, then by their last day."""
        return (not self.earlier, self.new or date.max, self.reference, self.letter)


def recompute(
    requests: Mapping[str, Iterable[ClockEvent]],
    *,
    old: Calendar,
    new: Calendar,
    terms: Sequence[Terms],
    today: date,
) -> Sequence[Change]:
    """Return what the new calendar changes in requests, by reference and history; those with less time first.

    Raises ValueError for a history without a receipt.
    """
    changes: list[Change] = []
    for reference, events in requests.items():
        history = tuple(events)
        law = terms_on(terms, min(event.on for event in history))
        before = read_clock(history, calendar=old, terms=law, today=today)
        after = read_clock(history, calendar=new, terms=law, today=today)
        if _stored(before) != _stored(after):
            changes.append(Change(reference, before.due, after.due, after.provisional))
        known = {letter: term.due for letter, term in before.letters.items()}
        changes += moved_letters(reference, known, after)
    return sorted(changes, key=Change.urgency)


def moved_letters(reference: str, known: Mapping[str, date | None], clock: Clock) -> Iterable[Change]:
    """Yield a change for each letter whose term ends on another day than was known."""
    for letter, term in clock.letters.items():
        old = known.get(letter)
        if old is not None and old != term.due:
            yield Change(reference, old, term.due, term.provisional, letter)


def _stored(clock: Clock) -> tuple[date | None, bool]:
    return clock.due, clock.provisional
