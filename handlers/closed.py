"""What is said on a channel that is switched off: one notice to every message, but for 查询."""

from dataclasses import dataclass

from bot.switches import Switchboard
from bot.types import Conversation, Message, Reply


@dataclass(frozen=True, slots=True)
class Closed:
    """Says the notice of the channel's switch; the conversation stays where it stands, and nothing is stored."""

    switchboard: Switchboard

    def holds(self, message: Message, _conversation: Conversation) -> bool:
        """Hold for messages on a channel that is switched off."""
        return self.switchboard.off(message.user.channel) is not None

    async def __call__(self, message: Message, conversation: Conversation, /) -> Reply:
        """Return the notice."""
        last = self.switchboard.off(message.user.channel)
        return Reply(last.notice if last is not None else "", "refused_closed", conversation)
