"""The kinds of column that the tables are made of."""

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

from storage.numbers import BEIJING


class Words(TypeDecorator[str]):
    """Text in any characters a citizen can send: NUL and lone surrogates, which no database takes, are left out."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """Return the text as the database can keep it."""
        return value if value is None else storable(value)


def storable(text: str) -> str:
    """Return a text as every store keeps it: without NUL and lone surrogates."""
    if text.isprintable() and text.isascii():
        return text
    return text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")


class Name(Words):
    """A key: ordered by code point on every database, as Python orders it."""

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """Return text with the plain order, which is SQLite's only one."""
        return Text(collation="C" if dialect.name == "postgresql" else None)


class Instant(TypeDecorator[datetime]):
    """A point in time: kept in UTC, given back in the office's civil time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Return the instant in UTC; a naive datetime is a mistake and raises ValueError."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a time zone is no point in time")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Return the instant in civil time; SQLite gives it without its zone."""
        if value is None:
            return None
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(BEIJING)


class Choice(TypeDecorator[StrEnum]):
    """One member of an enum, kept as its value."""

    impl = Text
    cache_ok = True

    def __init__(self, members: type[StrEnum]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: StrEnum | None, _dialect: Dialect) -> str | None:
        """Return the member's value."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> StrEnum | None:
        """Return the member."""
        return None if value is None else self.members(value)


METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)
SERIAL = BigInteger().with_variant(Integer, "sqlite")
