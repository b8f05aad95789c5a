from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar  # type: ignore[import-untyped]  # it ships no types
import holidays
import pytest

from register.calendar import Calendar, estimate
from register.errors import UnreadableCalendar

FOLDER = Path(__file__).resolve().parents[2] / "config" / "calendar"
SHIPPED = [file.read_text(encoding="utf-8") for file in sorted(FOLDER.glob("*.toml"))]
OFFICIAL = range(2019, 2027)
NOTICE = """
year = 2031
document = "国办发明电〔2030〕1号"
published_on = 2030-11-01
[[holidays]]
name = "元旦"
from = {first}
to = {last}
work = [{work}]
"""


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return Calendar.parse(SHIPPED)


def days_of(year: int) -> Iterator[date]:
    return (date(year, 1, 1) + timedelta(days=offset) for offset in range(366 if year % 4 == 0 else 365))


def notice(first: str = "2031-01-01", last: str = "2031-01-01", work: str = "") -> str:
    return NOTICE.format(first=first, last=last, work=work)


@pytest.mark.parametrize("year", OFFICIAL)
def test_the_shipped_years_equal_chinesecalendar_on_every_day(calendar: Calendar, year: int) -> None:
    differing = [day for day in days_of(year) if calendar.day(day).working != chinese_calendar.is_workday(day)]
    assert differing == []


@pytest.mark.parametrize("year", OFFICIAL)
def test_the_shipped_years_equal_holidays_on_every_day(calendar: Calendar, year: int) -> None:
    peer = holidays.country_holidays("CN", years=year)
    assert [day for day in days_of(year) if calendar.day(day).working != peer.is_working_day(day)] == []


@pytest.mark.parametrize(("year", "days"), [(2023, 249), (2024, 251), (2025, 248), (2026, 248)])
def test_a_year_has_its_known_number_of_working_days(calendar: Calendar, year: int, days: int) -> None:
    assert sum(calendar.day(day).working for day in days_of(year)) == days


def test_the_shipped_notices_are_named(calendar: Calendar) -> None:
    assert {each.year: each.document for each in calendar.notices} == {
        2019: "国办发明电〔2018〕15号",
        2020: "国办发明电〔2019〕16号",
        2021: "国办发明电〔2020〕27号",
        2022: "国办发明电〔2021〕11号",
        2023: "国办发明电〔2022〕16号",
        2024: "国办发明电〔2023〕7号",
        2025: "国办发明电〔2024〕12号",
        2026: "国办发明电〔2025〕7号",
    }
    assert calendar.official == frozenset(OFFICIAL)


@pytest.mark.parametrize("year", range(2027, 2037))
def test_an_estimated_year_equals_the_law_as_holidays_reads_it(calendar: Calendar, year: int) -> None:
    peer = holidays.country_holidays("CN", years=year)
    moving = next(each for each in calendar.festivals if each.year == year)
    expected = {day for day in days_of(year) if day in peer}
    assert {day for day in estimate(year, moving) if day.weekday() < 5} == {
        day for day in expected if day.weekday() < 5
    }


@pytest.mark.parametrize(
    ("on", "working", "reason"),
    [
        (date(2026, 9, 21), True, ""),
        (date(2026, 9, 19), False, "周末"),
        (date(2026, 9, 20), True, "调休上班"),
        (date(2026, 9, 27), False, "中秋节"),
        (date(2025, 10, 8), False, "国庆节、中秋节"),
        (date(2027, 2, 5), False, "春节"),
        (date(2027, 5, 4), False, "劳动节补假"),
        (date(2027, 2, 10), False, "春节补假"),
    ],
)
def test_a_day_says_why_it_is_on_or_off(calendar: Calendar, on: date, *, working: bool, reason: str) -> None:
    day = calendar.day(on)
    assert (day.on, day.working, day.reason) == (on, working, reason)


def test_days_are_provisional_from_the_last_week_of_the_last_announced_year(calendar: Calendar) -> None:
    assert not calendar.day(date(2026, 12, 24)).provisional
    assert calendar.day(date(2026, 12, 25)).provisional
    assert calendar.day(date(2027, 6, 1)).provisional
    assert not calendar.day(date(2025, 12, 31)).provisional
    assert [calendar.day(on).awaits for on in (date(2026, 12, 31), date(2027, 1, 4), date(2026, 1, 4))] == [
        2027,
        2027,
        None,
    ]


def test_a_year_of_which_nothing_is_known_has_its_fixed_holidays_and_is_provisional() -> None:
    nothing = Calendar.parse([])
    assert nothing.day(date(2045, 10, 2)).reason == "国庆节"
    assert nothing.day(date(2045, 10, 4)).reason == "国庆节补假"
    assert nothing.day(date(2045, 2, 17)).working
    assert nothing.day(date(2045, 2, 17)).provisional


def test_two_festivals_on_one_weekend_day_are_made_up_for_once(calendar: Calendar) -> None:
    moving = next(each for each in calendar.festivals if each.year == 2028)
    on_sunday = replace(moving, mid_autumn=date(2028, 10, 1))
    october = {day: name for day, name in estimate(2028, on_sunday).items() if day.month == 10}
    assert october == {
        date(2028, 10, 1): "国庆节",
        date(2028, 10, 2): "国庆节",
        date(2028, 10, 3): "国庆节",
        date(2028, 10, 4): "国庆节补假",
    }


