"""The importer: files and folders read, checked and stored, row by row."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path

from knowledge.normalisation import clean
from knowledge.ports import Intake
from knowledge.readers import Reading, read_file
from knowledge.types import ImportRow, Outcome

_LARGEST = 100 * 1024 * 1024


class Importer:
    """Hands documents to the intake; a bad file or row is refused with its reason and never stops the good ones."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    async def run(
        self, paths: Sequence[Path], *, by: str, draft: bool = False, dry_run: bool = False
    ) -> tuple[ImportRow, ...]:
        """Return what happened to every file and record, or with `dry_run` what would happen.

        With `draft` every text waits for review. Folders are walked in order of name, hidden files left out. Errors of
        the intake are the caller's.
        """
        return tuple([row async for row in self._rows(paths, by=by, draft=draft, dry_run=dry_run)])

    async def _rows(self, paths: Iterable[Path], *, by: str, draft: bool, dry_run: bool) -> AsyncIterator[ImportRow]:
        seen: dict[str, str] = {}
        for file in await asyncio.to_thread(_files, paths):
            for reading in await asyncio.to_thread(_read, file):
                document = reading.document
                if document is None:
                    yield ImportRow(reading.place, Outcome.REFUSED, reading.reason)
                elif document.id in seen:
                    yield ImportRow(reading.place, Outcome.REFUSED, f"编号“{document.id}”与 {seen[document.id]} 重复")
                else:
                    seen[document.id] = reading.place
                    given = await self._intake.admit(
                        document, by=by, repeals=reading.repeals, draft=draft, dry_run=dry_run
                    )
                    reason = "；".join(filter(None, (given.reason, reading.reason)))
                    yield ImportRow(reading.place, given.outcome, reason, document, given.concerns, given.published)


def _files(paths: Iterable[Path]) -> list[Path]:
    """Return every file once: those named, and those in the folders named, folder by folder in order of name."""
    return list(dict.fromkeys(file for path in paths for file in _within(path)))


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


def _read(file: Path) -> list[Reading]:
    place = clean(str(file))
    try:
        if file.is_dir():
            return [Reading(place, reason="文件夹里没有文件，或者无法打开")]
        if not file.is_file():
            return [Reading(place, reason="文件不存在或无法打开")]
        if file.stat().st_size > _LARGEST:
            return [Reading(place, reason="文件超过 100 MB")]
        data = file.read_bytes()
    except (OSError, ValueError):
        return [Reading(place, reason="文件不存在或无法打开")]
    return list(read_file(str(file), data))
