"""The queue: what the office has to handle, of all kinds, and what of it somebody asks to see."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from register.types import Case, CaseKind, Event, Gap, Status


class EntryKind(StrEnum):
    """What stands in the queue."""

    GAP = "gap"
    """缺口: a question without an answer; no clock."""
    INQUIRY = CaseKind.INQUIRY
    """咨询"""
    REQUEST = CaseKind.REQUEST
    """申请"""


@dataclass(frozen=True, slots=True)
class Sight:
    """What one member of staff sees: the cases of one department, and those given to them wherever they are."""

    department: str
    name: str


@dataclass(frozen=True, slots=True)
class Span:
    """The days on which a term ends, both ends included; None leaves an end open."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a page of the queue asks for; None and empty mean any.

    `due` leaves out paused cases, whose day is not known, and `paused` asks for these alone. `unread_before`: those
    received before then that nobody has worked on; `received_from`: those received since then. `text` matches number
    or question. `sight` is what the reader may see at all.
    """

    kind: EntryKind | None = None
    status: Status | None = None
    due: Span | None = None
    paused: bool = False
    department: str = ""
    handler: str = ""
    unassigned: bool = False
    unread_before: datetime | None = None
    received_from: datetime | None = None
    text: str = ""
    sight: Sight | None = None
    offset: int = 0
    limit: int = 50

    @property
    def with_gaps(self) -> bool:
        """Whether gaps may match: they have neither clock nor handler, and closed ones are not kept in the queue."""
        timed = self.due is not None or self.paused or bool(self.unread_before or self.received_from)
        held = bool(self.handler) or self.unassigned
        return self.kind in {None, EntryKind.GAP} and self.status in {None, Status.RECEIVED} and not timed and not held

    @property
    def with_cases(self) -> bool:
        """Whether cases may match."""
        return self.kind is not EntryKind.GAP


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the queue: cases that are open, earliest due first, then the others, then gaps, most asked first.

    `total` is how many there are in all.
    """

    cases: tuple[Case, ...]
    gaps: tuple[Gap, ...]
    total: int


class Queue(Protocol):
    """Shows what has to be handled, and hands cases over. One call is one transaction."""

    async def find(self, wanted: Wanted) -> Page:
        """Return one page of the queue."""

    async def count(self, wanted: Wanted) -> int:
        """Return how many match, whatever the page."""

    async def hand_over(self, case: Case, event: Event, *, handler: str, department: str) -> Case:
        """Give a case to a handler of a department, with its event; raise StaleCase when the version has changed."""
