import argparse
import asyncio
import json
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from config.loading import load
from register.docket import Head, NewRequest
from register.filing import Category
from register.steps import RequestStep, Stage
from register.types import Status
from tests.architecture.sources import ROOT
from tests.fakes import MONDAY
from tests.notices import NEXT_YEAR
from tests.register.office import Office
from wiring.almanac import open_calendar
from wiring.calendar import add_calendar
from wiring.parts import open_parts
from wiring.requests import open_chancery

NOTICES = ROOT / "tests" / "register" / "notices"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a calendar command in an empty folder; gives its status, output and errors."""
    for name in [name for name in os.environ if name.upper().startswith("ZHENGDA")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str | Path) -> tuple[int, str, str]:
        parser = argparse.ArgumentParser()
        shared = argparse.ArgumentParser(add_help=False)
        shared.add_argument("--config", type=Path)
        add_calendar(parser.add_subparsers(required=True), shared)
        options = parser.parse_args(["calendar", *map(str, arguments)])
        status = asyncio.run(options.run(load(options.config), options))
        written = capsys.readouterr()
        return status, written.out, written.err

    return command


def test_a_due_date_comes_with_every_day(run: Run) -> None:
    status, out, _ = run("due", "2026-09-18", "--json")

    answer = json.loads(out)
    assert status == 0
    assert list(answer) == ["due", "counted", "skipped", "provisional", "calendar"]
    assert (answer["due"], len(answer["counted"]), answer["provisional"]) == ("2026-10-22", 20, False)
    assert {"date": "2026-10-01", "reason": "国庆节"} in answer["skipped"]
    assert answer["calendar"].startswith("2026-")

    lines = (run("due", "2026-09-18", "--days", "5"))[1].splitlines()
    assert lines[0] == "到期日：2026-09-24"
    assert lines[2:4] == ["  2026-09-19 星期六  不计  周末", "  2026-09-20 星期日  第1个工作日  调休上班"]


def test_pauses_do_not_count_and_an_open_one_holds_the_term(run: Run) -> None:
    paused = ("due", "2026-03-02", "--pause", "2026-03-06:2026-03-24")
    assert json.loads((run(*paused, "--json"))[1])["due"] == "2026-04-16"
    assert json.loads((run(*paused, "--pause", "2026-03-18:2026-03-30", "--json"))[1])["due"] == "2026-04-22"

    standing = json.loads((run("due", "2026-03-02", "--pause", "2026-03-06:", "--json"))[1])
    assert (standing["due"], standing["remaining"], standing["provisional"]) == (None, 16, False)
    assert "暂停中（自2026-03-06起），剩余16个工作日" in (run("due", "2026-03-02", "--pause", "2026-03-06:"))[1]


def test_a_date_that_may_still_move_says_until_when(run: Run) -> None:
    assert (run("due", "2026-12-03"))[1].startswith("到期日：预计2026-12-31（2027年放假安排公布后确定）")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("due", "2026-02-30"), "确有这一天：2026-02-30"),
        (("due", "昨天"), "日期应写成"),
        (("due", "1999-01-01"), "2008 年到 2099 年"),
        (("due", "2026-03-02", "--days", "0"), "--days 应为 1 到 400"),
        (("due", "2026-03-02", "--days", "两周"), "--days 应为 1 到 400"),
        (("due", "2026-03-02", "--pause", "2026-03-06"), "起日:止日"),
        (("due", "2026-03-02", "--pause", "2026-03-06:2026-03-05"), "止日早于起日"),
        (("due", "2026-03-02", "--pause", ":2026-03-05"), "日期应写成"),
        (("show", "26"), "年份 应为"),
        (("import", "gone.txt"), "gone.txt：没有这个文件"),
        (("import", "."), "没有这个文件，或者不能读取"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(run: Run, arguments: tuple[str, ...], said: str) -> None:
    status, out, err = run(*arguments)

    assert (status, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1


def test_a_notice_is_previewed_then_imported_and_settles_the_dates(run: Run) -> None:
    Path("notice.txt").write_text(NEXT_YEAR, encoding="gb18030")

    status, out, _ = run("import", "notice.txt", "--dry-run")
    assert status == 0
    assert out.splitlines()[0] == "2027年（国办发明电〔2026〕99号）：现按法定节日估算，改变8天"
    assert "  2027-02-11 星期四  上班 → 春节" in out
    assert not Path("data").exists()

    out = (run("import", "notice.txt"))[1]
    assert "已保存为第1版" in out
    assert Path("data/calendar/2027.toml").exists()
    assert out.splitlines()[-1] == "在办申请：0项期限变化"
    assert json.loads((run("due", "2026-12-03", "--json"))[1])["provisional"] is False
    assert open_calendar(load(None).settings).day(date(2027, 1, 31)).reason == "调休上班"
    assert "与现有日历一致" in (run("import", "notice.txt"))[1]


def test_an_import_tells_what_it_changes_for_the_requests_under_way(run: Run) -> None:
    shipped = open_calendar(load(None).settings).version
    reference = asyncio.run(_file(received=date(2026, 3, 16), calendar=shipped))
    notice = (NOTICES / "2026.txt").read_text(encoding="utf-8")
    Path("notice.txt").write_text(notice.replace("5月9日（周六）上班", "4月11日（周六）上班"), encoding="utf-8")
    told = f"在办申请：1项期限变化\n  {reference}  2026-04-14 → 2026-04-13（提前）\n"

    assert (run("import", "notice.txt", "--dry-run"))[1].endswith(told)
    assert (run("import", "notice.txt"))[1].endswith(told)
    assert "与现有日历一致，没有改动。" in (run("import", "notice.txt"))[1]


async def _file(*, received: date, calendar: str) -> str:
    office = Office(received)
    office.must(RequestStep.SUBMIT, RequestStep.ACKNOWLEDGE)
    head = Head(Stage.TRIAGE, Status.RECEIVED, Category.PERSON, "m-1", received, office.due(), calendar=calendar)
    settings = load(None).settings
    async with open_parts(settings) as parts:
        chancery = open_chancery(settings, parts)
        assert chancery is not None
        new = NewRequest("web:li:1", "一件事", "web", "li", MONDAY, received, head, tuple(office.events))
        return (await chancery.requests.file(new)).case.reference


def test_a_notice_that_does_not_add_up_changes_nothing(run: Run) -> None:
    Path("notice.txt").write_text(NEXT_YEAR.replace("1月31日（周日）", "1月29日（周五）"), encoding="utf-8")

    status, out, err = run("import", "notice.txt")

    assert (status, out) == (2, "")
    assert err == "错误：未导入 notice.txt：放假安排：2027-01-29不是周末，不能是调休上班日\n"
    assert not Path("data").exists()


def test_a_shipped_year_is_what_its_notice_says(run: Run) -> None:
    assert "与现有日历一致，没有改动。" in (run("import", NOTICES / "2026.txt"))[1]


def test_a_year_is_shown_with_where_it_comes_from(run: Run) -> None:
    out = (run("show", "2026"))[1]
    assert out.startswith("2026年：国办发明电〔2025〕7号，工作日248天")
    assert "  2026-02-14 星期六  调休上班" in out
    assert "放假安排尚未导入，按法定节日估算" in (run("show", "2027"))[1]

    facts = json.loads((run("show", "2026", "--json"))[1])
    assert "提醒" not in str(facts)
    assert (facts["status"], facts["published_on"], len(facts["work"])) == ("official", "2025-11-04", 6)
    assert len(facts["off"]) == 33
    assert json.loads((run("show", "2027", "--json"))[1])["status"] == "provisional"
