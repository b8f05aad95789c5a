"""What the console keeps: accounts, invitations and logins."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, false

from console.ports import Role
from storage.columns import METADATA, SERIAL, Choice, Instant, Name, Words

accounts = Table(
    "accounts",
    METADATA,
    Column("name", Name, primary_key=True),
    Column("role", Choice(Role), nullable=False),
    Column("password_hash", Words, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", Instant),
    Column("disabled", Boolean, nullable=False, server_default=false()),
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

switchings = Table(
    "switchings",
    METADATA,
    Column("id", SERIAL, primary_key=True),
    Column("channel", Name, nullable=False, index=True),
    Column("off", Boolean, nullable=False),
    Column("reason", Words, nullable=False),
    Column("notice", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Instant, nullable=False),
)
