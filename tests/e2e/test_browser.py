"""The README's quick start in a real browser: ask, escalate, answer as staff, hear the answer in the chat."""

import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.e2e.conftest import OpenOffice
from tests.e2e.office import PASSWORD

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

# a closed network refuses the browser's own errands, many at a time
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ANSWER = "请带身份证到县政务服务中心二楼 3 号窗口。"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    chromium = shutil.which("chromium")
    assert chromium, "Debian's package chromium is needed"
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield running
        await running.close()


async def ask(page: Page, text: str) -> None:
    await page.get_by_label("您的问题").fill(text)
    await page.get_by_role("button", name="发送").click()


async def sign_up(page: Page, link: str, name: str) -> None:
    await page.goto(link)
    for field in ("name", "password", "again"):
        await page.locator(f"input[name={field}]").fill(name if field == "name" else PASSWORD)
    await page.locator("main form button").first.click()
    await page.wait_for_url("**/console/login*")
    await page.locator("input[name=name]").fill(name)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.locator("main form button").first.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("工作台")


async def test_the_quick_start_works_in_a_browser(open_office: OpenOffice, browser: Browser, tmp_path: Path) -> None:
    async with open_office() as office:
        citizen = await browser.new_page(viewport={"width": 375, "height": 740})
        await citizen.goto(office.url)
        await ask(citizen, "低保怎么申请")
        await expect(citizen.locator(".sources").last).to_contain_text("现行有效")
        await ask(citizen, "怎么炖排骨")
        await citizen.get_by_role("button", name="留言咨询").last.click()
        receipt = citizen.locator("article.theirs .text").last
        await expect(receipt).to_contain_text("查询码")
        reference = re.search(r"云岭-\d{4}-\d{6}", await receipt.inner_text())
        assert reference

        staff = await browser.new_page(viewport={"width": 1280, "height": 860})
        await sign_up(staff, office.first_link(), "admin-one")
        await staff.get_by_role("link", name="账号").click()
        await staff.get_by_label("角色").select_option("officer")
        await staff.locator("main form button").first.click()
        invitation = await staff.locator("#invitation").inner_text()
        await staff.get_by_role("button", name="退出").click()
        await sign_up(staff, invitation, "officer-one")
        await staff.get_by_role("link", name="队列").click()
        await staff.get_by_role("link", name=reference.group()).click()
        await staff.locator("textarea[name=text]").first.fill(ANSWER)
        await staff.get_by_role("button", name="发送答复").click()
        await expect(staff.locator("main")).to_contain_text("已答复")

        await expect(citizen.locator("article.late .text").last).to_contain_text(ANSWER, timeout=15_000)
        await citizen.screenshot(path=tmp_path / "citizen.png")
        await staff.reload()
        await expect(staff.locator("main")).to_contain_text("送达")
        await staff.screenshot(path=tmp_path / "staff.png", full_page=True)


async def test_the_chat_page_works_without_javascript(open_office: OpenOffice, browser: Browser) -> None:
    async with open_office() as office:
        context = await browser.new_context(java_script_enabled=False)
        page = await context.new_page()
        await page.goto(office.url)
        await ask(page, "低保怎么申请")
        await expect(page.locator(".sources").last).to_contain_text("现行有效")
        await ask(page, "怎么炖排骨")
        await page.get_by_role("button", name="留言咨询").click()
        await expect(page.locator("article.theirs .text").last).to_contain_text("查询码")
