"""Which open requests another calendar moves: what an import of a year's notice has to report; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from register.calendar import Calendar
from register.clock import Clock, ClockEvent, read_clock
from register.terms import Terms, terms_on


@dataclass(frozen=True, slots=True)
class Change:
    """One request whose last day is another, or has become final, under the new calendar.

    `old` and `new` are None while its clock stands still; `provisional` is what the new one is.
    """

    reference: str
    old: date | None
    new: date | None
    provisional: bool

    @property
    def earlier(self) -> bool:
        """Whether whoever handles it has less time than thought: tell them."""
        return self.old is not None and self.new is not None and self.new < self.old

    def urgency(self) -> tuple[bool, date, str]:
        """Return what changes are sorted by: those with less time first, then by their last day."""
        return (not self.earlier, self.new or date.max, self.reference)


def recompute(
    requests: Mapping[str, Iterable[ClockEvent]],
    *,
    old: Calendar,
    new: Calendar,
    terms: Sequence[Terms],
    today: date,
) -> Sequence[Change]:
    """Return the requests, by reference and history, that the new calendar changes, those with less time first.

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
    return sorted(changes, key=Change.urgency)


def _stored(clock: Clock) -> tuple[date | None, bool]:
    return clock.due, clock.provisional
