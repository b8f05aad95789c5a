from datetime import date
from pathlib import Path

import pytest

from register.calendar import Calendar
from register.deadlines import Pause, add_working_days, count_working_days
from register.explanation import change_text, due_text, term_json, term_text, year_json, year_text
from register.recomputation import Change

CALENDAR = Calendar.load(Path(__file__).resolve().parents[2] / "config" / "calendar")
START = date(2026, 9, 18)


def test_a_term_is_told_day_by_day_with_its_reasons() -> None:
    term = count_working_days(START, 3, CALENDAR, [Pause(START, date(2026, 9, 21), "征求第三方意见")])

    assert term_text(START, term, CALENDAR).splitlines() == [
        "到期日：2026-09-24",
        f"自2026-09-18 星期五的次日起算，日历版本{CALENDAR.version}：",
        "  2026-09-19 星期六  不计  周末",
        "  2026-09-20 星期日  不计  征求第三方意见",
        "  2026-09-21 星期一  不计  征求第三方意见",
        "  2026-09-22 星期二  第1个工作日",
        "  2026-09-23 星期三  第2个工作日",
        "  2026-09-24 星期四  第3个工作日",
    ]
    assert "  2026-09-20 星期日  第1个工作日  调休上班" in term_text(
        START, add_working_days(START, 3, CALENDAR), CALENDAR
    )


def test_a_term_as_data_names_every_day() -> None:
    assert term_json(add_working_days(START, 2, CALENDAR)) == {
        "due": "2026-09-21",
        "counted": ["2026-09-20", "2026-09-21"],
        "skipped": [{"date": "2026-09-19", "reason": "周末"}],
        "provisional": False,
        "calendar": CALENDAR.version,
    }


def test_a_term_that_stands_still_says_how_much_remains() -> None:
    standing = count_working_days(START, 2, CALENDAR, [Pause(date(2026, 9, 20), None, "征求意见")])

    facts = term_json(standing)
    assert (facts["due"], facts["provisional"], facts["remaining"]) == (None, False, 1)
    assert term_text(START, standing, CALENDAR).startswith("暂停中（自2026-09-20起），剩余1个工作日\n")


def test_a_date_that_may_move_is_called_expected_with_the_years_it_waits_for() -> None:
    assert due_text(add_working_days(START, 2, CALENDAR)) == "2026-09-21"
    assert due_text(add_working_days(date(2026, 12, 3), 20, CALENDAR)) == "预计2026-12-31（2027年放假安排公布后确定）"
    over = add_working_days(date(2027, 12, 30), 2, CALENDAR)
    assert due_text(over) == "预计2028-01-04（2027年、2028年放假安排公布后确定）"


@pytest.mark.parametrize(
    ("old", "new", "provisional", "told"),
    [
        (date(2026, 12, 31), date(2026, 12, 30), False, "2026-12-31 → 2026-12-30（提前）"),
        (date(2026, 12, 31), date(2027, 1, 4), True, "2026-12-31 → 预计2027-01-04（推后）"),
        (date(2026, 12, 31), date(2026, 12, 31), False, "2026-12-31  已确定"),
        (date(2026, 12, 31), date(2026, 12, 31), True, "2026-12-31  改为预计"),
    ],
)
def test_a_change_of_the_calendar_is_told_in_one_line(old: date, new: date, *, provisional: bool, told: str) -> None:
    assert change_text(Change("云岭-2026-000001", old, new, provisional)) == f"云岭-2026-000001  {told}"


def test_a_change_of_a_letters_term_names_the_letter() -> None:
    change = Change("云岭-2026-000001", date(2026, 3, 23), date(2026, 3, 25), provisional=False, letter="函1")
    assert change_text(change) == "云岭-2026-000001 函1  2026-03-23 → 2026-03-25（推后）"


def test_a_term_noted_as_over_too_early_is_told_so() -> None:
    days = date(2026, 3, 23), date(2026, 3, 25)
    change = Change("云岭-2026-000001", *days, provisional=False, letter="函1", overtaken=True)
    assert change_text(change) == "云岭-2026-000001 函1  2026-03-23 → 2026-03-25（已登记逾期，登记早了，须重新办理）"


def test_a_year_is_told_with_its_source_and_special_days() -> None:
    lines = year_text(2026, CALENDAR).splitlines()
    assert lines[0] == f"2026年：国办发明电〔2025〕7号，工作日248天，日历版本{CALENDAR.version}"
    assert len(lines) == 1 + 33 + 6
    assert year_text(2027, CALENDAR).startswith("2027年：放假安排尚未导入，按法定节日估算，工作日")


def test_a_year_as_data_says_whether_it_is_official() -> None:
    official, provisional = year_json(2026, CALENDAR), year_json(2027, CALENDAR)
    assert (official["status"], official["published_on"], official["working_days"]) == ("official", "2025-11-04", 248)
    assert official["work"] == ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
    assert (provisional["status"], provisional["document"], provisional["published_on"]) == ("provisional", None, None)
    assert {"date": "2026-01-03", "reason": "元旦"} in official["off"]
