"""The catalogue of what is disclosed of the office's own accord, over the documents in memory."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from knowledge.types import Disclosure, Document, DocumentPage
from storage.memory.documents import MemoryDocuments


class MemoryCatalogue:
    """Gives what is 主动公开 and not taken down."""

    def __init__(self, documents: MemoryDocuments) -> None:
        self._documents = documents

    async def find(self, *, topic: str = "", text: str = "", offset: int = 0, limit: int = 20) -> DocumentPage:
        """Return one page of documents, the latest first; `text` is part of title, 文号 or issuer."""
        found = [
            each
            for each in await self._open()
            if topic in {"", each.topic} and text.casefold() in f"{each.title}\n{each.number}\n{each.issuer}".casefold()
        ]
        found.sort(key=lambda each: each.published_on or date.min, reverse=True)
        return DocumentPage(tuple(found[offset : offset + limit]), len(found))

    async def get(self, document_id: str) -> Document | None:
        """Return a document, or None where there is none or it is not 主动公开."""
        return next((each for each in await self._open() if each.id == document_id), None)

    async def topics(self) -> Mapping[str, int]:
        """Return how many documents each topic has; "" stands for none."""
        return Counter(each.topic for each in await self._open())

    async def _open(self) -> Sequence[Document]:
        return [each async for each in self._documents.all() if each.disclosure is Disclosure.PROACTIVE]
