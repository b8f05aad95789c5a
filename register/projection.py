"""What the queue reads of a formal request, made anew from its events; pure."""

from collections.abc import Mapping, Sequence

from register.clock import Clock
from register.docket import Head
from register.facts import Fact
from register.filing import Category, category
from register.request import Act, DisclosureRequest, Event
from register.steps import RequestStep, Role, Stage
from register.timeline import date_of, letter_of
from register.types import Status

_STATUS: Mapping[Stage, Status] = {Stage.DELIVERED: Status.ANSWERED, Stage.CLOSED: Status.CLOSED}


def head_of(
    events: Sequence[Event], request: DisclosureRequest, clock: Clock | None, *, mark: str, calendar: str
) -> Head:
    """Return the head of a request; `mark` is the blind one of its applicant, `calendar` the version in force."""
    decision = request.decisions[-1] if request.decisions else None
    sending = decision.sending if decision else None
    running = clock if request.stage not in _STATUS else None
    return Head(
        stage=request.stage,
        status=_STATUS.get(request.stage, Status.RECEIVED),
        category=category(request.filing.applicant) if request.filing is not None else Category.PERSON,
        applicant=mark,
        received_on=request.received_on,
        due_on=running.due if running else None,
        provisional=running is not None and running.provisional,
        calendar=calendar,
        hastened=request.stage not in _STATUS and _hastened(events),
        department=request.department,
        handler=_handler(events),
        outcome=request.outcome or (decision.outcome if decision else None),
        decided_on=decision.decided_on if decision else None,
        delivered_on=sending.delivered_on if sending else None,
        on_time=sending.on_time if sending else None,
        parent=request.parent,
        merged_into=request.merged_into,
        closed_on=request.closed_on,
    )


def _handler(events: Sequence[Event]) -> str:
    """Return who handles the request: whoever last acted as its handler."""
    return next((event.act.actor for event in reversed(events) if event.act.role is Role.HANDLER), "")


def _hastened(events: Sequence[Event]) -> bool:
    """Return whether the last thing that happened took days away from the answer."""
    last = next((event.act for event in reversed(events) if not _of_letter(event.act)), None)
    if last is None or last.step is not RequestStep.RECOMPUTE:
        return False
    old, new = date_of(last, Fact.PREVIOUS_DUE), date_of(last, Fact.DUE_ON)
    return old is not None and new is not None and new < old


def _of_letter(act: Act) -> bool:
    return act.step is RequestStep.RECOMPUTE and bool(letter_of(act))
