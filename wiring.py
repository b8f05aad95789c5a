"""The composition root's second half: builds the parts from the settings, and the server from the parts."""

import asyncio
import gc
import logging
import os
import signal
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from aiohttp import web

from bot.channels.webchat import WebChat
from bot.channels.wechat.account import Account, Mode
from bot.channels.wechat.api import WeChatApi
from bot.channels.wechat.channel import WeChatChannel
from bot.delivery import Delivery
from bot.errors import Unavailable
from bot.metrics import Metrics
from bot.ports import Channel, ConversationStore, Gate, Outbox
from bot.runtime import Bot
from bot.tokens import Tokens, kept_secret
from bot.types import Reply
from bot.web import LARGEST, WITHIN, Edge, Probe
from config.logs import set_up
from config.settings import Settings, WeChat
from console.app import add_citizen_pages, create_console
from console.auth import first_link
from console.ports import Accounts
from console.site import Site
from handlers import texts
from handlers.answer import Answer
from handlers.escalate import Inquire
from handlers.greet import Greet
from handlers.routes import Handlers, build_router
from handlers.track import Track
from knowledge.errors import KnowledgeError
from knowledge.kernels import keep_compiled
from knowledge.library import Library
from knowledge.ports import AnswerLog, DocumentStore
from knowledge.publication import publish
from knowledge.tokens import Tokenizer
from knowledge.topics import Topics
from knowledge.types import ImportRow
from register.calendar import Calendar
from register.deadlines import add_working_days
from register.desk import Desk
from register.lookup import Lookup
from register.ports import Register
from storage.accounts import SqlAccounts
from storage.answers import SqlAnswers
from storage.database import Database
from storage.documents import SqlDocuments
from storage.memory import (
    MemoryAccounts,
    MemoryAnswers,
    MemoryConversations,
    MemoryDocuments,
    MemoryGate,
    MemoryOutbox,
    MemoryRegister,
    MemoryTables,
)
from storage.migrations import migrate
from storage.outbox import SqlOutbox
from storage.redis import RedisConversations
from storage.register import SqlRegister

HERE = Path(__file__).parent / "config"
MEMORY = "memory"
CIVIL_TIME = ZoneInfo("Asia/Shanghai")
_log = logging.getLogger(__name__)
STOPPING = 15.0
"""Seconds that requests and texts under way may take when the server stops."""
PATIENCE = 0.5
"""Seconds one try waits for a locked database: three tries, each behind one of another task, fit into 4.5 s."""
FOLLOW = timedelta(seconds=2)
"""How soon a running server answers from a generation that the command line built."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that is kept, behind its ports."""

    register: Register
    outbox: Outbox
    documents: DocumentStore
    accounts: Accounts
    answers: AnswerLog
    conversations: ConversationStore
    gate: Gate
    probes: Mapping[str, Probe]


