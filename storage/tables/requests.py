"""What the register keeps of formal requests (依申请公开), beside their cases."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, LargeBinary, Table, false, text

from register.enclosures import FileKind, Purpose
from register.filing import Category
from register.outcomes import Outcome
from register.prompts import Post
from register.steps import Stage
from storage.columns import METADATA, SERIAL, Choice, Instant, Name, Words

requests = Table(
    "requests",
    METADATA,
    Column("reference", Name, ForeignKey("cases.reference"), primary_key=True),
    Column("stage", Choice(Stage), nullable=False),
    Column("category", Choice(Category), nullable=False),
    # keyed hash of who applied: finds the same applicant's requests and tells nothing else
    Column("applicant", Name, nullable=False, index=True),
    Column("received_on", Date),
    Column("due_on", Date),
    Column("provisional", Boolean, nullable=False),
    # the version of the calendar with which due_on was read
    Column("calendar", Words, nullable=False, server_default=text("''")),
    Column("hastened", Boolean, nullable=False, server_default=false()),
    Column("department", Words, nullable=False),
    Column("handler", Words, nullable=False),
    Column("outcome", Choice(Outcome)),
    Column("decided_on", Date),
    Column("delivered_on", Date),
    Column("on_time", Boolean),
    # the request that this one was split off from (拆案), and the one into which it was merged (并案); empty for none
    Column("parent", Name, nullable=False, server_default=text("''"), index=True),
    Column("merged_into", Name, nullable=False, server_default=text("''"), index=True),
    Column("closed_on", Date),
    Index(None, "stage", "due_on"),
)

acts = Table(
    "acts",
    METADATA,
    Column("id", SERIAL, primary_key=True),
    Column("reference", Name, ForeignKey("requests.reference"), nullable=False, index=True),
    Column("at", Instant, nullable=False, index=True),
    Column("actor", Words, nullable=False),
    Column("step", Words, nullable=False),
    # in the history of the request, from 1
    Column("place", Integer, nullable=False, server_default=text("0")),
    # in the chain of all acts and looks, from 1; null for those from before there was one
    Column("number", Integer),
    Column("link", Name),
    # the whole event as JSON, sealed: what an applicant and a third party say about themselves is in it
    Column("sealed", LargeBinary, nullable=False),
    Index(None, "step", "at"),
    Index("uq_acts_number", "number", unique=True),
)

papers = Table(
    "papers",
    METADATA,
    Column("id", SERIAL, primary_key=True),
    Column("reference", Name, ForeignKey("requests.reference"), nullable=False, index=True),
    # among the letters of the request, from 1
    Column("place", Integer, nullable=False, server_default=text("0")),
    # 文号; null for letters without one
    Column("number", Name, unique=True),
    Column("sealed", LargeBinary, nullable=False),
)

enclosures = Table(
    "enclosures",
    METADATA,
    Column("key", Name, primary_key=True),
    # of the form that files the request, or filed it
    Column("source", Name, nullable=False, index=True),
    Column("purpose", Choice(Purpose), nullable=False),
    Column("kind", Choice(FileKind), nullable=False),
    Column("size", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", Words, nullable=False),
    # keyed hash of the content
    Column("mark", Name, nullable=False),
    Column("purged", Boolean, nullable=False, server_default=false()),
    # the name that it was sent with
    Column("sealed", LargeBinary, nullable=False),
)

enclosure_contents = Table(
    "enclosure_contents",
    METADATA,
    Column("key", Name, ForeignKey("enclosures.key"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

reveals = Table(
    "reveals",
    METADATA,
    Column("id", SERIAL, primary_key=True),
    Column("reference", Name, ForeignKey("requests.reference"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("actor", Words, nullable=False),
    Column("role", Words, nullable=False),
    Column("reason", Words, nullable=False),
    # in the chain of all acts, as theirs; null for looks from before they were in it
    Column("number", Integer),
    Column("link", Name),
    Index("uq_reveals_number", "number", unique=True),
)

reminders = Table(
    "reminders",
    METADATA,
    Column("reference", Name, ForeignKey("cases.reference"), primary_key=True),
    Column("kind", Name, primary_key=True),
    Column("due_on", Date, primary_key=True),
    Column("at", Instant, nullable=False),
    # who has seen it, if anybody
    Column("seen_by", Words, nullable=False, server_default=text("''")),
    Column("seen_at", Instant),
    # how its way to the office's own address stands
    Column("post", Choice(Post), nullable=False, server_default=Post.DUE.value),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    # since when it may be posted, or is being posted
    Column("post_at", Instant),
    Index(None, "post", "post_at"),
    Index(None, "seen_at"),
)

deflections = Table(
    "deflections",
    METADATA,
    # the draft before which published texts were shown; tells nothing of who filled it in
    Column("draft", Name, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    Column("viewed", Boolean, nullable=False),
    Column("filed", Boolean, nullable=False),
)

filings = Table(
    "filings",
    METADATA,
    # keyed hash of the user or address that a limit counts; kept for days only
    Column("who", Name, primary_key=True),
    Column("source", Name, primary_key=True),
    Column("on", Date, nullable=False, index=True),
)

drafts = Table(
    "drafts",
    METADATA,
    # the channel and the user who fills the form in by chat
    Column("owner", Name, primary_key=True),
    Column("changed_at", Instant, nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
)
