"""Welcome, help, thanks and goodbye."""

from dataclasses import dataclass

from bot.types import FRESH, Conversation, Message, MessageKind, Option, Reply
from handlers import texts


@dataclass(frozen=True, slots=True)
class Greet:
    """Says what the account can do: to a new follower, and to whoever asks for help."""

    office: texts.Office

    async def __call__(self, message: Message, _conversation: Conversation, /) -> Reply:
        """Return the welcome."""
        if message.kind is MessageKind.TEXT:
            return Reply(texts.how_to(self.office), "social_help")
        return Reply(texts.greeting(self.office), "social_greeting")


@dataclass(frozen=True, slots=True)
class Say:
    """Says one fixed sentence and starts afresh, or stays where the talk stands; the rest as in Reply."""

    text: str
    status: str
    stay: bool = False
    options: tuple[Option, ...] = ()
    yields: bool = False

    async def __call__(self, _message: Message, conversation: Conversation, /) -> Reply:
        """Return the sentence."""
        then = conversation if self.stay else FRESH
        return Reply(self.text, self.status, then, options=self.options, yields=self.yields)


@dataclass(frozen=True, slots=True)
class Forget:
    """Drops what is known of a conversation when its user leaves (unsubscribe)."""

    async def __call__(self, _message: Message, _conversation: Conversation, /) -> Reply:
        """Return a silent reply over a fresh conversation."""
        return Reply("", "social_goodbye", silent=True)
