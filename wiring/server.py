"""The server, built from the parts: channels, bot, delivery and pages in one application."""

import asyncio
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress

import aiohttp
from aiohttp import web

from bot.channels.kf.channel import KfChannel
from bot.channels.webchat import WebChat
from bot.delivery import Delivery
from bot.metrics import Metrics
from bot.ports import Channel
from bot.rates import Rates
from bot.runtime import Bot
from bot.switches import Switchboard
from bot.tokens import Tokens, kept_secret
from bot.types import Nudge, Reply
from bot.web import LARGEST, WITHIN, Edge, Probe
from config.logs import set_up
from config.settings import Loaded, Settings
from console.app import add_citizen_pages, create_console
from console.auth import first_link
from console.site import Site
from handlers import texts
from knowledge.library import Library
from register.desk import Desk
from register.lookup import Lookup
from wiring.almanac import Almanac, Noticeboard, calendar_remark, deadline_alarm
from wiring.conversation import build_bot, office_of
from wiring.index import follow, follow_withdrawals, open_index, reloader
from wiring.keyring import open_ring
from wiring.knowledge import knowledge_pages
from wiring.openness import open_openness
from wiring.oversight import open_oversight
from wiring.parts import Parts, open_parts, utc_now
from wiring.platforms import build_fetcher, build_platforms
from wiring.requests import (
    Chancery,
    desk_of,
    go_round,
    keep_house,
    open_chancery,
    open_counter,
    open_watch,
    page_form,
)
from wiring.retention import forget_in_time
from wiring.webhook import open_webhook

VISITOR_BURST, VISITOR_PER_MINUTE = 60, 300
"""Requests from one address: a service hall has many people behind one."""
READY = "准备就绪，按 Ctrl+C 停止。"
"""The line by which a server says that it serves."""
STOPPING = 15.0
"""Seconds in which everything under way is finished or kept when the server stops."""
REQUESTS = 8.0
"""Seconds of these for requests: an answer takes 4.5, a platform that is to deliver again waits 1 more."""


class Departure:
    """The time that is left once the server has begun to stop: one for all parts together."""

    def __init__(self) -> None:
        self._ends: float | None = None

    def begin(self) -> None:
        """Count from now on."""
        self._ends = asyncio.get_running_loop().time() + STOPPING

    def left(self) -> float:
        """Return the seconds left."""
        return STOPPING if self._ends is None else max(0.0, self._ends - asyncio.get_running_loop().time())


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
        parts = await stack.enter_async_context(open_parts(settings))
        library = await open_index(settings, parts.documents)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        departure = Departure()
        app = await _build(loaded, parts, library, session, stack, reload=reload, departure=departure)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=REQUESTS)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        site = (
            web.SockSite(runner, listen)
            if listen is not None
            else web.TCPSite(runner, settings.server.host, settings.server.port)
        )
        await site.start()
        _settle_memory()
        if banner:
            await _announce(settings, parts, library, announce)
        announce(READY)
        await stop.wait()
        departure.begin()


