"""The period that a page of numbers is about, and the stretches its picture is cut into."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
USUAL = 30
"""Days shown where nobody chose."""
LONGEST = 5 * 366
BY_DAY, BY_WEEK = 62, 400
"""Up to so many days a picture has a column a day, up to so many one a week, beyond one a month."""


@dataclass(frozen=True, slots=True)
class Period:
    """Civil days from first to last, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def query(self) -> str:
        """The same as the query of an address."""
        return f"first={self.first}&last={self.last}"

    def stretches(self) -> Sequence["Period"]:
        """Return the period cut into days, weeks from Monday or months, by its length."""
        found: list[Period] = []
        first = self.first
        while first <= self.last:
            last = min(self._end(first), self.last)
            found.append(Period(first, last))
            first = last + DAY
        return tuple(found)

    @property
    def label(self) -> str:
        """A short name for a stretch."""
        if self.days == 1:
            return f"{self.first.month}-{self.first.day}"
        if self.first.month == self.last.month:
            return f"{self.first.month}-{self.first.day}起"
        return f"{self.first.year}-{self.first.month}-{self.first.day}起"

    def _end(self, first: date) -> date:
        if self.days <= BY_DAY:
            return first
        if self.days <= BY_WEEK:
            return first + DAY * (6 - first.weekday())
        following = first.replace(day=28) + 4 * DAY
        return following.replace(day=1) - DAY


def chosen(query: Mapping[str, str], today: date) -> Period:
    """Return the period that `first` and `last` of a query name: within five years, none of it to come."""
    last = min(_date(query.get("last", ""), otherwise=today), today)
    first = _date(query.get("first", ""), otherwise=last - DAY * (USUAL - 1))
    return Period(max(min(first, last), last - DAY * (LONGEST - 1)), last)


def ready_made(today: date) -> Sequence[tuple[str, Period]]:
    """Return the periods that are offered, by name."""
    recent = [(f"近 {days} 天", Period(today - DAY * (days - 1), today)) for days in (7, 30, 90)]
    year = Period(today.replace(month=1, day=1), today)
    before = Period(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))
    return (*recent, (f"{today.year} 年", year), (f"{today.year - 1} 年", before))


def _date(text: str, *, otherwise: date) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return found if found.year > LONGEST // 366 else otherwise
