"""Named fakes that several parts use."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.plain import plain, surveyed
from bot.types import Challenge, Message, Option, Reply, Survey, User
from knowledge.errors import UnknownPassage
from knowledge.revisions import Admission, Ending
from knowledge.types import (
    Band,
    Document,
    DocumentPage,
    DocumentVersion,
    Finding,
    Hit,
    Kind,
    Outcome,
    Passage,
    Route,
    Validity,
)
from register.errors import StaleCase, UnknownCase, Unreadable
from register.types import Case, Event, Gap, NewCase, NewGap, Notice, Status, Step

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Monday 2 March 2026, 09:00 in Shanghai."""
SURVEY = Survey("解决了吗？", (Option("1", "已解决"), Option("2", "未解决")))


@dataclass(slots=True)
class FixedClock:
    """A clock that stands until it is moved."""

    at: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **units: float) -> None:
        self.at += timedelta(**units)


@dataclass(slots=True)
class FakeRegister:
    """Cases in a dictionary; `notices` are what would be in the outbox, as (reference, text)."""

    cases: dict[str, Case] = field(default_factory=dict)
    events: dict[str, list[Event]] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    notices: list[tuple[str, str]] = field(default_factory=list)
    open_gaps: dict[int, Gap] = field(default_factory=dict)

    async def note_gap(self, gap: NewGap) -> None:
        number = len(self.open_gaps) + 1
        self.open_gaps[number] = Gap(
            id=number,
            question=gap.question,
            topic=gap.topic,
            near_misses=gap.near_misses,
            times=1,
            first_at=gap.asked_at,
            last_at=gap.asked_at,
            closed=False,
            department=gap.department,
        )

    async def asked_between(self, gaps: Sequence[int], first: date, last: date) -> dict[int, int]:
        return {
            number: gap.times
            for number, gap in self.open_gaps.items()
            if number in gaps and first <= gap.last_at.date() <= last
        }

    async def close_gap(self, gap_id: int, *, by: str) -> None:
        if gap_id in self.open_gaps:
            self.open_gaps[gap_id] = replace(self.open_gaps[gap_id], closed=True)

    async def open(self, case: NewCase) -> Case:
        if case.source in self.sources:
            return self.cases[self.sources[case.source]]
        number = len(self.cases) + 1
        opened = Case(
            reference=f"浚县-2026-{number:06d}",
            kind=case.kind,
            question=case.question,
            channel=case.channel,
            user=case.user,
            code=f"CODE{number:02d}",
            status=Status.RECEIVED,
            received_at=case.received_at,
            due_on=case.due_on,
            provisional=case.provisional,
            department=case.department,
            evidence=case.evidence,
            version=1,
            paused=case.paused,
        )
        self.cases[opened.reference] = opened
        self.events[opened.reference] = [Event(at=case.received_at, actor="citizen", step=Step.OPEN)]
        self.sources[case.source] = opened.reference
        return opened

    async def opened_by(self, source: str) -> Case | None:
        return self.cases.get(self.sources.get(source, ""))

    async def get(self, reference: str) -> Case:
        if reference not in self.cases:
            raise UnknownCase(reference)
        return self.cases[reference]

    async def history(self, reference: str) -> list[Event]:
        return list(self.events[reference])

    async def record(self, case: Case, event: Event, *, status: Status, notice: Notice | None = None) -> Case:
        if self.cases[case.reference].version != case.version:
            raise StaleCase(case.reference)
        changed = replace(
            case,
            status=status,
            version=case.version + 1,
            handler=case.handler or event.actor,
            touched_at=case.touched_at or event.at,
        )
        self.cases[case.reference] = changed
        self.events[case.reference].append(event)
        if notice:
            self.notices.append((case.reference, notice.text))
        return changed


@dataclass(slots=True)
class FakeChannel:
    """A channel that notes what is pushed; the next push raises `trouble` if there is one."""

    name: str = "fake"
    can_push: bool = False
    deliveries: int = 3
    room: int = 2048
    trouble: Exception | None = None
    pushed: list[tuple[User, str]] = field(default_factory=list)
    surveys: list[Survey] = field(default_factory=list)
    typing: list[User] = field(default_factory=list)
    notified: list[tuple[User, str]] = field(default_factory=list)

    def receive(self, query: Mapping[str, str], body: bytes) -> Message | Challenge:
        """Take the user and the text from the query."""
        user = User(self.name, query["user"])
        return Message(query["id"], user, body.decode(), MONDAY)

    def in_band(self, message: Message, reply: Reply | None) -> tuple[bytes, str]:
        shown = "" if reply is None or reply.silent else plain(reply)
        return shown.encode(), "text/plain"

    async def push(self, user: User, text: str, *, key: str = "", survey: Survey | None = None) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.pushed.append((user, surveyed(text, survey)))
        if survey is not None:
            self.surveys.append(survey)

    async def show_typing(self, user: User) -> None:
        self.typing.append(user)

    async def notify(self, user: User, reference: str) -> bool:
        self.notified.append((user, reference))
        return True


