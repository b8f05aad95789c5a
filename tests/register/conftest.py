import pytest

from storage.database import Database
from tests.register.desk import Desk


@pytest.fixture
def desk(database: Database) -> Desk:
    """The office on SQLite and on PostgreSQL in turn."""
    return Desk(database)
