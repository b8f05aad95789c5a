"""The parts that every journey needs: a stand-in for the platform, an installation, a follower with WeChat."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Browser, async_playwright, expect

from tests.e2e.office import AES_KEY, APP_ID, SAMPLE, SECRET, TOKEN, Office, opened
from tests.e2e.platform import Platform
from tests.e2e.wechat_client import WeChatClient

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
OpenOffice = Callable[..., AbstractAsyncContextManager[Office]]


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with Platform(app_id=APP_ID, secret=SECRET) as running:
        yield running


@pytest.fixture
async def browser_session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a data folder with the sample knowledge base in it, imported once by the real command."""
    office = Office(tmp_path_factory.mktemp("stock"), "http://127.0.0.1:9")
    office.write_config()
    asyncio.run(office.run("import", str(SAMPLE)))
    return office.folder / "data"


@pytest.fixture
def open_office(tmp_path: Path, platform: Platform, stock: Path) -> OpenOffice:
    """Give a function that opens an installation with the sample knowledge base."""

    def make(*, verified: bool = True) -> AbstractAsyncContextManager[Office]:
        return opened(Office(tmp_path, platform.url, verified=verified), stock)

    return make


@pytest.fixture
def follower(browser_session: aiohttp.ClientSession) -> Callable[[Office], WeChatClient]:
    """Give a function that returns the platform's side of an installation's account."""

    def make(office: Office) -> WeChatClient:
        return WeChatClient(
            browser_session,
            f"{office.url}/channels/wechat/main",
            app_id=APP_ID,
            token=TOKEN,
            aes_key=AES_KEY,
        )

    return make


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    chromium = shutil.which("chromium")
    assert chromium, "Debian's package chromium is needed"
    # five people at once on a busy machine
    expect.set_options(timeout=30_000)
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield running
        await running.close()
