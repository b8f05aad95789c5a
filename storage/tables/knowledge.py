"""What the knowledge base keeps: documents with their versions, and the answers given."""

from sqlalchemy import JSON, Boolean, Column, Date, Float, Integer, Table

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
