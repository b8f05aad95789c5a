"""How cases were handled in a period: how many came in, how many are done, and how long half of them took."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import repeat
from statistics import median
from typing import Protocol

from register.docket import Deflections
from register.types import CaseKind

_DAY = 24


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How many cases of a kind came in for a department; "" stands for none."""

    kind: CaseKind
    department: str
    cases: int


@dataclass(frozen=True, slots=True)
class Handled:
    """How many cases of a kind and department were answered for the first time so many whole hours after receipt."""

    kind: CaseKind
    department: str
    hours: int
    cases: int


@dataclass(frozen=True, slots=True)
class Judged:
    """What citizens said last (是否解决) of the answers to cases of a kind and department."""

    kind: CaseKind
    department: str
    resolved: int
    unresolved: int


@dataclass(frozen=True, slots=True)
class Handling:
    """What became of a group of cases: how many came, how many were answered, and the median of their civil days.

    `resolved` and `unresolved` are what citizens said of the answers.
    """

    came: int = 0
    answered: int = 0
    median_days: float | None = None
    resolved: int = 0
    unresolved: int = 0

    @property
    def satisfaction(self) -> float | None:
        """已解决, of those who said; None while nobody did."""
        said = self.resolved + self.unresolved
        return self.resolved / said if said else None


class CaseFigures(Protocol):
    """Counts the cases, whatever their number."""

    async def arrivals(self, first: date, last: date) -> Sequence[Arrivals]:
        """Return how many cases came in on these days, civil dates in Asia/Shanghai."""

    async def handled(self, first: date, last: date) -> Sequence[Handled]:
        """Return the cases answered for the first time on these days: an inquiry's answer, a request's signature."""

    async def judged(self, first: date, last: date) -> Sequence[Judged]:
        """Return what citizens said on these days, as their last word, of answers that people gave."""

    async def deflections(self, first: date, last: date) -> Deflections:
        """Return what became of the forms before which published texts were shown on these days."""


def handling(arrivals: Iterable[Arrivals], handled: Iterable[Handled], judged: Iterable[Judged] = ()) -> Handling:
    """Return what became of these cases."""
    hours = [hour for each in handled for hour in repeat(each.hours, each.cases)]
    said = list(judged)
    return Handling(
        came=sum(each.cases for each in arrivals),
        answered=len(hours),
        median_days=median(hours) / _DAY if hours else None,
        resolved=sum(each.resolved for each in said),
        unresolved=sum(each.unresolved for each in said),
    )


def by_department(
    arrivals: Iterable[Arrivals], handled: Iterable[Handled], judged: Iterable[Judged] = ()
) -> Mapping[str, Handling]:
    """Return the same for each department, most cases first."""
    came, done, said = list(arrivals), list(handled), list(judged)
    departments = {each.department for each in came} | {each.department for each in done}
    departments |= {each.department for each in said}
    sums = {
        name: handling(
            [each for each in came if each.department == name],
            [each for each in done if each.department == name],
            [each for each in said if each.department == name],
        )
        for name in departments
    }
    return dict(sorted(sums.items(), key=lambda item: (-item[1].came, item[0])))
