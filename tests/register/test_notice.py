import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar  # type: ignore[import-untyped]  # it ships no types
import pytest
from hypothesis import given
from hypothesis import strategies as st

from register.calendar import Calendar
from register.errors import UnreadableCalendar
from register.notice import Difference, decoded, differences, read_arrangement

CALENDAR = Calendar.load(Path(__file__).resolve().parents[2] / "config" / "calendar")
SHIPPED = {notice.year: notice for notice in CALENDAR.notices}
NOTICES = {int(file.stem): file.read_text(encoding="utf-8") for file in (Path(__file__).parent / "notices").iterdir()}
LATEST = NOTICES[2026]


@pytest.mark.parametrize("year", range(2021, 2027))
def test_the_pasted_notice_is_the_shipped_year(year: int) -> None:
    arrangement = read_arrangement(NOTICES[year])

    assert arrangement.notice == SHIPPED[year]
    assert differences(arrangement.notice, CALENDAR) == ()


@pytest.mark.parametrize("year", [2017, 2018, 2021, 2022, 2023, 2024, 2025, 2026])
def test_the_notice_as_read_is_the_year_as_chinesecalendar_has_it(year: int) -> None:
    calendar = Calendar([read_arrangement(NOTICES[year]).notice])
    # the last week may be changed by the next notice
    days = [date(year, 1, 1) + timedelta(days=offset) for offset in range((date(year, 12, 25) - date(year, 1, 1)).days)]

    assert [on for on in days if calendar.day(on).working != chinese_calendar.is_workday(on)] == []


def test_the_shipped_2019_differs_from_its_notice_by_the_later_order_on_labour_day() -> None:
    assert differences(read_arrangement(NOTICES[2019]).notice, CALENDAR) == (
        Difference(date(2019, 4, 28), "调休上班", "周末"),
        Difference(date(2019, 5, 2), "劳动节", "上班"),
        Difference(date(2019, 5, 3), "劳动节", "上班"),
        Difference(date(2019, 5, 5), "调休上班", "周末"),
    )


def test_the_shipped_2020_differs_from_its_notice_by_the_longer_spring_festival() -> None:
    assert differences(read_arrangement(NOTICES[2020]).notice, CALENDAR) == (
        Difference(date(2020, 1, 31), "春节", "上班"),
        Difference(date(2020, 2, 1), "春节", "调休上班"),
    )


def test_a_new_year_is_compared_with_what_the_law_alone_gives() -> None:
    before = replace(CALENDAR, notices=[notice for year, notice in SHIPPED.items() if year < 2026])
    changed = {each.on: each for each in differences(SHIPPED[2026], before)}

    assert changed[date(2026, 1, 4)] == Difference(date(2026, 1, 4), "周末", "调休上班")
    assert changed[date(2026, 2, 23)] == Difference(date(2026, 2, 23), "上班", "春节")
    assert date(2026, 10, 1) not in changed


def test_what_is_read_can_be_kept_and_read_again() -> None:
    arrangement = read_arrangement(LATEST)

    assert Calendar.parse([arrangement.toml]).notices == (arrangement.notice,)
    assert read_arrangement(arrangement.toml) == arrangement
    assert "published_on = 2025-11-04" in arrangement.toml


@pytest.mark.parametrize(
    "pasted",
    [
        "  ".join(LATEST.split()),
        LATEST.replace("：", ":").replace("（", "(").replace("）", ")").replace("，", ","),
        LATEST.replace("（周", "（星期").replace("星期日", "星期天"),
        LATEST.replace("至", "—"),
        "当前位置：首页 > 政策\n" + LATEST + "\n扫一扫在手机打开当前页\n相关稿件：一图读懂2026年放假安排",
    ],
)
def test_the_way_it_was_copied_does_not_matter(pasted: str) -> None:
    assert read_arrangement(pasted).notice == SHIPPED[2026]


