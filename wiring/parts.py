"""Opens everything that is kept, as the settings name it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.errors import Unavailable
from bot.ports import ConversationStore, Gate, Outbox, Readings, SharedTokens
from bot.switches import Switches
from bot.web import Probe
from config.settings import Settings
from console.journal import Journal
from console.ports import Accounts, SavedViews
from knowledge.ports import Announcements, AnswerLog, Catalogue, DocumentStore, Origins, Revisions
from knowledge.publication import Sources
from register.gazette import Gazette
from register.ports import Register
from register.queue import Queue
from register.verdicts import Verdicts
from storage.accounts import SqlAccounts
from storage.answers import SqlAnswers
from storage.catalogue import SqlCatalogue
from storage.database import Database
from storage.documents import SqlDocuments
from storage.fallback import FallbackConversations
from storage.gazette import SqlGazette
from storage.journal import SqlJournal
from storage.memory import (
    MemoryAccounts,
    MemoryAnnouncements,
    MemoryAnswers,
    MemoryCatalogue,
    MemoryConversations,
    MemoryDocuments,
    MemoryGate,
    MemoryGazette,
    MemoryJournal,
    MemoryLinkedQuestions,
    MemoryOrigins,
    MemoryOutbox,
    MemoryQueue,
    MemoryReadings,
    MemoryRegister,
    MemoryRevisions,
    MemorySavedViews,
    MemorySwitches,
    MemoryTables,
    MemoryTrials,
    MemoryVerdicts,
    MemoryVocabulary,
)
from storage.migrations import migrate
from storage.origins import SqlOrigins
from storage.outbox import SqlOutbox
from storage.questions import SqlLinkedQuestions, SqlTrials
from storage.queue import SqlQueue
from storage.readings import SqlReadings
from storage.redis import RedisAnnouncements, RedisConversations, RedisTokens
from storage.register import SqlRegister
from storage.revisions import SqlRevisions
from storage.switches import SqlSwitches
from storage.verdicts import SqlVerdicts
from storage.views import SqlSavedViews
from storage.vocabulary import SqlVocabulary
from wiring.keyring import LateVault

MEMORY = "memory"
OPERATOR = "命令行"
"""Who the evidence names for what is done on the server."""
PATIENCE = 0.5
"""Seconds one try waits for a locked database: three tries, each behind one of another task, fit into 4.5 s."""


def utc_now() -> datetime:
    """Return the time, aware."""
    return datetime.now(UTC)


def database_url(settings: Settings) -> str:
    """Return where the database is: as the settings say, else SQLite in the data folder."""
    return settings.database.url or f"sqlite+aiosqlite:///{settings.data_dir.resolve() / 'zhengda.sqlite3'}"


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that is kept, behind its ports."""

    register: Register
    outbox: Outbox
    documents: DocumentStore
    revisions: Revisions
    catalogue: Catalogue
    origins: Origins
    upkeep: Sources
    """The same documents with what the office keeps beside them: links, words, test questions."""
    accounts: Accounts
    queue: Queue
    views: SavedViews
    journal: Journal
    answers: AnswerLog
    gazette: Gazette
    switches: Switches
    readings: Readings
    verdicts: Verdicts
    conversations: ConversationStore
    gate: Gate
    announcements: Announcements
    probes: Mapping[str, Probe]
    database: Database | None = None
    """What all of it is kept in; None where nothing outlives the process."""
    remarks: Mapping[str, Probe] = field(default_factory=dict)
    """What an operator should know of parts that the bot can do without."""
    tokens: SharedTokens | None = None
    """Where processes share access tokens; None where there is one process."""
    alone: Callable[[], bool] = lambda: False
    """Whether the process has to do without what the processes share."""


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[Database]:
    """Open a database as it is, of whichever version."""
    database = Database(url, patience=PATIENCE)
    try:
        yield database
    finally:
        await database.aclose()


@asynccontextmanager
async def open_announcements(settings: Settings) -> AsyncIterator[Announcements]:
    """Open the way on which processes tell one another that another generation is live."""
    if not settings.redis.url:
        yield MemoryAnnouncements()
        return
    announcements = RedisAnnouncements(settings.redis.url)
    try:
        yield announcements
    finally:
        await announcements.aclose()


