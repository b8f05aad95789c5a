"""是否解决: takes the citizen's judgement of an answer."""

from dataclasses import dataclass

from bot.types import Conversation, Message, Reply
from handlers import texts
from handlers.answer import Answer


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
