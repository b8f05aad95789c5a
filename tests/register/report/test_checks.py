from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from register.report.checks import discrepancies
from register.report.counting import annual_report
from register.report.tables import CELLS, DisputeBlock, Line, PublishedTable, Row, Tables
from tests.register.report.samples import golden


def with_line(row: Row, line: Line) -> Tables:
    tables = golden()
    changed: Mapping[Row, Line] = {**tables.requests, row: line}
    return replace(tables, requests=changed)


def test_a_real_city_balances() -> None:
    assert discrepancies(golden()) == ()
    assert sum(golden().requests[row].total for row in CELLS) == 13_810


def test_a_year_without_any_request_balances() -> None:
    assert annual_report([], 2026).discrepancies == ()


def test_a_number_too_many_received_is_named_with_its_column() -> None:
    found = discrepancies(with_line(Row.NEW, Line((14_070, 0, 0, 0, 0, 0), 14_070)))

    assert found == (
        "“自然人”列：第一项加第二项为 14630，第三项（七）总计加第四项为 14629，应当相等。",
        "“总计”列：第一项加第二项为 14630，第三项（七）总计加第四项为 14629，应当相等。",
    )


def test_results_that_do_not_add_up_are_named() -> None:
    found = discrepancies(with_line(Row.THIRD, Line((50, 0, 0, 0, 0, 0), 50)))

    assert found[0] == "“自然人”列：各项办理结果之和为 13809，（七）总计为 13810，应当相等。"
    assert len(found) == 2


def test_a_total_that_is_not_the_sum_of_its_columns_is_named_with_its_row() -> None:
    found = discrepancies(with_line(Row.THIRD, Line((50, 0, 0, 0, 0, 0), 51)))

    assert "“（三）不予公开4.保护第三方合法权益”行：各类申请人之和为 50，总计为 51，应当相等。" in found


def test_last_years_carry_over_is_this_years_opening() -> None:
    assert discrepancies(golden(), opening=Line((559, 0, 0, 0, 0, 0), 559)) == (
        "“自然人”列：上年度报告第四项结转 559，本年度第二项为 560，应当相等。",
        "“总计”列：上年度报告第四项结转 559，本年度第二项为 560，应当相等。",
    )
    assert discrepancies(golden(), opening=golden().requests[Row.CARRIED_IN]) == ()


def test_disputes_add_up() -> None:
    tables = replace(golden(), disputes=(*golden().disputes[:2], DisputeBlock(74, 1, 30, 51, 155)))

    assert discrepancies(tables) == ("表四“复议后起诉”：各项之和为 156，总计为 155，应当相等。",)


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        (with_line(Row.REPEAT, Line((149, -1, 0, 0, 0, 0), 148)), "“（五）不予处理2.重复申请”行有负数。"),
        (replace(golden(), disputes=(DisputeBlock(-1, 1, 0, 0, 0), *golden().disputes[1:])), "表四“行政复议”有负数。"),
        (replace(golden(), published=PublishedTable(charges=Decimal(-1))), "表二有负数。"),
        (replace(golden(), published=PublishedTable(licences=-1)), "表二有负数。"),
    ],
)
def test_no_number_is_negative(tables: Tables, told: str) -> None:
    assert told in discrepancies(tables)
