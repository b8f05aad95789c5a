"""What the knowledge base keeps: documents with their versions and reviews, and the answers given."""

from sqlalchemy import JSON, Boolean, Column, Date, Float, Index, Integer, Table, UniqueConstraint, text

from knowledge.revisions import ReviewState, ReviewStep
from knowledge.types import Disclosure, Kind, Validity
from storage.columns import METADATA, SERIAL, Choice, Instant, Name, Words

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
    Column("disclosure_reason", Words, nullable=False, server_default=text("''")),
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
    # why it was removed
    Column("reason", Words),
    Index(None, "at"),
)

withdrawn = Table(
    "withdrawn",
    METADATA,
    # the texts that no generation may show, whenever it was built
    Column("document", Name, primary_key=True),
    Column("digest", Name, primary_key=True),
)

origins = Table(
    "origins",
    METADATA,
    Column("document", Name, primary_key=True),
    # the folder, package or file that brought it last, and where it lay there
    Column("source", Words, nullable=False),
    Column("place", Words, nullable=False),
)

revisions = Table(
    "revisions",
    METADATA,
    Column("id", SERIAL, primary_key=True),
    Column("document", Name, nullable=False),
    Column("title", Words, nullable=False),
    Column("number", Words, nullable=False),
    Column("state", Choice(ReviewState), nullable=False),
    Column("author", Words, nullable=False),
    Column("submitted_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    Column("reviewer", Words, nullable=False),
    Column("clearer", Words, nullable=False),
    Column("publisher", Words, nullable=False),
    Column("note", Words, nullable=False),
    Column("content", JSON, nullable=False),
    Column("concerns", JSON, nullable=False),
    Column("resolutions", JSON, nullable=False),
    Column("details", JSON, nullable=False),
    # the states of UNDER_WAY
    Index(
        "uq_revisions_under_way",
        "document",
        unique=True,
        sqlite_where=text("state NOT IN ('已发布', '已作废')"),
        postgresql_where=text("state NOT IN ('已发布', '已作废')"),
    ),
    Index(None, "state"),
)

review_events = Table(
    "review_events",
    METADATA,
    Column("id", SERIAL, primary_key=True),
    Column("document", Name, nullable=False, index=True),
    Column("at", Instant, nullable=False, index=True),
    Column("actor", Words, nullable=False),
    Column("step", Choice(ReviewStep), nullable=False),
    Column("before", Words, nullable=False),
    Column("after", Words, nullable=False),
    Column("note", Words, nullable=False),
    # 0 for what happened without a revision
    Column("revision", Integer, nullable=False),
)

repeal_proposals = Table(
    "repeal_proposals",
    METADATA,
    Column("id", SERIAL, primary_key=True),
    Column("document", Name, nullable=False),
    Column("named", Name, nullable=False),
    Column("at", Instant, nullable=False),
    Column("settled_at", Instant),
    UniqueConstraint("document", "named"),
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
    Column("topic", Words, nullable=False, server_default=text("''")),
    Index(None, "at"),
)

# what the statistics read: written with the answers, so that nobody has to count a million of them
answer_counts = Table(
    "answer_counts",
    METADATA,
    # the civil day in Asia/Shanghai
    Column("day", Date, primary_key=True),
    Column("channel", Name, primary_key=True),
    Column("status", Name, primary_key=True),
    Column("topic", Name, primary_key=True),
    Column("answers", Integer, nullable=False),
    Column("resolved", Integer, nullable=False),
    Column("unresolved", Integer, nullable=False),
)
