"""The knowledge base in a real browser: from a folder of files to the answer, and back; a repealed policy by name."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.browsing import ask, invited, sign_up
from tests.e2e.conftest import OpenOffice
from tests.e2e.drop import TITLES, WITH_MOBILE, WITHOUT_ISSUER, fill
from tests.e2e.office import Office

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

QUESTION = "高山蔬菜补贴标准是多少"
ANSWER = "每亩每年 320 元"
KNOWN = "低保怎么申请"
PATIENCE = 90_000
"""Milliseconds that a page may take."""
FOLLOWED = 4.0
"""Seconds after which the server answers from the generation that the page shows."""


class Staff:
    """Four people, each with a browser of their own."""

    def __init__(self, editor: Page, reviewer: Page, secrecy: Page, publisher: Page) -> None:
        self.editor = editor
        self.reviewer = reviewer
        self.secrecy = secrecy
        self.publisher = publisher


async def newcomer(browser: Browser) -> Page:
    """Return a page of a browser that nobody has used."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    return await context.new_page()


async def staff_of(office: Office, browser: Browser) -> Staff:
    """Return the people of the publication gate, invited by the first administrator."""
    administrator = await newcomer(browser)
    await sign_up(administrator, office.first_link(), "admin-one")
    pages = []
    for role in ("editor", "reviewer", "secrecy", "publisher"):
        page = await newcomer(browser)
        await sign_up(page, await invited(administrator, role), f"{role}-one")
        pages.append(page)
    return Staff(*pages)


async def room(page: Page, name: str) -> None:
    """Go to a room of the knowledge base by its menus."""
    await page.get_by_role("navigation", name="主导航").get_by_role("link", name="知识库").click()
    await page.get_by_role("navigation", name="知识库").get_by_role("link", name=name, exact=True).click()


async def open_text(page: Page, title: str) -> None:
    await room(page, "审核")
    await page.get_by_role("link", name=title).click()


async def confirm(page: Page, button: str) -> None:
    """Tick the whole checklist and press the button."""
    for box in await page.locator("input[name=check]").all():
        await box.check()
    await page.get_by_role("button", name=button, exact=True).click()


async def bring(staff: Staff, folder: Path) -> None:
    """Drop the folder, look at the dry run, and keep the drafts."""
    editor = staff.editor
    await room(editor, "导入")
    await editor.get_by_label("或者选择整个文件夹").set_input_files(folder)
    await editor.get_by_role("button", name="上传并试运行").click()
    await expect(editor.get_by_role("heading", level=1)).to_have_text("试运行结果，等您确认", timeout=60_000)
    await expect(editor.locator(".summary")).to_contain_text("新增 8")
    await expect(editor.locator("tbody tr", has_text="旧.doc")).to_contain_text("另存为")
    await expect(editor.locator("tbody tr", has_text="民宿.txt")).to_contain_text("手机号")
    await editor.get_by_role("button", name="确认，存为草稿").click()
    await expect(editor.get_by_role("heading", level=1)).to_have_text("已存为草稿", timeout=60_000)
    await open_text(editor, WITHOUT_ISSUER)
    await expect(editor.locator("main")).to_contain_text("缺少发文机关")
    await editor.get_by_role("link", name="去补上").click()
    await editor.get_by_label("发文机关").fill("云岭县人民政府")
    await editor.get_by_role("button", name="保存为草稿").click()
    await expect(editor.locator("main")).to_contain_text("已保存，等别人审核")


async def publish(staff: Staff, title: str) -> None:
    """Take a text through the hands of three people."""
    await open_text(staff.reviewer, title)
    if title == WITH_MOBILE:
        await confirm(staff.reviewer, "审核通过")
        await expect(staff.reviewer.get_by_role("alert")).to_contain_text("还有 1 条提示未处理")
        await staff.reviewer.locator("input[name=concern]").check()
        await staff.reviewer.get_by_label("为什么可以公开").fill("单位公开的值班电话")
        await staff.reviewer.get_by_role("button", name="处理勾选的提示").click()
    await confirm(staff.reviewer, "审核通过")
    await open_text(staff.secrecy, title)
    await confirm(staff.secrecy, "保密审查通过")
    await open_text(staff.publisher, title)
    await staff.publisher.get_by_role("button", name="发布", exact=True).click()
    await expect(staff.publisher.get_by_role("status").first).to_contain_text("已发布")


async def answered(citizen: Page, question: str, text: str) -> bool:
    """Ask on the chat page, and return whether the answer says this."""
    answers = citizen.locator("article.theirs")
    before = await answers.count()
    await ask(citizen, question)
    await expect(answers).to_have_count(before + 1, timeout=20_000)
    return text in await answers.last.inner_text()


