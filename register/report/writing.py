"""An annual report as a Word file, a workbook, a page and JSON."""

import io
import json
from collections.abc import Iterator

from docx import Document
from docx.document import Document as WordDocument
from docx.shared import Mm, Pt
from jinja2.sandbox import ImmutableSandboxedEnvironment
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from register.report.counting import Report
from register.report.layout import Grid, dispute_grid, placed, published_grid, request_grid, size
from register.report.tables import APPLICANTS, COLUMN_NAMES, DISPUTE_BLOCKS, DISPUTE_COLUMNS, TOTAL, Line, full_name

_PAGE = """<!DOCTYPE html>
<html lang="zh-CN">
<head><meta charset="utf-8"><title>{{ title }}</title></head>
<body>
<h1>{{ title }}</h1>
{% for heading, part in sections %}<h2>{{ heading }}</h2>
{% if part is string %}{% for line in part.splitlines() %}<p>{{ line }}</p>
{% endfor %}{% else %}<table>
{% for row in part %}<tr>{% for cell in row %}{% set tag = "th" if cell.is_name else "td" %}<{{ tag }}\
{% if cell.across > 1 %} colspan="{{ cell.across }}"{% endif %}\
{% if cell.down > 1 %} rowspan="{{ cell.down }}"{% endif %}>{{ cell.content }}</{{ tag }}>{% endfor %}</tr>
{% endfor %}</table>
{% endif %}{% endfor %}</body>
</html>
"""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SHEETS = ("表二 主动公开", "表三 依申请公开", "表四 复议诉讼")


def title(report: Report) -> str:
    """Return the report's title."""
    return f"{report.agency}{report.year}年政府信息公开工作年度报告"


def sections(report: Report) -> tuple[tuple[str, str | Grid], ...]:
    """Return the six sections in order: a heading, and either words or a table."""
    words, tables = report.narrative, report.tables
    fees = f"本年度收取信息处理费{report.fees:f}元。"
    return (
        ("一、总体情况", words.overview),
        ("二、主动公开政府信息情况", published_grid(tables.published)),
        ("三、收到和处理政府信息公开申请情况", request_grid(tables.requests)),
        ("四、政府信息公开行政复议、行政诉讼情况", dispute_grid(tables.disputes)),
        ("五、存在的主要问题及改进情况", words.problems),
        ("六、其他需要报告的事项", "\n".join(line for line in (words.other, fees) if line)),
    )


def page(report: Report) -> str:
    """Return the report as a page."""
    environment = ImmutableSandboxedEnvironment(autoescape=True)
    return environment.from_string(_PAGE).render(title=title(report), sections=sections(report))


def word_file(report: Report) -> bytes:
    """Return the report as a Word file in the official layout."""
    document = Document()
    page_setup = document.sections[0]
    page_setup.page_width, page_setup.page_height = Mm(210), Mm(297)
    document.add_heading(title(report), level=0)
    for heading, part in sections(report):
        document.add_heading(heading, level=1)
        if isinstance(part, str):
            for line in part.splitlines():
                document.add_paragraph(line)
        else:
            _add_table(document, part)
    filled = io.BytesIO()
    document.save(filled)
    return filled.getvalue()


def _add_table(document: WordDocument, grid: Grid) -> None:
    rows, columns = size(grid)
    table = document.add_table(rows, columns, style="Table Grid")
    # asked once: Table.cell goes through the whole table each time
    cells = [row.cells for row in table.rows]
    for each in placed(grid):
        cell = cells[each.row][each.column]
        cell.paragraphs[0].add_run(str(each.cell.content)).font.size = Pt(9)
        if each.cell.across > 1 or each.cell.down > 1:
            cell.merge(cells[each.row + each.cell.down - 1][each.column + each.cell.across - 1])


def workbook(report: Report) -> bytes:
    """Return the report as a workbook: a sheet for each table, one with what does not balance, one with the cases."""
    book = Workbook()
    book.remove(book.worksheets[0])
    tables = report.tables
    grids = (published_grid(tables.published), request_grid(tables.requests), dispute_grid(tables.disputes))
    for name, grid in zip(_SHEETS, grids, strict=True):
        _fill(book.create_sheet(name), grid)
    checked = book.create_sheet("勾稽核对")
    for sentence in report.discrepancies or ("各项勾稽关系相符。",):
        checked.append([sentence])
    listed = book.create_sheet("案件明细")
    listed.append(["项目", "申请人", "受理编号"])
    for row, applicant, reference in case_list(report):
        listed.append([row, applicant, inert(reference)])
    filled = io.BytesIO()
    book.save(filled)
    return filled.getvalue()


def _fill(sheet: Worksheet, grid: Grid) -> None:
    thin = Side(style="thin")
    for each in placed(grid):
        row, column, cell = each.row + 1, each.column + 1, each.cell
        target = sheet.cell(row, column)
        target.value = cell.content
        target.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        target.font = Font(bold=cell.is_name)
        target.border = Border(left=thin, right=thin, top=thin, bottom=thin)
        if cell.across > 1 or cell.down > 1:
            sheet.merge_cells(
                start_row=row, start_column=column, end_row=row + cell.down - 1, end_column=column + cell.across - 1
            )
    for column in range(1, size(grid)[1] + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 16


def inert(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def case_list(report: Report) -> Iterator[tuple[str, str, str]]:
    """Yield row, kind of applicant and reference of every request behind every number of table three."""
    for (row, applicant), references in sorted(report.cases.items()):
        for reference in references:
            yield full_name(row), COLUMN_NAMES[applicant], reference


def as_json(report: Report, *, with_cases: bool = False) -> str:
    """Return the report as JSON with the official names as keys; the cases only for the office's own use."""
    tables = report.tables
    content = {
        "title": title(report),
        "agency": report.agency,
        "year": report.year,
        "sections": {heading: part for heading, part in sections(report) if isinstance(part, str)},
        "published": _published(report),
        "requests": {full_name(row): _line(line) for row, line in tables.requests.items()},
        "disputes": {
            name: dict(zip(DISPUTE_COLUMNS, block.numbers, strict=True))
            for name, block in zip(DISPUTE_BLOCKS, tables.disputes, strict=True)
        },
        "fees": str(report.fees),
        "discrepancies": list(report.discrepancies),
    }
    if with_cases:
        content["cases"] = [
            {"row": row, "applicant": applicant, "reference": reference}
            for row, applicant, reference in case_list(report)
        ]
    return json.dumps(content, ensure_ascii=False, indent=2)


def _line(line: Line) -> dict[str, int]:
    names = (*(COLUMN_NAMES[applicant] for applicant in APPLICANTS), TOTAL)
    return dict(zip(names, (*line.numbers, line.total), strict=True))


def _published(report: Report) -> dict[str, dict[str, int | str]]:
    table = report.tables.published
    issued: dict[str, dict[str, int | str]] = {
        name: {"本年制发件数": each.made, "本年废止件数": each.repealed, "现行有效件数": each.in_force}
        for name, each in (("规章", table.rules), ("行政规范性文件", table.normative))
    }
    decided = {"行政许可": table.licences, "行政处罚": table.penalties, "行政强制": table.coercions}
    return {
        **issued,
        **{name: {"本年处理决定数量": number} for name, number in decided.items()},
        "行政事业性收费": {"本年收费金额（单位：万元）": str(table.charges)},
    }
