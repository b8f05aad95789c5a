"""是否解决: takes the citizen's judgement of an answer."""

import re
from dataclasses import dataclass

from bot.ports import Handler
from bot.types import FRESH, Conversation, Message, Option, Reply, State
from handlers import texts
from handlers.answer import Answer
from register.types import Case, CaseKind
from register.verdicts import Verdicts

_TAP = re.compile(r"(\d)\.(\d{1,18}-\d{1,18})")


def tapped(option: Option, message: Message) -> bool:
    """Whether a message is a tap on this line of a survey's menu."""
    tap = _TAP.fullmatch(message.tapped)
    return tap is not None and tap[1] == option.key


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
    """Takes the verdict on an answer that a person gave; `otherwise` answers where none waits for one.

    Words are a verdict at any time, a bare number (not `firmly`) only the first.
    """

    verdicts: Verdicts
    otherwise: Handler
    resolved: bool
    firmly: bool = True

    async def __call__(self, message: Message, conversation: Conversation, /) -> Reply:
        """Note it; say thanks, or what the citizen can do now."""
        tap = _TAP.fullmatch(message.tapped)
        user = message.user
        case = await self.verdicts.judge(
            user.channel,
            user.id,
            resolved=self.resolved,
            at=message.received_at,
            parcel=tap[2] if tap else "",
            firmly=self.firmly,
        )
        if case is None:
            return await self.otherwise(message, conversation)
        if conversation.state is State.FILING:
            # a tap in the middle of a form: which goes on
            return Reply(texts.NOTED, "social_thanks", conversation, reference=case.reference)
        return _thanks(case) if self.resolved else _ways_on(case)


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
