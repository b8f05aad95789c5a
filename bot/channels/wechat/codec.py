"""Message bodies of the platform, XML or JSON, as flat fields of text, and back."""

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NoReturn
from xml.parsers import expat

LARGEST = 256 * 1024
"""Bytes of one body; the platform's are below 10 kB."""
_DEEPEST = 8
_MOST_ELEMENTS = 2000
# the form in which the platform writes XML, without anything that a parser would have to interpret
_FLAT_FIELD = r"[ \t\n]*+<([A-Za-z][0-9A-Za-z_]*+)>(?:<!\[CDATA\[([^\]]*+(?:\](?!\]>)[^\]]*+)*+)\]\]>|([^<&\]]*+))</\1>"
_FLAT = re.compile(rf"[ \t\n]*+<xml>(?:{_FLAT_FIELD})*+[ \t\n]*+</xml>[ \t\n]*+")
_FIELDS = re.compile(_FLAT_FIELD)
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


class DataFormat(StrEnum):
    """数据格式, as set in the platform's console."""

    XML = "application/xml"
    JSON = "application/json"


class Unreadable(ValueError):
    """The body is not what the platform sends."""


def read(body: bytes) -> tuple[Mapping[str, str], DataFormat]:
    """Return the top-level fields that hold a text or a number, as text, and the format; raise Unreadable.

    Nested fields are left out. Whitespace is kept.
    """
    if len(body) > LARGEST:
        raise Unreadable("too large")
    first = body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if first == b"<":
        return _read_xml(body), DataFormat.XML
    if first == b"{":
        return _read_json(body), DataFormat.JSON
    raise Unreadable("neither XML nor JSON")


def write(fields: Mapping[str, str | int], data_format: DataFormat) -> bytes:
    """Return fields as a body; texts must have gone through `writable`."""
    if data_format is DataFormat.JSON:
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    return f"<xml>{''.join(map(_element, fields.items()))}</xml>".encode()


def writable(text: str) -> str:
    """Return a text without the characters that XML cannot hold; one of them would make the whole reply unreadable."""
    return _UNWRITABLE.sub("", text)


def _element(field: tuple[str, str | int]) -> str:
    name, value = field
    if isinstance(value, int):
        return f"<{name}>{value}</{name}>"
    return f"<{name}><![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]></{name}>"


class _Reader:
    """Gathers the elements below the root; refuses what the platform never sends."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self._open: list[str] = []
        self._texts: list[str] = []
        self._nested = False
        self._seen: set[str] = set()
        self._left = _MOST_ELEMENTS
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._texts.append
        # called before any entity is read; a byte search would also refuse a citizen who writes "<!DOCTYPE"
        self.parser.StartDoctypeDeclHandler = _refuse_doctype

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        depth = len(self._open)
        self._left -= 1
        if attributes or depth == _DEEPEST or not self._left or (not depth and name != "xml"):
            raise Unreadable("not the platform's XML")
        if depth == 1:
            if name in self._seen:
                raise Unreadable("a field comes twice")
            self._seen.add(name)
            self._texts.clear()
        self._nested = depth > 1
        self._open.append(name)

    def _end(self, name: str) -> None:
        self._open.pop()
        if len(self._open) == 1 and not self._nested:
            self.fields[name] = "".join(self._texts)


def _read_xml(body: bytes) -> Mapping[str, str]:
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Unreadable("not UTF-8") from error
    # half of the work on a message would be two runs of the parser; tests hold the two ways against each other
    if _FLAT.fullmatch(text) and "\r" not in text and not _UNWRITABLE.search(text):
        return _object([(name, marked or bare) for name, marked, bare in _FIELDS.findall(text, text.index(">") + 1)])
    return _parse_xml(body)


def _parse_xml(body: bytes) -> Mapping[str, str]:
    reader = _Reader()
    try:
        reader.parser.Parse(body, True)  # noqa: FBT003  the C function takes no keyword
    except expat.ExpatError as error:
        raise Unreadable("not XML") from error
    return reader.fields


def read_json(body: bytes) -> Mapping[str, Any]:
    """Return the fields of a JSON object, numbers as text; raise Unreadable."""
    try:
        content = json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_int=str,
            parse_float=str,
            parse_constant=_refuse_constant,
        )
    except (ValueError, RecursionError) as error:
        raise Unreadable("not JSON") from error
    if not isinstance(content, dict):
        raise Unreadable("no JSON object")
    return content


def _read_json(body: bytes) -> Mapping[str, str]:
    content = read_json(body)
    # escapes can smuggle in what XML could not: a NUL, half a surrogate pair
    return {name: writable(value) for name, value in content.items() if isinstance(value, str)}


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise Unreadable("a field comes twice")
    return content


def _refuse_doctype(*_declaration: object) -> NoReturn:
    raise Unreadable("a DTD")


def _refuse_constant(name: str) -> NoReturn:
    raise Unreadable(f"{name} is no number")