@asynccontextmanager
async def open_parts(settings: Settings) -> AsyncIterator[Parts]:
    """Open every store that the settings name, and close them in reverse order."""
    # what citizens asked and who they are lies there: nobody else on the machine may look
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    async with AsyncExitStack() as stack:
        shared = await _open_shared(settings, stack)
        if settings.database.url == MEMORY:
            yield _in_memory(settings, shared)
        else:
            yield await _stored(settings, shared, stack)


async def _open_shared(settings: Settings, stack: AsyncExitStack) -> dict[str, Any]:
    """Open what the processes share of conversations, as fields of Parts: in Redis where there is one, else memory."""
    talks, gate = MemoryConversations(now=utc_now), MemoryGate(now=utc_now)
    announcements = await stack.enter_async_context(open_announcements(settings))
    if not settings.redis.url:
        return {"conversations": talks, "gate": gate, "announcements": announcements}
    redis = RedisConversations(settings.redis.url, now=utc_now)
    stack.push_async_callback(redis.aclose)
    both = FallbackConversations(redis, talks, gate)
    tokens = RedisTokens(settings.redis.url, now=utc_now)
    stack.push_async_callback(tokens.aclose)
    return {
        "conversations": both,
        "gate": both,
        "announcements": announcements,
        "tokens": tokens,
        "remarks": {"redis": both.trouble},
        "alone": lambda: both.failing,
    }


def _in_memory(settings: Settings, shared: Mapping[str, Any]) -> Parts:
    """Return parts that end with the process."""
    tables = MemoryTables()
    documents = MemoryDocuments(now=utc_now)
    journal = MemoryJournal(tables.events)
    return Parts(
        register=MemoryRegister(tables, code=settings.office.code, now=utc_now),
        outbox=MemoryOutbox(tables),
        documents=documents,
        revisions=MemoryRevisions(documents),
        catalogue=MemoryCatalogue(documents),
        origins=MemoryOrigins(),
        upkeep=Sources(
            documents,
            MemoryLinkedQuestions(now=utc_now),
            MemoryVocabulary(now=utc_now),
            MemoryTrials(now=utc_now),
        ),
        accounts=MemoryAccounts(journal),
        queue=MemoryQueue(tables.cases, tables.events, tables.gaps),
        views=MemorySavedViews(),
        journal=journal,
        answers=MemoryAnswers(),
        verdicts=MemoryVerdicts(tables),
        gazette=MemoryGazette(),
        switches=MemorySwitches(),
        readings=MemoryReadings(),
        probes={},
        **shared,
    )


async def _stored(settings: Settings, shared: Mapping[str, Any], stack: AsyncExitStack) -> Parts:
    """Return parts in the database that the settings name, migrated."""
    url = database_url(settings)
    await migrate(url)
    vault = LateVault(settings)
    database = await stack.enter_async_context(open_database(url))
    accounts = SqlAccounts(database)
    answers = SqlAnswers(database)
    stored = SqlDocuments(database, now=utc_now)
    stack.push_async_callback(answers.aclose)
    return Parts(
        register=SqlRegister(database, vault, code=settings.office.code, now=utc_now),
        outbox=SqlOutbox(database, vault),
        documents=stored,
        revisions=SqlRevisions(database),
        catalogue=SqlCatalogue(database),
        origins=SqlOrigins(database),
        upkeep=Sources(
            stored,
            SqlLinkedQuestions(database, now=utc_now),
            SqlVocabulary(database, now=utc_now),
            SqlTrials(database, now=utc_now),
        ),
        accounts=accounts,
        queue=SqlQueue(database),
        views=SqlSavedViews(database),
        journal=SqlJournal(database),
        answers=answers,
        verdicts=SqlVerdicts(database),
        gazette=SqlGazette(database),
        switches=SqlSwitches(database),
        readings=SqlReadings(database),
        probes={"database": _probe(accounts.count)},
        database=database,
        **shared,
    )


def _probe(asked: Callable[[], Awaitable[object]]) -> Probe:
    async def probe() -> str:
        try:
            await asked()
        except Unavailable as error:
            return str(error)
        return ""

    return probe
