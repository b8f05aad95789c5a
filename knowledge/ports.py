"""What the knowledge base offers and needs."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from knowledge.types import AnswerRecord, Document, Finding, Hit, Outcome


class Retriever(Protocol):
    """Finds what the disclosed documents say about a question."""

    @property
    def generation(self) -> str:
        """The id of the live index generation; empty while there is none."""

    @property
    def size(self) -> int:
        """How many passages the live generation holds."""

    async def find(self, question: str) -> Finding:
        """Return the finding for a question in a citizen's words; never raises for any text."""

    async def open(self, key: str, question: str) -> Hit:
        """Return the passage a citizen chose, quoted for their question; raise UnknownPassage."""

    async def document(self, wanted: str) -> Document | None:
        """Return the document with this id or 文号 (any bracket form), whatever its validity, or None."""


class DocumentStore(Protocol):
    """Keeps documents and their versions."""

    async def put(self, document: Document, *, by: str) -> Outcome:
        """Store a document: CREATED, UPDATED (a new version) or UNCHANGED (same digest). `by` goes to the record."""

    async def get(self, document_id: str) -> Document | None:
        """Return the current version, or None."""

    async def remove(self, document_id: str, *, by: str) -> bool:
        """Take a document out of the knowledge base, keeping its versions; False when there was none."""

    def all(self) -> AsyncIterator[Document]:
        """Yield every current document, in order of id."""

    async def count(self) -> int:
        """How many current documents there are."""


class AnswerLog(Protocol):
    """Keeps every answer given, for explanation and calibration."""

    async def note(self, record: AnswerRecord) -> None:
        """Keep a record; may be written a moment later, in one batch with others."""

    async def judge(self, answer_id: str, *, resolved: bool) -> None:
        """Note the citizen's 是否解决; unknown ids are ignored."""

    async def recent(self, *, limit: int = 50) -> Sequence[AnswerRecord]:
        """Return the latest records, newest first."""
