"""The day on which a request counts as received, by the way it came in (国令711号 art. 31); pure."""

from datetime import date, timedelta

from register.calendar import Calendar
from register.filing import Receipt
from register.terms import NonworkingReceipt

_DAY = timedelta(days=1)


def receipt_day(receipt: Receipt, calendar: Calendar, nonworking: NonworkingReceipt) -> date | None:
    """Return the day of receipt, or None while the applicant of unsigned mail is not reached.

    What is submitted on the internet is received when the page says so, at any hour and on any day, whatever staff do
    later (指导案例26号). `nonworking` is what the office makes of a day off; the next working day may lie ahead.
    """
    on = receipt.happened_on
    if on is None or nonworking is NonworkingReceipt.ACTUAL:
        return on
    while not calendar.day(on).working:
        on += _DAY
    return on
