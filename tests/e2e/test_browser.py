"""The README's quick start in a real browser: ask, escalate, answer as staff, hear the answer in the chat."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.browsing import ask, invited, sign_up
from tests.e2e.conftest import OpenOffice

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

ANSWER = "请带身份证到县政务服务中心二楼 3 号窗口。"


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
        invitation = await invited(staff, "officer")
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
