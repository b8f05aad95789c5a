"""One record of fields brought to a Document, or refused with a reason."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from enum import StrEnum
from typing import TypeVar

from knowledge.errors import UnreadableDocument
from knowledge.header import read_date
from knowledge.normalisation import clean
from knowledge.numbers import number_key
from knowledge.types import Disclosure, Document, Kind, Validity

Enumeration = TypeVar("Enumeration", bound=StrEnum)

_LABELS: Mapping[str, tuple[str, ...]] = {
    "id": ("编号",),
    "title": ("标题", "名称"),
    "text": ("正文", "内容", "body"),
    "issuer": ("发文机关", "发布机构", "制定机关"),
    "number": ("文号", "发文字号", "doc_no"),
    "published_on": ("发布日期", "公布日期", "publish_date"),
    "effective_on": ("施行日期", "生效日期"),
    "expires_on": ("失效日期", "有效期至"),
    "url": ("链接", "网址"),
    "validity": ("status", "效力", "效力状态", "有效性"),
    "disclosure": ("公开属性",),
    "kind": ("类型", "种类"),
    "topic": ("主题", "领域"),
    "department": ("牵头部门", "责任部门"),
    "successor": ("替代文件",),
    "interprets": ("解读对象",),
}
_VALIDITIES: Mapping[str, Validity] = {
    "有效": Validity.IN_FORCE,
    "现行": Validity.IN_FORCE,
    "草案": Validity.DRAFT,
    "未生效": Validity.NOT_YET_EFFECTIVE,
    "尚未生效": Validity.NOT_YET_EFFECTIVE,
    "已修改": Validity.AMENDED,
    "已被修订": Validity.AMENDED,
    "部分有效": Validity.PARTLY_INVALID,
    "废止": Validity.REPEALED,
    "已被废止": Validity.REPEALED,
    "失效": Validity.EXPIRED,
    "无效": Validity.EXPIRED,
}


def read_record(record: Mapping[str, object], *, fallback_id: str) -> Document:
    """Return the document of a record with the fields of Document, or their Chinese labels; "status" is validity.

    Without an id it is derived from the number, else from `fallback_id`. Raises UnreadableDocument with the reason
    in Chinese for a record without text or title, or with a value that is not understood.
    """
    values = {name: _text(record, name, labels) for name, labels in _LABELS.items()}
    text = clean(values["text"]).strip()
    if not text:
        raise UnreadableDocument("正文为空")
    title = " ".join(clean(values["title"]).split()) or _first_line(text)
    document = Document(
        id=values["id"] or _derived_id(values["number"], fallback_id),
        title=title,
        text=text,
        digest="",
        issuer=values["issuer"],
        number=values["number"],
        published_on=_date(values, "published_on"),
        effective_on=_date(values, "effective_on"),
        expires_on=_date(values, "expires_on"),
        url=values["url"],
        validity=_member(Validity, values["validity"], Validity.IN_FORCE),
        disclosure=_member(Disclosure, values["disclosure"], Disclosure.PROACTIVE),
        kind=_member(Kind, values["kind"], Kind.POLICY),
        topic=values["topic"],
        department=values["department"],
        successor=values["successor"],
        interprets=values["interprets"],
    )
    return replace(document, digest=digest(document))


def digest(document: Document) -> str:
    """Return the SHA-256 of text and metadata, the digest itself left out."""
    values = asdict(document) | {"digest": ""}
    canonical = json.dumps(values, ensure_ascii=False, sort_keys=True, default=date.isoformat)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def _text(record: Mapping[str, object], name: str, labels: tuple[str, ...]) -> str:
    for label in (name, *labels):
        value = record.get(label)
        if value is None or value == "":
            continue
        if isinstance(value, bool) or not isinstance(value, str | int | float | date):
            raise UnreadableDocument(f"“{label}”应当是文字")
        return str(value).strip()
    return ""


def _first_line(text: str) -> str:
    line = text.split("\n", 1)[0].lstrip("# ").strip()
    return line[:60]


def _derived_id(number: str, fallback_id: str) -> str:
    key = number_key(number)
    return f"n-{key.replace('|', '-')}" if key else fallback_id


def _date(values: Mapping[str, str], name: str) -> date | None:
    written = values[name]
    if not written:
        return None
    read = read_date(written)
    if read is None:
        raise UnreadableDocument(f"日期“{written}”无法识别")
    return read


def _member(enumeration: type[Enumeration], written: str, default: Enumeration) -> Enumeration:
    if not written:
        return default
    if enumeration is Validity and written in _VALIDITIES:
        return enumeration(_VALIDITIES[written].value)
    try:
        return enumeration(written)
    except ValueError:
        known = "、".join(member.value for member in enumeration)
        raise UnreadableDocument(f"“{written}”不在可用的值之中（{known}）") from None
