"""ZIP files, looked into within bounds: archives, and the packages that Word and Excel files are."""

import io
import struct
import zlib
from collections.abc import Iterator, Sequence
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from knowledge.errors import UnreadableDocument

MOST_FILES = 2000
LARGEST = 300 * 1024 * 1024
"""Bytes that all the files of a package may come to."""
_STEEPEST = 200
"""Times that a package may grow when it is unpacked."""
_SMALL = 1 << 20
"""Bytes below which growth does not matter."""
_LARGEST_DIRECTORY = 1 << 20
_END = struct.Struct("<4s4H2LH")
_END_SIGN = b"PK\x05\x06"
_FAR_END_SIGN = b"PK\x06\x07"
_ENCRYPTED = 0x1
_DAMAGED = (BadZipFile, zlib.error, struct.error, ValueError, KeyError, IndexError, EOFError, OSError, RuntimeError)
_BROKEN = "压缩文件有损坏或不完整，请重新压缩或另存"


def names_in(data: bytes) -> frozenset[str]:
    """Return the names of the files in a package; raise UnreadableDocument for one that is damaged or out of bounds."""
    return frozenset(each.filename for each in _opened(data).infolist())


def files_in(data: bytes) -> Iterator[tuple[ZipInfo, bytes]]:
    """Yield each file of a package with its bytes, folders left out; raise UnreadableDocument as `names_in` does."""
    package = _opened(data)
    for each in package.infolist():
        if each.is_dir():
            continue
        try:
            yield each, package.read(each)
        except (*_DAMAGED, NotImplementedError) as error:
            raise UnreadableDocument(_BROKEN) from error


def check_parts(data: bytes) -> None:
    """Raise UnreadableDocument for a Word or Excel file whose parts declare entities."""
    package = _opened(data)
    for each in package.infolist():
        if not each.filename.endswith((".xml", ".rels")):
            continue
        try:
            with package.open(each) as part:
                start = part.read(4096)
        except (*_DAMAGED, NotImplementedError) as error:
            raise UnreadableDocument("文件有损坏，请打开后重新另存") from error
        if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
            raise UnreadableDocument("文件里有不安全的内容（XML 实体），请用 Word 或 Excel 打开后重新另存")


def _opened(data: bytes) -> ZipFile:
    _check_directory(data)
    try:
        package = ZipFile(io.BytesIO(data))
    except (*_DAMAGED, NotImplementedError) as error:
        raise UnreadableDocument(_BROKEN) from error
    _check_sizes(package.infolist(), len(data))
    return package


def _check_sizes(files: Sequence[ZipInfo], packed: int) -> None:
    """Refuse what would fill the disk or cannot be opened, before it is."""
    total = sum(each.file_size for each in files)
    if len(files) > MOST_FILES:
        raise UnreadableDocument(f"压缩包里超过 {MOST_FILES} 个文件，请分成几个")
    if total > LARGEST or (total > _SMALL and total > packed * _STEEPEST):
        raise UnreadableDocument("压缩包解开后过大，不予解开；请直接导入里面的文件")
    if any(each.flag_bits & _ENCRYPTED for each in files):
        raise UnreadableDocument("压缩包加了密码，请先去掉密码再导入")
    if any(each.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for each in files):
        raise UnreadableDocument("压缩方式不支持，请用系统自带的压缩功能重新压缩为 .zip")


def _check_directory(data: bytes) -> None:
    """Refuse a package whose table of contents alone would fill the memory, before it is read."""
    at = data.rfind(_END_SIGN, max(0, len(data) - (1 << 16) - _END.size))
    if at < 0 or len(data) - at < _END.size:
        raise UnreadableDocument(_BROKEN)
    _, _, _, _, count, size, _, _ = _END.unpack_from(data, at)
    if count > MOST_FILES or size > _LARGEST_DIRECTORY or data.find(_FAR_END_SIGN, max(0, at - 64), at) >= 0:
        raise UnreadableDocument(f"压缩包里超过 {MOST_FILES} 个文件，请分成几个")
