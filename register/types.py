"""The nouns of the register: gaps, cases, their history, and what is sent because of them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class CaseKind(StrEnum):
    """Which of the two kinds of case this is; a gap (缺口) is no case."""

    INQUIRY = "inquiry"
    """咨询: one tap of the citizen, the office's own target."""
    REQUEST = "request"
    """申请: 依申请公开 under 国令711号, the statutory clock."""


class Status(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    """待处理"""
    ANSWERED = "answered"
    """已答复"""
    CLOSED = "closed"
    """已办结"""


class Step(StrEnum):
    """What can be done to a case, and what has happened to it."""

    OPEN = "open"
    """登记"""
    ANSWER = "answer"
    """答复"""
    CLOSE = "close"
    """办结"""
    REOPEN = "reopen"
    """重新办理"""
    NOTE = "note"
    """会商记录"""
    ASSIGN = "assign"
    """分办: given to a colleague; the clock goes on."""
    TRANSFER = "transfer"
    """转办: given to another department; the clock goes on (指导案例26号)."""
    DELIVERED = "delivered"
    """送达: noted by the outbox, never by an officer."""
    UNDELIVERED = "undelivered"
    """未能送达: noted by the outbox."""
    IN_DOUBT = "in_doubt"
    """是否送达不明: noted by the outbox, which does not send it again."""
    RESOLVED = "resolved"
    """已解决: the citizen's verdict on an answer."""
    UNRESOLVED = "unresolved"
    """未解决: the citizen's verdict on an answer."""


VERDICT = frozenset({Step.RESOLVED, Step.UNRESOLVED})
"""What a citizen says of an answer (是否解决)."""


@dataclass(frozen=True, slots=True)
class Case:
    """One inquiry or request.

    `reference` is what the citizen was told ("浚县-2026-000123"), `code` the query code that goes with it.
    `channel` and `user` are the channel name and the platform's user id, for the way back. `due_on` is a civil date in
    Asia/Shanghai, `provisional` while it rests on a calendar year not announced yet; it says nothing while the clock
    is `paused`. `handler` is the account that the case was given to, or that acted first; empty when nobody has it.
    `touched_at` is when somebody of the office first worked on it. `version` grows with each event.
    """

    reference: str
    kind: CaseKind
    question: str
    channel: str
    user: str
    code: str
    status: Status
    received_at: datetime
    due_on: date
    provisional: bool
    department: str
    evidence: str
    """The bot's own search for this question as the first 检索记录: one line per near miss."""
    version: int
    handler: str = ""
    touched_at: datetime | None = None
    paused: bool = False


@dataclass(frozen=True, slots=True)
class NewCase:
    """What is needed to open a case.

    `source` is the key of the message that opens it, `offer` what tells the offer that the message confirms from every
    other, empty where there was none: one source opens one case, and so does one offer.
    """

    source: str
    kind: CaseKind
    question: str
    channel: str
    user: str
    received_at: datetime
    due_on: date
    provisional: bool
    department: str = ""
    evidence: str = ""
    paused: bool = False
    offer: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a case. Append-only. `actor` is an account name, "citizen" or "system"."""

    at: datetime
    actor: str
    step: Step
    note: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A text for the citizen, written to the outbox in the same transaction as the event it belongs to.

    `asks`: it is an answer, and 是否解决 follows it.
    """

    text: str
    asks: bool = False


@dataclass(frozen=True, slots=True)
class NewGap:
    """A question the knowledge base could not answer: no personal data, no clock (知识缺口)."""

    question: str
    normalised: str
    asked_at: datetime
    generation: str
    topic: str = ""
    near_misses: str = ""
    department: str = ""
    """Who is likely to know, by the routing table of topics."""


@dataclass(frozen=True, slots=True)
class Gap:
    """An unanswered question as the staff see it: asked `times` times between `first_at` and `last_at`."""

    id: int
    question: str
    topic: str
    near_misses: str
    times: int
    first_at: datetime
    last_at: datetime
    closed: bool
    department: str = ""
