"""Every implementation of the ports, each on fresh storage."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from bot.ports import Outbox
from console.journal import Journal
from console.ports import Accounts, SavedViews
from knowledge.ports import AnswerLog, DocumentStore, Revisions
from register.ports import Register
from register.queue import Queue
from storage.accounts import SqlAccounts
from storage.answers import SqlAnswers
from storage.database import Database
from storage.documents import SqlDocuments
from storage.journal import SqlJournal
from storage.memory import (
    MemoryAccounts,
    MemoryAnswers,
    MemoryDocuments,
    MemoryJournal,
    MemoryOutbox,
    MemoryQueue,
    MemoryRegister,
    MemoryRevisions,
    MemorySavedViews,
    MemoryTables,
)
from storage.outbox import SqlOutbox
from storage.queue import SqlQueue
from storage.register import SqlRegister
from storage.revisions import SqlRevisions
from storage.views import SqlSavedViews
from tests.fakes import FixedClock, PlainVault


@dataclass(frozen=True, slots=True)
class Stores:
    """What one bot keeps in one database."""

    register: Register
    outbox: Outbox
    documents: DocumentStore
    revisions: Revisions
    accounts: Accounts
    answers: AnswerLog
    queue: Queue
    views: SavedViews
    journal: Journal


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.service)])
def place(request: pytest.FixtureRequest) -> str:
    """Where the stores keep things: "memory", or the URL of a fresh database."""
    if request.param == "memory":
        return "memory"
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def stores(place: str, clock: FixedClock) -> AsyncIterator[Stores]:
    if place == "memory":
        tables = MemoryTables()
        register = MemoryRegister(tables, code="浚县", now=clock)
        documents = MemoryDocuments(now=clock)
        revisions, journal = MemoryRevisions(documents), MemoryJournal(tables.events)
        yield Stores(
            register,
            MemoryOutbox(tables),
            documents,
            revisions,
            MemoryAccounts(journal),
            MemoryAnswers(),
            MemoryQueue(tables.cases, tables.events, tables.gaps),
            MemorySavedViews(),
            journal,
        )
        return
    database = Database(place)
    answers = SqlAnswers(database, interval=0.01)
    yield Stores(
        SqlRegister(database, PlainVault(), code="浚县", now=clock),
        SqlOutbox(database, PlainVault()),
        SqlDocuments(database, now=clock),
        SqlRevisions(database),
        SqlAccounts(database),
        answers,
        SqlQueue(database),
        SqlSavedViews(database),
        SqlJournal(database),
    )
    await answers.aclose()
    await database.aclose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without anything in it, on SQLite and on PostgreSQL in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    make: Callable[[], str] = request.getfixturevalue("empty_postgresql")
    return make()


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Hold SQLite's write lock, as another process would."""
    with closing(sqlite3.connect(make_url(url).database or "", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
