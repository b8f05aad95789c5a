"""ZIP archives of files to be read."""

import posixpath
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import PurePosixPath
from zipfile import ZipInfo

from knowledge.errors import UnreadableDocument
from knowledge.normalisation import clean
from knowledge.readers.package import files_in

_UTF_8 = 0x800
"""The flag of a name written in UTF-8."""
_LITTER = ("__MACOSX/", "Thumbs.db", "desktop.ini")


def members(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of each file, hidden ones left out; nothing is ever written anywhere.

    Raises UnreadableDocument for an archive that is damaged, encrypted, too large, empty, or points out of itself.
    """
    empty = True
    for info, content in files_in(data):
        name = _name(info)
        if _is_outside(name) or stat.S_ISLNK(info.external_attr >> 16):
            raise UnreadableDocument(f"压缩包里有指向包外的文件“{name[:100]}”，不予解开")
        if name.startswith(_LITTER) or any(part.startswith(".") for part in PurePosixPath(name).parts):
            continue
        empty = False
        yield name, content
    if empty:
        raise UnreadableDocument("压缩包是空的")


def _is_outside(name: str) -> bool:
    return posixpath.normpath(name).startswith(("/", "..")) or name[1:2] == ":"


def _name(info: ZipInfo) -> str:
    """Return the name of a member; Chinese Windows writes it in GBK without saying so."""
    name = info.filename
    if not info.flag_bits & _UTF_8:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("gb18030")
    return clean(name).replace("\\", "/")