def test_the_next_notice_settles_and_changes_the_last_week_of_the_year_before() -> None:
    # as the notice of 2019 did: 2018-12-29 became a working Saturday, 12-30 and 12-31 days off
    late = Calendar.parse(
        [notice("2030-12-30", "2031-01-01", "2030-12-28"), "year = 2030\ndocument = ''\nholidays = []"]
    )
    assert late.day(date(2030, 12, 31)).reason == "元旦"
    assert late.day(date(2030, 12, 28)).working
    assert not late.day(date(2030, 12, 31)).provisional


def test_a_later_notice_takes_back_what_an_earlier_one_said() -> None:
    earlier = notice("2031-12-27", "2031-12-31", "").replace("元旦", "临时放假")
    later = notice("2032-01-01", "2032-01-02", "2031-12-27").replace("year = 2031", "year = 2032")
    assert not Calendar.parse([earlier]).day(date(2031, 12, 27)).working
    assert Calendar.parse([later, earlier]).day(date(2031, 12, 27)).working


def test_the_notice_replaces_the_estimate(calendar: Calendar) -> None:
    assert not calendar.day(date(2031, 4, 7)).working
    announced = Calendar.parse([*SHIPPED, notice()])
    assert announced.day(date(2031, 4, 7)).working
    assert announced.day(date(2031, 1, 1)).reason == "元旦"


def test_a_closure_ordered_besides_the_notice_is_off_whatever_the_notice_says(calendar: Calendar) -> None:
    closure = '[[closures]]\nname = "防汛停工"\nfrom = 2026-09-18\nto = 2026-09-20\ndocument = "县政府令"'
    closed = calendar.with_texts({"停工.toml": closure})
    assert [closed.day(date(2026, 9, day)).reason for day in (17, 18, 19, 20)] == ["", *["防汛停工"] * 3]
    assert closed.version != calendar.version


def test_equal_calendars_have_one_version_and_different_ones_two(calendar: Calendar) -> None:
    assert calendar.version.startswith("2026-")
    assert Calendar.parse(reversed(SHIPPED)).version == calendar.version
    assert Calendar.parse([*SHIPPED, notice()]).version != calendar.version
    assert Calendar.parse([]).version.startswith("0-")


def test_a_year_in_a_later_folder_replaces_the_shipped_one(tmp_path: Path) -> None:
    assert Calendar.load(FOLDER, tmp_path / "none") == Calendar.parse(SHIPPED)
    (tmp_path / "2026.toml").write_text("\ufeff" + notice().replace("2031", "2026"), encoding="utf-8")
    changed = Calendar.load(FOLDER, tmp_path)
    assert changed.day(date(2026, 10, 5)).working
    assert changed.official == frozenset(OFFICIAL)


def test_a_file_that_is_written_wrongly_is_named(tmp_path: Path) -> None:
    (tmp_path / "2027.toml").write_text("year = ", encoding="utf-8")
    with pytest.raises(UnreadableCalendar, match=r"^2027\.toml：日历文件写法有误"):
        Calendar.load(tmp_path)


@pytest.mark.parametrize(
    ("today", "year"),
    [
        (date(2026, 10, 31), None),
        (date(2026, 11, 1), 2027),
        (date(2027, 3, 1), 2027),
        (date(2025, 12, 31), None),
    ],
)
def test_the_next_notice_is_asked_for_from_november(calendar: Calendar, today: date, year: int | None) -> None:
    assert calendar.overdue_notice(today) == year


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["year = "], "写法有误"),
        (["year = 2031"], "holidays"),
        (['year = "2031"\nholidays = [{name = "元旦", from = 2031-01-01, to = 2031-01-01}]'], "写法有误"),
        (["year = 0\n" + notice().split("\n", 2)[2]], "写法有误"),
        ([notice(first='"元旦"')], "写法有误"),
        ([notice(first="2030-01-01")], "不属于2031年"),
        ([notice(last="2032-01-01")], "不属于2031年"),
        ([notice(first="2031-01-03")], "颠倒"),
        ([notice(work="2031-01-02")], "不是周末"),
        ([notice(last="2031-01-05", work="2031-01-04")], "既写作放假，又写作上班"),
        ([notice(), notice()], "两次"),
        (['[[closures]]\nname = "停工"\nfrom = 2026-01-09\nto = 2026-01-05\ndocument = ""'], "颠倒"),
        (["[[festivals]]\nyear = 2027\nspring = 2027-02-06"], "qingming"),
        ([SHIPPED[-1].replace("spring = 2027-02-06", "spring = 2028-02-06")], "不是2027年的节日"),
    ],
)
def test_a_calendar_that_is_written_wrongly_is_refused_with_the_reason(texts: list[str], said: str) -> None:
    with pytest.raises(UnreadableCalendar, match=said):
        Calendar.parse(texts)
