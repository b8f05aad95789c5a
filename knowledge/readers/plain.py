"""Bytes of plain text decoded."""

import re

from knowledge.errors import UnreadableDocument
from knowledge.normalisation import clean

_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_SAMPLE = 1 << 20
"""Bytes that the encoding is told from."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def decode(data: bytes) -> str:
    """Return the text in UTF-8 (with or without mark), UTF-16 with mark, or GB18030; raise UnreadableDocument."""
    return clean("\n".join(whole(line, number) for number, line in enumerate(lines(data), 1)))


def lines(data: bytes) -> list[str | None]:
    """Return the lines of a text, None for one that is damaged; raise UnreadableDocument for what is no text."""
    encoding = encoding_of(data)
    found: list[str | None]
    try:
        found = [*data.decode(encoding).split("\n")]
    except UnicodeDecodeError:
        # a line feed is no part of a character but in UTF-16
        found = [None] if encoding == "utf-16" else [_line(line, encoding) for line in data.split(b"\n")]
    sample = "".join(line or "" for line in found[:10_000])
    if len(_CONTROL.findall(sample)) > max(3, len(sample) // 20) or all(line is None for line in found):
        raise UnreadableDocument("不是文字文件，请另存为 UTF-8 编码的文本")
    return found


def encoding_of(data: bytes) -> str:
    """Return the likely encoding; a text of Chinese characters in UTF-8 stays so when some bytes are damaged."""
    if data.startswith(_UTF_16_MARKS):
        return "utf-16"
    text = data[:_SAMPLE].decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    return "utf-8-sig" if damaged <= len(_HAN.findall(text)) else "gb18030"


def whole(line: str | None, number: int) -> str:
    """Return a line, or raise UnreadableDocument when it is damaged."""
    if line is None:
        raise UnreadableDocument(f"第 {number} 行的文字编码有损坏，请另存为 UTF-8")
    return line


def _line(line: bytes, encoding: str) -> str | None:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return None
