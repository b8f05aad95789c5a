"""What the outbox tells of signed replies, recorded as their delivery."""

import logging
from collections.abc import Sequence
from datetime import datetime

from register.delivery import Delivery
from register.errors import RegisterError
from register.facts import Fact
from register.office import CIVIL_TIME, DisclosureOffice
from register.request import Act, Event
from register.steps import RequestStep, Role, Stage

_log = logging.getLogger(__name__)


async def note_deliveries(office: DisclosureOffice) -> int:
    """Record DELIVER and CLOSE for every signed reply that the outbox has delivered; return how many."""
    noted = 0
    for reference, head in (await office.requests.under_way()).items():
        if head.stage is not Stage.SIGNED:
            continue
        try:
            noted += await _note_delivery(office, reference)
        except RegisterError:
            # one request's fault, or another process that was faster, is not the others'
            _log.exception("a delivery could not be noted")
    return noted


async def _note_delivery(office: DisclosureOffice, reference: str) -> bool:
    file = await office.load(reference)
    at = await office.requests.delivered_at(reference, since=_signed_at(file.docket.events))
    if at is None:
        return False
    arrived = at.astimezone(CIVIL_TIME)
    facts = {Fact.METHOD: Delivery.ELECTRONIC, Fact.PROOF: f"{arrived:%Y-%m-%d %H:%M} 送达回执"}
    note = "系统按送达回执登记" if arrived.date() < office.today() else ""
    deliver = Act(RequestStep.DELIVER, "system", Role.SYSTEM, office.now(), arrived.date(), facts, note)
    file = await office.act(reference, deliver, version=len(file.docket.events))
    close = Act(RequestStep.CLOSE, "system", Role.SYSTEM, office.now(), office.today())
    await office.act(reference, close, version=len(file.docket.events))
    return True


def _signed_at(events: Sequence[Event]) -> datetime:
    """Return when the reply was signed last; what was put into the outbox since is its letter."""
    return next(event.act.at for event in reversed(events) if event.act.step is RequestStep.SIGN)
