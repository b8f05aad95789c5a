"""The whole schema: what the office keeps, table by table."""

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.types import TypeEngine

from bot.types import ParcelState
from console.ports import Role
from knowledge.types import Disclosure, Kind, Validity
from register.types import CaseKind, Status, Step
from storage.numbers import BEIJING


class Words(TypeDecorator[str]):
    """Text in any characters a citizen can send: NUL and lone surrogates, which no database takes, are left out."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """Return the text as the database can keep it."""
        if value is None or (value.isprintable() and value.isascii()):
            return value
        return value.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")


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

documents = Table(
    "documents",
    METADATA,
    Column("id", Name, primary_key=True),
    Column("title", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("digest", Words, nullable=False),
    Column("issuer", Words, nullable=False),
    Column("number", Words, nullable=False),
    Column("published_on", Date),
    Column("effective_on", Date),
    Column("expires_on", Date),
    Column("url", Words, nullable=False),
    Column("validity", Choice(Validity), nullable=False),
    Column("disclosure", Choice(Disclosure), nullable=False),
    Column("kind", Choice(Kind), nullable=False),
    Column("topic", Words, nullable=False),
    Column("department", Words, nullable=False),
    Column("successor", Words, nullable=False),
    Column("interprets", Words, nullable=False),
    Column("version", Integer, nullable=False),
    Column("removed", Boolean, nullable=False),
)

document_versions = Table(
    "document_versions",
    METADATA,
    Column("document", Name, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("by", Words, nullable=False),
    # the whole document as it was; null where this version is its removal
    Column("content", JSON(none_as_null=True)),
)

gaps = Table(
    "gaps",
    METADATA,
    Column("id", SERIAL, primary_key=True),
    # SHA-256 of the normalised question, which itself may be too long for an index
    Column("fingerprint", Words, nullable=False),
    Column("question", Words, nullable=False),
    Column("normalised", Words, nullable=False),
    Column("topic", Words, nullable=False),
    Column("near_misses", Words, nullable=False),
    Column("generation", Words, nullable=False),
    Column("times", Integer, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("closed_by", Words),
    Index(
        "uq_gaps_open",
        "fingerprint",
        unique=True,
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
)

counters = Table(
    "counters",
    METADATA,
    # "浚县-2026": one row per office and year, so that numbers have no gaps
    Column("name", Name, primary_key=True),
    Column("value", Integer, nullable=False),
)

cases = Table(
    "cases",
    METADATA,
    Column("reference", Name, primary_key=True),
    Column("source", Name, nullable=False, unique=True),
    Column("kind", Choice(CaseKind), nullable=False),
    Column("question", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("user_id", Words, nullable=False),
    Column("code", Words, nullable=False),
    Column("status", Choice(Status), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("department", Words, nullable=False),
    Column("evidence", Words, nullable=False),
    Column("version", Integer, nullable=False),
    Index(None, "status", "due_on"),
)

events = Table(
    "events",
    METADATA,
    Column("id", SERIAL, primary_key=True),
    Column("reference", Name, ForeignKey("cases.reference"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("actor", Words, nullable=False),
    Column("step", Choice(Step), nullable=False),
    Column("note", Words, nullable=False),
)

outbox = Table(
    "outbox",
    METADATA,
    Column("id", SERIAL, primary_key=True),
    # what the caller put it by, so that it is put once
    Column("key", Name, unique=True),
    Column("channel", Words, nullable=False),
    Column("user_id", Words, nullable=False),
    Column("text", Words, nullable=False),
    # the case it belongs to, or empty
    Column("reference", Name, nullable=False),
    Column("state", Choice(ParcelState), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("claimed_at", Instant),
    Column("settled_at", Instant),
    Column("reason", Words, nullable=False),
    # the key of the message whose reply took it along
    Column("picked_by", Name, unique=True),
    Index(None, "state", "due_at"),
    Index(None, "channel", "user_id", "state"),
)

answers = Table(
    "answers",
    METADATA,
    Column("position", SERIAL, primary_key=True),
    Column("id", Name, nullable=False, unique=True),
    Column("at", Words, nullable=False),
    Column("channel", Words, nullable=False),
    Column("question", Words, nullable=False),
    Column("normalised", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("route", Words, nullable=False),
    Column("band", Words, nullable=False),
    Column("probability", Float, nullable=False),
    Column("generation", Words, nullable=False),
    Column("used", JSON, nullable=False),
    Column("near_misses", JSON, nullable=False),
    Column("features", JSON, nullable=False),
    # the citizen's 是否解决; null while they said nothing
    Column("resolved", Boolean),
)

accounts = Table(
    "accounts",
    METADATA,
    Column("name", Name, primary_key=True),
    Column("role", Choice(Role), nullable=False),
    Column("password_hash", Words, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", Instant),
)

invitations = Table(
    "invitations",
    METADATA,
    Column("token_hash", Name, primary_key=True),
    Column("role", Choice(Role), nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("used_by", Words),
)

logins = Table(
    "logins",
    METADATA,
    Column("token_hash", Name, primary_key=True),
    Column("account", Name, ForeignKey("accounts.name"), nullable=False),
    Column("csrf", Words, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
)
