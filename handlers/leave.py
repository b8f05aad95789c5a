"""Unsubscribe (取消关注): what nothing obliges the office to keep of the person goes."""

from dataclasses import dataclass

from bot.ports import Outbox
from bot.types import Conversation, Message, Reply
from handlers.filing import Filing


@dataclass(frozen=True, slots=True)
class Leave:
    """Erases conversation, unfinished form and texts that belong to no case (个人信息保护法 art. 47).

    Inquiries and formal requests stay, with the answers to them: they are files of the office.
    """

    outbox: Outbox
    filing: Filing | None

    async def __call__(self, message: Message, _conversation: Conversation, /) -> Reply:
        """Return a silent reply over a fresh conversation."""
        await self.outbox.erase(message.user)
        if self.filing is not None:
            await self.filing.forget(message)
        return Reply("", "social_goodbye", silent=True)
