"""Gives several cases at once to a colleague or to a department (批量分办、转办)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from aiohttp import web

from console import queue_texts
from console.auth import Staff
from console.filters import Filters
from console.forms import NOTHING, Typed, read_form, whole_number
from console.offers import CAPACITIES
from console.queue import Given, QueueViews
from console.sight import may_see
from register.errors import IllegalTransition, RefusedStep, StaleCase, UnknownCase
from register.handover import Handover

TICK = "case:"
"""What the name of a ticked box begins with; its value is the version that was shown."""


@dataclass(frozen=True, slots=True)
class AssignmentViews:
    """The form below the queue. Each case is one transaction: what cannot be given is told, the others are given."""

    queue: QueueViews
    handover: Handover

    async def assign(self, request: web.Request, staff: Staff) -> web.Response:
        """Give every ticked case away, and show the same page of the queue with what became of each."""
        form = await read_form(request)
        filters = Filters.read(dict(parse_qsl(form.get("query", ""))))
        ticked = {name.removeprefix(TICK): value for name, value in form.items() if name.startswith(TICK)}
        message = await self._fault(form, ticked)
        if message:
            return await self.queue.page(request, staff, filters, typed=Typed(message, "assign", form))
        given = [
            await self._give(reference, whole_number(version, otherwise=0), form, staff)
            for reference, version in ticked.items()
        ]
        return await self.queue.page(request, staff, filters, typed=NOTHING, given=given)

    async def _fault(self, form: Mapping[str, str], ticked: Mapping[str, str]) -> str:
        handler, department = form.get("to_handler", ""), form.get("to_department", "")
        if not ticked:
            return queue_texts.NOTHING_TICKED
        if bool(handler) == bool(department):
            return queue_texts.ONE_RECIPIENT
        colleagues: Sequence[str] = [each.name for each in await self.queue.counter.handlers()]
        known = handler in colleagues or department in self.queue.counter.office.departments
        return "" if known else queue_texts.UNKNOWN_RECIPIENT

    async def _give(self, reference: str, version: int, form: Mapping[str, str], staff: Staff) -> Given:
        handler, department = form.get("to_handler", ""), form.get("to_department", "")
        try:
            case = await self.handover.register.get(reference)
            if not may_see(staff, case):
                return Given(reference, done=False, words=queue_texts.NOT_YOURS)
            if handler:
                await self.handover.assign(reference, handler, by=staff.name, version=version)
            else:
                role = CAPACITIES[staff.role][0]
                await self.handover.transfer(reference, department, by=staff.name, version=version, role=role)
        except UnknownCase:
            return Given(reference, done=False, words=queue_texts.NOT_YOURS)
        except StaleCase:
            return Given(reference, done=False, words=queue_texts.STALE)
        except IllegalTransition:
            return Given(reference, done=False, words=queue_texts.CLOSED)
        except RefusedStep as refused:
            return Given(reference, done=False, words=refused.sentence)
        return Given(reference, done=True, words=queue_texts.GIVEN.format(to=handler or department))
