"""What the upkeep of the knowledge base keeps: the office's own words, linked questions and test questions."""

from sqlalchemy import JSON, Boolean, Column, Index, Table

from knowledge.synonyms import Direction
from knowledge.upkeep import ShippedList, WordUse
from storage.columns import METADATA, SERIAL, Choice, Instant, Name, Words

synonyms = Table(
    "synonyms",
    METADATA,
    Column("word", Name, primary_key=True),
    Column("others", JSON, nullable=False),
    Column("direction", Choice(Direction), nullable=False),
    Column("note", Words, nullable=False),
    Column("test", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Instant, nullable=False),
)

office_words = Table(
    "office_words",
    METADATA,
    Column("word", Name, primary_key=True),
    Column("use", Choice(WordUse), primary_key=True),
    Column("note", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Instant, nullable=False),
)

vocabulary_turns = Table(
    "vocabulary_turns",
    METADATA,
    # the last turn of an entry holds; the earlier ones are the evidence
    Column("id", SERIAL, primary_key=True),
    Column("listed", Choice(ShippedList), nullable=False),
    Column("word", Name, nullable=False),
    Column("off", Boolean, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Instant, nullable=False),
)

linked_questions = Table(
    "linked_questions",
    METADATA,
    Column("id", SERIAL, primary_key=True),
    # SHA-256 of the question, which itself may be too long for an index
    Column("fingerprint", Name, nullable=False),
    Column("document", Name, nullable=False, index=True),
    Column("question", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Instant, nullable=False),
    # the reference of the case it came from, or empty
    Column("source", Name, nullable=False),
    Index("uq_linked_questions_link", "fingerprint", "document", unique=True),
)

trials = Table(
    "trials",
    METADATA,
    Column("id", SERIAL, primary_key=True),
    Column("fingerprint", Name, nullable=False, unique=True),
    Column("question", Words, nullable=False),
    # empty where no document may be the answer
    Column("document", Name, nullable=False),
    Column("note", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Instant, nullable=False),
)
