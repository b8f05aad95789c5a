"""How urgent a case is, in words and as a level for the colour."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from register.types import Case, Status

SOON = timedelta(days=3)


class Level(StrEnum):
    """How urgent a case is."""

    OVERDUE = "overdue"
    SOON = "soon"
    LATER = "later"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Due:
    """The urgency of one case on one day."""

    level: Level
    words: str


def due(case: Case, today: date) -> Due:
    """Return how urgent a case is today; `today` is a civil date in China."""
    if case.status is not Status.RECEIVED:
        return Due(Level.DONE, "")
    left = case.due_on - today
    if left < timedelta(0):
        return Due(Level.OVERDUE, f"已超期 {-left.days} 天")
    if not left:
        return Due(Level.SOON, "今天到期")
    return Due(Level.SOON if left <= SOON else Level.LATER, f"还有 {left.days} 天")