async def _build(
    loaded: Loaded,
    parts: Parts,
    library: Library,
    session: aiohttp.ClientSession,
    stack: AsyncExitStack,
    *,
    reload: Sequence[str],
    departure: Departure,
) -> web.Application:
    """Wire channels, bot, delivery and pages into one application."""
    settings = loaded.settings
    metrics = Metrics(passages=lambda: library.size, alone=parts.alone)
    tokens = Tokens(_secret(settings), os.urandom)
    webchat = WebChat(tokens=tokens, now=utc_now)
    welcome = texts.greeting(office_of(settings))
    platforms = {channel.name: channel for channel in build_platforms(settings.channels, session, welcome=welcome)}
    channels: dict[str, Channel] = {webchat.name: webchat, **platforms}
    noticeboard = Noticeboard(settings, parts.gazette)
    await noticeboard.publish()
    stack.push_async_callback(_end, asyncio.create_task(noticeboard.follow()))
    if parts.database is not None:
        # keys that cannot be used are told now, not with the first text that is sealed
        open_ring(settings)
        forgetting = forget_in_time(parts.database, days=settings.personal_data.inquiry_days)
        stack.push_async_callback(_end, asyncio.create_task(forgetting))
    switchboard = Switchboard(parts.switches)
    await switchboard.look()
    stack.push_async_callback(_end, asyncio.create_task(switchboard.follow()))
    metrics.watch(channels, lambda channel: switchboard.off(channel) is not None)
    chancery = open_chancery(settings, parts)
    lookup = Lookup(parts.register, utc_now, chancery.requests if chancery is not None else None)
    bot = build_bot(
        settings, parts, library, lookup=lookup, metrics=metrics, switchboard=switchboard, chancery=chancery
    )
    stack.push_async_callback(_close, bot, departure)
    delivery = Delivery(outbox=parts.outbox, channels=channels, now=utc_now, settled=metrics.settled)
    stack.push_async_callback(_end_delivery, delivery, asyncio.create_task(delivery.run()), departure)
    stack.push_async_callback(_end, asyncio.create_task(follow(library, parts.announcements)))
    if chancery is not None:
        housekeeping = keep_house(
            chancery, draft_days=settings.requests.draft_days, identity_days=settings.requests.identity_days
        )
        stack.push_async_callback(_end, asyncio.create_task(housekeeping))
        stack.push_async_callback(_end, asyncio.create_task(go_round(open_watch(chancery))))
        if parts.database is not None and settings.reminders.webhook:
            webhook = open_webhook(settings, parts.database, session)
            stack.push_async_callback(_end, asyncio.create_task(webhook.run()))
    stack.push_async_callback(_end, asyncio.create_task(follow_withdrawals(library, parts.documents)))
    site = Site(
        office_name=settings.office.name,
        hotline=settings.office.hotline,
        secure_cookies=settings.server.secure_cookies,
        trusted_proxies=settings.server.trusted_proxies,
        takes_requests=chancery is not None and chancery.online,
        inquiry_days=settings.personal_data.inquiry_days,
        identity_days=settings.requests.identity_days,
    )
    visitors: Rates[str] = Rates(now=utc_now, burst=VISITOR_BURST, per_minute=VISITOR_PER_MINUTE)

    def allow(request: web.Request) -> bool:
        return visitors.allow(site.visitor(request))

    app = web.Application(client_max_size=LARGEST)
    edge = Edge(
        bot=bot,
        platforms=platforms,
        webchat=webchat,
        delivery=delivery,
        metrics=metrics,
        probes=parts.probes,
        remarks={
            "knowledge": _knowledge_remark(library),
            "calendar": calendar_remark(Almanac(settings), utc_now),
            "channels": switchboard.remark,
            **parts.remarks,
        },
        alarms=_alarms(settings, chancery),
        allow=allow,
        crowded=texts.CROWDED,
        wake=_fetching(platforms.values(), bot, parts, stack),
    )
    app.add_routes(edge.routes())
    generations = reloader(settings, parts, library, reload)
    stack.push_async_callback(generations.aclose)
    console = create_console(
        accounts=parts.accounts,
        desk=Desk(parts.register, utc_now),
        counter=open_counter(settings, parts, chancery),
        journal=parts.journal,
        retriever=library,
        requests=desk_of(chancery),
        oversight=open_oversight(
            loaded, parts, noticeboard=noticeboard, switchboard=switchboard, chancery=chancery, channels=tuple(channels)
        ),
        knowledge=knowledge_pages(settings, parts, library, generations),
        site=site,
        now=utc_now,
    )
    app.add_subapp("/console", console)

    async def chat(token: str, text: str) -> Reply:
        return await bot.receive(webchat, webchat.message(token, text), within=WITHIN) or Reply("", "pending")

    add_citizen_pages(
        app,
        site=site,
        lookup=lookup,
        issue_token=tokens.issue,
        check_token=lambda token: tokens.subject(token) is not None,
        chat=chat,
        openness=open_openness(settings, parts, chancery),
        allow=allow,
        form=page_form(chancery, library, tokens=tokens, allow=allow),
        files=chancery.enclosing if chancery is not None else None,
    )

    async def begin_nothing_more(_app: web.Application) -> None:
        webchat.close()
        # what is being pushed arrives while the last requests are answered
        delivery.stop()

    app.on_shutdown.append(begin_nothing_more)
    return app


def _fetching(
    channels: Iterable[Channel], bot: Bot, parts: Parts, stack: AsyncExitStack
) -> Callable[[str, Nudge], None]:
    """Begin to fetch for the channels that do not bring their messages; return what wakes the fetching."""
    fetchers = {
        channel.name: build_fetcher(channel, bot, parts) for channel in channels if isinstance(channel, KfChannel)
    }
    for fetcher in fetchers.values():
        stack.push_async_callback(_end, asyncio.create_task(fetcher.run()))
    return lambda channel, nudge: fetchers[channel].wake(nudge)


def _secret(settings: Settings) -> bytes:
    """Return the key that signs visitors' tokens: the setting, or one made at the first start and kept."""
    if settings.server.secret is not None:
        return settings.server.secret.get_secret_value().encode()
    return kept_secret(settings.data_dir / "secret.key", os.urandom)


def _alarms(settings: Settings, chancery: Chancery | None) -> Mapping[str, Probe]:
    if chancery is None:
        return {}
    return {"deadlines": deadline_alarm(Almanac(settings), chancery.requests.any_provisional, utc_now)}


def _knowledge_remark(library: Library) -> Probe:
    async def remark() -> str:
        return "" if library.size else "知识库为空，请先导入文件"

    return remark


async def _close(bot: Bot, departure: Departure) -> None:
    await bot.close(within=departure.left())


async def _end_delivery(delivery: Delivery, task: asyncio.Task[None], departure: Departure) -> None:
    delivery.stop()
    await asyncio.wait({task}, timeout=departure.left())
    await _end(task)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _settle_memory() -> None:
    """Exempt what was loaded from garbage collection: walking jieba's dictionary stops everybody for 0.2 s."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


async def _announce(settings: Settings, parts: Parts, library: Library, announce: Callable[[str], None]) -> None:
    """Say where everything is; on the first start also the first administrator's one-time link."""
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
    token = await first_link(parts.accounts, utc_now)
    if token:
        announce(f"首次使用，请在 24 小时内打开此链接设置管理员（只能用一次）：{base}/console/invite/{token}")
