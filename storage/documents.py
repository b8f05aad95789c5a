"""The documents in SQL, with every version they had."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.revisions import RETURNABLE, Ending, ReviewEvent, ReviewState, ReviewStep, sent_back
from knowledge.types import Document, DocumentPage, DocumentVersion, Kind, Outcome, Validity
from storage.contents import COLUMNS, content, read_content
from storage.database import Database, whole
from storage.glance import Glance
from storage.tables.knowledge import document_versions, documents, review_events, revisions, withdrawn
from storage.tables.register import counters

FARTHEST = 2**31 - 1
"""The largest offset asked of a database; there are never so many rows."""
WITHDRAWALS = "withdrawn"
"""The name of the counter of changes to the list of texts taken down, and to how documents end."""
WITHDRAWN = Glance(select(counters.c.value).where(counters.c.name == WITHDRAWALS))
_ENDS = or_(documents.c.validity == Validity.REPEALED, documents.c.successor != "")


class SqlDocuments:
    """Keeps documents; a removed one keeps its row and its versions, and is not given any more.

    `page` is how many documents `all` reads at once.
    """

    def __init__(self, database: Database, *, now: Callable[[], datetime], page: int = 200) -> None:
        self._database = database
        self._now = now
        self._size = page
        self._withdrawn: tuple[int, frozenset[tuple[str, str]]] = (0, frozenset())
        # read once even where nothing was ever counted: repeals are older than their counting
        self._endings: tuple[int, frozenset[Ending]] = (-1, frozenset())

    @whole
    async def put(self, document: Document, *, by: str) -> Outcome:
        """Store a document as a new version, unless nothing changed."""
        at = self._now()
        async with self._database.begin() as connection:
            outcome = await put_document(self._database, connection, document, by=by, at=at)
            if outcome is not Outcome.UNCHANGED:
                before = ReviewState.PUBLISHED if outcome is Outcome.UPDATED else ""
                event = ReviewEvent(document.id, at, by, ReviewStep.PUBLISH, before, ReviewState.PUBLISHED)
                await connection.execute(insert(review_events).values(asdict(event)))
        return outcome

    @whole
    async def get(self, document_id: str) -> Document | None:
        """Return the current version, or None."""
        wanted = select(documents).where(documents.c.id == document_id, documents.c.removed.is_(False))
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).first()
        return _document(row) if row else None

    @whole
    async def remove(self, document_id: str, *, by: str, reason: str = "") -> bool:
        """Take a document and all texts it ever had out of the knowledge base; False when there was none."""
        at = self._now()
        change = (
            update(documents)
            .where(documents.c.id == document_id, documents.c.removed.is_(False))
            .values(removed=True, version=documents.c.version + 1)
            .returning(documents.c.version)
        )
        async with self._database.begin() as connection:
            # locked first, as publishing does
            under_way = (await connection.execute(_under_way(document_id).with_for_update())).first()
            await self._database.alone(connection, f"document {document_id}")
            version = await connection.scalar(change)
            if version is None:
                return False
            await _withdraw(self._database, connection, document_id)
            await connection.execute(
                insert(document_versions).values(
                    document=document_id, version=version, at=at, by=by, reason=reason, content=None
                )
            )
            event = ReviewEvent(document_id, at, by, ReviewStep.TAKE_DOWN, before=ReviewState.PUBLISHED, note=reason)
            await connection.execute(insert(review_events).values(asdict(event)))
            if under_way is not None:
                await _send_back(connection, under_way, event)
        return True

    async def all(self) -> AsyncIterator[Document]:
        """Yield every current document, in order of id; holds no connection while the caller works."""
        after = ""
        while True:
            page = await self._page(after)
            for document in page:
                yield document
            if len(page) < self._size:
                return
            after = page[-1].id

    @whole
    async def count(self) -> int:
        """How many current documents there are."""
        wanted = select(func.count()).select_from(documents).where(documents.c.removed.is_(False))
        async with self._database.read() as connection:
            return await connection.scalar(wanted) or 0

    @whole
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
        matches = _matches(text, validity, kind, topic)
        page = (
            select(documents)
            .where(matches)
            .order_by(documents.c.published_on.desc().nulls_last(), documents.c.id)
            .offset(min(offset, FARTHEST))
            .limit(limit)
        )
        async with self._database.read() as connection:
            total = await connection.scalar(select(func.count()).select_from(documents).where(matches))
            return DocumentPage(tuple(_document(row) for row in await connection.execute(page)), total or 0)

    @whole
    async def versions(self, document_id: str) -> Sequence[DocumentVersion]:
        """Return every version a document had, newest first."""
        wanted = (
            select(document_versions)
            .where(document_versions.c.document == document_id)
            .order_by(document_versions.c.version.desc())
        )
        async with self._database.read() as connection:
            return tuple(_version(row) for row in await connection.execute(wanted))

    @whole
    async def withdrawn(self) -> frozenset[tuple[str, str]]:
        """Return (id, digest) of every text that must not be shown from any generation; cheap while it is unchanged."""
        changes = await self._changes()
        # counted before it is read: a list newer than its number is only read once more
        if changes != self._withdrawn[0]:
            async with self._database.read() as connection:
                rows = await connection.execute(select(withdrawn.c.document, withdrawn.c.digest))
                self._withdrawn = changes, frozenset((row.document, row.digest) for row in rows)
        return self._withdrawn[1]

    @whole
    async def endings(self) -> frozenset[Ending]:
        """Return how those current documents end that are repealed or have a successor; cheap while unchanged."""
        changes = await self._changes()
        if changes != self._endings[0]:
            named = (documents.c.id, documents.c.validity, documents.c.expires_on, documents.c.successor)
            async with self._database.read() as connection:
                rows = await connection.execute(select(*named).where(documents.c.removed.is_(False), _ENDS))
                found = (
                    Ending(row.id, row.validity == Validity.REPEALED, row.expires_on, row.successor) for row in rows
                )
                self._endings = changes, frozenset(found)
        return self._endings[1]

    async def _changes(self) -> int:
        return await self._database.glance(WITHDRAWN, {}) or 0

    @whole
    async def changed_at(self) -> datetime | None:
        """When a document was last put or removed."""
        wanted = select(document_versions.c.at).order_by(document_versions.c.at.desc()).limit(1)
        async with self._database.read() as connection:
            return await connection.scalar(wanted)

    @whole
    async def _page(self, after: str) -> Sequence[Document]:
        wanted = (
            select(documents)
            .where(documents.c.id > after, documents.c.removed.is_(False))
            .order_by(documents.c.id)
            .limit(self._size)
        )
        async with self._database.read() as connection:
            return tuple(_document(row) for row in await connection.execute(wanted))


async def put_document(
    database: Database, connection: AsyncConnection, document: Document, *, by: str, at: datetime
) -> Outcome:
    """Store a document as a new version within the caller's transaction, unless nothing changed."""
    row = {**asdict(document), "removed": False}
    change = {**row, "version": documents.c.version + 1}
    wanted = select(documents.c.digest, documents.c.removed, _ENDS.label("ended")).where(documents.c.id == document.id)
    await database.alone(connection, f"document {document.id}")
    known = (await connection.execute(wanted)).first()
    current = known is not None and not known.removed
    if current and known is not None and known.digest == document.digest:
        return Outcome.UNCHANGED
    version = await connection.scalar(
        database.insert(documents)
        .values(**row, version=1)
        .on_conflict_do_update(index_elements=[documents.c.id], set_=change)
        .returning(documents.c.version)
    )
    await connection.execute(
        insert(document_versions).values(document=document.id, version=version, at=at, by=by, content=content(document))
    )
    shown_again = await connection.execute(
        delete(withdrawn).where(withdrawn.c.document == document.id, withdrawn.c.digest == document.digest)
    )
    ends = document.validity is Validity.REPEALED or bool(document.successor)
    if shown_again.rowcount or ends or (known is not None and known.ended):
        await _count_change(database, connection)
    return Outcome.UPDATED if current else Outcome.CREATED


