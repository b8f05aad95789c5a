"""The documents in memory."""

from collections.abc import AsyncIterator

from knowledge.types import Document, Outcome


class MemoryDocuments:
    """Keeps the current version of each document."""

    def __init__(self) -> None:
        self._documents: dict[str, Document] = {}

    async def put(self, document: Document, *, by: str) -> Outcome:  # noqa: ARG002 - versions are only kept on disk
        """Store a document, unless nothing changed."""
        known = self._documents.get(document.id)
        if known is not None and known.digest == document.digest:
            return Outcome.UNCHANGED
        self._documents[document.id] = document
        return Outcome.UPDATED if known else Outcome.CREATED

    async def get(self, document_id: str) -> Document | None:
        """Return the current version, or None."""
        return self._documents.get(document_id)

    async def remove(self, document_id: str, *, by: str) -> bool:  # noqa: ARG002 - as above
        """Take a document out of the knowledge base; False when there was none."""
        return self._documents.pop(document_id, None) is not None

    async def all(self) -> AsyncIterator[Document]:
        """Yield every current document, in order of id."""
        for _, document in sorted(self._documents.items()):
            yield document

    async def count(self) -> int:
        """How many current documents there are."""
        return len(self._documents)
