from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PdfReader

from register.errors import UnreadableReport
from register.report.checks import discrepancies
from register.report.counting import annual_report
from register.report.reading import read_text, text_of_word
from register.report.tables import DisputeBlock, Issued, Line, PublishedTable, Row
from register.report.writing import word_file
from tests.register.report.samples import golden, synthetic

DATA = Path(__file__).resolve().parents[3] / ".." / "shared" / "data" / "annual_report"
PUBLISHED = PublishedTable(Issued(1, 0, 11), Issued(8, 26, 66), 447_228, 3_985_758, 88_283, Decimal("96171.6"))


def ours() -> str:
    report = annual_report(synthetic(3, 400), 2026, agency="云岭县", published=PUBLISHED)
    return text_of_word(word_file(report))


def test_our_own_report_reads_back_as_it_was_counted() -> None:
    report = annual_report(synthetic(3, 400), 2026, agency="云岭县", published=PUBLISHED)

    assert read_text(text_of_word(word_file(report))) == report.tables


def test_the_figures_of_a_city_read_back() -> None:
    report = replace(annual_report([], 2025), tables=golden())

    assert read_text(text_of_word(word_file(report))) == golden()


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the shared test data is absent")
def test_a_published_report_is_read_and_balances() -> None:
    pages = PdfReader(DATA / "szfgs2024.pdf").pages
    tables = read_text("\n".join(page.extract_text() for page in pages))

    assert discrepancies(tables) == ()
    assert tables.published == PUBLISHED
    assert tables.requests[Row.NEW] == Line((3001, 53, 0, 0, 61, 4), 3119)
    assert tables.requests[Row.CONFIRM] == Line((1, 0, 0, 0, 0, 0), 1)
    assert tables.requests[Row.FEE_LAPSED] == Line((6, 0, 0, 0, 0, 0), 6)
    assert tables.requests[Row.CARRIED_OUT] == Line((103, 0, 0, 0, 0, 0), 103)
    assert tables.disputes == (
        DisputeBlock(72, 64, 178, 37, 351),
        DisputeBlock(13, 4, 8, 1, 26),
        DisputeBlock(12, 1, 1, 6, 20),
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("逾期不补正、行政机关", "逾期不补正，行政机关"),
        ("1.申请人", "1、申请人"),
        ("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", "（二）部分公开"),
        ("（二）部分公开（区分处理的，只计这一情形，", "（二）部分公开（区分处\n理的，只计这一情\n形，"),
        ("“三安全一稳定”", '"三安全一稳定"'),
        ("5.要求行政机关确认或重新出具已获取信息", "- 5 -\n5.要求行政机关确认或重新出\n具已获取信息"),
        ("447228", "447,228"),
    ],
)
def test_reports_of_other_offices_are_read_however_they_are_set(old: str, new: str) -> None:
    text = ours()
    assert old in text

    assert read_text(text.replace(old, new)) == read_text(text)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("2.重复申请", "2.再次申请", "没有读到“2.重复申请”的 7 个数字"),
        ("行政许可 447228", "行政许可", "没有读到“行政许可”的 1 个数字"),
        ("行政许可 447228", "行政许可 1.5", "“行政许可”的数字不是整数"),
        ("四、政府信息公开行政复议、行政诉讼情况", "四、其他情况", "的 15 个数字"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(old: str, new: str, told: str) -> None:
    text = ours()
    assert old in text

    with pytest.raises(UnreadableReport, match=told):
        read_text(text.replace(old, new))


@pytest.mark.parametrize("content", [b"", b"no file", b"PK\x03\x04"])
def test_what_is_no_word_file_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableReport):
        text_of_word(content)
