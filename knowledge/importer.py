"""The importer: files and folders read, checked and stored, row by row."""

import asyncio
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from knowledge.likeness import NEARLY, Likeness, likeness
from knowledge.normalisation import clean
from knowledge.origins import Departures, Origin, Roll, on_disk
from knowledge.ports import DocumentStore, Intake
from knowledge.readers import LARGEST, Cell, Reading
from knowledge.records import digest
from knowledge.topics import Topics
from knowledge.types import Document, ImportRow, Outcome

_TOO_LARGE = f"文件超过 {LARGEST >> 20} MB"
_MISSING = "文件不存在或无法打开"
_COMPARED = 5
"""Documents that one is compared with."""
Progress = Callable[[int, int, str], None]
"""Told how many files are done, of how many, and the one that was done last."""


@dataclass(frozen=True, slots=True)
class Importer:
    """Hands documents to the intake; a bad file or row is refused with its reason and never stops the good ones.

    `documents` are those already there: one nearly the same as another is told. A document that names no topic gets
    the one its title belongs to by `topics`. With `today` the validity of each follows from its term. `departures`
    tells what a source no longer has that was imported before.
    """

    intake: Intake
    documents: DocumentStore | None = None
    topics: Topics = field(default_factory=Topics)
    today: date | None = None
    departures: Departures | None = None

    async def run(
        self,
        paths: Sequence[Path],
        *,
        by: str,
        draft: bool = False,
        dry_run: bool = False,
        prune: bool = False,
        origin: Callable[[Path], Origin] = on_disk,
        progress: Progress | None = None,
    ) -> tuple[ImportRow, ...]:
        """Return what happened to every file and record, or with `dry_run` what would happen.

        With `draft` every text waits for review. With `prune` what a source no longer has is taken down; each path is
        of the source that `origin` says. Folders are walked in order of name, hidden files left out. Errors of the
        intake are the caller's.
        """
        course = _Course(self, Likeness(), by=by, draft=draft, dry_run=dry_run)
        files = await asyncio.to_thread(_files, paths)
        before = await self.documents.count() if self.documents else 0
        roll, rows = Roll(), list[ImportRow]()
        with Cell() as cell:
            for done, (file, path) in enumerate(files.items(), 1):
                readings = await asyncio.to_thread(_read, cell, file, self.today)
                source = origin(path)
                for reading in readings:
                    roll.note(source, reading)
                    rows.append(await course.row(reading))
                if progress:
                    progress(done, len(files), clean(str(file)))
        if self.departures:
            rows += await self.departures.settle(roll, by=by, prune=prune, dry_run=dry_run, before=before)
        return tuple(rows)


@dataclass(slots=True)
class _Course:
    """One import under way: what has been brought in so far."""

    importer: Importer
    alike: Likeness
    by: str = field(kw_only=True)
    draft: bool = field(kw_only=True)
    dry_run: bool = field(kw_only=True)
    places: dict[str, str] = field(default_factory=dict)
    brought: dict[str, Document] = field(default_factory=dict)
    stored_are_known: bool = False

    async def row(self, reading: Reading) -> ImportRow:
        """Hand one document over and tell what became of it."""
        if reading.document is None:
            return ImportRow(reading.place, Outcome.REFUSED, reading.reason)
        document = self._with_topic(reading.document)
        if document.id in self.places:
            return ImportRow(reading.place, Outcome.REFUSED, self._repeated(document))
        self.places[document.id] = reading.place
        given = await self.importer.intake.admit(
            document,
            by=self.by,
            repeals=reading.repeals,
            draft=self.draft,
            dry_run=self.dry_run,
            dropped=reading.dropped,
        )
        changed = given.outcome in {Outcome.CREATED, Outcome.UPDATED}
        alike = await self._nearly_the_same(document) if changed else ""
        self._remember(document)
        reason = "；".join(filter(None, (given.reason, reading.reason, alike)))
        return ImportRow(reading.place, given.outcome, reason, document, given.concerns, given.published)

    def _with_topic(self, document: Document) -> Document:
        topic = "" if document.topic else self.importer.topics.closest(document.title).name
        if not topic:
            return document
        sorted_ = replace(document, topic=topic)
        return replace(sorted_, digest=digest(sorted_))

    def _repeated(self, document: Document) -> str:
        place = self.places[document.id]
        if document.id in self.brought and self.brought[document.id].digest == document.digest:
            return f"与 {place} 是同一份文件，只导入一次"
        return f"编号“{document.id}”与 {place} 重复；如果是两份文件，请分别填写文号或编号"

    def _remember(self, document: Document) -> None:
        self.brought[document.id] = document
        self.alike.add(document)

    async def _nearly_the_same(self, document: Document) -> str:
        """Return a remark that names a document with nearly the same text, or ""."""
        await self._know_the_stored()
        for _, each in zip(range(_COMPARED), self.alike.candidates(document), strict=False):
            other = self.brought.get(each) or await self._stored(each)
            if other is not None and likeness(document, other) >= NEARLY:
                where = f"（{self.places[each]}）" if each in self.places else ""
                return f"与“{other.title}”{where}内容几乎相同，请确认不是重复"
        return ""

    async def _know_the_stored(self) -> None:
        if self.stored_are_known or self.importer.documents is None:
            return
        self.stored_are_known = True
        async for document in self.importer.documents.all():
            # the text that replaces a stored one counts, not the stored one
            if document.id not in self.places:
                self.alike.add(document)

    async def _stored(self, document_id: str) -> Document | None:
        return await self.importer.documents.get(document_id) if self.importer.documents else None


def _files(paths: Iterable[Path]) -> Mapping[Path, Path]:
    """Return every file once with the path that names it or its folder, folder by folder in order of name."""
    found: dict[Path, Path] = {}
    for path in paths:
        for file in _within(path):
            found.setdefault(file, path)
    return found


def _within(path: Path) -> list[Path]:
    """Return the files in a folder; what cannot be looked into stands for itself, to be refused when it is read."""
    if not _is_folder(path):
        return [path]
    found: list[Path] = []
    closed: list[Path] = []
    for folder, folders, files in os.walk(path, onerror=lambda error: closed.append(Path(error.filename))):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(folder, name) for name in sorted(files) if not name.startswith(".")]
    return [*found, *closed] or [path]


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _read(cell: Cell, file: Path, today: date | None) -> list[Reading]:
    place = clean(str(file))
    data = _bytes(file)
    return [Reading(place, reason=data)] if isinstance(data, str) else list(cell.read(place, data, today=today))


def _bytes(file: Path) -> bytes | str:
    """Return what is in a file, or the reason why it is not read."""
    try:
        if file.is_dir():
            return "文件夹里没有文件，或者无法打开"
        if not file.is_file():
            return _MISSING
        return file.read_bytes() if file.stat().st_size <= LARGEST else _TOO_LARGE
    except (OSError, ValueError):
        return _MISSING
