"""The server: everything opened, served until it is told to stop, then closed in reverse order."""

import asyncio
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack

import aiohttp
from aiohttp import web

from config.loading import Loaded
from config.logs import set_up
from config.settings import Settings
from console.auth import first_link
from wiring.background import Background, Departure
from wiring.entrance import let_in
from wiring.memory import settle_memory
from wiring.office import Office, keep_in_order, open_office
from wiring.pages import build_pages
from wiring.parts import utc_now
from wiring.talk import open_talk

READY = "准备就绪，按 Ctrl+C 停止。"
"""The line by which a server says that it serves."""
REQUESTS = 8.0
"""Seconds of the time to stop for requests: an answer takes 4.5, a platform that is to deliver again waits 1 more."""


def address(settings: Settings) -> str:
    """Return where a browser on this machine finds the server."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.server.host, settings.server.host)  # noqa: S104  not bound here
    return f"http://{host}:{settings.server.port}"


async def serve(
    loaded: Loaded,
    *,
    reload: Sequence[str],
    announce: Callable[[str], None],
    listen: socket.socket | None = None,
    banner: bool = True,
) -> None:
    """Serve until SIGTERM or SIGINT; then finish what is under way and stop.

    `reload` is the command line that rebuilds the index in a process of its own. `announce` is told, with a `banner`,
    where things are, and that the server is ready. `listen` is a socket made by another process; by default one is
    opened as the settings say.
    """
    settings = loaded.settings
    set_up(json=settings.log_format == "json")
    stop = asyncio.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop.set)
    if listen is not None:
        # the first process holds the other end: when it dies, even by SIGKILL, this one must not go on alone
        asyncio.get_running_loop().add_reader(sys.stdin.fileno(), stop.set)
    async with AsyncExitStack() as stack:
        departure = Departure()
        background = Background(stack, departure)
        office = await open_office(loaded, background)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        keep_in_order(office, session, background)
        talk = open_talk(office, session, background)
        app = build_pages(office, talk, background, reload=reload)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=REQUESTS)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        if listen is None:
            await web.TCPSite(runner, settings.server.host, settings.server.port).start()
        elif runner.server is not None:
            background.go_on(let_in(listen, runner.server))
        settle_memory()
        if banner:
            await _announce(office, announce)
        announce(READY)
        await stop.wait()
        departure.begin()


async def _announce(office: Office, announce: Callable[[str], None]) -> None:
    """Say where everything is; on the first start also the first administrator's one-time link."""
    settings, library = office.settings, office.library
    base = address(settings)
    announce(f"问答页面：{base}/")
    announce(f"管理后台：{base}/console")
    for word, kind, accounts in (
        ("公众号", "wechat", settings.channels.wechat),
        ("企业微信应用", "wecom", settings.channels.wecom),
        ("微信客服", "kf", settings.channels.kf),
        ("微博账号", "weibo", settings.channels.weibo),
    ):
        for account in accounts:
            announce(f"{word}“{account.name}”服务器地址（URL）：{base}/channels/{kind}/{account.name}")
    announce(f"知识库：{library.size} 个段落" if library.size else "知识库为空：请用 run_bot.py import 导入文件。")
    token = await first_link(office.parts.accounts, utc_now)
    if token:
        announce(f"首次使用，请在 24 小时内打开此链接设置管理员（只能用一次）：{base}/console/invite/{token}")
