"""The terms of a law as data: how many days each step has, and from when that law applies."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any

from register.errors import UnreadableRules


class NonworkingReceipt(StrEnum):
    """When a request submitted on a day off counts as received."""

    ACTUAL = "actual"
    """That day: a request of Saturday or Sunday is counted from Monday on, the stricter reading."""
    NEXT_WORKDAY = "next_workday"
    """The next working day, which is then itself not counted, as a court accepted for a Sunday's e-mail."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms for requests received since `effective_from`; config/terms.toml gives the article of each."""

    law: str
    effective_from: date
    answer_working_days: int = 20
    extension_working_days: int = 20
    correction_notice_working_days: int = 7
    hearing_working_days: int = 15
    fee_working_days: int = 20
    reconsideration_days: int = 60
    court_months: int = 6
    nonworking_receipt: NonworkingReceipt = NonworkingReceipt.ACTUAL
    margin_days: int = 7


def read_terms(text: str) -> Sequence[Terms]:
    """Return the sets of terms written in TOML (config/terms.toml), oldest first; what a set leaves out is as above.

    Raises UnreadableRules, in Chinese, for what is no TOML, an unknown or missing name, a number below one, no set at
    all, or two from the same day.
    """
    try:
        sets = sorted((_terms(entry) for entry in tomllib.loads(text)["rules"]), key=lambda terms: terms.effective_from)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableRules(f"期限文件写法有误：{error}") from error
    if not sets:
        raise UnreadableRules("期限文件没有写任何期限")
    if len({terms.effective_from for terms in sets}) < len(sets):
        raise UnreadableRules("两组期限从同一天起适用")
    return tuple(sets)


def terms_on(sets: Sequence[Terms], received: date) -> Terms:
    """Return the terms for a request received on a day: the latest in force; the earliest where none is yet."""
    return max(
        (terms for terms in sets if terms.effective_from <= received),
        key=lambda terms: terms.effective_from,
        default=min(sets, key=lambda terms: terms.effective_from),
    )


def _terms(entry: Mapping[str, Any]) -> Terms:
    given = dict(entry)
    given["nonworking_receipt"] = NonworkingReceipt(given.get("nonworking_receipt", NonworkingReceipt.ACTUAL))
    terms = Terms(**given)
    if type(terms.effective_from) is not date:
        raise UnreadableRules("effective_from 应为日期，如 2019-05-15")
    for name in (each.name for each in fields(Terms) if each.type is int):
        number = getattr(terms, name)
        if type(number) is not int or number < 1:
            raise UnreadableRules(f"{name} 应为不小于 1 的整数")
    return terms
