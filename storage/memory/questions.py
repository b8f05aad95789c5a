"""Linked questions and test questions in memory."""

from collections.abc import Callable, Sequence
from datetime import datetime

from knowledge.upkeep import Link, Trial


class MemoryLinkedQuestions:
    """Keeps an entry for each question and document."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._links: dict[tuple[str, str], Link] = {}

    async def add(self, question: str, documents: Sequence[str], *, by: str, source: str = "") -> None:
        """Link a question to documents beside those it has; a link that exists stays as it is."""
        for document in documents:
            self._links.setdefault((question, document), Link(question, document, by=by, at=self._now(), source=source))

    async def remove(self, question: str, document: str = "") -> bool:
        """Drop one link of a question, or all of them; False when there was none."""
        gone = [key for key in self._links if key[0] == question and document in {"", key[1]}]
        for key in gone:
            del self._links[key]
        return bool(gone)

    async def all(self) -> Sequence[Link]:
        """Return every link, oldest first."""
        return tuple(self._links.values())

    async def for_document(self, document: str) -> Sequence[Link]:
        """Return the links to a document, oldest first."""
        return tuple(link for link in self._links.values() if link.document == document)


class MemoryTrials:
    """Keeps an entry for each test question."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._trials: dict[str, Trial] = {}

    async def put(self, question: str, document: str, *, by: str, note: str = "") -> None:
        """Keep a trial, in place of an earlier one of the same question."""
        self._trials[question] = Trial(question, document, by=by, at=self._now(), note=note)

    async def remove(self, question: str) -> bool:
        """Drop a trial; False when there was none."""
        return self._trials.pop(question, None) is not None

    async def all(self) -> Sequence[Trial]:
        """Return every trial, oldest first."""
        return tuple(self._trials.values())
