"""What an officer can do to a case."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from register.errors import IllegalTransition, StaleCase
from register.ports import Register
from register.types import Case, CaseKind, Event, Notice, Status, Step
from register.workflow import after

DELIVERY = frozenset({Step.DELIVERED, Step.UNDELIVERED, Step.IN_DOUBT})


def notice_text(case: Case, step: Step, text: str) -> str:
    """Return what the citizen is told about a step: which case, what happened, the officer's words."""
    happened = {
        Step.ANSWER: "有补充答复" if case.status is Status.ANSWERED else "已答复",
        Step.CLOSE: "已办结",
    }[step]
    return f"您的咨询 {case.reference} {happened}：\n{text}"


@dataclass(frozen=True, slots=True)
class Desk:
    """An officer's desk: each method is one step on one case, and one transaction.

    `version` is the one of the page the officer acted on. All methods raise UnknownCase, StaleCase when a person acted
    since that version, IllegalTransition when the workflow does not offer the step, MissingNote when it needs words.
    `word` makes the text for the citizen from the case as it was, the step and the officer's text.
    """

    register: Register
    now: Callable[[], datetime]
    word: Callable[[Case, Step, str], str] = notice_text

    async def answer(self, reference: str, text: str, *, by: str, version: int) -> Case:
        """Answer the citizen, or add to an answer given."""
        return await self._act(reference, Step.ANSWER, text, by=by, version=version, tell=True)

    async def close(self, reference: str, reason: str, *, by: str, version: int) -> Case:
        """Close a case; a reason is told to the citizen, and needed where nobody answered."""
        return await self._act(reference, Step.CLOSE, reason, by=by, version=version, tell=bool(reason.strip()))

    async def reopen(self, reference: str, reason: str, *, by: str, version: int) -> Case:
        """Take a closed case up again; the citizen is not told."""
        return await self._act(reference, Step.REOPEN, reason, by=by, version=version, tell=False)

    async def note(self, reference: str, text: str, *, by: str, version: int) -> Case:
        """Keep a note that the citizen does not see."""
        return await self._act(reference, Step.NOTE, text, by=by, version=version, tell=False)

    async def _act(self, reference: str, step: Step, text: str, *, by: str, version: int, tell: bool) -> Case:
        case = await self.register.get(reference)
        if case.kind is not CaseKind.INQUIRY:
            # a formal request is answered by its own steps and approvals only: register/office.py
            raise IllegalTransition(case.status, step)
        await self._check_version(case, version)
        said = text.strip()
        status = after(case.status, step, note=said)
        event = Event(at=self.now(), actor=by, step=step, note=said)
        notice = Notice(self.word(case, step, said), asks=step is Step.ANSWER) if tell else None
        return await self.register.record(case, event, status=status, notice=notice)

    async def _check_version(self, case: Case, version: int) -> None:
        if version == case.version:
            return
        behind = case.version - version
        # a delivery noted by the outbox meanwhile changes nothing that the officer decided on
        newer = (await self.register.history(case.reference))[-behind:] if behind > 0 else ()
        if len(newer) != behind or any(event.step not in DELIVERY for event in newer):
            raise StaleCase(case.reference)
