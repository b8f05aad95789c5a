"""What the register needs: a place that keeps cases. One call is one transaction."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from register.docket import Docket, Head, NewRequest, Paper, Part, Reveal
from register.interview import Draft
from register.request import Event as RequestEvent
from register.types import Case, Event, NewCase, NewGap, Notice, Status


class Register(Protocol):
    """Keeps gaps, cases and their events."""

    async def note_gap(self, gap: NewGap) -> None:
        """Count an unanswered question; equal normalised questions are one open gap with a growing count."""

    async def asked_between(self, gaps: Sequence[int], first: date, last: date) -> Mapping[int, int]:
        """Return how often each of these gaps was asked on these days, both ends included; 0 where left out."""

    async def close_gap(self, gap_id: int, *, by: str) -> None:
        """Close a gap; closing a closed one changes nothing."""

    async def open(self, case: NewCase) -> Case:
        """Open a case and return it with its number (gapless per year) and query code.

        A second call with the same `source`, or the same `offer`, returns the case that the first one opened.
        """

    async def opened_by(self, source: str) -> Case | None:
        """Return the case that this message opened, or None."""

    async def get(self, reference: str) -> Case:
        """Return a case; raise UnknownCase."""

    async def history(self, reference: str) -> Sequence[Event]:
        """Return the events of a case, oldest first."""

    async def record(self, case: Case, event: Event, *, status: Status, notice: Notice | None = None) -> Case:
        """Append an event, set the status and put the notice in the outbox, all or nothing.

        Raise StaleCase when `case.version` is no longer current.
        """


class Vault(Protocol):
    """Keeps what must not be read from the database alone (个人信息保护法 art. 51)."""

    def seal(self, content: bytes, *, about: str) -> bytes:
        """Return the content encrypted; it opens only for the same `about`."""

    def open(self, sealed: bytes, *, about: str) -> bytes:
        """Return the content; raise Unreadable when key, `about` or a single bit is another."""

    def mark(self, text: str) -> str:
        """Return a mark that is equal for equal texts and from which the text cannot be told without the key."""


class Drafts(Protocol):
    """Keeps forms that are being filled in, sealed, and how often published texts made one needless."""

    async def load(self, owner: str) -> Draft | None:
        """Return the owner's draft, or None."""

    async def save(self, owner: str, draft: Draft, *, at: datetime) -> None:
        """Keep the owner's draft, in place of an earlier one."""

    async def drop(self, owner: str) -> None:
        """Leave nothing of the owner's draft."""

    async def purge(self, *, before: datetime) -> int:
        """Drop every draft untouched since then; return how many."""

    async def suggested(self, draft: str, *, at: datetime) -> None:
        """Note that published texts were shown before this draft went on."""

    async def viewed(self, draft: str) -> None:
        """Note that one of them was opened."""

    async def filed(self, draft: str) -> None:
        """Note that the request was filed all the same."""


class Requests(Protocol):
    """Keeps formal requests, each beside its case of kind REQUEST. Acts, papers and files are kept sealed."""

    async def file(self, new: NewRequest) -> Docket:
        """Keep a filed request under a new number, or return the one that its source filed.

        Raises OverLimit for a new one where a quota of its day is used up.
        """

    async def forget_filings(self, *, before: date) -> None:
        """Keep no longer who filed on days before then; no quota counts them."""

    async def load(self, reference: str) -> Docket:
        """Return a request with its history; raise UnknownCase."""

    async def record(
        self,
        docket: Docket,
        event: RequestEvent,
        head: Head,
        *,
        notice: Notice | None = None,
        papers: Sequence[Paper] = (),
        taken: tuple[str, int] | None = None,
        parts: Sequence[Part] = (),
    ) -> Docket:
        """Append an event, keep the head it makes, its papers, and put the notice in the outbox, all or nothing.

        `parts` are filed in the same transaction, each with its receipt. `taken` is the number of which series of
        letters this uses up. Raises StaleCase when `docket.case.version` is no longer current, TakenNumber when the
        number is not the next one any more.
        """

    async def last_number(self, series: str) -> int:
        """Return the last number taken of a series of letters; 0 at its beginning."""

    async def delivered_at(self, reference: str, *, since: datetime) -> datetime | None:
        """Return when the last text about this request, put since then, was delivered; None: not yet, or none put."""

    async def deliveries(self, reference: str) -> Sequence[Event]:
        """Return how the texts sent to the applicant ended (送达、未能送达、不明), oldest first."""

    async def verdicts(self, reference: str) -> Sequence[Event]:
        """Return what the applicant said of the reply (是否解决), oldest first."""

    async def heads(self, references: Sequence[str]) -> Mapping[str, Head]:
        """Return the heads of these requests; unknown ones are left out."""

    async def under_way(self) -> Mapping[str, Head]:
        """Return the heads of all requests that are still owed an answer."""

    async def of_applicant(self, mark: str) -> Mapping[str, Head]:
        """Return the heads of one applicant's requests."""

    async def relatives(self, reference: str) -> Mapping[str, Head]:
        """Return the heads of the requests that were split off this one, or merged into it."""

    def all(self) -> AsyncIterator[Docket]:
        """Yield every request, in order of its number."""

    async def papers(self, reference: str) -> Sequence[Paper]:
        """Return the letters made for a request, oldest first."""

    async def note_reveal(self, reveal: Reveal) -> None:
        """Keep a record of who looked at personal data."""

    async def reveals(self, reference: str) -> Sequence[Reveal]:
        """Return who looked at the personal data of a request, oldest first."""

    async def reckon(
        self, reference: str, *, old: date | None, new: date | None, provisional: bool, calendar: str
    ) -> bool:
        """Keep another last day, read with this version of the calendar, for a request still owed an answer.

        False when the day kept is not `old` any more.
        """

    async def remind(self, reference: str, kind: str, due_on: date, *, at: datetime) -> bool:
        """Note that a reminder is given; False when it was given before for this day."""
