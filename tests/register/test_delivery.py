from datetime import date

import pytest

from register.delivery import Contest, Delivery, Sending, contest_until
from register.terms import Terms

DUE = date(2026, 3, 30)
TERMS = Terms("国令711号", date(2019, 5, 15))


@pytest.mark.parametrize(
    ("sending", "on_time"),
    [
        (Sending(Delivery.POST, DUE, DUE, arrived_on=date(2026, 4, 2)), True),
        (Sending(Delivery.POST, date(2026, 3, 31), DUE), False),
        (Sending(Delivery.DIRECT, date(2026, 3, 31), DUE), False),
        (Sending(Delivery.ENTRUSTED, DUE, DUE), True),
        (Sending(Delivery.ELECTRONIC, DUE, DUE), True),
        (Sending(Delivery.ELECTRONIC, DUE), True),
    ],
)
def test_an_answer_is_in_time_by_the_point_of_delivery_of_its_method(sending: Sending, *, on_time: bool) -> None:
    assert sending.on_time is on_time


def test_what_is_on_its_way_by_post_has_not_been_learned_of() -> None:
    assert Sending(Delivery.POST, DUE, DUE).learned_on is None
    assert Sending(Delivery.POST, DUE, DUE, arrived_on=date(2026, 4, 2)).learned_on == date(2026, 4, 2)
    assert Sending(Delivery.DIRECT, DUE, DUE).learned_on == DUE


@pytest.mark.parametrize(
    ("learned", "expected"),
    [
        (date(2026, 3, 2), Contest(date(2026, 5, 1), date(2026, 9, 2))),
        (date(2026, 8, 31), Contest(date(2026, 10, 30), date(2027, 2, 28))),
        (date(2027, 8, 31), Contest(date(2027, 10, 30), date(2028, 2, 29))),
        (date(2026, 6, 30), Contest(date(2026, 8, 29), date(2026, 12, 30))),
        (date(2026, 7, 1), Contest(date(2026, 8, 30), date(2027, 1, 1))),
    ],
)
def test_the_remedies_run_in_civil_days_and_months(learned: date, expected: Contest) -> None:
    assert contest_until(learned, TERMS) == expected
