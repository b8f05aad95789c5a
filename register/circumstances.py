"""What a judgement on a step needs to know beyond the request's own history."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Earlier:
    """Another request, as far as this one may know it. `owed`: it waits for its answer."""

    same_applicant: bool
    replied: bool
    owed: bool = False
    received_on: date | None = None


def _none(_: str) -> Earlier | None:
    return None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a request's own history does not say.

    `today` is the civil date in Asia/Shanghai. `correction_notice_due` and `due_on` are what the clock shows (None: it
    has not begun, or stands still), and so is `letters`: until when each letter that arrived may be answered, or its
    fee paid, by the calendar in force. `fees`: the office charges (default off). `find` gives another request by its
    number.
    """

    today: date
    correction_notice_due: date | None = None
    due_on: date | None = None
    letters: Mapping[str, date] = field(default_factory=dict)
    fees: bool = False
    find: Callable[[str], Earlier | None] = _none