def address(settings: Settings) -> str:
    """Return where a browser on this machine finds the server."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.server.host, settings.server.host)  # noqa: S104  not bound here
    return f"http://{host}:{settings.server.port}"


def utc_now() -> datetime:
    """Return the time, aware."""
    return datetime.now(UTC)


def tokenizer_for(settings: Settings) -> Tokenizer:
    """Load dictionary, stop words and synonyms (half a second, once per process)."""
    keep_compiled(settings.data_dir / "cache")
    return Tokenizer.load(
        dictionary=HERE / "dictionary.txt",
        stopwords=HERE / "stopwords.txt",
        synonyms=HERE / "synonyms.toml",
        cache=settings.data_dir / "cache",
    )


async def open_index(settings: Settings) -> Library:
    """Return the library over the live generation."""
    library = Library(settings.data_dir / "index", await asyncio.to_thread(tokenizer_for, settings))
    await library.reload()
    return library


async def publish_documents(settings: Settings, parts: Parts, *, max_shrink: float = 0.2) -> str:
    """Build a generation from the stored documents, check it and switch to it; return its id."""
    return await publish(
        parts.documents,
        folder=settings.data_dir / "index",
        tokenizer=await asyncio.to_thread(tokenizer_for, settings),
        now=utc_now,
        max_shrink=max_shrink,
    )


def import_row(row: ImportRow) -> dict[str, Any]:
    """Return an import row as the JSON line that `import --json` prints."""
    document = row.document
    return {
        "path": row.path,
        "result": row.result,
        "reason": row.reason,
        "title": document.title if document else "",
        "number": document.number if document else "",
        "issuer": document.issuer if document else "",
        "published_on": document.published_on.isoformat() if document and document.published_on else None,
        "status": document.validity if document else "",
        "characters": len(document.text) if document else 0,
        "findings": [],
    }


@asynccontextmanager
async def open_parts(settings: Settings) -> AsyncIterator[Parts]:
    """Open every store that the settings name, and close them in reverse order."""
    # what citizens asked and who they are lies there: nobody else on the machine may look
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    async with AsyncExitStack() as stack:
        talks: MemoryConversations | RedisConversations = MemoryConversations(now=utc_now)
        gate: Gate = MemoryGate(now=utc_now)
        probes: dict[str, Probe] = {}
        if settings.redis.url:
            talks = gate = RedisConversations(settings.redis.url, now=utc_now)
            stack.push_async_callback(talks.aclose)
            probes["redis"] = _probe(talks.ping)
        if settings.database.url == MEMORY:
            tables = MemoryTables()
            yield Parts(
                register=MemoryRegister(tables, code=settings.office.code, now=utc_now),
                outbox=MemoryOutbox(tables),
                documents=MemoryDocuments(),
                accounts=MemoryAccounts(),
                answers=MemoryAnswers(),
                conversations=talks,
                gate=gate,
                probes=probes,
            )
            return
        url = settings.database.url or f"sqlite+aiosqlite:///{settings.data_dir.resolve() / 'zhengda.sqlite3'}"
        await migrate(url)
        database = Database(url, patience=PATIENCE)
        stack.push_async_callback(database.aclose)
        accounts = SqlAccounts(database)
        answers = SqlAnswers(database)
        stack.push_async_callback(answers.aclose)
        yield Parts(
            register=SqlRegister(database, code=settings.office.code, now=utc_now),
            outbox=SqlOutbox(database),
            documents=SqlDocuments(database, now=utc_now),
            accounts=accounts,
            answers=answers,
            conversations=talks,
            gate=gate,
            probes=probes | {"database": _probe(accounts.count)},
        )


async def serve(settings: Settings, *, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; then finish what is under way and stop. `announce` is told where things are."""
    set_up(json=settings.log_format == "json")
    stop = asyncio.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop.set)
    async with AsyncExitStack() as stack:
        parts = await stack.enter_async_context(open_parts(settings))
        library = await open_index(settings)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        app = await _build(settings, parts, library, session, stack)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=STOPPING)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, settings.server.host, settings.server.port).start()
        _settle_memory()
        await _announce(settings, parts, library, announce)
        announce("准备就绪，按 Ctrl+C 停止。")
        await stop.wait()


async def _build(
    settings: Settings, parts: Parts, library: Library, session: aiohttp.ClientSession, stack: AsyncExitStack
) -> web.Application:
    """Wire channels, bot, delivery and pages into one application."""
    metrics = Metrics(passages=lambda: library.size)
    tokens = Tokens(_secret(settings), os.urandom)
    webchat = WebChat(tokens=tokens, now=utc_now)
    platforms = {channel.name: channel for channel in (_wechat(each, session) for each in settings.channels.wechat)}
    channels: dict[str, Channel] = {webchat.name: webchat, **platforms}
    lookup = Lookup(parts.register, utc_now)
    bot = _bot(settings, parts, library, lookup, metrics)
    stack.push_async_callback(bot.close)
    delivery = Delivery(outbox=parts.outbox, channels=channels, now=utc_now, settled=metrics.settled)
    stack.push_async_callback(_end_delivery, delivery, asyncio.create_task(delivery.run()))
    stack.push_async_callback(_end, asyncio.create_task(_follow(library)))
    app = web.Application(client_max_size=LARGEST)
    edge = Edge(
        bot=bot,
        platforms=platforms,
        webchat=webchat,
        outbox=parts.outbox,
        metrics=metrics,
        probes=parts.probes,
        remarks={"knowledge": _knowledge_remark(library)},
    )
    app.add_routes(edge.routes())
    site = Site(
        office_name=settings.office.name,
        hotline=settings.office.hotline,
        secure_cookies=settings.server.secure_cookies,
        trusted_proxies=settings.server.trusted_proxies,
    )
    console = create_console(
        accounts=parts.accounts,
        desk=Desk(parts.register, utc_now),
        retriever=library,
        documents=parts.documents,
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
    )

    async def end_streams(_app: web.Application) -> None:
        webchat.close()

    app.on_shutdown.append(end_streams)
    return app


