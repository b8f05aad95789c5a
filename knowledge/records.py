"""One record of fields brought to a Document, or refused with a reason."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from knowledge.dates import read_date
from knowledge.errors import UnreadableDocument
from knowledge.header import read_number
from knowledge.normalisation import clean
from knowledge.numbers import number_key
from knowledge.term import Term, judge, read_term
from knowledge.types import Disclosure, Document, Kind, Validity

Enumeration = TypeVar("Enumeration", bound=StrEnum)

LABELS: Mapping[str, tuple[str, ...]] = {
    "id": ("编号",),
    "title": ("标题", "名称"),
    "text": ("正文", "内容", "body"),
    "issuer": ("发文机关", "发布机构", "制定机关"),
    "number": ("文号", "发文字号", "doc_no"),
    "published_on": ("发布日期", "公布日期", "publish_date"),
    "effective_on": ("施行日期", "生效日期"),
    "expires_on": ("失效日期", "有效期至"),
    "url": ("链接", "网址"),
    "validity": ("效力", "效力状态", "有效性", "status"),
    "disclosure": ("公开属性", "公开方式"),
    "kind": ("类型", "种类"),
    "topic": ("主题", "领域"),
    "department": ("牵头部门", "责任部门"),
    "successor": ("替代文件",),
    "interprets": ("解读对象",),
    "disclosure_reason": ("不主动公开的理由", "不公开理由"),
}
_LONGEST: Mapping[str, int] = {"id": 200, "title": 300}
_LONGEST_OTHER = 2000
LONGEST_TEXT = 5_000_000
"""Characters a document may have; more would take minutes to read and nobody would find anything in it."""
VALIDITIES: Mapping[str, Validity] = {
    "有效": Validity.IN_FORCE,
    "现行": Validity.IN_FORCE,
    "active": Validity.IN_FORCE,
    "草案": Validity.DRAFT,
    "未生效": Validity.NOT_YET_EFFECTIVE,
    "尚未生效": Validity.NOT_YET_EFFECTIVE,
    "已修改": Validity.AMENDED,
    "已被修订": Validity.AMENDED,
    "部分有效": Validity.PARTLY_INVALID,
    "废止": Validity.REPEALED,
    "已被废止": Validity.REPEALED,
    "repealed": Validity.REPEALED,
    "失效": Validity.EXPIRED,
    "无效": Validity.EXPIRED,
}
_KINDS: Mapping[str, Kind] = dict.fromkeys(
    ("法律", "行政法规", "地方性法规", "部门规章", "地方政府规章", "司法解释", "规范性文件"), Kind.POLICY
)
_MEANINGS: Mapping[str, StrEnum] = {**VALIDITIES, **_KINDS}
_FOREIGN_SCHEME = re.compile(
    r"(?!https?:)(?:[a-z][a-z0-9+.\-]*://|(?:javascript|data|vbscript|file|about):)", re.IGNORECASE
)
_ABOUT_ANOTHER = frozenset({Kind.INTERPRETATION, Kind.QA})
"""Kinds whose texts have no number of their own: the one they show is that of the policy they explain."""
_END = r"(?:[（(][^（）()]{1,20}[）)]|之?[一二三四五六七八九十0-9]{1,3})?$"
_BREAK = r"[》：:丨|｜\s【】—]"
_ANSWERS = re.compile(rf"(?<!提)问答{_END}|(?:^|{_BREAK})(?:政策)?问答(?={_BREAK}|《)")
_INTERPRETS = re.compile(
    rf"(?:解读|图解){_END}|(?:^|{_BREAK})(?:政策|文件|文字|一图)?(?:解读|图解)(?={_BREAK}|《)|^一图[读看]懂"
)
_WORD = re.compile(r"\w")
_SHOWN = 40
"""Characters of a wrong value that a reason repeats."""


def read_record(
    record: Mapping[str, object], *, fallback_id: str = "", told: Term | None = None, today: date | None = None
) -> Document:
    """Return the document of a record with the fields of Document, or their Chinese labels; "status" is validity.

    Without a kind the title tells it; the number that a 解读 or 问答 shows is that of the policy it `interprets`.
    Without a number the one printed at the head of the text is taken. Without an id it is derived from the number,
    else it is `fallback_id`, else derived from the title. A policy that does not state its term has the one its text
    tells (`told`, where that is known already), but no end where its validity is stated: whoever states it knows of a
    prolongation. With `today` the validity follows from the term. Raises UnreadableDocument with the reason
    in Chinese for a record without text or title, or with a value that is not understood.
    """
    fields = _Fields(record)
    written = fields.raw("text")
    check_length(written)
    text = clean(written).strip()
    if not text:
        raise UnreadableDocument("正文为空")
    title = fields.line("title") or _first_line(text)
    if not title:
        raise UnreadableDocument("没有标题")
    kind = fields.member("kind", kind_of(title))
    number, interprets = fields.line("number") or read_number(text), fields.line("interprets")
    if kind in _ABOUT_ANOTHER and interprets in {"", number}:
        number, interprets = "", number
    published_on = fields.day("published_on")
    if kind is not Kind.POLICY:
        told = Term()
    term = fields.term(told or read_term(text, issued_on=published_on))
    validity = fields.member("validity", Validity.IN_FORCE)
    if today:
        validity = judge(validity, effective_on=term.effective_on, expires_on=term.expires_on, today=today)
    document = Document(
        id=fields.line("id") or _derived_id(number, fallback_id or title_id(title)),
        title=title,
        text=text,
        digest="",
        issuer=fields.line("issuer"),
        number=number,
        published_on=published_on,
        effective_on=term.effective_on,
        expires_on=term.expires_on,
        url=fields.url(),
        validity=validity,
        disclosure=fields.member("disclosure", Disclosure.PROACTIVE),
        kind=kind,
        topic=fields.line("topic"),
        department=fields.line("department"),
        successor=fields.line("successor"),
        interprets=interprets,
        disclosure_reason=fields.line("disclosure_reason"),
    )
    return replace(document, digest=digest(document))


def as_of(document: Document, today: date) -> Document:
    """Return a document with the validity it has on a day: one stored as 现行有效 may have expired since.

    It keeps the digest it is stored with, by which it is taken down.
    """
    validity = judge(document.validity, effective_on=document.effective_on, expires_on=document.expires_on, today=today)
    return document if validity is document.validity else replace(document, validity=validity)


def kind_of(title: str) -> Kind:
    """Return the kind of text that a title tells: 解读 and 问答 of policies, else a policy."""
    if _ANSWERS.search(title):
        return Kind.QA
    return Kind.INTERPRETATION if _INTERPRETS.search(title) else Kind.POLICY


def check_length(text: str) -> None:
    """Raise UnreadableDocument for a text longer than a document may be."""
    if len(text) > LONGEST_TEXT:
        raise UnreadableDocument(f"正文超过 {LONGEST_TEXT // 10_000} 万字，请拆成几份")


def title_id(title: str) -> str:
    """Return the id of a document that has nothing but its title to be told by."""
    return f"t-{hashlib.sha256(title.encode()).hexdigest()[:12]}"


def by_field(record: Mapping[str, object]) -> tuple[dict[str, object], tuple[str, ...]]:
    """Return the values under the names of Document's fields, empty ones left out, and the labels that are none.

    Raises UnreadableDocument for a label that looks like a misspelt one: a misspelt 公开属性 must not publish.
    """
    known = {label: name for name, labels in LABELS.items() for label in (name, *labels)}
    values: dict[str, object] = {}
    unknown = []
    for label, value in record.items():
        if label not in known:
            unknown.append(label)
        elif value not in (None, "", "~", "null"):
            values.setdefault(known[label], value)
    for label in unknown:
        close = get_close_matches(label, known, n=1, cutoff=0.8)
        if close and len(label) > 3:  # noqa: PLR2004  # shorter ones resemble each other by chance
            raise UnreadableDocument(f"没有“{_clipped(label)}”这一项，是不是“{close[0]}”")
    return values, tuple(unknown)


def digest(document: Document) -> str:
    """Return the SHA-256 of text and metadata, the digest itself left out."""
    values = asdict(document) | {"digest": ""}
    canonical = json.dumps(values, ensure_ascii=False, sort_keys=True, default=date.isoformat)
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Fields:
    """A record's values under their English name or one of their Chinese labels."""

    record: Mapping[str, object]

    def raw(self, name: str) -> str:
        for label in (name, *LABELS[name]):
            value = self.record.get(label)
            if value is None or value == "":
                continue
            if isinstance(value, bool) or not isinstance(value, str | int | float | date):
                raise UnreadableDocument(f"{_labelled(name)}应当是文字")
            return str(value)
        return ""

    def line(self, name: str) -> str:
        value = " ".join(clean(self.raw(name)).split())
        longest = _LONGEST.get(name, _LONGEST_OTHER)
        if len(value) > longest:
            raise UnreadableDocument(f"{_labelled(name)}超过 {longest} 字")
        return value

    def day(self, name: str) -> date | None:
        written = self.line(name)
        read = read_date(written)
        if written and read is None:
            raise UnreadableDocument(f"{_labelled(name)}“{_clipped(written)}”不是日期，应当写成 2026-03-02")
        return read

    def term(self, told: Term) -> Term:
        """Return the stated term, completed by what the text tells."""
        return Term(
            effective_on=self.day("effective_on") or told.effective_on,
            expires_on=self.day("expires_on") or (None if self.line("validity") else told.expires_on),
        )

    def url(self) -> str:
        written = self.line("url")
        if _FOREIGN_SCHEME.match(written):
            raise UnreadableDocument(f"{_labelled('url')}应当以 http:// 或 https:// 开头")
        return written

    def member(self, name: str, default: Enumeration) -> Enumeration:
        written = self.line(name)
        meant = _MEANINGS.get(written, written or default)
        kind = type(default)
        try:
            return kind(meant)
        except ValueError:
            known = "、".join(member.value for member in kind)
            raise UnreadableDocument(f"{_labelled(name)}“{_clipped(written)}”不在可用的值之中（{known}）") from None


def _labelled(name: str) -> str:
    return f"“{name}”（{LABELS[name][0]}）"


def _clipped(written: str) -> str:
    return written if len(written) <= _SHOWN else f"{written[:_SHOWN]}…"


def _first_line(text: str) -> str:
    plain = (" ".join(line.lstrip("# ").split()) for line in text.split("\n"))
    return next(filter(_WORD.search, plain), "")[:60]


def _derived_id(number: str, fallback_id: str) -> str:
    key = number_key(number)
    return f"n-{key.replace('|', '-')}" if key else clean(fallback_id)
