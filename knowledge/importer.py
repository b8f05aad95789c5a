"""The importer: files and folders read, checked and stored, row by row."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from pathlib import Path

from knowledge.ports import DocumentStore
from knowledge.readers import Reading, read_file
from knowledge.types import Document, ImportRow, Outcome

_LARGEST = 100 * 1024 * 1024


class Importer:
    """Brings documents into a store; a bad file or row is refused with its reason and never stops the good ones."""

    def __init__(self, store: DocumentStore) -> None:
        self._store = store

    async def run(self, paths: Sequence[Path], *, by: str, dry_run: bool = False) -> tuple[ImportRow, ...]:
        """Return what happened to every file and record, or with `dry_run` what would happen.

        Folders are walked in order of name, hidden files left out. Errors of the store are the caller's.
        """
        return tuple([row async for row in self._rows(paths, by=by, dry_run=dry_run)])

    async def _rows(self, paths: Iterable[Path], *, by: str, dry_run: bool) -> AsyncIterator[ImportRow]:
        seen: dict[str, str] = {}
        for path in paths:
            for reading in await asyncio.to_thread(_read, path):
                document = reading.document
                if document is None:
                    yield ImportRow(reading.place, Outcome.REFUSED, reading.reason)
                elif document.id in seen:
                    yield ImportRow(reading.place, Outcome.REFUSED, f"编号“{document.id}”与 {seen[document.id]} 重复")
                else:
                    seen[document.id] = reading.place
                    outcome = await (self._foresee(document) if dry_run else self._store.put(document, by=by))
                    yield ImportRow(reading.place, outcome, document=document)

    async def _foresee(self, document: Document) -> Outcome:
        known = await self._store.get(document.id)
        if known is None:
            return Outcome.CREATED
        return Outcome.UNCHANGED if known.digest == document.digest else Outcome.UPDATED


def _read(path: Path) -> list[Reading]:
    return [reading for file in _files(path) for reading in _read_one(file)]


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for entry in sorted(path.rglob("*")):
        if entry.is_file() and not any(part.startswith(".") for part in entry.relative_to(path).parts):
            yield entry


def _read_one(file: Path) -> list[Reading]:
    try:
        if file.stat().st_size > _LARGEST:
            return [Reading(str(file), reason="文件超过 100 MB")]
        data = file.read_bytes()
    except OSError:
        return [Reading(str(file), reason="文件不存在或无法打开")]
    return list(read_file(str(file), data))
