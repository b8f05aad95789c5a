"""是否解决: takes the citizen's judgement of an answer."""

import re
from dataclasses import dataclass

from bot.ports import Handler
from bot.surveys import FREE
from bot.types import FRESH, Conversation, Message, Reply, State
from handlers import texts
from handlers.answer import Answer
from register.types import Case, CaseKind
from register.verdicts import Verdicts

_TAP = re.compile(rf"[{texts.RESOLVED.key}{texts.UNRESOLVED.key}]\.\d{{1,18}}-\d{{1,18}}")


def taps(message: Message, _conversation: Conversation) -> bool:
    """Hold for a tap on a line of a survey's menu, which says itself which answer it is about."""
    return bool(message.tapped) and _TAP.fullmatch(message.tapped) is not None


@dataclass(frozen=True, slots=True)
class Resolved:
    """The answer helped."""

    answer: Answer

    async def __call__(self, _message: Message, conversation: Conversation, /) -> Reply:
        """Note it and say thanks."""
        await self.answer.answers.judge(conversation.answer, resolved=True)
        return Reply(texts.GLAD, "social_thanks")


@dataclass(frozen=True, slots=True)
class Unresolved:
    """The answer did not help: a gap, and the ways on."""

    answer: Answer

    async def __call__(self, message: Message, conversation: Conversation, /) -> Reply:
        """Note it and offer a person."""
        await self.answer.answers.judge(conversation.answer, resolved=False)
        finding = await self.answer.retriever.find(conversation.question)
        return await self.answer.not_found(message, finding, status="escalated_by_user", opening=texts.NOT_SOLVED)


@dataclass(frozen=True, slots=True)
class Judged:
    """Takes the verdict on an answer that a person gave; `otherwise` answers where there is none to judge."""

    verdicts: Verdicts
    otherwise: Handler

    async def solved(self, message: Message, conversation: Conversation, /) -> Reply:
        """Note that the answer helped which the citizen was asked about last."""
        return await self._noted(message, conversation, conversation.answer, resolved=True)

    async def unsolved(self, message: Message, conversation: Conversation, /) -> Reply:
        """Note that it did not."""
        return await self._noted(message, conversation, conversation.answer, resolved=False)

    async def tapped(self, message: Message, conversation: Conversation, /) -> Reply:
        """Note the verdict on the answer that the menu is about; what is being written goes on."""
        line, parcel = message.tapped.split(".")
        reply = await self._noted(message, conversation, parcel, resolved=line == texts.RESOLVED.key)
        if conversation.state in FREE:
            return reply
        text = texts.NOTED if reply.reference else texts.TOO_LATE
        return Reply(text, reply.status, conversation, reference=reply.reference)

    async def _noted(self, message: Message, conversation: Conversation, parcel: str, *, resolved: bool) -> Reply:
        user = message.user
        case = await self.verdicts.judge(user.channel, user.id, parcel, resolved=resolved, at=message.received_at)
        if case is None:
            return await self.otherwise(message, conversation)
        return _thanks(case) if resolved else _ways_on(case)


@dataclass(frozen=True, slots=True)
class Further:
    """继续追问: asks for the question that follows an answer."""

    async def __call__(self, message: Message, conversation: Conversation, /) -> Reply:
        """Return the invitation to write it."""
        writing = Conversation(State.WRITING, choices=conversation.choices, answer=message.key)
        return Reply(texts.WRITE_FURTHER, "escalated_by_user", writing)


def after_verdict(_message: Message, conversation: Conversation) -> bool:
    """Hold while 继续追问 is offered about an answer that a person gave."""
    return conversation.state is State.OFFERED and bool(conversation.choices)


def _thanks(case: Case) -> Reply:
    return Reply(texts.GLAD, "social_thanks", FRESH, reference=case.reference)


def _ways_on(case: Case) -> Reply:
    return Reply(
        texts.unsolved(case.reference, contestable=case.kind is CaseKind.REQUEST),
        "escalated_by_user",
        Conversation(State.OFFERED, choices=(case.reference,)),
        options=(texts.FOLLOW_UP, texts.REQUEST),
        reference=case.reference,
    )