def test_a_notice_without_number_and_date_is_read_and_says_so() -> None:
    bare = LATEST.replace("国办发明电〔2025〕7号", "").replace("2025年11月4日", "")

    notice = read_arrangement(bare).notice

    assert (notice.document, notice.published_on) == ("文号未填", None)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("1月4日（周日）上班", "1月4日（周六）上班", "2026-01-04是星期日，通知写的是周六"),
        ("10月1日（周四）至", "10月1日（周五）至", "2026-10-01是星期四，通知写的是周五"),
        ("1月4日（周日）上班", "1月5日上班", "2026-01-05不是周末，不能是调休上班日"),
        ("1月4日（周日）上班", "1月3日（周六）上班", "既写作放假，又写作上班"),
        ("共9天", "共8天", "春节从2026-02-15到2026-02-23是9天，通知写的是共8天"),
        ("1月4日（周日）上班。", "", "数目不符：工作日放假19天，周末上班5天，相差应为法定的13天"),
        ("六、中秋节：9月25日（周五）至27日（周日）放假，共3天。", "", "没有找到中秋节的安排"),
        ("9月25日（周五）至27日（周日）放假", "另行通知", "看不懂中秋节的放假起止日期"),
        ("2月28日（周六）上班", "2月30日上班", "没有2026年2月30日这一天"),
        ("2月28日（周六）上班", "28日（周六）上班", "日期没有写月份"),
        ("关于2026年\n部分", "部分", "没有找到“关于某年"),
        ("10月1日（周四）至7日（周三）放假调休，共7天", "10月7日（周三）至1日（周四）放假调休", "起止日期颠倒"),
    ],
)
def test_a_notice_that_does_not_add_up_is_refused_with_the_reason(old: str, new: str, said: str) -> None:
    changed = LATEST.replace("关于2026年\n部分", "关于2026年部分").replace(old.replace("\n", ""), new)
    assert changed != LATEST.replace("关于2026年\n部分", "关于2026年部分")

    with pytest.raises(UnreadableCalendar) as refused:
        read_arrangement(changed)

    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "没有内容"),
        ("今天天气很好。", "没有找到"),
        ("{", "不是 holiday-cn 格式"),
        ('{"year": 2027, "papers": [], "days": []}', "放假安排还没有公布"),
        ('{"year": 2027, "days": [{"name": "元旦"}]}', "不是 holiday-cn 格式"),
        ('{"year": 2027, "days": [{"name": "元旦", "date": "2027-01-03", "isOffDay": false}]}', "没有2027年放假"),
        ("year = 2027\n", "holidays"),
    ],
)
def test_what_is_no_arrangement_is_refused(text: str, said: str) -> None:
    with pytest.raises(UnreadableCalendar, match=said):
        read_arrangement(text)


def test_a_file_of_the_data_set_holiday_cn_is_the_same_year() -> None:
    notice = SHIPPED[2026]
    days = [{"name": name, "date": str(on), "isOffDay": True} for on, name in notice.off.items()]
    days += [{"name": "国庆节", "date": str(on), "isOffDay": False} for on in notice.work]

    read = read_arrangement(json.dumps({"year": 2026, "papers": [], "days": days})).notice

    assert (read.off, read.work, read.document) == (notice.off, notice.work, "holiday-cn")


def test_a_file_may_come_from_an_old_editor() -> None:
    assert decoded(LATEST.encode("gb18030")) == LATEST
    assert decoded(b"\xef\xbb\xbf" + LATEST.encode()) == LATEST
    for broken in (b"\xff\xfe\x00", b"a" * 1_000_001):
        with pytest.raises(UnreadableCalendar):
            decoded(broken)


@given(st.data())
def test_whatever_is_cut_out_or_changed_nothing_but_a_clear_refusal_or_a_sound_year_comes_out(
    data: st.DataObject,
) -> None:
    start = data.draw(st.integers(0, len(LATEST)))
    end = data.draw(st.integers(start, min(len(LATEST), start + 40)))
    patch = data.draw(st.text("0123456789年月日周六（）至。一、：放假上班", max_size=6))
    try:
        read = read_arrangement(LATEST[:start] + patch + LATEST[end:])
    except UnreadableCalendar as refused:
        assert "\n" not in str(refused)  # noqa: PT017  either outcome is right
        return
    notice = read.notice
    assert sum(on.weekday() < 5 for on in notice.off) - len(notice.work) == (13 if notice.year >= 2025 else 11)
