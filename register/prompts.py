"""Reminders on their way to people: shown until somebody has seen them, and posted to the office's own address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from register.reminders import Stage


class Post(StrEnum):
    """How the way of a reminder to the office's own address stands."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    """It may have arrived, so it is not sent again."""
    FAILED = "failed"
    """Given up after many tries."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A reminder that was given: which stage before (or after) which day of which request, and who handles that.

    `tries` counts how often it was posted.
    """

    reference: str
    stage: Stage
    day: date
    at: datetime
    department: str
    handler: str
    tries: int = 0


class Prompts(Protocol):
    """Shows reminders of requests that are still owed an answer."""

    async def unseen(self, name: str, *, unassigned: bool) -> Sequence[Prompt]:
        """Return what is to be shown to somebody, the latest first and one for each request.

        It is about the requests given to them, and with `unassigned` also about those given to nobody.
        """

    async def see(self, reference: str, *, by: str, at: datetime) -> None:
        """Note that the reminders of a request given so far were seen."""


class Posting(Protocol):
    """Hands reminders out to be posted. `claim` never gives one to two callers."""

    async def claim(self, *, now: datetime, lease: timedelta = timedelta(minutes=2)) -> Prompt | None:
        """Take the oldest reminder that is DUE, not overtaken by a later stage; it is SENDING then.

        What has been SENDING for longer than `lease`, by a process that ended, becomes UNCERTAIN first.
        """

    async def settle(self, prompt: Prompt, post: Post, *, again_at: datetime | None = None) -> None:
        """Note how a claimed reminder ended; DUE with `again_at` tries again."""


def latest(prompts: Sequence[Prompt]) -> Sequence[Prompt]:
    """Return for each request its furthest stage, the latest first."""
    found: dict[str, Prompt] = {}
    for each in sorted(prompts, key=lambda each: (each.at, list(Stage).index(each.stage))):
        found[each.reference] = each
    return sorted(found.values(), key=lambda each: (each.at, each.reference), reverse=True)
