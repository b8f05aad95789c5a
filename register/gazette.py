"""What is proposed for the calendar, and what a second person has put in force, each year counted in versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from register.recomputation import Change


class Standing(StrEnum):
    """Where a proposal stands."""

    WAITING = "waiting"
    """等第二人确认"""
    CONFIRMED = "confirmed"
    """已生效: as long as no later one of the same name is."""
    DROPPED = "dropped"
    """已放弃"""


@dataclass(frozen=True, slots=True)
class NewProposal:
    """What somebody brings. `name` is the year ("2027"), or that of a local closure ("local-…").

    `text` is TOML as in config/calendar, empty to take away what has this name; `source` is what was pasted.
    """

    name: str
    text: str
    source: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """A text of the calendar with who brought it and who decided on it.

    `version` counts what was confirmed under this name up to here, `edition` what was confirmed under any; 0 while it
    waits. `report` tells which requests moved when it came into force; None as long as nobody has reckoned.
    """

    id: int
    brought: NewProposal
    standing: Standing = Standing.WAITING
    settled_by: str = ""
    settled_at: datetime | None = None
    version: int = 0
    edition: int = 0
    report: tuple[Change, ...] | None = None


class Gazette(Protocol):
    """Keeps the proposals. One call is one transaction."""

    async def propose(self, new: NewProposal) -> Proposal:
        """Keep a proposal; one of the same name that still waits is dropped in its favour."""

    async def proposal(self, number: int) -> Proposal | None:
        """Return a proposal, or None."""

    async def proposals(self, *, limit: int = 100) -> Sequence[Proposal]:
        """Return the latest proposals, newest first."""

    async def settle(self, number: int, *, by: str, at: datetime, confirmed: bool) -> bool:
        """Put a waiting proposal in force as the next version of its name, or drop it; False when it waits no more."""

    async def in_force(self, *, before: int = 0) -> Mapping[str, str]:
        """Return the texts in force by name, empty ones included: now, or before that edition."""

    async def edition(self) -> int:
        """Return how many proposals were confirmed; cheap."""

    async def note_report(self, number: int, report: Sequence[Change]) -> None:
        """Keep which requests a confirmed proposal has moved."""
