"""The office overseen in a real browser over two processes: a channel switched off, and a year put into force."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.browsing import invited, sign_up
from tests.e2e.office import Office, opened
from tests.e2e.platform import Platform
from tests.notices import NEXT_YEAR
from tests.servers import redis_server

pytestmark = [pytest.mark.e2e, pytest.mark.service, pytest.mark.timeout(180)]

EVERYWHERE = 5.0
"""Seconds after which a switch holds in every process."""
CONNECTIONS = 12
"""Asked at once, so that both processes take some."""


@pytest.fixture
async def office(tmp_path: Path, platform: Platform, stock: Path) -> AsyncIterator[Office]:
    """Two workers over one SQLite file and one real Redis."""
    async with AsyncExitStack() as stack:
        redis = redis_server()
        url = await asyncio.to_thread(redis.__enter__)
        stack.push_async_callback(asyncio.to_thread, redis.__exit__, None, None, None)
        office = Office(tmp_path, platform.url, workers=2, redis=url)
        yield await stack.enter_async_context(opened(office, stock))


async def said(office: Office, text: str) -> set[str]:
    """Return what is answered to a question asked over many connections, each a visitor of its own."""

    async def ask() -> str:
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{office.url}/") as page:
                token = page.cookies["zhengda_user"].value
            async with session.post(f"{office.url}/api/chat", json={"user": token, "text": text}) as response:
                return str((await response.json())["text"])

    return set(await asyncio.gather(*(ask() for _ in range(CONNECTIONS))))


async def settled(office: Office) -> set[str]:
    """Return what is answered once a switch must hold everywhere."""
    await asyncio.sleep(EVERYWHERE)
    return await said(office, "低保怎么申请")


async def fetched(office: Office, path: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(f"{office.url}{path}") as response:
        return await response.text()


async def turn(page: Page, summary: str, reason: str) -> None:
    """Turn the switch of the web page."""
    card = page.locator("section.card", has=page.get_by_role("heading", name="网页", level=3))
    if not await card.get_by_label("理由").is_visible():
        await card.locator("summary").click()
    await card.get_by_label("理由").fill(reason)
    await card.get_by_role("button", name=summary).click()


async def test_a_channel_switched_off_says_its_notice_in_every_process_within_five_seconds(
    office: Office, browser: Browser
) -> None:
    page = await browser.new_page(viewport={"width": 1280, "height": 860})
    await sign_up(page, office.first_link(), "admin-one")
    await page.get_by_role("link", name="设置").click()

    await turn(page, "停用这个渠道", "把旧文件当作现行答复")
    await expect(page.locator("main")).to_contain_text("已停用")
    told = await settled(office)
    assert all("暂停服务" in text for text in told), told
    assert '"channels": "web 已停用：把旧文件当作现行答复"' in await fetched(office, "/readyz")
    assert 'zhengda_channel_off{channel="web"} 1.0' in await fetched(office, "/metrics")
    assert all("编号" in text for text in await said(office, "查询"))

    await turn(page, "恢复答复", "已改正")
    told = await settled(office)
    assert not any("暂停服务" in text for text in told), told
    assert 'zhengda_channel_off{channel="web"} 0.0' in await fetched(office, "/metrics")


async def test_a_pasted_year_counts_in_every_process_once_a_second_person_confirms_it(
    office: Office, browser: Browser
) -> None:
    first = await browser.new_page(viewport={"width": 1280, "height": 860})
    await sign_up(first, office.first_link(), "admin-one")
    invitation = await invited(first, "signer")
    await first.get_by_role("link", name="日历").click()
    await first.get_by_label("通知全文").fill(NEXT_YEAR)
    await first.locator("form", has=first.get_by_label("通知全文")).get_by_role("button").click()
    await expect(first.locator("h1")).to_contain_text("等待确认")
    await expect(first.get_by_role("button", name="确认生效")).to_have_count(0)
    proposal = first.url

    context = await browser.new_context(viewport={"width": 390, "height": 780}, java_script_enabled=False)
    second = await context.new_page()
    await sign_up(second, invitation, "signer-one")
    await second.goto(proposal)
    await second.get_by_role("button", name="确认生效").click()
    await expect(second.locator("h1")).to_contain_text("已生效，第 1 版")

    # whichever process shows the page
    for _ in range(6):
        await first.goto(f"{office.url}/console/calendar?year=2027")
        await expect(first.locator("tr", has_text="2027").first).to_contain_text("正式", timeout=EVERYWHERE * 1000)
    told = await office.run("calendar", "due", "2026-12-04", "--json")
    assert '"provisional": false' in told