def _bot(settings: Settings, parts: Parts, library: Library, lookup: Lookup, metrics: Metrics) -> Bot:
    office = texts.Office(
        name=settings.office.name,
        code=settings.office.code,
        hotline=settings.office.hotline,
        request_guide=settings.office.request_guide,
    )
    topics = Topics.parse((HERE / "topics.toml").read_text(encoding="utf-8"))
    answer = Answer(
        retriever=library,
        answers=parts.answers,
        register=parts.register,
        office=office,
        topics=topics,
        now=utc_now,
        new_id=lambda: uuid.uuid4().hex,
    )
    inquire = Inquire(library, parts.register, topics, _due(settings.office.inquiry_days))
    handlers = Handlers(Greet(office), answer, inquire, Track(lookup, office))
    return Bot(
        router=build_router(handlers),
        conversations=parts.conversations,
        gate=parts.gate,
        outbox=parts.outbox,
        phrases=texts.phrases(),
        now=utc_now,
        observe=metrics.answered,
    )


def _wechat(account: WeChat, session: aiohttp.ClientSession) -> WeChatChannel:
    secret = account.secret.get_secret_value()
    api = WeChatApi(session, app_id=account.app_id, secret=secret, now=utc_now, api_base=account.api_base)
    keys = (account.aes_key.get_secret_value(), account.previous_aes_key.get_secret_value())
    return WeChatChannel(
        Account(
            name=f"wechat/{account.name}",
            app_id=account.app_id,
            token=account.token.get_secret_value(),
            aes_keys=tuple(filter(None, keys)),
            mode=Mode(account.mode),
            verified=account.verified,
        ),
        now=utc_now,
        api=api if secret else None,
    )


def _due(days: int) -> Callable[[datetime], tuple[date, bool]]:
    """Return how the office's own target for inquiries is computed: working days after the civil day of receipt."""
    calendar = Calendar.parse([file.read_text(encoding="utf-8") for file in sorted((HERE / "calendar").glob("*.toml"))])

    def due(received_at: datetime) -> tuple[date, bool]:
        deadline = add_working_days(received_at.astimezone(CIVIL_TIME).date(), days, calendar)
        return deadline.due, deadline.provisional

    return due


def _secret(settings: Settings) -> bytes:
    """Return the key that signs visitors' tokens: the setting, or one made at the first start and kept."""
    if settings.server.secret is not None:
        return settings.server.secret.get_secret_value().encode()
    return kept_secret(settings.data_dir / "secret.key", os.urandom)


def _probe(asked: Callable[[], Awaitable[object]]) -> Probe:
    async def probe() -> str:
        try:
            await asked()
        except Unavailable as error:
            return str(error)
        return ""

    return probe


def _knowledge_remark(library: Library) -> Callable[[], str]:
    return lambda: "" if library.size else "知识库为空，请先导入文件"


async def _follow(library: Library) -> None:
    """Answer from each new generation; one that cannot be read is logged, and the old one goes on answering."""
    while True:
        try:
            await library.follow(FOLLOW)
        except KnowledgeError:
            _log.exception("the new generation cannot be read")
            await asyncio.sleep(FOLLOW.total_seconds())


async def _end_delivery(delivery: Delivery, task: asyncio.Task[None]) -> None:
    delivery.stop()
    await asyncio.wait({task}, timeout=STOPPING)
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
    for account in settings.channels.wechat:
        announce(f"公众号“{account.name}”服务器地址（URL）：{base}/channels/wechat/{account.name}")
    announce(f"知识库：{library.size} 个段落" if library.size else "知识库为空：请用 run_bot.py import 导入文件。")
    token = await first_link(parts.accounts, utc_now)
    if token:
        announce(f"首次使用，请在 24 小时内打开此链接设置管理员（只能用一次）：{base}/console/invite/{token}")
