"""What the register needs: a place that keeps cases. One call is one transaction."""

from collections.abc import Sequence
from typing import Protocol

from register.types import Case, Event, Gap, NewCase, NewGap, Notice, Page, Status, Wanted


class Register(Protocol):
    """Keeps gaps, cases and their events."""

    async def note_gap(self, gap: NewGap) -> None:
        """Count an unanswered question; equal normalised questions are one open gap with a growing count."""

    async def gaps(self, *, offset: int = 0, limit: int = 50) -> Sequence[Gap]:
        """Return open gaps, most asked first."""

    async def close_gap(self, gap_id: int, *, by: str) -> None:
        """Close a gap; closing a closed one changes nothing."""

    async def open(self, case: NewCase) -> Case:
        """Open a case and return it with its number (gapless per year) and query code.

        A second call with the same `source` returns the case that the first one opened.
        """

    async def opened_by(self, source: str) -> Case | None:
        """Return the case that this message opened, or None."""

    async def get(self, reference: str) -> Case:
        """Return a case; raise UnknownCase."""

    async def find(self, wanted: Wanted) -> Page:
        """Return one page of cases, open ones by due date first."""

    async def history(self, reference: str) -> Sequence[Event]:
        """Return the events of a case, oldest first."""

    async def record(self, case: Case, event: Event, *, status: Status, notice: Notice | None = None) -> Case:
        """Append an event, set the status and put the notice in the outbox, all or nothing.

        Raise StaleCase when `case.version` is no longer current.
        """
