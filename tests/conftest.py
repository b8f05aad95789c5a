"""Fixtures for every test: the shared data, fresh databases, a Redis of one's own."""

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from storage.database import Database, driven
from storage.migrations import migrate
from storage.tables import METADATA
from tests.servers import postgresql_server, redis_server

GIVEN_DATABASE = "ZHENGDA_TEST_DATABASE_URL"
GIVEN_REDIS = "ZHENGDA_TEST_REDIS_URL"


# how long an example takes tells of the machine and its load, not of the code
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    # compiled once for all runs and for the processes that tests start
    os.environ.setdefault("NUMBA_CACHE_DIR", str(config.rootpath / ".numba_cache"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # the first of them also starts the server
    for item in items:
        if item.get_closest_marker("service") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(60))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The shared test data beside the checkout; the test is skipped where there is none."""
    folder = (Path(__file__).resolve().parents[1] / ".." / "shared" / "data").resolve()
    if not folder.is_dir():
        pytest.skip("no shared data beside this checkout")
    return folder


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    asyncio.run(migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(migrated_sqlite: Path) -> Iterator[str]:
    """The URL of a fresh SQLite database with the whole schema, in memory where there is such a folder."""
    memory = Path("/dev/shm")  # noqa: S108 - only to spare the disk the waiting; a new folder inside
    with TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield f"sqlite:///{shutil.copy(migrated_sqlite, Path(folder, 'zhengda.db'))}"


@pytest.fixture(scope="session")
def postgresql_admin() -> Iterator[str]:
    """The URL of a real PostgreSQL: that of ZHENGDA_TEST_DATABASE_URL, or one started for this run."""
    given = os.environ.get(GIVEN_DATABASE)
    if given:
        yield given
        return
    with postgresql_server() as url:
        yield url


@pytest.fixture(scope="session")
def empty_postgresql(postgresql_admin: str) -> Iterator[Callable[[], str]]:
    """Makes empty databases and gives their URLs; drops them from a server that is not ours."""
    names: list[str] = []

    def make() -> str:
        name = f"zhengda_test_{secrets.token_hex(6)}"
        _administer(postgresql_admin, f"CREATE DATABASE {name} TEMPLATE template0")
        names.append(name)
        return make_url(postgresql_admin).set(database=name).render_as_string(hide_password=False)

    yield make
    if GIVEN_DATABASE in os.environ:
        _administer(postgresql_admin, *(f"DROP DATABASE {name} WITH (FORCE)" for name in names))


@pytest.fixture(scope="session")
def migrated_postgresql(empty_postgresql: Callable[[], str]) -> str:
    url = empty_postgresql()
    asyncio.run(migrate(url))
    return url


@pytest.fixture
def postgresql_url(migrated_postgresql: str) -> str:
    """The URL of a PostgreSQL database with the whole schema, empty and used by nobody else."""
    # a seventh of what making a database costs
    _administer(
        migrated_postgresql,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        f"TRUNCATE {', '.join(METADATA.tables)} RESTART IDENTITY CASCADE",
    )
    return migrated_postgresql


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh database with the whole schema, on SQLite and on PostgreSQL in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh database, on SQLite and on PostgreSQL in turn."""
    opened = Database(database_url)
    yield opened
    await opened.aclose()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The URL of a real Redis: that of ZHENGDA_TEST_REDIS_URL, or one started for this run."""
    given = os.environ.get(GIVEN_REDIS)
    if given:
        yield given
        return
    with redis_server() as url:
        yield url


@pytest.fixture
def redis_prefix() -> str:
    """A prefix for Redis keys that no other test uses."""
    return f"test-{secrets.token_hex(6)}"


def _administer(url: str, *statements: str) -> None:
    async def run() -> None:
        engine = create_async_engine(driven(url), isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            for statement in statements:
                await connection.execute(text(statement))
        await engine.dispose()

    asyncio.run(run())
