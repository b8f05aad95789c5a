from datetime import date

import pytest

from register.deadlines import add_working_days
from register.filing import Channel, Receipt
from register.receipt import receipt_day
from register.terms import NonworkingReceipt
from tests.register.office import CALENDAR

FRIDAY, SATURDAY, SUNDAY, MONDAY = date(2026, 3, 6), date(2026, 3, 7), date(2026, 3, 8), date(2026, 3, 9)


def received(receipt: Receipt, nonworking: NonworkingReceipt = NonworkingReceipt.ACTUAL) -> date | None:
    return receipt_day(receipt, CALENDAR, nonworking)


@pytest.mark.parametrize(
    ("channel", "confirmed_on", "expected"),
    [
        (Channel.IN_PERSON, None, FRIDAY),
        (Channel.FAX, None, FRIDAY),
        (Channel.SIGNED_MAIL, None, FRIDAY),
        (Channel.INTERNET, None, FRIDAY),
        # guiding case 26: what the staff do later does not move it
        (Channel.INTERNET, MONDAY, FRIDAY),
        (Channel.PLAIN_MAIL, None, None),
        (Channel.PLAIN_MAIL, FRIDAY, FRIDAY),
        (Channel.PLAIN_MAIL, MONDAY, MONDAY),
        (Channel.PASSED_ON, MONDAY, MONDAY),
    ],
)
def test_the_day_of_receipt_follows_the_channel(
    channel: Channel, confirmed_on: date | None, expected: date | None
) -> None:
    assert received(Receipt(channel, FRIDAY, confirmed_on)) == expected


def test_a_day_off_is_the_day_of_receipt_unless_the_office_takes_the_next_working_day() -> None:
    online = Receipt(Channel.INTERNET, SATURDAY)
    days = [FRIDAY, received(online), received(online, NonworkingReceipt.NEXT_WORKDAY)]
    assert days == [FRIDAY, SATURDAY, MONDAY]
    due = [add_working_days(on, 20, CALENDAR).due for on in days if on]
    assert due == [date(2026, 4, 3), date(2026, 4, 3), date(2026, 4, 7)]


def test_who_is_reached_on_a_day_off_has_confirmed_on_the_next_working_day_where_the_office_says_so() -> None:
    mail = Receipt(Channel.PLAIN_MAIL, FRIDAY, SUNDAY)
    assert received(mail, NonworkingReceipt.NEXT_WORKDAY) == MONDAY


def test_a_working_weekend_is_a_working_day_of_receipt() -> None:
    on = date(2026, 9, 20)
    assert received(Receipt(Channel.IN_PERSON, on), NonworkingReceipt.NEXT_WORKDAY) == on
