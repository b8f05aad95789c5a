"""Files that belong to a request (证件影像、附件、答复附件): which are taken, known by their content."""

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from register.steps import Stage

LARGEST = 10 * 1024 * 1024
"""Bytes of one file."""
LONGEST_NAME = 60
_FOREIGN = re.compile(r"[^\w.\-()（）〔〕《》 ]")


class Purpose(StrEnum):
    """What a file is for."""

    IDENTITY = "identity"
    """证件影像: the image of an identity document: sensitive, kept for a limited time."""
    ATTACHMENT = "attachment"
    """附件: what an applicant adds, or the scan of a request that came on paper."""
    REPLY = "reply"
    """答复附件: what the office gives with its reply."""


FILED_WITH = frozenset({Purpose.IDENTITY, Purpose.ATTACHMENT})
"""What comes with a form; a reply is the office's own."""
REPLYING = frozenset({Stage.PROCESSING, Stage.DRAFTING})
"""Where a reply is being written; afterwards what was approved stays as it is."""
MOST = {Purpose.IDENTITY: 2, Purpose.ATTACHMENT: 5, Purpose.REPLY: 20}
"""Files of each purpose to a request."""


class FileKind(StrEnum):
    """A kind of file that is taken; the value is its ending."""

    PDF = "pdf"
    JPEG = "jpg"
    PNG = "png"
    DOCX = "docx"
    XLSX = "xlsx"
    OFD = "ofd"
    TEXT = "txt"


TAKEN = dict.fromkeys(Purpose, frozenset(FileKind)) | {
    Purpose.IDENTITY: frozenset({FileKind.PDF, FileKind.JPEG, FileKind.PNG})
}
_BEGINNINGS = {b"%PDF-": FileKind.PDF, b"\xff\xd8\xff": FileKind.JPEG, b"\x89PNG\r\n\x1a\n": FileKind.PNG}
_PARTS = {"word/document.xml": FileKind.DOCX, "xl/workbook.xml": FileKind.XLSX, "OFD.xml": FileKind.OFD}
WRONG_KIND = {
    Purpose.IDENTITY: "“{name}”不是图片或者 PDF，没有保存。证件影像请用 JPG、PNG 或者 PDF。",
    Purpose.ATTACHMENT: "“{name}”的格式不支持，没有保存。附件请用 PDF、JPG、PNG、DOCX、XLSX、OFD 或者 TXT。",
    Purpose.REPLY: "“{name}”的格式不支持，没有保存。附件请用 PDF、JPG、PNG、DOCX、XLSX、OFD 或者 TXT。",
}
TOO_LARGE = "“{name}”超过 10 MB，没有保存。"
TOO_MANY = "“{name}”没有保存：这里最多放 {most} 个文件。"


@dataclass(frozen=True, slots=True)
class NewEnclosure:
    """A file as it was sent, with its content's own ending; `by` is who sent it."""

    purpose: Purpose
    name: str
    kind: FileKind
    content: bytes
    by: str = "citizen"


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that is kept: all but its content. `purged`: its content was erased when its time was over."""

    key: str
    purpose: Purpose
    name: str
    kind: FileKind
    size: int
    at: datetime
    by: str
    purged: bool = False


class Enclosures(Protocol):
    """Keeps files sealed, for the form that a source files or has filed."""

    async def keep(self, source: str, new: NewEnclosure, *, key: str, at: datetime) -> Enclosure | None:
        """Keep a file under a new key, or return the same one kept before; None where there are too many.

        Raises FixedReply for a file of a reply that is not being written.
        """

    async def drop(self, source: str, key: str) -> None:
        """Erase a file of a form that is not filed yet."""

    async def take_back(self, source: str, key: str) -> None:
        """Erase a file of a reply; raise FixedReply where that is not being written."""

    async def kept(self, source: str) -> tuple[Enclosure, ...]:
        """Return the files of a source, oldest first."""

    async def source_of(self, reference: str) -> str:
        """Return the source that filed a request; raise UnknownCase."""

    async def content(self, source: str, key: str) -> bytes | None:
        """Return the content of a file of this source, or None: no such file, or erased."""


def enclosed(purpose: Purpose, name: str, content: bytes, *, by: str = "citizen") -> NewEnclosure | str:
    """Return a file to keep, or the sentence that says why it is not taken."""
    shown = _FOREIGN.sub("", name.replace("\\", "/").rpartition("/")[2])[-LONGEST_NAME:].strip(" .") or "文件"
    if len(content) > LARGEST:
        return TOO_LARGE.format(name=shown)
    kind = kind_of(content)
    if kind is None or kind not in TAKEN[purpose]:
        return WRONG_KIND[purpose].format(name=shown)
    stem = shown.rpartition(".")[0] or shown
    return NewEnclosure(purpose, f"{stem}.{kind}", kind, content, by)


def kind_of(content: bytes) -> FileKind | None:
    """Return what a file is by its content, or None for what is not taken."""
    for beginning, kind in _BEGINNINGS.items():
        if content.startswith(beginning):
            return kind
    if content.startswith(b"PK\x03\x04"):
        return _packed(content)
    return FileKind.TEXT if _is_text(content) else None


def _packed(content: bytes) -> FileKind | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if any(name.endswith("vbaProject.bin") for name in names):
        return None
    return next((kind for part, kind in _PARTS.items() if part in names), None)


def _is_text(content: bytes) -> bool:
    """Whether it can be read as text in one of the two encodings in use; programs hold control signs."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return bool(text.strip()) and not any(sign < " " and sign not in "\t\r\n" for sign in text)
    return False
