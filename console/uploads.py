"""Files that staff send from a browser, streamed into folders of their own and swept away again."""

import asyncio
import re
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from console.forms import cleaned, equal
from knowledge.origins import Origin

MOST_FILES = 200
LARGEST = 100 * 1024 * 1024
"""Bytes of one file."""
LARGEST_ALL = 300 * 1024 * 1024
"""Bytes of everything sent at once."""
KEPT = timedelta(hours=2)
"""How long files wait for their import to be confirmed."""
PACKAGES = frozenset({".zip", ".jsonl", ".csv", ".xlsx"})
"""Endings of files that hold many texts."""
TOKEN = re.compile(r"[\w-]{22}", re.ASCII)
_FOREIGN = re.compile(r"[^\w.\-()（）〔〕《》、 ]")
_LONGEST_NAME = 60
_LONGEST_FIELD = 4096


class Unacceptable(Enum):
    """Why an upload was not taken."""

    FORGED = auto()
    NOTHING = auto()
    MANY = auto()
    LARGE = auto()
    BROKEN = auto()


@dataclass(frozen=True, slots=True)
class Upload:
    """What was sent at once: a folder with the files, each as it was called as far as its name is harmless."""

    token: str
    folder: Path

    @property
    def files(self) -> tuple[Path, ...]:
        """The files, in the order they were sent."""
        places = (place for place in _sorted(self.folder) if place.is_dir())
        return tuple(sorted(path for place in places for path in place.rglob("*") if path.is_file()))

    def origin(self, file: Path) -> Origin:
        """Return the source of a file: the folder it was sent with, or itself where it holds many texts; else none."""
        number, *folder, name = file.relative_to(self.folder).parts
        package = file.suffix.lower() in PACKAGES
        source = f"上传的文件夹“{folder[0]}”" if folder else f"上传的“{name}”" if package else ""
        return Origin(source, str(self.folder / number))

    def empty(self) -> None:
        """Delete the files; what else lies in the folder stays."""
        for place in _sorted(self.folder):
            if place.is_dir():
                shutil.rmtree(place, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Uploads:
    """Keeps uploads below one folder that nothing else uses."""

    folder: Path
    now: Callable[[], datetime]
    token: Callable[[], str] = lambda: secrets.token_urlsafe(16)
    largest: int = LARGEST
    largest_all: int = LARGEST_ALL
    most_files: int = MOST_FILES

    async def receive(self, request: web.Request, *, csrf: str) -> Upload | Unacceptable:
        """Return what a multipart form carries, or why it was not taken; nothing is kept then.

        The form's token must come before the first file. Nothing is held in memory but the piece on its way.
        """
        if request.content_type != "multipart/form-data":
            return Unacceptable.BROKEN
        await asyncio.to_thread(self.sweep)
        token = self.token()
        upload = Upload(token, self.folder / token)
        await asyncio.to_thread(upload.folder.mkdir, 0o700, parents=True)
        trouble: Unacceptable | None = Unacceptable.BROKEN
        try:
            trouble = await self._take(await request.multipart(), upload.folder, csrf=csrf)
        except (ValueError, LookupError, HttpProcessingError, web.RequestPayloadError):
            trouble = Unacceptable.BROKEN
        finally:
            # also when the browser went away in the middle
            if trouble is not None:
                shutil.rmtree(upload.folder, ignore_errors=True)
        return trouble or upload

    def find(self, token: str) -> Upload | None:
        """Return an upload that is still there, or None."""
        if not TOKEN.fullmatch(token):
            return None
        upload = Upload(token, self.folder / token)
        return upload if upload.folder.is_dir() else None

    def all(self) -> tuple[Upload, ...]:
        """Return every upload that is still there."""
        return tuple(Upload(place.name, place) for place in _sorted(self.folder) if TOKEN.fullmatch(place.name))

    def drop(self, upload: Upload) -> None:
        """Delete an upload."""
        shutil.rmtree(upload.folder, ignore_errors=True)

    def sweep(self) -> None:
        """Delete the uploads that nobody confirmed in time."""
        oldest = (self.now() - KEPT).timestamp()
        for place in _sorted(self.folder):
            # another process may sweep at the same time
            with suppress(FileNotFoundError):
                if TOKEN.fullmatch(place.name) and place.stat().st_mtime < oldest:
                    shutil.rmtree(place, ignore_errors=True)

    async def _take(self, reader: MultipartReader, folder: Path, *, csrf: str) -> Unacceptable | None:
        trusted, count, room = False, 0, self.largest_all
        async for part in reader:
            if not isinstance(part, BodyPartReader):
                return Unacceptable.BROKEN
            if part.name == "csrf":
                trusted = equal((await part.read_chunk(_LONGEST_FIELD)).decode("ascii", "replace"), csrf)
                continue
            if not trusted:
                return Unacceptable.FORGED
            if not part.filename:
                continue
            count += 1
            if count > self.most_files:
                return Unacceptable.MANY
            size = await self._store(part, folder / f"{count:04}", most=min(self.largest, room))
            if size is None:
                return Unacceptable.LARGE
            room -= size
        if not trusted:
            return Unacceptable.FORGED
        return None if count else Unacceptable.NOTHING

    async def _store(self, part: BodyPartReader, place: Path, *, most: int) -> int | None:
        """Write a file into its folder and return its size; None when it is larger than `most`."""
        size = 0
        above = place / top_folder(part.filename or "")
        await asyncio.to_thread(above.mkdir, 0o700, parents=True)
        with (above / harmless(part.filename or "")).open("xb") as file:
            while chunk := await part.read_chunk():
                size += len(chunk)
                if size > most:
                    return None
                await asyncio.to_thread(_write, file, chunk)
        return size


def harmless(name: str) -> str:
    """Return a file's name without folders and foreign signs; its ending stays."""
    leaf = PurePosixPath(cleaned(name).replace("\\", "/")).name
    plain = _FOREIGN.sub("_", leaf).strip(". ") or "file"
    stem, dot, ending = plain.rpartition(".")
    return f"{(stem or ending)[:_LONGEST_NAME]}{dot if stem else ''}{ending[:10] if stem else ''}"


def top_folder(name: str) -> str:
    """Return the folder that a file was sent with, as browsers name it before the file; "" for none."""
    folder, slash, _ = cleaned(name).replace("\\", "/").lstrip("/").partition("/")
    return harmless(folder) if slash and folder.strip(". ") else ""


def _write(file: BinaryIO, chunk: bytes) -> None:
    file.write(chunk)


def _sorted(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []
