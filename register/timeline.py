"""What a formal request's acts say of time: the dates they state, and what the clock reads of them; pure."""

from collections.abc import Iterable
from datetime import date

from register.clock import ClockEvent, Happening
from register.consultation import Party
from register.facts import Fact
from register.request import Act, Event
from register.steps import RequestStep


def clock_events(events: Iterable[Event]) -> tuple[ClockEvent, ...]:
    """Return what the clock reads of a history; empty until the day of receipt is known."""
    told = tuple(each for event in events if event.clock is not None for each in _clock_event(event.act, event.clock))
    return told if any(each.what is Happening.RECEIVED for each in told) else ()


def received_on(act: Act) -> date | None:
    """Return the day of receipt (收到申请之日) that an act fixes, or None where it fixes none."""
    if act.step is RequestStep.CONFIRM_RECEIPT:
        return date_of(act, Fact.RECEIVED_ON) or act.on
    return act.receipt.received_on if act.receipt is not None else None


def letter_of(act: Act) -> str:
    """Return the letter that an act is about, which asks for a view or a fee; empty for none."""
    return act.facts.get(Fact.CONSULTATION) or act.facts.get(Fact.FEE_NOTICE, "")


def date_of(act: Act, fact: Fact) -> date | None:
    """Return the date that an act states, or None where it states none or what is no date (YYYY-MM-DD)."""
    try:
        return date.fromisoformat(act.facts.get(fact, ""))
    except ValueError:
        return None


def _clock_event(act: Act, what: Happening) -> tuple[ClockEvent, ...]:
    if what is Happening.RECEIVED:
        received = received_on(act)
        return () if received is None else (ClockEvent(what, received),)
    return (
        ClockEvent(
            what,
            act.on,
            letter=letter_of(act),
            party=Party(act.facts.get(Fact.BASIS, Party.THIRD_PARTY)),
            days=int(act.facts.get(Fact.DAYS, "0")),
            until=date_of(act, Fact.TERM_END if what in {Happening.ANSWERED, Happening.SILENT} else Fact.DUE_ON),
        ),
    )
