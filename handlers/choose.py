"""Takes the citizen's choice among numbered candidates."""

from dataclasses import dataclass

from bot.router import spoken
from bot.types import Conversation, Message, Reply
from handlers import texts
from handlers.answer import Answer


@dataclass(frozen=True, slots=True)
class Choose:
    """Answers from the candidate chosen by number; any other number asks again."""

    answer: Answer

    async def __call__(self, message: Message, conversation: Conversation, /) -> Reply:
        """Return the answer from the chosen document."""
        place = int(spoken(message.text)) - 1
        if not 0 <= place < len(conversation.choices):
            return Reply(texts.CHOOSE_AGAIN, "confirm_again", conversation, options=(texts.NONE_OF_THESE,))
        return await self.answer.chosen(message, conversation.question, conversation.choices[place])


@dataclass(frozen=True, slots=True)
class NoneOfThese:
    """「都不是」: no candidate fits, so nothing was found."""

    answer: Answer

    async def __call__(self, message: Message, conversation: Conversation, /) -> Reply:
        """Return the ways on."""
        finding = await self.answer.retriever.find(conversation.question)
        return await self.answer.not_found(message, finding, status="escalated_by_user")
