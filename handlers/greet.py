"""Welcome, help, thanks and goodbye."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.types import FRESH, Conversation, Message, MessageKind, Option, Reply
from handlers import texts
from handlers.answer import Answer
from knowledge.types import Band


@dataclass(frozen=True, slots=True)
class Greet:
    """Says what the account can do: to a new follower, and to whoever asks for help.

    `greetings` are the office's own words to new followers, by channel name.
    """

    office: texts.Office
    greetings: Mapping[str, str] = field(default_factory=dict)

    async def __call__(self, message: Message, _conversation: Conversation, /) -> Reply:
        """Return the welcome."""
        if message.kind is MessageKind.TEXT:
            return Reply(texts.how_to(self.office), "social_help")
        own = self.greetings.get(message.user.channel)
        return Reply(own or texts.greeting(self.office), "social_greeting")


@dataclass(frozen=True, slots=True)
class Scanned:
    """Answers what a QR code stands for (场景值), such as "高龄津贴"; a code that stands for nothing known greets."""

    greet: Greet
    answer: Answer

    async def __call__(self, message: Message, conversation: Conversation, /) -> Reply:
        """Return the answer, to a new follower with a word of welcome before it."""
        scene = message.text.strip()
        # numbers are the scenes of codes from elsewhere
        if not scene or scene.isdecimal():
            return await self.greet(message, conversation)
        if (await self.answer.retriever.find(scene)).band is Band.ESCALATE:
            return await self.greet(message, conversation)
        reply = await self.answer(message, conversation)
        if message.kind is MessageKind.SCAN:
            return reply
        return replace(reply, text=f"{texts.welcome(self.greet.office)}\n\n{reply.text}")


@dataclass(frozen=True, slots=True)
class TextPlease:
    """Says what to do instead of sending a voice, a picture or whatever cannot be read; the talk stays as it is."""

    async def __call__(self, message: Message, conversation: Conversation, /) -> Reply:
        """Return the sentence for this kind of message."""
        return Reply(texts.UNREADABLE.get(message.kind, texts.TEXT_PLEASE), "social_unreadable", conversation)


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
