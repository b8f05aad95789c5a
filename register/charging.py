"""What one request is charged (信息处理费), and how that was computed: what the fee notice says; pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum

from register.docket import Head
from register.facts import Fact
from register.fees import Cost, FeeRules, Line
from register.filing import Route
from register.request import Act, DisclosureRequest


class Measure(StrEnum):
    """By what a request is charged; never by both (国办函〔2020〕109号)."""

    PER_ITEM = "per_item"
    """按件: the applicant's requests of one natural month."""
    PER_PAGE = "per_page"
    """按页: the pages of this request, where copies are wanted."""


def item_number(reference: str, received_on: date, of_applicant: Mapping[str, Head]) -> int:
    """Return which request of its applicant in its natural month this is, in the order of receipt, from 1.

    `of_applicant` are the applicant's requests by reference; those not received yet do not count.
    """
    month = [
        (head.received_on, other)
        for other, head in of_applicant.items()
        if head.received_on is not None and head.received_on.replace(day=1) == received_on.replace(day=1)
    ]
    return 1 + sum(each < (received_on, reference) for each in month if each[1] != reference)


def cost_of(rules: FeeRules, measure: Measure, units: int) -> Cost:
    """Return the fee for the item of this number, or for so many pages."""
    if measure is Measure.PER_ITEM:
        return rules.per_item.fee(1, before=units - 1)
    return rules.per_page.fee(units)


def computation(measure: Measure, cost: Cost) -> tuple[str, ...]:
    """Return how a fee comes about, one line in Chinese for each price, and its sum."""
    unit = "件" if measure is Measure.PER_ITEM else "页"
    basis = "按件计收，同一申请人一个自然月内累计" if measure is Measure.PER_ITEM else "按页计收"
    return (basis, *(_line(line, unit) for line in cost.lines), f"合计{cost.amount}元")


def charged(act: Act, rules: FeeRules, number: int) -> Act:
    """Return a CHARGE with its amount and computation; `number` is that of `item_number`.

    Pages that are no number leave the amount at nothing, which is refused.
    """
    measure = Measure(act.facts[Fact.MEASURE]) if act.facts.get(Fact.MEASURE) in set(Measure) else Measure.PER_ITEM
    units = number if measure is Measure.PER_ITEM else pages_of(act.facts.get(Fact.PAGES, ""))
    cost = cost_of(rules, measure, units)
    told = "；".join(computation(measure, cost))
    return replace(act, facts={**act.facts, Fact.AMOUNT: str(cost.amount), Fact.COMPUTATION: told})


def pages_of(text: str) -> int:
    """Return a number of pages as it was typed; 0 where it is none."""
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) <= len("99999") else 0


def wants_copies(request: DisclosureRequest) -> bool:
    """Return whether paper, an e-mail or an electronic copy is wanted, so that pages may be charged."""
    return request.filing is not None and request.filing.wish.route is not Route.ON_SITE


def _line(line: Line, unit: str) -> str:
    count = line.last - line.first + 1
    span = f"第{line.first}{unit}" if count == 1 else f"第{line.first}至{line.last}{unit}"
    return f"{span}，每{unit}{line.yuan}元，{line.amount}元"