def a_document(title: str, **details: Any) -> Document:  # noqa: ANN401  any field of Document
    """A disclosed document; what the test does not name is plausible."""
    plain_one = Document(title, title, title, title, issuer="县民政局", published_on=date(2025, 6, 1))
    return replace(plain_one, **details)


def a_hit(document: Document, quote: str = "原文第一句。原文第二句。", *, heading: str = "", score: float = 9.0) -> Hit:
    """A passage of a document, found with a score."""
    return Hit(Passage(f"{document.id}#0", document, heading, quote, 0), score, quote)


def a_finding(question: str, band: Band, *hits: Hit, **details: Any) -> Finding:  # noqa: ANN401  any field of Finding
    """What the retriever says about a question: hits are near misses where the band is ESCALATE."""
    shown, near = ((), hits) if band is Band.ESCALATE else (hits, ())
    found = Finding(question, question, Route.SEARCH, band, 0.5, shown, near, generation="g1")
    return replace(found, **details)


@dataclass(slots=True)
class ScriptedRetriever:
    """Finds what it was told to find, and nothing for every other question."""

    findings: dict[str, Finding] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    generation: str = "g1"
    asked: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        return len(self.findings)

    def knows(self, question: str, band: Band, *hits: Hit, **details: Any) -> None:  # noqa: ANN401  as a_finding
        """Find these hits for this question."""
        self.findings[question] = a_finding(question, band, *hits, **details)

    async def find(self, question: str) -> Finding:
        self.asked.append(question)
        return self.findings.get(question) or a_finding(question, Band.ESCALATE)

    async def open(self, key: str, question: str) -> Hit:
        hits = self.findings[question].hits if question in self.findings else ()
        for hit in hits:
            if hit.passage.key == key:
                return hit
        raise UnknownPassage(key)

    async def document(self, wanted: str) -> Document | None:
        return self.documents.get(wanted)


@dataclass(slots=True)
class FakeDocuments:
    """Documents in a dictionary, and who stored them; reading all of them ends with `trouble` if there is one."""

    kept: dict[str, Document] = field(default_factory=dict)
    stored_by: list[str] = field(default_factory=list)
    trouble: Exception | None = None

    @classmethod
    def of(cls, *documents: Document) -> "FakeDocuments":
        """A store that holds these documents."""
        return cls({document.id: document for document in documents})

    async def put(self, document: Document, *, by: str) -> Outcome:
        known = self.kept.get(document.id)
        if known is not None and known.digest == document.digest:
            return Outcome.UNCHANGED
        self.kept[document.id] = document
        self.stored_by.append(by)
        return Outcome.UPDATED if known else Outcome.CREATED

    async def admit(
        self,
        document: Document,
        *,
        by: str,
        repeals: Sequence[str] = (),
        draft: bool = False,
        dry_run: bool = False,
        dropped: str = "",
    ) -> Admission:
        """Be an intake that asks nothing."""
        known = self.kept.get(document.id)
        if not dry_run:
            return Admission(await self.put(document, by=by), published=True)
        if known is None:
            return Admission(Outcome.CREATED, published=True)
        same = known.digest == document.digest
        return Admission(Outcome.UNCHANGED if same else Outcome.UPDATED, published=True)

    async def get(self, document_id: str) -> Document | None:
        return self.kept.get(document_id)

    async def remove(self, document_id: str, *, by: str, reason: str = "") -> bool:
        return self.kept.pop(document_id, None) is not None

    async def all(self) -> AsyncIterator[Document]:
        for document_id in sorted(self.kept):
            yield self.kept[document_id]
        if self.trouble is not None:
            raise self.trouble

    async def count(self) -> int:
        return len(self.kept)

    async def find(
        self,
        *,
        text: str = "",
        validity: Validity | None = None,
        kind: Kind | None = None,
        topic: str = "",
        offset: int = 0,
        limit: int = 50,
    ) -> DocumentPage:
        found = [document for document in self.kept.values() if text in document.title]
        return DocumentPage(tuple(found[offset : offset + limit]), len(found))

    async def versions(self, document_id: str) -> Sequence[DocumentVersion]:
        return ()

    async def withdrawn(self) -> frozenset[tuple[str, str]]:
        return frozenset()

    async def endings(self) -> frozenset[Ending]:
        return frozenset()

    async def changed_at(self) -> datetime | None:
        return None


class PlainVault:
    """Seals by turning every bit over: unreadable to the eye, and bound to what it is about."""

    def seal(self, content: bytes, *, about: str) -> bytes:
        return bytes(255 - each for each in about.encode() + b"\0" + content)

    def open(self, sealed: bytes, *, about: str) -> bytes:
        known, _, content = bytes(255 - each for each in sealed).partition(b"\0")
        if known != about.encode():
            raise Unreadable(about)
        return content

    def mark(self, text: str) -> str:
        return f"m-{text[::-1]}"
