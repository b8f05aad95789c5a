"""Files read into documents: JSON lines, Markdown and plain text."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

import yaml

from knowledge.errors import UnreadableDocument
from knowledge.header import read_header
from knowledge.normalisation import clean
from knowledge.records import read_record
from knowledge.types import Document

_VALIDITY_IN_NAME: Mapping[str, str] = {
    "有效": "有效",
    "现行有效": "有效",
    "废止": "废止",
    "已废止": "废止",
    "失效": "失效",
    "已失效": "失效",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One document read, or why it could not be; `place` names the file, with ":line" for a record of many."""

    place: str
    document: Document | None = None
    reason: str = ""


def read_file(name: str, data: bytes) -> Iterator[Reading]:
    """Yield what is in a file, by the ending of its name; raises nothing, whatever the bytes are."""
    suffix = PurePath(name).suffix.lower()
    if suffix in {".jsonl", ".ndjson"}:
        yield from _json_lines(name, data)
        return
    try:
        if suffix in {".md", ".markdown"}:
            yield Reading(name, _markdown(name, decode(data)))
        elif suffix == ".txt":
            yield Reading(name, _plain(name, decode(data)))
        else:
            yield Reading(name, reason=f"暂不支持“{suffix or '无扩展名'}”格式，请另存为 Markdown、文本或 JSONL")
    except UnreadableDocument as error:
        yield Reading(name, reason=error.reason)


def decode(data: bytes) -> str:
    """Return the text in UTF-8 (with or without mark), UTF-16 with mark, or GB18030; raise UnreadableDocument."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ("utf-16",) if marked else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return clean(text)
    raise UnreadableDocument("文字编码无法识别，请另存为 UTF-8")


def _json_lines(name: str, data: bytes) -> Iterator[Reading]:
    try:
        lines = decode(data).split("\n")
    except UnreadableDocument as error:
        yield Reading(name, reason=error.reason)
        return
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = f"{name}:{number}"
        try:
            yield Reading(place, _record(line, fallback=f"{PurePath(name).stem}-{number}"))
        except UnreadableDocument as error:
            yield Reading(place, reason=error.reason)


def _record(line: str, *, fallback: str) -> Document:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UnreadableDocument("不是一行完整的 JSON") from error
    if not isinstance(record, dict):
        raise UnreadableDocument("一行应当是一个 JSON 对象")
    return read_record(record, fallback_id=fallback)


def _markdown(name: str, text: str) -> Document:
    front, body = _front_matter(text)
    return _headed(name, body, front)


def _plain(name: str, text: str) -> Document:
    return _headed(name, text, {})


def _headed(name: str, text: str, given: Mapping[str, object]) -> Document:
    header = read_header(text)
    parts = PurePath(name).stem.split(".")
    found: dict[str, object] = {
        "title": header.title or parts[0],
        "text": header.text,
        "number": header.number,
        "issuer": header.issuer,
        "published_on": header.published_on,
        "effective_on": header.effective_on,
        "validity": next((_VALIDITY_IN_NAME[part] for part in parts[1:] if part in _VALIDITY_IN_NAME), ""),
    }
    return read_record({**found, **given}, fallback_id=_stable_id(name, header.title))


def _front_matter(text: str) -> tuple[Mapping[str, object], str]:
    if not text.startswith("---\n"):
        return {}, text
    block, mark, body = text[4:].partition("\n---")
    if not mark:
        return {}, text
    try:
        values = yaml.safe_load(block)
    except (yaml.YAMLError, ValueError) as error:
        raise UnreadableDocument("文件开头的说明（YAML）写法有误") from error
    if not isinstance(values, dict):
        raise UnreadableDocument("文件开头的说明（YAML）应当是“名称: 值”")
    return values, body.partition("\n")[2]


def _stable_id(name: str, title: str) -> str:
    known = title or PurePath(name).name
    return f"t-{hashlib.sha256(known.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
