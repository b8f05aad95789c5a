from datetime import date
from pathlib import Path

import pytest

from register.calendar import Calendar
from register.deadlines import add_working_days
from register.filing import Channel
from register.receipt import ReceiptDay, receipt_day
from register.terms import NonworkingReceipt

CALENDAR = Calendar.load(Path(__file__).resolve().parents[2] / "config" / "calendar")
FRIDAY, SATURDAY, MONDAY = date(2026, 3, 6), date(2026, 3, 7), date(2026, 3, 9)


@pytest.mark.parametrize(
    ("channel", "confirmed_on", "expected"),
    [
        (Channel.IN_PERSON, None, ReceiptDay(FRIDAY, "当面提交之日")),
        (Channel.FAX, None, ReceiptDay(FRIDAY, "传真收到之日")),
        (Channel.SIGNED_MAIL, None, ReceiptDay(FRIDAY, "邮件签收之日")),
        (Channel.INTERNET, None, ReceiptDay(FRIDAY, "提交成功之日")),
        # guiding case 26: what the staff do later does not move it
        (Channel.INTERNET, MONDAY, ReceiptDay(FRIDAY, "提交成功之日")),
        (Channel.PLAIN_MAIL, None, ReceiptDay(None, "尚未与申请人取得联系，期限自确认之日起算")),
        (Channel.PLAIN_MAIL, MONDAY, ReceiptDay(MONDAY, "与申请人确认之日")),
        (Channel.PASSED_ON, MONDAY, ReceiptDay(MONDAY, "与申请人确认之日")),
    ],
)
def test_the_day_of_receipt_follows_the_channel(
    channel: Channel, confirmed_on: date | None, expected: ReceiptDay
) -> None:
    assert receipt_day(channel, FRIDAY, confirmed_on=confirmed_on, calendar=CALENDAR) == expected


def test_a_day_off_is_the_day_of_receipt_unless_the_office_takes_the_next_working_day() -> None:
    actual = receipt_day(Channel.INTERNET, SATURDAY, calendar=CALENDAR)
    next_day = receipt_day(Channel.INTERNET, SATURDAY, calendar=CALENDAR, nonworking=NonworkingReceipt.NEXT_WORKDAY)
    assert (actual.on, next_day.on) == (SATURDAY, MONDAY)
    assert "不是工作日" in next_day.reason
    assert actual.on
    assert next_day.on
    due = [add_working_days(on, 20, CALENDAR).due for on in (FRIDAY, actual.on, next_day.on)]
    assert due == [date(2026, 4, 3), date(2026, 4, 3), date(2026, 4, 7)]


def test_a_working_weekend_is_a_working_day_of_receipt() -> None:
    on = date(2026, 9, 20)
    assert receipt_day(Channel.IN_PERSON, on, calendar=CALENDAR, nonworking=NonworkingReceipt.NEXT_WORKDAY).on == on


def test_nobody_confirms_what_has_not_arrived() -> None:
    with pytest.raises(ValueError, match="before it arrived"):
        receipt_day(Channel.PLAIN_MAIL, MONDAY, confirmed_on=FRIDAY, calendar=CALENDAR)


def test_the_first_working_day_after_a_sunday_is_monday() -> None:
    sunday = date(2026, 3, 8)
    read = receipt_day(Channel.FAX, sunday, calendar=CALENDAR, nonworking=NonworkingReceipt.NEXT_WORKDAY)
    assert read.on == MONDAY


def test_plain_mail_may_be_confirmed_on_the_day_it_arrives() -> None:
    assert receipt_day(Channel.PLAIN_MAIL, FRIDAY, confirmed_on=FRIDAY, calendar=CALENDAR).on == FRIDAY
