"""A backup: one file with every row that is kept, the office's own files, and a manifest that counts them."""

import io
import json
import os
import re
import zipfile
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Table

from register.errors import Unreadable
from register.ports import Vault
from storage.bindings import unsealed
from storage.database import Database
from storage.errors import OtherSchema, UnreadableBackup
from storage.migrations import revision_of, revisions
from storage.rows import Counter, Tally, columns_of, lines, tables, values_of
from storage.seals import SEALED, Bindings

FORMAT = 1
MANIFEST, MARK = "manifest.json", "manifest.mark"
FILE_NAME = re.compile(r"calendar/\d{4}\.toml|calibration\.json|index/switches\.jsonl|keys\.toml|secret\.key")
"""What a backup may hold beside tables: nothing else is ever written back."""
Mark = Callable[[str], str]
"""Returns what only the owner of the office's keys can write under a text."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds; `revision` is that of the schema, `files` are SHA-256 by name."""

    made_at: datetime
    revision: str
    tables: Mapping[str, Tally] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(each.rows for each in self.tables.values())

    def text(self) -> str:
        """Return the manifest as it is written."""
        return json.dumps(asdict(self) | {"made_at": self.made_at.isoformat()}, ensure_ascii=False, indent=1)

    @classmethod
    def read(cls, text: str) -> "Manifest":
        """Return the manifest that was written; raise UnreadableBackup."""
        try:
            kept = json.loads(text)
            counted = {
                name: Tally(tuple(each["columns"]), each["rows"], each["sha256"])
                for name, each in kept["tables"].items()
            }
            manifest = cls(**(kept | {"made_at": datetime.fromisoformat(kept["made_at"]), "tables": counted}))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UnreadableBackup("备份的清单读不出来。") from error
        if manifest.format != FORMAT or manifest.revision not in ("", *revisions()):
            raise UnreadableBackup("备份由更新的版本生成，请用那个版本恢复。")
        return manifest


@contextmanager
def created(path: Path) -> Iterator[zipfile.ZipFile]:
    """Give a new archive that only its owner can read; under its name only when it is whole and on the disk."""
    if path.exists():
        raise FileExistsError(f"已有这个文件：{path}")
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with open(part, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                yield archive
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)


async def write_tables(archive: zipfile.ZipFile, database: Database) -> tuple[str, Mapping[str, Tally]]:
    """Write every table as it is at one moment, while others go on writing; return the schema's revision and tallies.

    Raises OtherSchema where the database is not this program's.
    """
    revision = await revision_of(database)
    if revision != revisions()[-1]:
        raise OtherSchema("数据库与程序的版本不同：请用与数据库相同的版本备份，或先运行 migrate。")
    counted = {}
    async with database.snapshot() as connection:
        for table in tables():
            counter = Counter(columns_of(table))
            with archive.open(_member(table.name), "w", force_zip64=True) as out:
                async for line in lines(connection, table, columns_of(table)):
                    counter.add(line)
                    out.write(line.encode() + b"\n")
            counted[table.name] = counter.tally
    return revision, counted


def write_files(archive: zipfile.ZipFile, files: Mapping[str, Path]) -> Mapping[str, str]:
    """Write the files that there are under their names; return their SHA-256."""
    written = {}
    for name, file in files.items():
        if file.exists():
            content = file.read_bytes()
            archive.writestr(f"files/{name}", content)
            written[name] = sha256(content).hexdigest()
    return written


def finish(archive: zipfile.ZipFile, manifest: Manifest, mark: Mark | None = None) -> None:
    """Write the manifest, and where there is a key what proves that nobody else wrote it."""
    archive.writestr(MANIFEST, manifest.text())
    if mark is not None:
        archive.writestr(MARK, mark(manifest.text()))


class Archive:
    """A backup that is read; every method raises UnreadableBackup for what was not written so."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._text = self._read(MANIFEST).decode("utf-8", "replace")
        self.manifest = Manifest.read(self._text)
        self.signed = MARK in archive.namelist()

    async def check(self, mark: Mark | None = None) -> None:
        """Compare every row and file with the manifest, and with a `mark` the manifest with its signature."""
        for name in self.manifest.files:
            self.file(name)
        for name, told in self.manifest.tables.items():
            counter = Counter(told.columns)
            async for line in self.lines(name):
                counter.add(line)
            if counter.tally != told:
                raise UnreadableBackup(f"备份已损坏：{name} 与清单不符。")
        if mark is not None and (not self.signed or self._read(MARK).decode("ascii", "replace") != mark(self._text)):
            raise UnreadableBackup("备份的签名不对：不是用这套密钥生成的，或被改动过。")

    async def lines(self, table: str) -> AsyncIterator[str]:
        """Yield the lines of a table."""
        with _named_ours(), self._archive.open(_member(table)) as member:
            for line in io.TextIOWrapper(member, encoding="utf-8", newline="\n"):
                yield line.removesuffix("\n")

    async def unreadable(self, vault: Vault) -> int:
        """Return how many sealed contents do not open with these keys."""
        return sum([await self._unreadable(table, bindings, vault) for table, _, bindings in SEALED])

    async def _unreadable(self, table: Table, bindings: Bindings, vault: Vault) -> int:
        told, closed = self.manifest.tables.get(table.name), 0
        if told is None or "sealed" not in told.columns:
            return 0
        async for line in self.lines(table.name):
            row = values_of(line, [table.c[name] for name in told.columns])
            try:
                if row["sealed"] is not None:
                    unsealed(vault, row["sealed"], bindings(row))
            except Unreadable:
                closed += 1
        return closed

    def file(self, name: str) -> bytes:
        """Return the content of a file."""
        content = self._read(f"files/{name}")
        if not FILE_NAME.fullmatch(name) or sha256(content).hexdigest() != self.manifest.files[name]:
            raise UnreadableBackup(f"备份已损坏：{name} 与清单不符。")
        return content

    def _read(self, member: str) -> bytes:
        with _named_ours():
            return self._archive.read(member)


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Give the backup in a file; raise UnreadableBackup and OSError."""
    with _named_ours():
        archive = zipfile.ZipFile(path)
    with archive:
        yield Archive(archive)


def _member(table: str) -> str:
    return f"tables/{table}.jsonl"


@contextmanager
def _named_ours() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, KeyError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise UnreadableBackup("这不是完整的备份文件，或已损坏。") from error
