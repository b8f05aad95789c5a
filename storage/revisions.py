"""The texts on their way to publication, in SQL, with the evidence of every step."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.errors import StaleRevision, UnknownRevision
from knowledge.revisions import (
    UNDER_WAY,
    Check,
    RepealProposal,
    Resolution,
    ReviewEvent,
    ReviewState,
    ReviewStep,
    Revision,
    RevisionPage,
)
from knowledge.types import Concern, ConcernKind, Document
from storage.contents import content, read_content
from storage.database import Database, whole
from storage.documents import FARTHEST, put_document
from storage.tables.knowledge import repeal_proposals, review_events, revisions


class SqlRevisions:
    """Keeps revisions beside the documents of the same database, so that publishing is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @whole
    async def submit(self, revision: Revision, event: ReviewEvent) -> Revision:
        """Keep a new revision and return it with its id; the one under way of the same document becomes DROPPED."""
        document_id = revision.document.id
        async with self._database.begin() as connection:
            await self._database.alone(connection, f"revision of {document_id}")
            older = (await connection.execute(select(revisions).where(_under_way(document_id)))).first()
            if older is not None:
                await self._drop(connection, _revision(older), event)
            kept = (await connection.execute(insert(revisions).values(_row(revision)).returning(revisions))).one()
            await _note(connection, replace(event, revision=kept.id))
        return _revision(kept)

    @whole
    async def get(self, revision_id: int) -> Revision:
        """Return a revision; raise UnknownRevision."""
        async with self._database.read() as connection:
            row = await _first(connection, revision_id)
        if row is None:
            raise UnknownRevision(revision_id)
        return _revision(row)

    @whole
    async def under_way(self, document_id: str) -> Revision | None:
        """Return the revision of a document that is still to be published, or None."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(revisions).where(_under_way(document_id)))).first()
        return _revision(row) if row else None

    @whole
    async def pending(
        self, *, state: ReviewState | None = None, text: str = "", offset: int = 0, limit: int = 50
    ) -> RevisionPage:
        """Return one page of revisions, oldest first: in this state, or with None all that are under way."""
        matches = _matches(state, text)
        page = select(revisions).where(matches).order_by(revisions.c.id).offset(min(offset, FARTHEST)).limit(limit)
        async with self._database.read() as connection:
            total = await connection.scalar(select(func.count()).select_from(revisions).where(matches))
            return RevisionPage(tuple(_revision(row) for row in await connection.execute(page)), total or 0)

    @whole
    async def record(self, revision: Revision, event: ReviewEvent) -> Revision:
        """Keep the revision as it now is and append the event, both or neither."""
        async with self._database.begin() as connection:
            return await _record(connection, revision, event)

    @whole
    async def publish(self, revision: Revision, event: ReviewEvent) -> Revision:
        """Record the step, put the document among the published ones and propose its repeals, all or nothing."""
        async with self._database.begin() as connection:
            recorded = await _record(connection, revision, event)
            await put_document(self._database, connection, recorded.document, by=event.actor, at=event.at)
            await self._propose(connection, recorded.document.id, recorded.repeals, at=event.at)
        return recorded

    @whole
    async def history(self, document_id: str) -> Sequence[ReviewEvent]:
        """Return every step on a document and its revisions, oldest first."""
        wanted = select(review_events).where(review_events.c.document == document_id).order_by(review_events.c.id)
        async with self._database.read() as connection:
            return tuple(_event(row) for row in await connection.execute(wanted))

    @whole
    async def propose(self, document_id: str, named: Sequence[str], *, at: datetime) -> None:
        """Keep that a document says others are repealed; what it said before is not kept twice."""
        async with self._database.begin() as connection:
            await self._propose(connection, document_id, named, at=at)

    @whole
    async def proposals(self, *, offset: int = 0, limit: int = 50) -> Sequence[RepealProposal]:
        """Return the proposals nobody has settled, oldest first."""
        wanted = (
            select(repeal_proposals)
            .where(repeal_proposals.c.settled_at.is_(None))
            .order_by(repeal_proposals.c.id)
            .offset(min(offset, FARTHEST))
            .limit(limit)
        )
        async with self._database.read() as connection:
            return tuple(_proposal(row) for row in await connection.execute(wanted))

    @whole
    async def proposal(self, proposal_id: int) -> RepealProposal | None:
        """Return a proposal nobody has settled, or None."""
        wanted = select(repeal_proposals).where(
            repeal_proposals.c.id == min(proposal_id, FARTHEST), repeal_proposals.c.settled_at.is_(None)
        )
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).first()
        return _proposal(row) if row else None

    @whole
    async def settle(self, proposal_id: int, event: ReviewEvent, *, repealed: Document | None = None) -> bool:
        """Take a proposal off the list with its event, and put the repealed document, all or nothing."""
        change = (
            update(repeal_proposals)
            .where(repeal_proposals.c.id == min(proposal_id, FARTHEST), repeal_proposals.c.settled_at.is_(None))
            .values(settled_at=event.at)
        )
        async with self._database.begin() as connection:
            if not (await connection.execute(change)).rowcount:
                return False
            await _note(connection, event)
            if repealed is not None:
                await put_document(self._database, connection, repealed, by=event.actor, at=event.at)
        return True

    async def _drop(self, connection: AsyncConnection, older: Revision, event: ReviewEvent) -> None:
        dropped = replace(older, state=ReviewState.DROPPED, changed_at=event.at)
        note = "被新的一稿取代"
        await _record(
            connection,
            dropped,
            replace(event, step=ReviewStep.DROP, before=older.state, after=ReviewState.DROPPED, note=note),
        )

    async def _propose(
        self, connection: AsyncConnection, document_id: str, named: Sequence[str], *, at: datetime
    ) -> None:
        rows = [{"document": document_id, "named": name, "at": at} for name in dict.fromkeys(named)]
        if rows:
            await connection.execute(self._database.insert(repeal_proposals).values(rows).on_conflict_do_nothing())


async def _record(connection: AsyncConnection, revision: Revision, event: ReviewEvent) -> Revision:
    change = (
        update(revisions)
        .where(revisions.c.id == revision.id, revisions.c.version == revision.version)
        .values(_row(replace(revision, version=revision.version + 1)))
        .returning(revisions)
    )
    changed = (await connection.execute(change)).first()
    if changed is None:
        known = await _first(connection, revision.id)
        raise StaleRevision(revision.id) if known else UnknownRevision(revision.id)
    await _note(connection, replace(event, revision=revision.id))
    return _revision(changed)


async def _note(connection: AsyncConnection, event: ReviewEvent) -> None:
    await connection.execute(insert(review_events).values(asdict(event)))


async def _first(connection: AsyncConnection, revision_id: int) -> Row[Any] | None:
    if not 0 < revision_id <= FARTHEST:
        return None
    return (await connection.execute(select(revisions).where(revisions.c.id == revision_id))).first()


def _under_way(document_id: str) -> ColumnElement[bool]:
    return and_(revisions.c.document == document_id, revisions.c.state.in_(UNDER_WAY))


def _matches(state: ReviewState | None, text: str) -> ColumnElement[bool]:
    within = revisions.c.state.in_(UNDER_WAY) if state is None else revisions.c.state == state
    if not text:
        return within
    columns = (revisions.c.title, revisions.c.number, revisions.c.author, revisions.c.document)
    return and_(within, or_(*(column.icontains(text, autoescape=True) for column in columns)))


def _row(revision: Revision) -> dict[str, object]:
    return {
        "document": revision.document.id,
        "title": revision.document.title,
        "number": revision.document.number,
        "state": revision.state,
        "author": revision.author,
        "submitted_at": revision.submitted_at,
        "changed_at": revision.changed_at,
        "version": revision.version,
        "reviewer": revision.reviewer,
        "clearer": revision.clearer,
        "publisher": revision.publisher,
        "note": revision.note,
        "content": content(revision.document),
        "concerns": [asdict(concern) for concern in revision.concerns],
        "resolutions": [asdict(given) | {"at": given.at.isoformat()} for given in revision.resolutions],
        "details": {
            "editors": revision.editors,
            "reviewed": revision.reviewed,
            "cleared": revision.cleared,
            "repeals": revision.repeals,
        },
    }


def _revision(row: Row[Any]) -> Revision:
    return Revision(
        id=row.id,
        document=read_content(row.content),
        state=row.state,
        author=row.author,
        submitted_at=row.submitted_at,
        changed_at=row.changed_at,
        version=row.version,
        editors=tuple(row.details["editors"]),
        reviewer=row.reviewer,
        clearer=row.clearer,
        publisher=row.publisher,
        concerns=tuple(Concern(**kept | {"kind": ConcernKind(kept["kind"])}) for kept in row.concerns),
        resolutions=tuple(Resolution(**kept | {"at": datetime.fromisoformat(kept["at"])}) for kept in row.resolutions),
        reviewed=tuple(Check(kept) for kept in row.details["reviewed"]),
        cleared=tuple(Check(kept) for kept in row.details["cleared"]),
        repeals=tuple(row.details["repeals"]),
        note=row.note,
    )


def _event(row: Row[Any]) -> ReviewEvent:
    return ReviewEvent(
        document=row.document,
        at=row.at,
        actor=row.actor,
        step=row.step,
        before=row.before,
        after=row.after,
        note=row.note,
        revision=row.revision,
    )


def _proposal(row: Row[Any]) -> RepealProposal:
    return RepealProposal(id=row.id, by=row.document, named=row.named, at=row.at)
