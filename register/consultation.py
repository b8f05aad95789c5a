"""Letters that ask a third party or another agency for its view, and the days they take out of the clock; pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from register.calendar import Calendar
from register.deadlines import Deadline, Pause, add_working_days


class Party(StrEnum):
    """Who is asked; what its silence means differs."""

    THIRD_PARTY = "third_party"
    """第三方 (art. 32): silent after its term, the office decides."""
    AGENCY = "agency"
    """其他机关 (art. 34): silent after its term, it has agreed."""


PAUSED_FOR = {Party.THIRD_PARTY: "征求第三方意见", Party.AGENCY: "征求其他机关意见"}


@dataclass(frozen=True, slots=True)
class Consultation:
    """One letter: when it left, arrived and was answered, as far as that is known.

    `due` is the end of the 15 working days that begin when the letter arrives; None as long as that day is unknown.
    `judged` is that end as it was when an answer or silence was noted: a calendar that came later does not change it.
    """

    letter: str
    party: Party
    sent_on: date
    received_on: date | None = None
    answered_on: date | None = None
    due: Deadline | None = None
    judged: date | None = None

    def received(self, on: date, days: int, calendar: Calendar) -> "Consultation":
        """Return the letter with the day it arrived and the end of its term of working days."""
        return replace(self, received_on=on, due=add_working_days(on, days, calendar))

    def ended_on(self, today: date) -> date | None:
        """Return the day the consultation ended, by an answer or by the end of its term, or None while it goes on."""
        last = self.judged or (self.due.due if self.due is not None else None)
        over = last if last is not None and last < today else None
        ends = [day for day in (self.answered_on, over) if day is not None]
        return min(ends, default=None)

    def pause(self, today: date) -> Pause:
        """Return the days this letter takes out of the clock, as of today."""
        return Pause(self.sent_on, self.ended_on(today), PAUSED_FOR[self.party])


def pauses(consultations: Sequence[Consultation], today: date) -> tuple[Pause, ...]:
    """Return the days that these letters take out of the clock, as of today."""
    return tuple(consultation.pause(today) for consultation in consultations)
