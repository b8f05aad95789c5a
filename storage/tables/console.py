"""What the console keeps: accounts, invitations, logins, saved views, and what staff did outside a case."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, false, text

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
    Column("department", Words, nullable=False, server_default=text("''")),
)

invitations = Table(
    "invitations",
    METADATA,
    Column("token_hash", Name, primary_key=True),
    Column("role", Choice(Role), nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("used_by", Words),
    Column("department", Words, nullable=False, server_default=text("''")),
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

saved_views = Table(
    "saved_views",
    METADATA,
    Column("owner", Name, ForeignKey("accounts.name"), primary_key=True),
    Column("name", Name, primary_key=True),
    Column("query", Words, nullable=False),
)

deeds = Table(
    "deeds",
    METADATA,
    Column("id", SERIAL, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    Column("actor", Words, nullable=False),
    Column("deed", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("note", Words, nullable=False),
)
