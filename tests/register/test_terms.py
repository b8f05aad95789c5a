from datetime import date
from pathlib import Path

import pytest

from register.errors import UnreadableRules
from register.terms import NonworkingReceipt, Terms, read_terms, terms_on

SHIPPED = (Path(__file__).resolve().parents[2] / "config" / "terms.toml").read_text(encoding="utf-8")


def test_the_shipped_terms_are_those_of_the_law_as_the_code_knows_it() -> None:
    assert read_terms(SHIPPED) == (Terms("国令711号", date(2019, 5, 15)),)


def test_a_later_law_applies_to_what_is_received_from_its_day_on() -> None:
    later = SHIPPED.replace("2019-05-15", "2030-01-01").replace("= 20  ", "= 15  ").replace("711", "999")
    sets = read_terms(later + SHIPPED)
    assert [terms_on(sets, on).law for on in (date(2018, 1, 1), date(2029, 12, 31), date(2030, 1, 1))] == [
        "国令711号",
        "国令711号",
        "国令999号",
    ]
    assert terms_on(sets, date(2031, 1, 1)).answer_working_days == 15


def test_the_office_may_count_a_day_off_as_the_next_working_day() -> None:
    (terms,) = read_terms(SHIPPED.replace('"actual"', '"next_workday"'))
    assert terms.nonworking_receipt is NonworkingReceipt.NEXT_WORKDAY


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules = ", "写法有误"),
        ("", "rules"),
        ("rules = []", "没有写任何期限"),
        (SHIPPED * 2, "同一天"),
        (SHIPPED.replace("fee_working_days = 20", "fee_working_days = 0"), "fee_working_days 应为"),
        (SHIPPED.replace("court_months = 6", "court_months = true"), "court_months 应为"),
        (SHIPPED.replace("court_months", "court_month"), "court_month"),
        (SHIPPED.replace('"actual"', '"monday"'), "monday"),
        (SHIPPED.replace("2019-05-15", '"2019-05-15"'), "effective_from 应为日期"),
        (SHIPPED.replace('law = "国令711号"', ""), "law"),
        ("rules = [1]", "写法有误"),
    ],
)
def test_terms_that_are_written_wrongly_are_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(UnreadableRules, match=said):
        read_terms(text)
