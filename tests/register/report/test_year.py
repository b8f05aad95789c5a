"""Two synthetic years lived step by step: the report equals what the dice say, not what the register reads."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from register.circumstances import Circumstances
from register.filing import Category, Citizen, Document, Filing, Identity, Organisation
from register.outcomes import RULINGS, Outcome
from register.report.counting import CountedCase, annual_report, counted_case
from register.report.tables import APPLICANTS, Row
from register.steps import RequestStep
from tests.register.office import FILING, Office

# a real judgement on each of some 20,000 steps
pytestmark = pytest.mark.timeout(60)

KINDS = len(Outcome) * len(Category)
YEARS = (2025, 2026)
PLACES = 18
"""Requests of each outcome and each kind of applicant, on days spread over two years: more than 1,000 in each year."""


@dataclass(slots=True)
class HastyOffice(Office):
    """An office that does not read the clock: nothing here comes too late."""

    def circumstances(self) -> Circumstances:
        request = self.request
        ends = {each.letter: each.due_on for each in request.hearings}
        ends |= {request.fee.notice: request.fee.due_on} if request.fee is not None else {}
        letters = {letter: on for letter, on in ends.items() if on is not None}
        return Circumstances(self.today, letters=letters, fees=True, find=self.find)


@dataclass(frozen=True, slots=True)
class Life:
    """One request as the dice made it, told without the register."""

    received_on: date
    category: Category
    outcome: Outcome | None
    decided_on: date | None
    counts: bool = True


def applicant_of(kind: Category) -> Filing:
    if kind is Category.PERSON:
        citizen = Citizen("张三", Identity(Document.RESIDENT_ID, "11010519491231002X"), "13800000000")
        return Filing(citizen, FILING.wish)
    firm = Organisation("某单位", "91350100M000100Y43", "李四", "王五", "13800000000", kind)
    return Filing(firm, FILING.wish)


def lived(chance: random.Random) -> Iterator[tuple[Office, Life]]:
    """Yield requests that the register has gone through, each with what must be counted of it."""
    for outcome in Outcome:
        for kind in Category:
            for _ in range(PLACES):
                received = date(YEARS[0], 1, 1) + timedelta(days=chance.randrange(730))
                office = HastyOffice(received, filing=applicant_of(kind))
                office.live(outcome)
                yield office, Life(received, kind, outcome, _signed_or_withdrawn(office))
    for kind in Category:
        received = date(YEARS[1], 12, 1) + timedelta(days=chance.randrange(31))
        waiting = HastyOffice(received, filing=applicant_of(kind)).begin()
        yield waiting, Life(received, kind, None, None)
        for step in (RequestStep.SPLIT, RequestStep.MERGE):
            gone = HastyOffice(received, filing=applicant_of(kind)).begin()
            gone.must(step)
            yield gone, Life(received, kind, None, None, counts=False)


def _signed_or_withdrawn(office: Office) -> date:
    ends = (RequestStep.SIGN, RequestStep.WITHDRAW)
    return next(event.act.on for event in office.events if event.act.step in ends)


def recount(lives: list[Life], year: int) -> Counter[tuple[Row, Category]]:
    """Count without the register's own rules: by the year of receipt and the year of the end."""
    counted: Counter[tuple[Row, Category]] = Counter()
    for life in lives:
        ended = life.decided_on.year if life.decided_on is not None else year + 1
        if not life.counts or life.received_on.year > year or ended < year:
            continue
        counted[Row.NEW if life.received_on.year == year else Row.CARRIED_IN, life.category] += 1
        counted[Row.DECIDED if ended == year else Row.CARRIED_OUT, life.category] += 1
        if ended == year and life.outcome is not None:
            counted[RULINGS[life.outcome].cell, life.category] += 1
    return counted


@pytest.fixture(scope="module")
def years() -> tuple[list[CountedCase], list[Life]]:
    """More than 2,000 requests of two years, as the register reads them and as they were."""
    told = list(lived(random.Random(20260302)))  # noqa: S311  a test's dice
    read = (counted_case(f"云岭-{place:06}", office.request) for place, (office, _) in enumerate(told))
    return [case for case in read if case is not None], [life for _, life in told]


@pytest.mark.parametrize("year", [*YEARS, YEARS[-1] + 1])
def test_the_report_of_a_lived_year_equals_a_recount(years: tuple[list[CountedCase], list[Life]], year: int) -> None:
    cases, lives = years
    report = annual_report(cases, year)
    again = recount(lives, year)

    assert len(lives) > max(2000, KINDS)
    for row, line in report.tables.requests.items():
        assert line.numbers == tuple(again[row, applicant] for applicant in APPLICANTS), row
    assert report.discrepancies == ()


def test_every_outcome_of_every_applicant_occurs_in_a_year(years: tuple[list[CountedCase], list[Life]]) -> None:
    cases, _ = years
    ended = {
        (case.decisions[0].outcome, case.category)
        for case in cases
        if case.decisions and case.decisions[0].decided_on.year == YEARS[1]
    }
    assert len(ended) == KINDS


@pytest.mark.parametrize("year", YEARS)
def test_a_lived_year_takes_over_what_the_one_before_handed_over(
    years: tuple[list[CountedCase], list[Life]], year: int
) -> None:
    cases, _ = years
    handed = annual_report(cases, year).tables.requests[Row.CARRIED_OUT]
    following = annual_report(cases, year + 1, handed)

    assert following.tables.requests[Row.CARRIED_IN] == handed
    assert handed.total > 0
    assert following.discrepancies == ()
