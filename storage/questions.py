"""Linked questions and test questions in SQL."""

from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, delete, select

from knowledge.upkeep import Link, Trial
from storage.database import Database, whole
from storage.tables.upkeep import linked_questions, trials


class SqlLinkedQuestions:
    """Keeps a row for each question and document."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    @whole
    async def add(self, question: str, documents: Sequence[str], *, by: str, source: str = "") -> None:
        """Link a question to documents beside those it has; a link that exists stays as it is."""
        shared = {
            "fingerprint": _fingerprint(question),
            "question": question,
            "by": by,
            "at": self._now(),
            "source": source,
        }
        rows = [{**shared, "document": document} for document in dict.fromkeys(documents)]
        if not rows:
            return
        key = [linked_questions.c.fingerprint, linked_questions.c.document]
        once = self._database.insert(linked_questions).on_conflict_do_nothing(index_elements=key)
        async with self._database.begin() as connection:
            await connection.execute(once, rows)

    @whole
    async def remove(self, question: str, document: str = "") -> bool:
        """Drop one link of a question, or all of them; False when there was none."""
        gone = delete(linked_questions).where(linked_questions.c.fingerprint == _fingerprint(question))
        if document:
            gone = gone.where(linked_questions.c.document == document)
        async with self._database.begin() as connection:
            dropped = await connection.execute(gone.returning(linked_questions.c.id))
            return dropped.first() is not None

    async def all(self) -> Sequence[Link]:
        """Return every link, oldest first."""
        return await self._links(select(linked_questions))

    async def for_document(self, document: str) -> Sequence[Link]:
        """Return the links to a document, oldest first."""
        return await self._links(select(linked_questions).where(linked_questions.c.document == document))

    @whole
    async def _links(self, wanted: Select[Any]) -> Sequence[Link]:
        async with self._database.read() as connection:
            rows = await connection.execute(wanted.order_by(linked_questions.c.id))
            return tuple(Link(row.question, row.document, by=row.by, at=row.at, source=row.source) for row in rows)


class SqlTrials:
    """Keeps a row for each test question."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    @whole
    async def put(self, question: str, document: str, *, by: str, note: str = "") -> None:
        """Keep a trial, in place of an earlier one of the same question."""
        row = {"question": question, "document": document, "note": note, "by": by, "at": self._now()}
        entry = self._database.insert(trials).values(fingerprint=_fingerprint(question), **row)
        async with self._database.begin() as connection:
            await connection.execute(entry.on_conflict_do_update(index_elements=[trials.c.fingerprint], set_=row))

    @whole
    async def remove(self, question: str) -> bool:
        """Drop a trial; False when there was none."""
        gone = delete(trials).where(trials.c.fingerprint == _fingerprint(question)).returning(trials.c.id)
        async with self._database.begin() as connection:
            return await connection.scalar(gone) is not None

    @whole
    async def all(self) -> Sequence[Trial]:
        """Return every trial, oldest first."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(trials).order_by(trials.c.id))
            return tuple(Trial(row.question, row.document, by=row.by, at=row.at, note=row.note) for row in rows)


def _fingerprint(question: str) -> str:
    return sha256(question.encode("utf-8", "surrogatepass")).hexdigest()
