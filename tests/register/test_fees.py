from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from register.errors import UnreadableRules
from register.fees import Band, Beyond, Line, Scale, read_fees

SHIPPED = (Path(__file__).resolve().parents[2] / "config" / "fees.toml").read_text(encoding="utf-8")
RULES = read_fees(SHIPPED)
ITEMS = [(10, 0), (11, 100), (30, 2000), (31, 2200), (40, 4000), (41, 4300), (50, 7000), (51, 7400), (60, 11000)]
PAGES = [(30, 0), (31, 10), (100, 700), (101, 720), (200, 2700), (201, 2740), (250, 4700)]
scales = st.builds(
    Scale,
    st.lists(st.integers(1, 60), unique=True, max_size=4).map(
        lambda limits: tuple(Band(limit, price * 10) for price, limit in enumerate(sorted(limits)))
    ),
    st.builds(Beyond, st.integers(40, 90), st.integers(0, 20), st.integers(0, 50)),
)


@pytest.mark.parametrize(("items", "yuan"), ITEMS)
def test_the_golden_vectors_per_item_hold(items: int, yuan: int) -> None:
    assert RULES.per_item.fee(items).amount == yuan


@pytest.mark.parametrize(("pages", "yuan"), PAGES)
def test_the_golden_vectors_per_page_hold(pages: int, yuan: int) -> None:
    assert RULES.per_page.fee(pages).amount == yuan


def test_the_computation_is_shown_line_by_line() -> None:
    fee = RULES.per_item.fee(42)
    assert fee.lines == (Line(1, 10, 0), Line(11, 30, 100), Line(31, 40, 200), Line(41, 42, 300))
    assert [line.amount for line in fee.lines] == [0, 2000, 2000, 600]


def test_what_was_asked_earlier_in_the_month_counts() -> None:
    assert RULES.per_item.fee(3, before=9).lines == (Line(10, 10, 0), Line(11, 12, 100))
    assert RULES.per_item.fee(0, before=99).amount == 0


@pytest.mark.parametrize(("units", "before"), [(-1, 0), (1, -1)])
def test_a_negative_number_is_refused(units: int, before: int) -> None:
    with pytest.raises(ValueError, match="negative"):
        RULES.per_page.fee(units, before=before)


@given(scale=scales, units=st.integers(0, 150), before=st.integers(0, 150))
def test_a_month_costs_the_same_however_it_is_divided(scale: Scale, units: int, before: int) -> None:
    together = scale.fee(before).amount + scale.fee(units, before=before).amount
    assert together == scale.fee(before + units).amount


@given(scale=scales, units=st.integers(1, 150))
def test_the_lines_name_every_unit_once(scale: Scale, units: int) -> None:
    numbered = [number for line in scale.fee(units).lines for number in range(line.first, line.last + 1)]
    assert numbered == list(range(1, units + 1))


@given(units=st.integers(0, 300))
def test_another_unit_never_costs_less_than_the_one_before(units: int) -> None:
    for scale in (RULES.per_item, RULES.per_page):
        costs = [scale.fee(number).amount for number in (units, units + 1, units + 2)]
        assert costs[1] - costs[0] <= costs[2] - costs[1]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("basis = ", "basis = = ", "写法有误"),
        ("basis = ", "base = ", "basis"),
        ("basis = ", "discount = 1\nbasis = ", "discount"),
        ("yuan = 40", "yuan = 40.5", "整数"),
        ("yuan = 40", "yuan = -40", "整数"),
        ("yuan = 40", "price = 40", "price"),
        ("through = 30, yuan = 100", "through = 9, yuan = 100", "从小到大"),
        ("[per_page]", "[per_sheet]", "per_page"),
    ],
)
def test_rules_that_are_written_wrongly_are_refused_with_the_reason(old: str, new: str, said: str) -> None:
    assert old in SHIPPED
    with pytest.raises(UnreadableRules, match=said):
        read_fees(SHIPPED.replace(old, new, 1))
