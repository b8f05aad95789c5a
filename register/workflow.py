"""Which step is legal in which status, as a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from register.errors import IllegalTransition, MissingNote
from register.types import Status, Step


@dataclass(frozen=True, slots=True)
class Rule:
    """Where a step leads, and whether it must say something."""

    to: Status
    needs_note: bool


# OPEN is the register's own first event, DELIVERED, UNDELIVERED and IN_DOUBT the outbox's, a verdict the citizen's:
# none is an officer's step.
TABLE: Mapping[tuple[Status, Step], Rule] = MappingProxyType(
    {
        (Status.RECEIVED, Step.ANSWER): Rule(Status.ANSWERED, needs_note=True),
        (Status.RECEIVED, Step.CLOSE): Rule(Status.CLOSED, needs_note=True),
        (Status.RECEIVED, Step.NOTE): Rule(Status.RECEIVED, needs_note=True),
        (Status.ANSWERED, Step.ANSWER): Rule(Status.ANSWERED, needs_note=True),
        (Status.ANSWERED, Step.CLOSE): Rule(Status.CLOSED, needs_note=False),
        (Status.ANSWERED, Step.NOTE): Rule(Status.ANSWERED, needs_note=True),
        (Status.CLOSED, Step.REOPEN): Rule(Status.RECEIVED, needs_note=False),
        (Status.CLOSED, Step.NOTE): Rule(Status.CLOSED, needs_note=True),
    }
)


def steps(status: Status) -> tuple[Step, ...]:
    """Return what an officer may do to a case in this status, in the order of the table."""
    return tuple(step for at, step in TABLE if at is status)


def after(status: Status, step: Step, *, note: str) -> Status:
    """Return the status after a step; raise IllegalTransition, or MissingNote where the step needs words."""
    rule = TABLE.get((status, step))
    if rule is None:
        raise IllegalTransition(status, step)
    if rule.needs_note and not note.strip():
        raise MissingNote(step)
    return rule.to
