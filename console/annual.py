"""The annual report: its tables, the requests behind each number, and the files to publish."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from aiohttp import web

from console.auth import Staff
from console.enclosures import download
from console.forms import whole_number
from console.pages import Pages
from register.filing import Category
from register.office import DisclosureOffice
from register.report.counting import Report
from register.report.layout import dispute_grid, placed
from register.report.tables import APPLICANTS, COLUMN_NAMES, Row, full_name
from register.report.writing import as_json, page, title, word_file, workbook

WRITERS: Mapping[str, Callable[[Report], bytes]] = MappingProxyType(
    {
        "docx": word_file,
        "xlsx": workbook,
        "html": lambda report: page(report).encode(),
        "json": lambda report: as_json(report).encode(),
    }
)
"""How the report is written in each format."""
LATE = "late"
"""Stands in the address for the replies delivered after their last day, which are no row of the report."""
FIRST = 2019
"""The year of the regulation that the report's format belongs to."""


@dataclass(frozen=True, slots=True)
class AnnualViews:
    """Views of the annual report."""

    pages: Pages
    office: DisclosureOffice

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Show table three and four of a year; with `row` and `kind` also the requests behind that number."""
        this_year = self.office.today().year
        year = min(max(whole_number(request.query.get("year", ""), otherwise=this_year), FIRST), this_year)
        report = await self.office.report(year, agency=self.pages.site.office_name)
        asked, kind = request.query.get("row", ""), request.query.get("kind", "")
        row = Row(asked) if asked in set(Row) else None
        kinds = [Category(kind)] if kind in set(Category) else list(APPLICANTS)
        late = asked == LATE
        found = report.late if late else [name for each in kinds for name in _behind(report, row, each)]
        return self.pages.show(
            request,
            "annual.html",
            staff=staff,
            report=report,
            year=year,
            years=range(this_year, FIRST - 1, -1),
            rows=[(each, full_name(each), report.tables.requests[each]) for each in Row],
            applicants=[(each, COLUMN_NAMES[each]) for each in APPLICANTS],
            disputes=placed(dispute_grid(report.tables.disputes)),
            chosen="逾期送达的答复" if late else full_name(row) if row else "",
            behind=sorted(found),
        )

    async def download(self, request: web.Request, _staff: Staff) -> web.Response:
        """Give the report as a Word file, a workbook, a page or JSON."""
        year, kind = int(request.match_info["year"]), request.match_info["kind"]
        report = await self.office.report(year, agency=self.pages.site.office_name)
        return download(WRITERS[kind](report), f"{title(report)}.{kind}")


def _behind(report: Report, row: Row | None, applicant: Category) -> tuple[str, ...]:
    return report.cases.get((row, applicant), ()) if row is not None else ()
