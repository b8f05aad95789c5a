"""The documents in memory."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

from knowledge.revisions import RETURNABLE, Ending, ReviewEvent, ReviewState, ReviewStep, Revision, sent_back
from knowledge.types import Document, DocumentPage, DocumentVersion, Kind, Outcome, Validity


class MemoryDocuments:
    """Keeps documents with their versions; `events` and `revisions` are shared with the store of those."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._documents: dict[str, Document] = {}
        self._versions: dict[str, list[DocumentVersion]] = {}
        self._withdrawn: frozenset[tuple[str, str]] = frozenset()
        self._changed_at: datetime | None = None
        self.events: list[ReviewEvent] = []
        self.revisions: dict[int, Revision] = {}

    async def put(self, document: Document, *, by: str) -> Outcome:
        """Store a document, unless nothing changed."""
        at = self._now()
        outcome = self.keep(document, by=by, at=at)
        if outcome is not Outcome.UNCHANGED:
            before = ReviewState.PUBLISHED if outcome is Outcome.UPDATED else ""
            self.events.append(ReviewEvent(document.id, at, by, ReviewStep.PUBLISH, before, ReviewState.PUBLISHED))
        return outcome

    def keep(self, document: Document, *, by: str, at: datetime) -> Outcome:
        """Store a document without an event, unless nothing changed."""
        known = self._documents.get(document.id)
        if known is not None and known.digest == document.digest:
            return Outcome.UNCHANGED
        self._documents[document.id] = document
        self._append(document.id, by, at, document, "")
        self._withdrawn -= {(document.id, document.digest)}
        return Outcome.UPDATED if known else Outcome.CREATED

    async def get(self, document_id: str) -> Document | None:
        """Return the current version, or None."""
        return self._documents.get(document_id)

    async def remove(self, document_id: str, *, by: str, reason: str = "") -> bool:
        """Take a document and all texts it ever had out of the knowledge base; False when there was none."""
        if self._documents.pop(document_id, None) is None:
            return False
        at = self._now()
        had = (version.document for version in self._versions[document_id])
        self._withdrawn |= {(document_id, document.digest) for document in had if document}
        self._append(document_id, by, at, None, reason)
        event = ReviewEvent(document_id, at, by, ReviewStep.TAKE_DOWN, before=ReviewState.PUBLISHED, note=reason)
        self.events.append(event)
        for revision in list(self.revisions.values()):
            if revision.document.id == document_id and revision.state in RETURNABLE:
                self._send_back(revision, event)
        return True

    async def all(self) -> AsyncIterator[Document]:
        """Yield every current document, in order of id."""
        for _, document in sorted(self._documents.items()):
            yield document

    async def count(self) -> int:
        """How many current documents there are."""
        return len(self._documents)

    async def find(
        self,
        *,
        text: str = "",
        validity: Validity | None = None,
        kind: Kind | None = None,
        topic: str = "",
        offset: int = 0,
        limit: int = 50,
    ) -> DocumentPage:
        """Return one page of current documents, the latest issued first."""
        found = [
            document
            for document in self._documents.values()
            if text.casefold() in f"{document.title}\n{document.number}\n{document.issuer}\n{document.id}".casefold()
            and validity in (None, document.validity)
            and kind in (None, document.kind)
            and topic in ("", document.topic)
        ]
        found.sort(key=lambda document: document.id)
        found.sort(key=lambda document: document.published_on or date.min, reverse=True)
        return DocumentPage(tuple(found[offset : offset + limit]), len(found))

    async def versions(self, document_id: str) -> Sequence[DocumentVersion]:
        """Return every version a document had, newest first."""
        return tuple(reversed(self._versions.get(document_id, ())))

    async def withdrawn(self) -> frozenset[tuple[str, str]]:
        """Return (id, digest) of every text that must not be shown from any generation."""
        return self._withdrawn

    async def endings(self) -> frozenset[Ending]:
        """Return how those current documents end that are repealed or have a successor."""
        return frozenset(
            Ending(document.id, document.validity is Validity.REPEALED, document.expires_on, document.successor)
            for document in self._documents.values()
            if document.validity is Validity.REPEALED or document.successor
        )

    async def changed_at(self) -> datetime | None:
        """When a document was last put or removed."""
        return self._changed_at

    def _send_back(self, revision: Revision, removal: ReviewEvent) -> None:
        event = sent_back(removal, before=revision.state, revision=revision.id)
        self.events.append(event)
        self.revisions[revision.id] = replace(
            revision,
            state=ReviewState.RETURNED,
            reviewer="",
            clearer="",
            reviewed=(),
            cleared=(),
            note=event.note,
            changed_at=event.at,
            version=revision.version + 1,
        )

    def _append(self, document_id: str, by: str, at: datetime, document: Document | None, reason: str) -> None:
        versions = self._versions.setdefault(document_id, [])
        versions.append(DocumentVersion(len(versions) + 1, at, by, document, reason))
        self._changed_at = at
