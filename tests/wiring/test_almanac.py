import logging
from collections.abc import Awaitable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from config.settings import Settings
from register.errors import UnreadableCalendar
from register.gazette import NewProposal
from storage.memory import MemoryGazette
from tests.fakes import MONDAY
from wiring.almanac import Almanac, Noticeboard, assembled, calendar_remark, deadline_alarm, imported

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


async def test_a_year_confirmed_anywhere_reaches_every_process_of_every_machine(tmp_path: Path) -> None:
    here, there = Settings(data_dir=tmp_path / "here"), Settings(data_dir=tmp_path / "there")
    gazette = MemoryGazette()
    boards = [Noticeboard(each, gazette) for each in (here, there)]
    almanacs = [Almanac(each) for each in (here, there)]
    proposal = await gazette.propose(NewProposal("2027", YEAR.format(last="2027-01-04"), "", "li", MONDAY))

    for board in boards:
        await board.publish()
    assert all(almanac().day(NEW_YEARS_MONDAY).provisional for almanac in almanacs)

    await gazette.settle(proposal.id, by="wang", at=MONDAY, confirmed=True)
    for board in boards:
        await board.publish()
    assert [almanac().day(NEW_YEARS_MONDAY).reason for almanac in almanacs] == ["元旦", "元旦"]


async def test_what_is_taken_back_counts_no_more_and_the_operators_own_files_stay(settings: Settings) -> None:
    gazette, closure = MemoryGazette(), '[[closures]]\nname = "防汛"\nfrom = {on}\nto = {on}\ndocument = "公告"\n'
    imported(settings).mkdir()
    (imported(settings) / "own.toml").write_text(closure.format(on="2026-07-21"), encoding="utf-8")
    board, almanac = Noticeboard(settings, gazette), Almanac(settings)
    for text in (closure.format(on="2026-07-20"), ""):
        proposal = await gazette.propose(NewProposal("local-1", text, "", "li", MONDAY))
        await gazette.settle(proposal.id, by="wang", at=MONDAY, confirmed=True)
        await board.publish()
        assert almanac().day(date(2026, 7, 20)).working is not bool(text)
        assert not almanac().day(date(2026, 7, 21)).working
        assert assembled(settings, await gazette.in_force()).version == almanac().version


async def test_after_20_december_an_open_request_that_rests_on_an_estimate_alarms(settings: Settings) -> None:
    almanac, provisional = Almanac(settings), True

    async def any_provisional() -> bool:
        return provisional

    def alarm(year: int, month: int, day: int) -> Awaitable[str]:
        return deadline_alarm(almanac, any_provisional, lambda: datetime(year, month, day, 4, tzinfo=UTC))()

    assert await alarm(2026, 12, 20) == ""
    assert await alarm(2026, 12, 21) == "有在办申请的期限还是暂定的：2027 年的放假安排没有导入"
    assert await alarm(2027, 1, 5) == "有在办申请的期限还是暂定的：2027 年的放假安排没有导入"
    provisional = False
    assert await alarm(2026, 12, 21) == ""
    provisional = True
    put(settings, "2027-01-04")
    assert await alarm(2026, 12, 21) == ""
