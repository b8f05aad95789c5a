import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from docx import Document
from docx.table import Table
from openpyxl import load_workbook

from register.filing import Category
from register.report.counting import CountedCase, Narrative, Report, annual_report
from register.report.layout import Grid, dispute_grid, placed, published_grid, request_grid, size
from register.report.reading import read_text
from register.report.tables import PublishedTable, Row
from register.report.writing import as_json, page, title, word_file, workbook
from tests.register.report.samples import golden, synthetic

DATA = Path(__file__).resolve().parents[3] / ".." / "shared" / "data" / "annual_report"


def sample() -> Report:
    return annual_report(
        synthetic(5, 300),
        2026,
        agency="云岭县人民政府",
        published=PublishedTable(charges=Decimal("3.5")),
        narrative=Narrative("主动公开情况。\n依申请公开情况。", "问题<一>", "无"),
    )


Shape = list[list[tuple[str, int, str | None]]]


def shape(table: Table) -> Shape:
    """Return text, columns and downward merge of every cell as the file has them."""
    return [
        [
            ("".join("".join(text.text or "" for text in cell.xpath(".//w:t")).split()), cell.grid_span, cell.vMerge)
            for cell in row._tr.tc_lst
        ]
        for row in table.rows
    ]


def unfilled(table: Shape) -> Shape:
    """Return the shape without the numbers."""
    return [
        [("" if text.replace(".", "").isdigit() else text, across, down) for text, across, down in row] for row in table
    ]


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the shared test data is absent")
def test_our_word_file_has_the_tables_of_the_official_template_cell_by_cell() -> None:
    official = Document(str(DATA / "政务公开年报模版.docx")).tables
    written = Document(io.BytesIO(word_file(sample()))).tables

    assert [unfilled(shape(table)) for table in written] == [shape(table) for table in official]


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the shared test data is absent")
def test_our_sections_have_the_official_headings_in_order() -> None:
    official = [line.text for line in Document(str(DATA / "政务公开年报模版.docx")).paragraphs if "、" in line.text[:2]]
    written = [line.text for line in Document(io.BytesIO(word_file(sample()))).paragraphs if line.style is not None]

    assert [line for line in written if line in official] == official


@pytest.mark.parametrize(
    ("grid", "expected"),
    [
        (published_grid(golden().published), (14, 4)),
        (request_grid(golden().requests), (28, 10)),
        (dispute_grid(golden().disputes), (4, 15)),
    ],
)
def test_every_table_is_a_full_rectangle(grid: Grid, expected: tuple[int, int]) -> None:
    cells = placed(grid)
    covered = [
        (each.row + down, each.column + across)
        for each in cells
        for down in range(each.cell.down)
        for across in range(each.cell.across)
    ]

    assert size(grid) == expected
    assert sorted(covered) == [(row, column) for row in range(expected[0]) for column in range(expected[1])]


class Tables(HTMLParser):
    """Reads the rows of a page as lines of text."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.spans: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"tr", "h2", "p"}:
            self.lines.append("")
        self.spans += [int(value or 0) for name, value in attrs if name == "rowspan"]

    def handle_data(self, data: str) -> None:
        if self.lines and data.strip():
            self.lines[-1] += f" {data.strip()}"


def test_the_page_reads_back_as_it_was_counted() -> None:
    report = sample()
    reader = Tables()
    reader.feed(page(report))

    assert read_text("\n".join(reader.lines)) == report.tables
    assert [span for span in reader.spans if span > 3] == [22, 8, 5]


def test_the_page_escapes_what_people_wrote() -> None:
    assert "<p>问题&lt;一&gt;</p>" in page(sample())


def test_the_workbook_holds_the_numbers_as_numbers() -> None:
    report = sample()
    book = load_workbook(io.BytesIO(workbook(report)))
    sheet = book["表三 依申请公开"]

    lines = [[cell.value for cell in row[3:]] for row in sheet.iter_rows(min_row=4)]
    assert lines == [[*line.numbers, line.total] for line in report.tables.requests.values()]
    assert "A1:C3" in {str(merged) for merged in sheet.merged_cells.ranges}
    assert book["勾稽核对"]["A1"].value == "各项勾稽关系相符。"


def test_the_workbook_lists_the_cases_behind_every_number() -> None:
    report = sample()
    rows = list(load_workbook(io.BytesIO(workbook(report)))["案件明细"].iter_rows(min_row=2, values_only=True))

    assert len(rows) == sum(line.total for line in report.tables.requests.values())
    for reference in report.cases[Row.NEW, Category.PERSON]:
        assert ("一、本年新收政府信息公开申请数量", "自然人", reference) in rows


def test_the_workbook_says_what_does_not_balance() -> None:
    report = replace(sample(), tables=replace(golden(), published=PublishedTable(licences=-1)))
    book = load_workbook(io.BytesIO(workbook(report)))

    assert book["勾稽核对"]["A1"].value == "表二有负数。"


def test_no_reference_becomes_a_formula() -> None:
    hostile = CountedCase("=1+1", Category.PERSON, date(2026, 3, 2))
    book = load_workbook(io.BytesIO(workbook(annual_report([hostile], 2026))))

    assert book["案件明细"]["C2"].value == "'=1+1"


def test_json_has_the_official_names_and_no_case_unless_asked() -> None:
    report = sample()
    content = json.loads(as_json(report))

    assert content["title"] == title(report) == "云岭县人民政府2026年政府信息公开工作年度报告"
    assert list(content["sections"]) == ["一、总体情况", "五、存在的主要问题及改进情况", "六、其他需要报告的事项"]
    assert len(content["requests"]) == 25
    assert content["requests"]["（七）总计"]["总计"] == report.tables.requests[Row.DECIDED].total
    assert content["disputes"]["行政复议"]["总计"] == report.tables.disputes[0].total
    assert content["discrepancies"] == []
    assert "cases" not in content
    assert len(json.loads(as_json(report, with_cases=True))["cases"]) == sum(
        line.total for line in report.tables.requests.values()
    )


def test_the_fees_of_the_year_are_told_in_the_last_section() -> None:
    report = replace(sample(), fees=Decimal(3940))

    assert json.loads(as_json(report))["sections"]["六、其他需要报告的事项"] == "无\n本年度收取信息处理费3940元。"
