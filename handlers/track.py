"""查询: number and query code tell where a case stands."""

import re
import unicodedata
from dataclasses import dataclass

from bot.types import Conversation, Message, Reply, State
from handlers import texts
from register.lookup import Lookup
from register.types import Case, Status

REFERENCE = re.compile(r"([^\W\d_]{1,12}-\d{4}-\d{6,9})")
ASKS = re.compile(r"^\s*(?:查询|查询进度|查进度|进度查询|办理进度)")
_CODE = re.compile(r"(?<![A-Z0-9-])([A-Z0-9]{8})(?![A-Z0-9-])")
_STATUS = {Status.RECEIVED: "待处理", Status.ANSWERED: "已答复", Status.CLOSED: "已办结"}


@dataclass(frozen=True, slots=True)
class Track:
    """Asks for what is missing of number and code, then tells the status."""

    lookup: Lookup
    office: texts.Office

    async def __call__(self, message: Message, conversation: Conversation, /) -> Reply:
        """Return the status, or the one sentence that says no to everything else."""
        written = unicodedata.normalize("NFKC", message.text)
        found = REFERENCE.search(written.removeprefix("查询").strip())
        reference = found.group(1) if found else next(iter(conversation.choices), "")
        if not reference or (conversation.state is not State.TRACKING and not found):
            return Reply(texts.ASK_NUMBER.format(example=f"{self.office.code}-2026-000123"), "redirected_case_query")
        code = _CODE.search(written.replace(reference, " ").upper())
        if code is None:
            tracking = Conversation(State.TRACKING, choices=(reference,))
            return Reply(texts.ASK_CODE, "redirected_case_query", tracking)
        case = await self.lookup.find(reference, code.group(1), asker=f"{message.user.channel}:{message.user.id}")
        if case is None:
            return Reply(texts.UNKNOWN_CASE, "redirected_case_query")
        answers = await self.lookup.answers(case)
        return Reply(
            _told(case, answers[-1].note if answers else ""), "redirected_case_query", reference=case.reference
        )


def _told(case: Case, answer: str) -> str:
    return texts.case_status(
        reference=case.reference,
        status=_STATUS[case.status],
        received=case.received_at.date().isoformat(),
        due=texts.due_text(case.due_on, provisional=case.provisional),
        answer=answer,
    )
