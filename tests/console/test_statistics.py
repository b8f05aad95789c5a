import csv
import io
from datetime import date, timedelta
from itertools import pairwise

import pytest

from console.periods import Period, chosen
from console.ports import Role
from knowledge.statistics import AnswerCount, Asked
from register.docket import Deflections
from register.statistics import Arrivals, Handled, Judged
from register.types import CaseKind
from tests.console.conftest import Office
from tests.console.markup import Element

TODAY = date(2026, 3, 2)
PLACE = "/console/statistics"


def fill(office: Office) -> None:
    week = TODAY - timedelta(days=2)
    office.figures.counts = [
        AnswerCount(week, "web", "answered_search", "社会救助", 6, resolved=3, unresolved=1),
        AnswerCount(week, "web", "escalated_no_match", "", 2),
    ]
    office.figures.questions = [Asked("=1+1 低保怎么申请", 4)]
    office.figures.came = [Arrivals(CaseKind.INQUIRY, "县民政局", 3)]
    office.figures.done = [Handled(CaseKind.INQUIRY, "县民政局", 48, 1)]
    office.figures.said = [Judged(CaseKind.INQUIRY, "县民政局", 4, 1)]
    office.figures.shown = Deflections(shown=8, viewed=4, answered=1)


def tiles(page: Element) -> dict[str, str]:
    labels = [each.text for each in page.all("span", **{"class": "tile-label"})]
    return dict(zip(labels, [each.text for each in page.all("span", **{"class": "tile-number"})], strict=True))


async def test_the_figures_of_a_period_are_shown_with_their_definitions(office: Office) -> None:
    fill(office)
    page = await (await office.staff(Role.OFFICER)).get(PLACE)

    assert tiles(page) == {
        "问题": "8",
        "回答率": "75.0%",
        "转人工": "2",
        "满意率": "75.0%",
        "人工答复满意率": "80.0%",
        "咨询天数中位数": "2.0",
        "申请天数中位数": "—",
    }
    assert "突增" in page.one("table", **{"class": "tight"}).text
    assert "4 次（50.0%）" in page.text
    assert "3 次（37.5%）" in page.text
    assert "1 次（12.5%）" in page.text
    assert len(page.one("dl", **{"class": "definitions"}).all("dt")) == 11


async def test_the_picture_says_what_it_shows_and_its_numbers_stand_in_a_table(office: Office) -> None:
    fill(office)
    page = await (await office.staff(Role.OFFICER)).get(f"{PLACE}?first=2026-02-28&last=2026-03-01")

    picture = page.one("svg")
    assert picture.one("title").text == "2026-02-28 至 2026-03-01的问题数"
    assert "共 8 个问题，6 个已答" in picture.one("desc").text
    assert len(picture.all("rect")) == 4
    assert [cell.text for cell in page.all("td", **{"data-label": "问题"})][:2] == ["8", "0"]


async def test_without_anything_asked_the_page_says_so(office: Office) -> None:
    page = await (await office.staff(Role.SIGNER)).get(PLACE)
    assert "这段时间没有问题" in page.text
    assert tiles(page)["回答率"] == "—"


async def test_the_same_is_downloaded_as_a_table_that_excel_reads_and_nobody_can_abuse(office: Office) -> None:
    fill(office)
    visitor = await office.staff(Role.OFFICER)
    response = await visitor.client.get(f"{PLACE}.csv?first=2026-02-28&last=2026-03-01")
    text = (await response.read()).decode()

    assert response.headers["Content-Disposition"] == 'attachment; filename="statistics-20260228-20260301.csv"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert text.startswith("\ufeff时段,2026-02-28,2026-03-01\r\n")
    (noted,) = (await office.journal.trail(actor="li", subject="统计")).entries
    assert noted.note == "导出 2026-02-28 至 2026-03-01"
    rows = list(csv.reader(io.StringIO(text)))
    assert ["合计", "8", "6", "2", "3", "1", "75.0%", "75.0%"] in rows
    assert ["2026-02-28", "8", "6", "2", "3", "1", "75.0%", "75.0%"] in rows
    assert ["县民政局", "3", "1", "2.0", "4", "1", "80.0%"] in rows
    assert ["'=1+1 低保怎么申请", "4"] in rows
    assert ["8", "4", "3", "1"] in rows


@pytest.mark.parametrize(
    ("query", "period"),
    [
        ({}, Period(date(2026, 2, 1), TODAY)),
        ({"first": "2026-01-01", "last": "2026-01-31"}, Period(date(2026, 1, 1), date(2026, 1, 31))),
        ({"first": "2026-05-01", "last": "2026-01-31"}, Period(date(2026, 1, 31), date(2026, 1, 31))),
        ({"last": "2030-01-01"}, Period(date(2026, 2, 1), TODAY)),
        ({"first": "0001-01-01", "last": "x"}, Period(date(2026, 2, 1), TODAY)),
        ({"first": "1000-01-01"}, Period(date(2021, 2, 27), TODAY)),
    ],
)
def test_a_period_lies_within_five_years_and_never_in_the_future(query: dict[str, str], period: Period) -> None:
    assert chosen(query, TODAY) == period


@pytest.mark.parametrize(
    ("first", "stretches", "second"),
    [
        (date(2026, 1, 30), 32, Period(date(2026, 1, 31), date(2026, 1, 31))),
        (date(2025, 12, 3), 14, Period(date(2025, 12, 8), date(2025, 12, 14))),
        (date(2024, 12, 15), 16, Period(date(2025, 1, 1), date(2025, 1, 31))),
    ],
)
def test_a_long_period_is_shown_by_weeks_and_months(first: date, stretches: int, second: Period) -> None:
    found = Period(first, TODAY).stretches()
    assert (len(found), found[1]) == (stretches, second)
    assert (found[0].first, found[-1].last) == (first, TODAY)
    assert all(after.first - before.last == timedelta(days=1) for before, after in pairwise(found))
