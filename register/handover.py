"""Gives cases to colleagues (分办) and to other departments (转办); the clock goes on (指导案例26号)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from register.errors import IllegalTransition, StaleCase
from register.facts import Fact
from register.office import DisclosureOffice
from register.ports import Register
from register.queue import Queue
from register.request import Act
from register.steps import RequestStep, Role
from register.types import Case, CaseKind, Event, Status, Step


@dataclass(frozen=True, slots=True)
class Handover:
    """Each method hands one case over in one transaction.

    `version` is the case's on the page that was read. Both methods raise UnknownCase, StaleCase when anything happened
    since, IllegalTransition when the case is closed; `transfer` also RefusedStep for a formal request.
    """

    register: Register
    queue: Queue
    now: Callable[[], datetime]
    office: DisclosureOffice | None = None

    async def assign(self, reference: str, handler: str, *, by: str, version: int) -> Case:
        """Give a case to a colleague, wherever it belongs."""
        case = await self._current(reference, Step.ASSIGN, version)
        event = Event(self.now(), by, Step.ASSIGN, handler)
        return await self.queue.hand_over(case, event, handler=handler, department=case.department)

    async def transfer(self, reference: str, department: str, *, by: str, version: int, role: Role) -> Case:
        """Give a case to another department, which finds its own handler; of a request the history tells."""
        case = await self._current(reference, Step.TRANSFER, version)
        if case.kind is CaseKind.REQUEST and self.office is not None:
            return await self._transfer_request(self.office, case, department, by=by, role=role)
        event = Event(self.now(), by, Step.TRANSFER, f"{case.department} → {department}")
        return await self.queue.hand_over(case, event, handler="", department=department)

    async def _current(self, reference: str, step: Step, version: int) -> Case:
        case = await self.register.get(reference)
        if case.version != version:
            raise StaleCase(reference)
        if case.status is Status.CLOSED:
            raise IllegalTransition(case.status, step)
        return case

    async def _transfer_request(
        self, office: DisclosureOffice, case: Case, department: str, *, by: str, role: Role
    ) -> Case:
        file = await office.load(case.reference)
        if file.docket.case.version != case.version:
            raise StaleCase(case.reference)
        facts = {Fact.DEPARTMENT: department}
        transfer = Act(RequestStep.TRANSFER, by, role, self.now(), office.today(), facts)
        kept = await office.act(case.reference, transfer, version=len(file.docket.events))
        return kept.docket.case
