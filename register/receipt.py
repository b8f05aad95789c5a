"""The day on which a request counts as received, by the way it came in (国令711号 art. 31); pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from register.calendar import Calendar
from register.terms import NonworkingReceipt

_DAY = timedelta(days=1)


class Route(StrEnum):
    """How a request reached the office."""

    DESK = "desk"
    """当面提交, also taken down by staff: the day it is handed in."""
    SIGNED_MAIL = "signed_mail"
    """挂号信、特快专递: the day it is signed for."""
    UNSIGNED_MAIL = "unsigned_mail"
    """平信: the day the office reaches the applicant to confirm, which it tries on the day the letter arrives."""
    INTERNET = "internet"
    """网站、公众号、电子邮件、传真: the day it is submitted; the page that says so confirms it (指导案例26号)."""
    FORWARDED = "forwarded"
    """转来件: handed on by another office, as unsigned mail."""


_CONFIRMED = frozenset({Route.UNSIGNED_MAIL, Route.FORWARDED})
_REASONS = {
    Route.DESK: "当面提交之日",
    Route.SIGNED_MAIL: "邮件签收之日",
    Route.UNSIGNED_MAIL: "与申请人确认之日",
    Route.INTERNET: "提交成功之日",
    Route.FORWARDED: "与申请人确认之日",
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """The day of receipt and, in Chinese, the rule behind it; `on` is None while the applicant is not reached."""

    on: date | None
    reason: str


def receipt(
    route: Route,
    arrived_on: date,
    *,
    confirmed_on: date | None = None,
    calendar: Calendar,
    nonworking: NonworkingReceipt = NonworkingReceipt.ACTUAL,
) -> Receipt:
    """Return the day of receipt of what was handed in, signed for or submitted on a day.

    `confirmed_on` counts only where the law wants it. Raises ValueError when it lies before the arrival.
    """
    if confirmed_on is not None and confirmed_on < arrived_on:
        raise ValueError("confirmed before it arrived")
    on = confirmed_on if route in _CONFIRMED else arrived_on
    if on is None:
        return Receipt(None, "尚未与申请人取得联系，期限自确认之日起算")
    if nonworking is NonworkingReceipt.ACTUAL or calendar.day(on).working:
        return Receipt(on, _REASONS[route])
    while not calendar.day(on).working:
        on += _DAY
    return Receipt(on, f"{_REASONS[route]}不是工作日，以其后第一个工作日为收到之日")
