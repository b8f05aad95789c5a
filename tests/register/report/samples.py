"""Synthetic years of requests, and the published figures that must balance."""

import random
from datetime import date, timedelta
from decimal import Decimal

from register.disputes import Dispute, DisputeKind, DisputeResult
from register.filing import Category
from register.outcomes import Outcome
from register.report.counting import CountedCase
from register.report.tables import CELLS, DisputeBlock, Line, PublishedTable, RequestTable, Row, Tables
from register.request import Decision

GOLDEN_CELLS = [
    5548, 2168, 13, 30, 11, 51, 104, 85, 286, 150, 3222, 180, 19, 203, 148, 0, 101, 5, 318, 203, 965,
]  # fmt: skip
GOLDEN_DISPUTES = (
    DisputeBlock(376, 97, 196, 121, 790),
    DisputeBlock(16, 1, 12, 27, 56),
    DisputeBlock(74, 1, 30, 51, 156),
)


def golden() -> Tables:
    """Return a report of a whole city of which only the totals are known: all in one column."""
    table: RequestTable = {
        Row.NEW: _line(14_069),
        Row.CARRIED_IN: _line(560),
        **{row: _line(number) for row, number in zip(CELLS, GOLDEN_CELLS, strict=True)},
        Row.DECIDED: _line(13_810),
        Row.CARRIED_OUT: _line(819),
    }
    return Tables(PublishedTable(), table, GOLDEN_DISPUTES)


def _line(number: int) -> Line:
    return Line((number, 0, 0, 0, 0, 0), number)


def synthetic(seed: int, count: int, *, year: int = 2026) -> list[CountedCase]:
    """Return requests received from the year before to the year after, of every outcome and applicant."""
    chance = random.Random(seed)  # noqa: S311  a test's dice
    cases = []
    for number in range(count):
        received = date(year - 1, 1, 1) + timedelta(days=chance.randrange(3 * 365))
        decisions = []
        on = received + timedelta(days=chance.randrange(90))
        if chance.random() < 0.9:
            decisions.append(Decision(list(Outcome)[(number // 6) % 22], on))
            if chance.random() < 0.1:
                again = on + timedelta(days=chance.randrange(400))
                decisions.append(Decision(chance.choice(list(Outcome)), again))
        cases.append(
            CountedCase(
                reference=f"云岭-{received.year}-{number:06}",
                category=list(Category)[number % 6],
                received_on=received,
                decisions=tuple(decisions),
                disputes=tuple(_dispute(chance, on, number, each) for each in range(chance.choice([0, 0, 0, 1, 2]))),
                fee=Decimal(chance.choice([0, 0, 0, 100])),
                fee_paid_on=on if chance.random() < 0.5 else None,
            )
        )
    return cases


def _dispute(chance: random.Random, on: date, number: int, each: int) -> Dispute:
    filed = on + timedelta(days=chance.randrange(60))
    result = chance.choice([None, *DisputeResult])
    ruled = filed + timedelta(days=chance.randrange(300)) if result is not None else None
    return Dispute(f"{number}-{each}", chance.choice(list(DisputeKind)), filed, result, ruled)
