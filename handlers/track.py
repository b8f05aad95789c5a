"""查询: number and query code tell where a case stands."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta, timezone

from bot.types import Conversation, Message, Reply, State
from handlers import texts
from register.docket import Head
from register.lookup import DASHES, Lookup
from register.types import Case, Status

_BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
_VERB = re.compile(r"^\s*(?:查询进度|进度查询|查进度|办理进度|查询)[\s:,.、。]*")
# the code may follow the number without a space: then the number ends where eight signs are left
_END = r"(?=[A-Za-z0-9]{8}(?![A-Za-z0-9])|(?!\d))"
_NUMBER = re.compile(rf"([^\W\d_]{{1,12}})\s*-\s*(\d{{4}})\s*-\s*(\d{{6,9}}?){_END}")
_NUMBER_AFTER_VERB = re.compile(rf"([^\W\d_]{{1,12}})[\s-]*(\d{{4}})[\s-]*(\d{{6,9}}?){_END}")
_CODE = re.compile(r"(?<![A-Z0-9])[A-Z0-9]{8}(?![A-Z0-9])")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_STATUS = {Status.RECEIVED: "待处理", Status.ANSWERED: "已答复", Status.CLOSED: "已办结"}


def asks_for_case(message: Message, _conversation: Conversation) -> bool:
    """Hold for a text with a case number, and for 查询 alone or before numbers: not for 查询 before a question."""
    written = _folded(message.text)
    verb = _VERB.match(written)
    if verb is None:
        # nearly every question ends here, and looking for letters before a dash takes longer than looking for one
        return "-" in written and _NUMBER.search(written) is not None
    rest = written[verb.end() :]
    return _CHINESE.search(rest) is None or re.search(r"\d{6}", rest) is not None


def gives_code(message: Message, conversation: Conversation) -> bool:
    """Hold while a code is awaited for what holds one, or looks like a try at one: not for the next question."""
    if conversation.state is not State.TRACKING:
        return False
    written = _folded(message.text)
    return written.isascii() or _CODE.search(written.upper()) is not None


@dataclass(frozen=True, slots=True)
class Track:
    """Asks for what is missing of number and code, then tells the status."""

    lookup: Lookup
    office: texts.Office

    async def __call__(self, message: Message, conversation: Conversation, /) -> Reply:
        """Return the status, or the one sentence that says no to everything else."""
        reference, rest = self._reference(_folded(message.text))
        if not reference and conversation.state is State.TRACKING:
            reference = conversation.choices[0]
        if not reference:
            return Reply(texts.ASK_NUMBER.format(example=f"{self.office.code}-2026-000123"), "redirected_case_query")
        tracking = Conversation(State.TRACKING, choices=(reference,))
        code = _CODE.search(rest.upper())
        if code is None:
            return Reply(texts.ASK_CODE, "redirected_case_query", tracking)
        case = await self.lookup.find(reference, code.group(), asker=f"{message.user.channel}:{message.user.id}")
        if case is None:
            return Reply(texts.UNKNOWN_CASE, "redirected_case_query", tracking)
        answers, head = await self.lookup.answers(case), await self.lookup.head(case)
        return Reply(
            _told(case, head, answers[-1].note if answers else ""), "redirected_case_query", reference=case.reference
        )

    def _reference(self, written: str) -> tuple[str, str]:
        """Return the case number in a text, or nothing, and the text without it."""
        verb = _VERB.match(written)
        pattern = _NUMBER_AFTER_VERB if verb else _NUMBER
        found = pattern.search(written, verb.end() if verb else 0)
        if found is None:
            return "", written
        prefix, year, number = found.groups()
        if prefix.endswith(self.office.code):
            # words may stand before the number without a space: 编号浚县-2026-000123
            prefix = self.office.code
        return f"{prefix}-{year}-{number}", f"{written[: found.end(1)]} {written[found.end() :]}"


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text.translate(DASHES))


def _standing(head: Head) -> str:
    if head.merged_into:
        return texts.MERGED.format(into=head.merged_into)
    return texts.SPLIT if head.split else texts.STAGE[head.stage]


def _told(case: Case, head: Head | None, answer: str) -> str:
    due = texts.due_text(case.due_on, provisional=case.provisional)
    # while the clock of a request stands still there is no last day
    owed = case.status is Status.RECEIVED if head is None else head.due_on is not None
    return texts.case_status(
        reference=case.reference,
        status=_standing(head) if head is not None else _STATUS[case.status],
        received=case.received_at.astimezone(_BEIJING).date().isoformat(),
        due=due if owed else "",
        answer=answer,
    )
