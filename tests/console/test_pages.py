from datetime import UTC, date, datetime

import pytest

from console.pages import day, is_own_path, moment, today
from tests.console.conftest import Office


def test_times_are_written_in_chinese_time() -> None:
    late = datetime(2026, 3, 2, 16, 5, tzinfo=UTC)
    assert moment(late) == "2026-03-03 00:05"
    assert today(late) == date(2026, 3, 3)
    assert day(date(2026, 3, 3)) == "2026年3月3日"


@pytest.mark.parametrize(
    ("path", "base", "own"),
    [
        ("/console", "/console", True),
        ("/console/queue?status=all", "/console", True),
        ("/console/cases/%E6%B5%9A", "/console", True),
        ("/consoles", "/console", False),
        ("/status", "/console", False),
        ("/status", "", True),
        ("/", "", True),
        ("", "/console", False),
        ("//evil.example", "", False),
        ("/\\evil.example", "", False),
        ("https://evil.example/console/", "/console", False),
        ("/console/\r\nSet-Cookie: a=b", "/console", False),
        ("/console/浚", "/console", False),
    ],
)
def test_only_paths_of_the_own_pages_are_led_back_to(path: str, base: str, own: bool) -> None:  # noqa: FBT001 - a column
    assert is_own_path(path, base=base) is own


async def test_every_answer_carries_the_security_headers(office: Office) -> None:
    visitor = office.visitor()
    for path in ("/", "/status", "/static/base.css", "/console", "/console/login", "/console/nowhere"):
        response = await visitor.client.get(path, allow_redirects=False)
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["X-Frame-Options"] == "DENY"
        assert "Strict-Transport-Security" not in response.headers


async def test_pages_are_never_cached(office: Office) -> None:
    for path in ("/", "/console/login", "/console"):
        response = await office.visitor().client.get(path, allow_redirects=False)
        assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("base", ["", "/console"])
async def test_the_chosen_display_is_kept_and_leads_back(office: Office, base: str) -> None:
    visitor = office.visitor()
    start = "/status" if not base else "/console/login"
    page = await visitor.get(start)
    (link,) = [each for each in page.one("nav", **{"aria-label": "显示方式"}).all("a") if each.text == "长辈版"]

    page = await visitor.get(link.attributes["href"])

    assert visitor.path == start
    assert page.one("html").attributes["data-display"] == "large"


async def test_an_unknown_display_or_a_foreign_way_back_changes_nothing(office: Office) -> None:
    visitor = office.visitor()
    page = await visitor.get("/display?mode=huge&back=//evil.example/")
    assert visitor.path == "/"
    assert page.one("html").attributes["data-display"] == "normal"