def spoken(page: str) -> str:
    """Return the words in the middle of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", page[page.index("<main") : page.index("</main>")]).split())


@asynccontextmanager
async def asking(office: Office) -> AsyncIterator[list[str]]:
    """Let one new citizen after the other ask; give what they were shown."""
    shown: list[str] = []

    async def go_on() -> None:
        while True:
            # the cookie jar must keep cookies of an IP address: the server runs on loopback
            async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as visitor:
                async with visitor.get(office.url) as page:
                    token = re.search(r'name="user" value="([^"]+)"', await page.text())
                assert token
                async with visitor.post(office.url, data={"user": token[1], "text": KNOWN}) as answer:
                    shown.append(spoken(await answer.text()))
            await asyncio.sleep(0.5)

    task = asyncio.create_task(go_on())
    try:
        yield shown
        assert not task.done(), task.exception()
    finally:
        task.cancel()


async def test_a_folder_becomes_answers_and_can_be_taken_back(
    open_office: OpenOffice, browser: Browser, tmp_path: Path
) -> None:
    folder = tmp_path / "文件夹"
    await fill(folder, browser)
    async with open_office() as office:
        staff = await staff_of(office, browser)
        citizen = await browser.new_page()
        await citizen.goto(office.url)
        await bring(staff, folder)
        for title in TITLES:
            await publish(staff, title)

        await room(staff.publisher, "版本")
        async with asking(office) as shown:
            await staff.publisher.get_by_role("button", name="重建并切换").click()
            live = staff.publisher.locator("tbody tr", has_text="使用中").first
            await expect(live).to_contain_text("publisher-one", timeout=240_000)
            await asyncio.sleep(FOLLOWED)
        assert shown
        assert not [answer for answer in shown if "现行有效" not in answer]

        assert await answered(citizen, QUESTION, ANSWER)
        await expect(citizen.locator("article.theirs").last.locator(".sources").first).to_contain_text(
            "云政〔2026〕31号"
        )

        await room(staff.editor, "命中测试")
        await staff.editor.get_by_label("问题").fill(QUESTION)
        await staff.editor.get_by_role("button", name="测试", exact=True).click()
        first = staff.editor.locator(".results > li").first
        await expect(first).to_contain_text("云岭县高山蔬菜补贴办法")
        await first.get_by_role("button", name="存为测试题").click()
        await room(staff.editor, "测试题")
        await staff.editor.get_by_role("button", name="现在运行").click()
        await expect(staff.editor.locator("main")).to_contain_text("1 题，通过 1 题")
        await staff.editor.screenshot(path=tmp_path / "trials.png", full_page=True)

        await room(staff.publisher, "版本")
        await staff.publisher.get_by_text("退回上一版").first.click()
        await staff.publisher.get_by_role("button", name="确认退回").click()
        await expect(staff.publisher.get_by_role("status").first).to_contain_text("已退回上一版")
        await staff.publisher.screenshot(path=tmp_path / "generations.png", full_page=True)
        await asyncio.sleep(FOLLOWED)
        assert not await answered(citizen, QUESTION, ANSWER)


async def test_a_document_taken_down_is_gone_within_seconds(open_office: OpenOffice, browser: Browser) -> None:
    async with open_office() as office:
        staff = await staff_of(office, browser)
        citizen = await browser.new_page()
        await citizen.goto(office.url)
        await ask(citizen, "云岭县最低生活保障审核确认办法")
        await expect(citizen.locator(".sources").last).to_contain_text("云政〔2026〕5号")
        await room(staff.secrecy, "文件")
        await staff.secrecy.get_by_label("标题、文号或发文机关").fill("云政〔2026〕5号")
        await staff.secrecy.get_by_role("button", name="筛选").click()
        await staff.secrecy.locator("tbody a").first.click()
        await staff.secrecy.get_by_text("下架", exact=True).click()
        await staff.secrecy.get_by_label("下架原因").fill("附件含个人信息")
        await staff.secrecy.get_by_role("button", name="立即下架").click()
        await expect(staff.secrecy.locator("main")).to_contain_text("已下架，公众看不到。原因：附件含个人信息")
        await asyncio.sleep(5)
        await ask(citizen, "云岭县最低生活保障审核确认办法")
        answer = citizen.locator("article.theirs").last
        await expect(answer.locator(".sources").first).to_contain_text("政策解读")
        await expect(answer.locator(".sources").first).not_to_contain_text("云政〔2026〕5号")


async def test_a_repealed_policy_asked_for_by_name_shows_its_successor(
    open_office: OpenOffice, browser: Browser
) -> None:
    async with open_office() as office:
        citizen = await browser.new_page(viewport={"width": 375, "height": 740})
        await citizen.goto(office.url)
        await ask(citizen, "云岭县城乡居民最低生活保障实施细则")
        answer = citizen.locator("article.theirs").last
        await expect(answer).to_contain_text("已废止")
        await expect(answer).to_contain_text("《云岭县最低生活保障审核确认办法》")
        await expect(citizen.locator(".sources").last).to_contain_text("已废止")
