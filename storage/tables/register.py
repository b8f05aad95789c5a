"""What the register keeps: gaps, cases with their events, and the texts on their way to citizens."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    false,
    text,
)

from bot.types import ParcelState
from register.gazette import Standing
from register.types import CaseKind, Status, Step
from storage.columns import METADATA, SERIAL, Choice, Instant, Name, Words

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
    Column("department", Words, nullable=False, server_default=text("''")),
    Index(
        "ix_gaps_queue",
        "times",
        "last_at",
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
    Index(
        "uq_gaps_open",
        "fingerprint",
        unique=True,
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
)

gap_days = Table(
    "gap_days",
    METADATA,
    Column("gap", SERIAL, ForeignKey("gaps.id"), primary_key=True, autoincrement=False),
    # the civil day in China
    Column("day", Date, primary_key=True),
    Column("times", Integer, nullable=False),
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
    Column("handler", Name, nullable=False, server_default=text("''")),
    Column("touched_at", Instant),
    # the clock of a formal request stands still, and due_on says nothing
    Column("paused", Boolean, nullable=False, server_default=false()),
    # what the message confirmed, so that it is opened once
    Column("offer", Name),
    Index("uq_cases_offer", "offer", unique=True),
    # in order of a page of the queue, with all that it filters by: finding and counting read no rows
    Index(
        "ix_cases_queue",
        "status",
        "paused",
        "due_on",
        "reference",
        "kind",
        "department",
        "handler",
        "touched_at",
        "received_at",
    ),
    Index(None, "received_at"),
)

events = Table(
    "events",
    METADATA,
    Column("id", SERIAL, primary_key=True),
    Column("reference", Name, ForeignKey("cases.reference"), nullable=False, index=True),
    Column("at", Instant, nullable=False, index=True),
    Column("actor", Words, nullable=False),
    Column("step", Choice(Step), nullable=False),
    Column("note", Words, nullable=False),
    Index(None, "step", "at"),
)

outbox = Table(
    "outbox",
    METADATA,
    Column("id", SERIAL, primary_key=True),
    # what the caller put it by, so that it is put once
    Column("key", Name, unique=True),
    Column("channel", Words, nullable=False),
    Column("user_id", Words, nullable=False),
    # of what was put before texts were sealed; else empty
    Column("text", Words, nullable=False),
    # null once nobody needs it any more
    Column("sealed", LargeBinary),
    # the case it belongs to, or empty
    Column("reference", Name, nullable=False),
    Column("state", Choice(ParcelState), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("claimed_at", Instant),
    Column("settled_at", Instant),
    Column("reason", Words, nullable=False),
    # 是否解决 follows it
    Column("asks", Boolean, nullable=False, server_default=false()),
    # the key of the message whose reply took it along
    Column("picked_by", Name, index=True),
    Index(None, "state", "due_at"),
    Index(None, "channel", "user_id", "state"),
    Index(
        "ix_outbox_kept",
        "settled_at",
        sqlite_where=text("sealed IS NOT NULL"),
        postgresql_where=text("sealed IS NOT NULL"),
    ),
)

readings = Table(
    "readings",
    METADATA,
    Column("source", Name, primary_key=True),
    Column("cursor", Words, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("held_until", Instant),
)

calendar_proposals = Table(
    "calendar_proposals",
    METADATA,
    Column("id", SERIAL, primary_key=True),
    # the year, or the name of a local closure
    Column("name", Name, nullable=False),
    Column("text", Words, nullable=False),
    Column("source", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Instant, nullable=False),
    Column("standing", Choice(Standing), nullable=False),
    Column("settled_by", Words, nullable=False),
    Column("settled_at", Instant),
    Column("version", Integer, nullable=False),
    # what was confirmed under any name up to here; null while it waits, so that no two are confirmed as the same
    Column("edition", Integer, unique=True),
    # which requests moved, or null as long as nobody has reckoned
    Column("report", JSON(none_as_null=True)),
)
