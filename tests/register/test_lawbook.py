from datetime import date

import pytest

from register.delivery import Contest
from register.lawbook import Lawbook
from register.outcomes import Outcome
from register.steps import RequestStep
from tests.register.office import CALENDAR, TERMS, Office

LAW = Lawbook(lambda: CALENDAR, (TERMS,))


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Outcome.OPEN_PROVIDED, Contest(date(2026, 5, 1), date(2026, 9, 2))),
        (Outcome.DENY_SECRET, Contest(date(2026, 5, 1), None)),
        (Outcome.PARTIAL, Contest(date(2026, 5, 1), None)),
        (Outcome.OTHER_OTHER, None),
    ],
)
def test_a_refusal_is_brought_to_the_court_after_reconsideration_only(
    outcome: Outcome, expected: Contest | None
) -> None:
    office = Office()
    office.live(outcome)

    assert LAW.contest(office.request) == expected


def test_a_reply_that_has_to_be_given_again_is_contested_no_more() -> None:
    office = Office()
    office.live(Outcome.OPEN_PROVIDED)
    office.must(RequestStep.DISPUTE, RequestStep.RULE_DISPUTE, RequestStep.REDO)

    assert LAW.contest(office.request) is None
