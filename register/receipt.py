"""The day on which a request counts as received, by the way it came in (国令711号 art. 31); pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from register.calendar import Calendar
from register.filing import UNSIGNED, Channel
from register.terms import NonworkingReceipt

_DAY = timedelta(days=1)


_REASONS = {
    Channel.IN_PERSON: "当面提交之日",
    Channel.SIGNED_MAIL: "邮件签收之日",
    Channel.PLAIN_MAIL: "与申请人确认之日",
    Channel.INTERNET: "提交成功之日",
    Channel.FAX: "传真收到之日",
    Channel.PASSED_ON: "与申请人确认之日",
}


@dataclass(frozen=True, slots=True)
class ReceiptDay:
    """The day of receipt and, in Chinese, the rule behind it; `on` is None while the applicant is not reached."""

    on: date | None
    reason: str


def receipt_day(
    channel: Channel,
    arrived_on: date,
    *,
    confirmed_on: date | None = None,
    calendar: Calendar,
    nonworking: NonworkingReceipt = NonworkingReceipt.ACTUAL,
) -> ReceiptDay:
    """Return the day of receipt of what was handed in, signed for or submitted on a day.

    What is submitted on the internet is received when the page says so, whatever staff do later (指导案例26号).
    `confirmed_on`, the day the office reached the applicant, counts only for mail nobody signs for and what was passed
    on. Raises ValueError when it lies before the arrival.
    """
    if confirmed_on is not None and confirmed_on < arrived_on:
        raise ValueError("confirmed before it arrived")
    on = confirmed_on if channel in UNSIGNED else arrived_on
    if on is None:
        return ReceiptDay(None, "尚未与申请人取得联系，期限自确认之日起算")
    if nonworking is NonworkingReceipt.ACTUAL or calendar.day(on).working:
        return ReceiptDay(on, _REASONS[channel])
    while not calendar.day(on).working:
        on += _DAY
    return ReceiptDay(on, f"{_REASONS[channel]}不是工作日，以其后第一个工作日为收到之日")
