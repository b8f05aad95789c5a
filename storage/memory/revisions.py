"""The texts on their way to publication, in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count

from knowledge.errors import StaleRevision, UnknownRevision
from knowledge.revisions import (
    UNDER_WAY,
    RepealProposal,
    ReviewEvent,
    ReviewState,
    ReviewStep,
    Revision,
    RevisionPage,
)
from knowledge.types import Document
from storage.memory.documents import MemoryDocuments


class MemoryRevisions:
    """Keeps revisions beside the documents that they become."""

    def __init__(self, documents: MemoryDocuments) -> None:
        self._documents = documents
        self._revisions = documents.revisions
        self._proposals: dict[tuple[str, str], RepealProposal] = {}
        self._open: set[int] = set()
        self._numbers = count(1)

    async def submit(self, revision: Revision, event: ReviewEvent) -> Revision:
        """Keep a new revision and return it with its id; the one under way of the same document becomes DROPPED."""
        older = await self.under_way(revision.document.id)
        if older is not None:
            dropped = replace(older, state=ReviewState.DROPPED, changed_at=event.at)
            step = replace(event, step=ReviewStep.DROP, before=older.state, after=dropped.state)
            self._record(dropped, replace(step, note="被新的一稿取代"))
        kept = replace(revision, id=next(self._numbers))
        self._revisions[kept.id] = kept
        self._documents.events.append(replace(event, revision=kept.id))
        return kept

    async def get(self, revision_id: int) -> Revision:
        """Return a revision; raise UnknownRevision."""
        if revision_id not in self._revisions:
            raise UnknownRevision(revision_id)
        return self._revisions[revision_id]

    async def under_way(self, document_id: str) -> Revision | None:
        """Return the revision of a document that is still to be published, or None."""
        for revision in self._revisions.values():
            if revision.document.id == document_id and revision.state in UNDER_WAY:
                return revision
        return None

    async def pending(
        self, *, state: ReviewState | None = None, text: str = "", offset: int = 0, limit: int = 50
    ) -> RevisionPage:
        """Return one page of revisions, oldest first: in this state, or with None all that are under way."""
        states = UNDER_WAY if state is None else (state,)
        found = [
            revision
            for revision in self._revisions.values()
            if revision.state in states and text.casefold() in _words(revision).casefold()
        ]
        return RevisionPage(tuple(found[offset : offset + limit]), len(found))

    async def record(self, revision: Revision, event: ReviewEvent) -> Revision:
        """Keep the revision as it now is and append the event, both or neither."""
        return self._record(revision, event)

    async def publish(self, revision: Revision, event: ReviewEvent) -> Revision:
        """Record the step, put the document among the published ones and propose its repeals."""
        recorded = self._record(revision, event)
        self._documents.keep(recorded.document, by=event.actor, at=event.at)
        await self.propose(recorded.document.id, recorded.repeals, at=event.at)
        return recorded

    async def history(self, document_id: str) -> Sequence[ReviewEvent]:
        """Return every step on a document and its revisions, oldest first."""
        return tuple(event for event in self._documents.events if event.document == document_id)

    async def propose(self, document_id: str, named: Sequence[str], *, at: datetime) -> None:
        """Keep that a document says others are repealed; what it said before is not kept twice."""
        for name in named:
            if (document_id, name) not in self._proposals:
                proposal = RepealProposal(next(self._numbers), document_id, name, at)
                self._proposals[document_id, name] = proposal
                self._open.add(proposal.id)

    async def proposals(self, *, offset: int = 0, limit: int = 50) -> Sequence[RepealProposal]:
        """Return the proposals nobody has settled, oldest first."""
        waiting = [proposal for proposal in self._proposals.values() if proposal.id in self._open]
        return tuple(waiting[offset : offset + limit])

    async def proposal(self, proposal_id: int) -> RepealProposal | None:
        """Return a proposal nobody has settled, or None."""
        waiting = (proposal for proposal in self._proposals.values() if proposal.id in self._open)
        return next((proposal for proposal in waiting if proposal.id == proposal_id), None)

    async def settle(self, proposal_id: int, event: ReviewEvent, *, repealed: Document | None = None) -> bool:
        """Take a proposal off the list with its event, and put the repealed document."""
        if proposal_id not in self._open:
            return False
        self._open.discard(proposal_id)
        self._documents.events.append(event)
        if repealed is not None:
            self._documents.keep(repealed, by=event.actor, at=event.at)
        return True

    def _record(self, revision: Revision, event: ReviewEvent) -> Revision:
        known = self._revisions.get(revision.id)
        if known is None:
            raise UnknownRevision(revision.id)
        if known.version != revision.version:
            raise StaleRevision(revision.id)
        recorded = replace(revision, version=revision.version + 1)
        self._revisions[revision.id] = recorded
        self._documents.events.append(replace(event, revision=revision.id))
        return recorded


def _words(revision: Revision) -> str:
    document = revision.document
    return f"{document.title}\n{document.number}\n{revision.author}\n{document.id}"
