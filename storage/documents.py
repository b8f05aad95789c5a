"""The documents in SQL, with every version they had."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from knowledge.types import Document, Outcome
from storage.database import Database, whole
from storage.tables.knowledge import document_versions, documents

COLUMNS = tuple(field.name for field in fields(Document))


class SqlDocuments:
    """Keeps documents; a removed one keeps its row and its versions, and is not given any more.

    `page` is how many documents `all` reads at once.
    """

    def __init__(self, database: Database, *, now: Callable[[], datetime], page: int = 200) -> None:
        self._database = database
        self._now = now
        self._size = page

    @whole
    async def put(self, document: Document, *, by: str) -> Outcome:
        """Store a document as a new version, unless nothing changed."""
        row = {**asdict(document), "removed": False}
        change = {**row, "version": documents.c.version + 1}
        async with self._database.begin() as connection:
            wanted = select(documents.c.digest, documents.c.removed).where(documents.c.id == document.id)
            await self._database.alone(connection, f"document {document.id}")
            known = (await connection.execute(wanted)).first()
            current = known is not None and not known.removed
            if current and known is not None and known.digest == document.digest:
                return Outcome.UNCHANGED
            version = await connection.scalar(
                self._database.insert(documents)
                .values(**row, version=1)
                .on_conflict_do_update(index_elements=[documents.c.id], set_=change)
                .returning(documents.c.version)
            )
            await connection.execute(
                insert(document_versions).values(
                    document=document.id, version=version, at=self._now(), by=by, content=_content(document)
                )
            )
        return Outcome.UPDATED if current else Outcome.CREATED

    @whole
    async def get(self, document_id: str) -> Document | None:
        """Return the current version, or None."""
        wanted = select(documents).where(documents.c.id == document_id, documents.c.removed.is_(False))
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).first()
        return _document(row) if row else None

    @whole
    async def remove(self, document_id: str, *, by: str) -> bool:
        """Take a document out of the knowledge base; False when there was none."""
        change = (
            update(documents)
            .where(documents.c.id == document_id, documents.c.removed.is_(False))
            .values(removed=True, version=documents.c.version + 1)
            .returning(documents.c.version)
        )
        async with self._database.begin() as connection:
            version = await connection.scalar(change)
            if version is None:
                return False
            await connection.execute(
                insert(document_versions).values(
                    document=document_id, version=version, at=self._now(), by=by, content=None
                )
            )
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
    async def _page(self, after: str) -> Sequence[Document]:
        wanted = (
            select(documents)
            .where(documents.c.id > after, documents.c.removed.is_(False))
            .order_by(documents.c.id)
            .limit(self._size)
        )
        async with self._database.read() as connection:
            return tuple(_document(row) for row in await connection.execute(wanted))


def _document(row: Row[Any]) -> Document:
    return Document(**{name: getattr(row, name) for name in COLUMNS})


def _content(document: Document) -> dict[str, str | None]:
    return {name: _plain(value) for name, value in asdict(document).items()}


def _plain(value: Any) -> str | None:  # noqa: ANN401 - any field of a document
    return value.isoformat() if isinstance(value, date) else value
