"""Files read into documents: JSON lines, Markdown and plain text."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

import yaml

from knowledge.errors import UnreadableDocument
from knowledge.header import read_header
from knowledge.normalisation import clean
from knowledge.records import by_field, read_record
from knowledge.types import Document

_VALIDITY_IN_NAME = frozenset({"有效", "现行有效", "废止", "已废止", "失效", "已失效"})
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_SAMPLE = 1 << 20
"""Bytes that the encoding is told from."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(?:(.*?)\n)?(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_LONGEST_FRONT_MATTER = 10_000
_OPEN_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n[^\n:]{1,20}:")


@dataclass(frozen=True, slots=True)
class Reading:
    """One document read, or why it could not be; `place` names the file, with ":line" for a record of many.

    Beside a document, `reason` tells what of the file was not used.
    """

    place: str
    document: Document | None = None
    reason: str = ""


def read_file(name: str, data: bytes) -> Iterator[Reading]:
    """Yield what is in a file, by the ending of its name; raises nothing, whatever the bytes are."""
    place = clean(name)
    suffix = PurePath(place).suffix.lower()
    try:
        if suffix in {".jsonl", ".ndjson"}:
            yield from _json_lines(place, data)
        elif suffix in {".md", ".markdown"}:
            yield _markdown(place, decode(data))
        elif suffix == ".txt":
            yield Reading(place, _headed(place, decode(data), {}))
        else:
            yield Reading(place, reason=f"暂不支持“{suffix or '无扩展名'}”格式，请另存为 Markdown、文本或 JSONL")
    except UnreadableDocument as error:
        yield Reading(place, reason=error.reason)


def decode(data: bytes) -> str:
    """Return the text in UTF-8 (with or without mark), UTF-16 with mark, or GB18030; raise UnreadableDocument."""
    return clean("\n".join(_decoded(line, number) for number, line in enumerate(_lines(data), 1)))


def _lines(data: bytes) -> list[str | None]:
    """Return the lines of a text, None for one that is damaged."""
    encoding = _encoding(data)
    lines: list[str | None]
    try:
        lines = [*data.decode(encoding).split("\n")]
    except UnicodeDecodeError:
        # a line feed is no part of a character but in UTF-16
        lines = [None] if encoding == "utf-16" else [_line(line, encoding) for line in data.split(b"\n")]
    sample = "".join(line or "" for line in lines[:10_000])
    if len(_CONTROL.findall(sample)) > max(3, len(sample) // 20) or all(line is None for line in lines):
        raise UnreadableDocument("不是文字文件，请另存为 UTF-8 编码的文本")
    return lines


def _encoding(data: bytes) -> str:
    """Return the likely encoding; a text of Chinese characters in UTF-8 stays so when some bytes are damaged."""
    if data.startswith(_UTF_16_MARKS):
        return "utf-16"
    text = data[:_SAMPLE].decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    return "utf-8-sig" if damaged <= len(_HAN.findall(text)) else "gb18030"


def _line(line: bytes, encoding: str) -> str | None:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return None


def _decoded(line: str | None, number: int) -> str:
    if line is None:
        raise UnreadableDocument(f"第 {number} 行的文字编码有损坏，请另存为 UTF-8")
    return line


def _json_lines(name: str, data: bytes) -> Iterator[Reading]:
    lines = _lines(data)
    if not any(line is None or line.strip() for line in lines):
        yield Reading(name, reason="文件是空的")
    for number, line in enumerate(lines, 1):
        if line is not None and not line.strip():
            continue
        place = f"{name}:{number}"
        try:
            yield Reading(place, _record(_decoded(line, number), fallback=f"{PurePath(name).stem}-{number}"))
        except UnreadableDocument as error:
            yield Reading(place, reason=error.reason)


def _record(line: str, *, fallback: str) -> Document:
    try:
        record = json.loads(line, strict=False)
    except (ValueError, RecursionError) as error:
        raise UnreadableDocument("不是一行完整的 JSON") from error
    if not isinstance(record, dict):
        raise UnreadableDocument("一行应当是一个 JSON 对象")
    return read_record(record, fallback_id=fallback)


def _markdown(name: str, text: str) -> Reading:
    front, body = _front_matter(text)
    given, unused = by_field(front)
    reason = f"没有用到的项：{'、'.join(unused)}" if unused else ""
    return Reading(name, _headed(name, body, given), reason)


def _headed(name: str, text: str, given: Mapping[str, object]) -> Document:
    header = read_header(text)
    stem, *words = PurePath(name).stem.split(".")
    title = given.get("title") or header.title or stem
    found: dict[str, object] = {
        "number": header.number,
        "issuer": header.issuer,
        "published_on": header.published_on,
        "effective_on": header.effective_on,
        "validity": next((word for word in words if word in _VALIDITY_IN_NAME), ""),
        **given,
        "title": title,
        "text": _without_title(header.text, str(title)),
    }
    return read_record(found, fallback_id=_stable_id(str(title)))


def _without_title(text: str, title: str) -> str:
    first, _, rest = text.partition("\n")
    same = first.lstrip("# ").strip("* ") == title
    return rest if same and rest.strip() else text


def _front_matter(text: str) -> tuple[Mapping[str, object], str]:
    found = _FRONT_MATTER.match(text)
    if found is None or len(found[1] or "") > _LONGEST_FRONT_MATTER:
        if _OPEN_FRONT_MATTER.match(text):
            raise UnreadableDocument("文件开头的说明没有以“---”结束或者过长")
        return {}, text
    try:
        # every value is taken as written: no 007 read as 7, no 否 as false
        values = yaml.load(found[1] or "", Loader=yaml.BaseLoader)  # noqa: S506  makes nothing but text, lists, maps
    except (yaml.YAMLError, RecursionError) as error:
        raise UnreadableDocument("文件开头的说明写法有误，应当每行一项“名称: 值”") from error
    if not isinstance(values, dict | None):
        raise UnreadableDocument("文件开头的说明写法有误，应当每行一项“名称: 值”")
    return values or {}, text[found.end() :]


def _stable_id(title: str) -> str:
    return f"t-{hashlib.sha256(title.encode()).hexdigest()[:12]}"
