import logging
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from config.settings import Settings
from register.errors import UnreadableCalendar
from wiring.almanac import Almanac, calendar_remark, imported

YEAR = """year = 2027
document = "国办发明电〔2026〕99号"
[[holidays]]
name = "元旦"
from = 2027-01-01
to = {last}
"""
NEW_YEARS_MONDAY = date(2027, 1, 4)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


def put(settings: Settings, last: str) -> None:
    imported(settings).mkdir(exist_ok=True)
    (imported(settings) / "2027.toml").write_text(YEAR.format(last=last), encoding="utf-8")


def test_a_year_imported_meanwhile_counts_from_the_next_call(settings: Settings) -> None:
    almanac = Almanac(settings)
    first = almanac()
    assert first.day(NEW_YEARS_MONDAY).provisional
    assert almanac() is first

    put(settings, "2027-01-04")

    assert almanac().day(NEW_YEARS_MONDAY).reason == "元旦"
    assert not almanac().day(NEW_YEARS_MONDAY).provisional


def test_a_year_that_cannot_be_read_is_logged_and_the_calendar_stays(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    put(settings, "2027-01-04")
    almanac = Almanac(settings)

    put(settings, "2026-12-01")

    with caplog.at_level(logging.ERROR):
        assert not almanac().day(NEW_YEARS_MONDAY).working
        assert not almanac().day(NEW_YEARS_MONDAY).working
    assert [record.message for record in caplog.records] == ["calendar_kept"]


def test_a_calendar_that_cannot_be_read_at_the_start_is_refused(settings: Settings) -> None:
    put(settings, "2026-12-01")
    with pytest.raises(UnreadableCalendar, match=r"2027\.toml"):
        Almanac(settings)


def test_a_folder_that_is_taken_away_takes_its_years_back(settings: Settings) -> None:
    put(settings, "2027-01-04")
    almanac = Almanac(settings)
    (imported(settings) / "2027.toml").unlink()
    assert almanac().day(NEW_YEARS_MONDAY).provisional


async def test_the_operator_is_told_from_november_on_until_the_next_year_is_imported(settings: Settings) -> None:
    almanac = Almanac(settings)
    # in China it is November already
    november = calendar_remark(almanac, lambda: datetime(2026, 10, 31, 16, tzinfo=UTC))
    october = calendar_remark(almanac, lambda: datetime(2026, 10, 31, 15, tzinfo=UTC))

    assert await october() == ""
    assert await november() == "2027 年的放假安排还没有导入，期限按法定节日估算"

    put(settings, "2027-01-04")
    assert await november() == ""
