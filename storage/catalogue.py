"""The catalogue of what is disclosed of the office's own accord, in SQL."""

from collections.abc import Mapping

from sqlalchemy import func, or_, select

from knowledge.types import Disclosure, Document, DocumentPage
from storage.contents import COLUMNS
from storage.database import Database, whole
from storage.tables.knowledge import documents

FARTHEST = 2**31 - 1
"""The largest offset asked of a database."""
OPEN = (documents.c.removed.is_(False), documents.c.disclosure == Disclosure.PROACTIVE)


class SqlCatalogue:
    """Gives what is 主动公开 and not taken down."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @whole
    async def find(self, *, topic: str = "", text: str = "", offset: int = 0, limit: int = 20) -> DocumentPage:
        """Return one page of documents, the latest first; `text` is part of title, 文号 or issuer."""
        matches = [*OPEN, *((documents.c.topic == topic,) if topic else ())]
        if text:
            columns = (documents.c.title, documents.c.number, documents.c.issuer)
            matches.append(or_(*(column.icontains(text, autoescape=True) for column in columns)))
        page = (
            select(*(documents.c[name] for name in COLUMNS))
            .where(*matches)
            .order_by(documents.c.published_on.desc().nulls_last(), documents.c.id)
            .offset(min(offset, FARTHEST))
            .limit(limit)
        )
        async with self._database.read() as connection:
            total = await connection.scalar(select(func.count()).select_from(documents).where(*matches))
            found = tuple(Document(*row) for row in await connection.execute(page))
        return DocumentPage(found, total or 0)

    @whole
    async def get(self, document_id: str) -> Document | None:
        """Return a document, or None where there is none or it is not 主动公开."""
        wanted = select(*(documents.c[name] for name in COLUMNS)).where(*OPEN, documents.c.id == document_id)
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).first()
        return Document(*row) if row else None

    @whole
    async def topics(self) -> Mapping[str, int]:
        """Return how many documents each topic has; "" stands for none."""
        wanted = select(documents.c.topic, func.count()).where(*OPEN).group_by(documents.c.topic)
        async with self._database.read() as connection:
            return {row[0]: row[1] for row in await connection.execute(wanted)}
