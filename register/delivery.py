"""When an answer counts as delivered, and how long the applicant may contest it; pure."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from register.terms import Terms

_MONTHS = 12


class Delivery(StrEnum):
    """How an answer is delivered (国办公开办函〔2016〕235号)."""

    DIRECT = "direct"
    """直接送达: the day it is signed for."""
    ENTRUSTED = "entrusted"
    """委托其他机关代为送达: the day it is signed for."""
    POST = "post"
    """邮政企业寄送: the day of posting."""
    ELECTRONIC = "electronic"
    """电子送达: the day it reaches the applicant's own system, by analogy with 民事诉讼法 art. 90."""


@dataclass(frozen=True, slots=True)
class Sending:
    """One answer delivered: how, the day that decides, and the last day for the answer as it was then.

    `delivered_on` is the day of posting, or the day it was signed for or reached the applicant's system (see Delivery).
    """

    method: Delivery
    delivered_on: date
    due_on: date | None = None
    arrived_on: date | None = None
    """The day on which something posted was signed for, once that is known."""

    @property
    def learned_on(self) -> date | None:
        """The day the applicant had it, from which the remedies run; None while it is on its way by post."""
        return self.arrived_on if self.method is Delivery.POST else self.delivered_on

    @property
    def on_time(self) -> bool:
        """Whether it was delivered by the end of the last day; where no term ran there was none to miss."""
        return self.due_on is None or self.delivered_on <= self.due_on


@dataclass(frozen=True, slots=True)
class Service:
    """How a letter to somebody else than the applicant was served, when it arrived, and what proves it (送达记录)."""

    method: Delivery
    received_on: date
    proof: str


@dataclass(frozen=True, slots=True)
class Contest:
    """The last days to ask for 行政复议 and to sue, as the applicant is told them.

    `court_until` is None where reconsideration comes first (复议前置): the court is asked against its decision.
    """

    reconsideration_until: date
    court_until: date | None


def contest_until(learned_on: date, terms: Terms) -> Contest:
    """Return the last days of both remedies for an answer learned of on a day: civil days and months, no working days.

    Source: 行政复议法 art. 20, 行政诉讼法 art. 46. A month without that day ends with its last. Where the last day is a
    day off the law adds the next working day; the earlier day shown here is the safe one for the applicant.
    """
    months = learned_on.month - 1 + terms.court_months
    year, month = learned_on.year + months // _MONTHS, months % _MONTHS + 1
    last = calendar.monthrange(year, month)[1]
    return Contest(
        reconsideration_until=learned_on + timedelta(days=terms.reconsideration_days),
        court_until=date(year, month, min(learned_on.day, last)),
    )
