"""The nouns of the knowledge base: documents, passages, what was found and how sure that is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Validity(StrEnum):
    """效力状态 of a document."""

    DRAFT = "征求意见"
    NOT_YET_EFFECTIVE = "尚未施行"
    IN_FORCE = "现行有效"
    AMENDED = "已被修改"
    PARTLY_INVALID = "部分失效"
    REPEALED = "已废止"
    EXPIRED = "已失效"


CURRENT = (Validity.IN_FORCE, Validity.AMENDED, Validity.PARTLY_INVALID)
"""Validities that search may answer from."""


class Disclosure(StrEnum):
    """公开属性 (国令711号 art. 13)."""

    PROACTIVE = "主动公开"
    ON_REQUEST = "依申请公开"
    WITHHELD = "不予公开"


class Kind(StrEnum):
    """What kind of text a document is."""

    POLICY = "政策"
    INTERPRETATION = "解读"
    QA = "问答"
    GUIDE = "指南"
    CATALOGUE = "目录"
    NEWS = "新闻发布"
    CLARIFICATION = "澄清"


class Route(StrEnum):
    """How a question was answered (docs: retrieval routes)."""

    EXACT = "exact"
    ANSWERED = "answered"
    SEARCH = "search"


class Band(StrEnum):
    """What a finding is good for."""

    ANSWER = "answer"
    CONFIRM = "confirm"
    ESCALATE = "escalate"


@dataclass(frozen=True, slots=True)
class Document:
    """One disclosed text with what identifies it.

    `digest` is the SHA-256 (hex) of text and metadata: equal digests mean nothing to re-index.
    `successor` is the id or 文号 of the document that replaced this one, `interprets` that of the policy an
    interpretation belongs to; both empty where none. `text` is Markdown-like plain text: "#" headings, "|" table rows.
    """

    id: str
    title: str
    text: str
    digest: str
    issuer: str = ""
    number: str = ""
    published_on: date | None = None
    effective_on: date | None = None
    expires_on: date | None = None
    url: str = ""
    validity: Validity = Validity.IN_FORCE
    disclosure: Disclosure = Disclosure.PROACTIVE
    kind: Kind = Kind.POLICY
    topic: str = ""
    department: str = ""
    successor: str = ""
    interprets: str = ""
    disclosure_reason: str = ""
    """Why it is not 主动公开; empty where it is."""


@dataclass(frozen=True, slots=True)
class LinkedQuestion:
    """A question that has been answered before, with the ids of the documents that answer it."""

    question: str
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A citable piece of a document: an article, a numbered item, a table row with its header.

    `key` is "<document id>#<position>", stable while the document is unchanged. `heading` is the path from the
    outermost heading inwards, joined with " / ". `text` is verbatim.
    """

    key: str
    document: Document
    heading: str
    text: str
    position: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, with its score and the words to quote: verbatim, on sentence borders, at most 400 characters."""

    passage: Passage
    score: float
    quote: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Everything known about one question: enough to answer it now and to explain the answer later.

    `hits` are the passages to show, best first, at most one per document: the answer, or the candidates; empty when the
    band is ESCALATE. `near_misses` are the best ones not shown. `probability` is that of the first hit being right,
    0..1; `features` are the numbers it was computed from. `topic` is the topic of the best document, or empty.
    """

    question: str
    normalised: str
    route: Route
    band: Band
    probability: float
    hits: tuple[Hit, ...]
    near_misses: tuple[Hit, ...]
    generation: str
    topic: str = ""
    features: Mapping[str, float] = field(default_factory=dict)


class Outcome(StrEnum):
    """What an import did with one row or file."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ImportRow:
    """What happened to one file or record, and why. `path` names the file, with ":line" for a record.

    `published` is False where the text waits for review, was refused or taken down. `departed`: the source that
    brought it before no longer has it.
    """

    path: str
    result: Outcome
    reason: str = ""
    document: Document | None = None
    findings: tuple["Concern", ...] = ()
    published: bool = False
    departed: bool = False


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """One answer as given, without any personal data: explainable and reproducible months later.

    `status` is the two-level status word. `used` and `near_misses` are passage keys with scores.
    """

    id: str
    at: str
    """ISO 8601 with offset."""
    channel: str
    question: str
    normalised: str
    status: str
    route: str
    band: str
    probability: float
    generation: str
    used: tuple[tuple[str, float], ...]
    near_misses: tuple[tuple[str, float], ...]
    features: Mapping[str, float]
    resolved: bool | None = None
    """The citizen's 是否解决; None while they said nothing."""
    topic: str = ""
    """The topic of the best document, or of the question where none was found; empty for none."""


class ConcernKind(StrEnum):
    """What must not be published unseen (个人信息保护法 art. 28, 51; 保守国家秘密法 art. 35)."""

    IDENTITY_NUMBER = "身份证号"
    MOBILE = "手机号"
    BANK_CARD = "银行卡号"
    PLATE = "车牌号"
    EMAIL = "电子邮箱"
    SECRECY_MARK = "密级标志"
    INTERNAL_MARK = "内部资料标志"


@dataclass(frozen=True, slots=True)
class Concern:
    """One place in a text that a person must look at before it is published.

    `number` counts from 1 in the order of the text, `line` too; line 0 is the title and the other fields.
    `excerpt` shows the place with its digits masked. `outside`: it stood in the file, but outside its main text.
    """

    number: int
    kind: ConcernKind
    excerpt: str
    line: int
    outside: bool = False

    @property
    def where(self) -> str:
        """Where the place is, in Chinese."""
        if self.outside:
            return "正文之外，如页眉、页脚"
        return f"第 {self.line} 行" if self.line else "标题等栏目"


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """One page of published documents; `total` counts all that match."""

    documents: tuple[Document, ...]
    total: int


@dataclass(frozen=True, slots=True)
class DocumentVersion:
    """A published text as it was; `document` is None where this version is its removal, for `reason`."""

    number: int
    at: datetime
    by: str
    document: Document | None
    reason: str = ""