def _under_way(document_id: str) -> Select[Any]:
    """Select the revision of a document that could go on to be published."""
    states = RETURNABLE
    return select(revisions).where(revisions.c.document == document_id, revisions.c.state.in_(states))


async def _send_back(connection: AsyncConnection, revision: Row[Any], removal: ReviewEvent) -> None:
    """Return a revision to its author, as what it would replace was taken down."""
    event = sent_back(removal, before=revision.state, revision=revision.id)
    change = update(revisions).where(revisions.c.id == revision.id)
    back = {
        "state": ReviewState.RETURNED,
        "reviewer": "",
        "clearer": "",
        "details": {**revision.details, "reviewed": [], "cleared": []},
        "note": event.note,
        "changed_at": removal.at,
        "version": revision.version + 1,
    }
    await connection.execute(change.values(back))
    await connection.execute(insert(review_events).values(asdict(event)))


async def _withdraw(database: Database, connection: AsyncConnection, document_id: str) -> None:
    """Note every text a document had: a generation of any age may hold it."""
    digest = document_versions.c.content["digest"].as_string()
    had = select(digest).where(document_versions.c.document == document_id, digest.is_not(None)).distinct()
    rows = [{"document": document_id, "digest": found} for found in (await connection.scalars(had)).all()]
    if rows:
        await connection.execute(database.insert(withdrawn).values(rows).on_conflict_do_nothing())
        await _count_change(database, connection)


async def _count_change(database: Database, connection: AsyncConnection) -> None:
    # the row stays locked until the end of the transaction: changes are committed in the order of their numbers
    await connection.execute(
        database.insert(counters)
        .values(name=WITHDRAWALS, value=1)
        .on_conflict_do_update(index_elements=[counters.c.name], set_={"value": counters.c.value + 1})
    )


def _matches(text: str, validity: Validity | None, kind: Kind | None, topic: str) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [documents.c.removed.is_(False)]
    if text:
        columns = (documents.c.title, documents.c.number, documents.c.issuer, documents.c.id)
        conditions.append(or_(*(column.icontains(text, autoescape=True) for column in columns)))
    if validity is not None:
        conditions.append(documents.c.validity == validity)
    if kind is not None:
        conditions.append(documents.c.kind == kind)
    if topic:
        conditions.append(documents.c.topic == topic)
    return and_(*conditions)


def _document(row: Row[Any]) -> Document:
    return Document(**{name: getattr(row, name) for name in COLUMNS})


def _version(row: Row[Any]) -> DocumentVersion:
    document = read_content(row.content) if row.content else None
    return DocumentVersion(row.version, row.at, row.by, document, row.reason or "")
