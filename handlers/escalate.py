"""Turns a question into an inquiry (咨询) that a person answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from bot.types import Conversation, Message, Reply, State
from handlers import texts
from handlers.answer import asked
from handlers.composition import evidence
from knowledge.ports import Retriever
from knowledge.topics import Topics
from register.particulars import without_particulars
from register.ports import Register
from register.types import Case, CaseKind, NewCase

DueDate = Callable[[datetime], tuple[date, bool]]
"""Gives the day an inquiry received at that time is to be answered by, and whether it is provisional."""


@dataclass(frozen=True, slots=True)
class Inquire:
    """Registers the question that the conversation is about."""

    retriever: Retriever
    register: Register
    topics: Topics
    due: DueDate

    async def __call__(self, message: Message, conversation: Conversation, /) -> Reply:
        """Return the receipt with number and query code."""
        return await self.open(message, conversation, conversation.question)

    async def open(self, message: Message, conversation: Conversation, question: str, *, about: str = "") -> Reply:
        """Open the inquiry, once per message and once per offer, and return its receipt.

        `about` is the case whose answer it follows: whoever answered that gets it.
        """
        # of a form that was left, what stands there is as it was typed
        question = without_particulars(question)
        department = self.topics.closest(question).department
        if about:
            department = (await self.register.get(about)).department or department
        finding = await self.retriever.find(question)
        due_on, provisional = self.due(message.received_at)
        case = await self.register.open(
            NewCase(
                source=message.key,
                kind=CaseKind.INQUIRY,
                question=texts.follow_up(about, question) if about else question,
                channel=message.user.channel,
                user=message.user.id,
                received_at=message.received_at,
                due_on=due_on,
                provisional=provisional,
                department=department,
                evidence=evidence(finding),
                offer=_offer(conversation, question),
            )
        )
        return receipt(case)

    async def opened_before(self, message: Message) -> Reply | None:
        """Return the receipt of the inquiry that this message opened: a redelivery after the conversation was lost."""
        case = await self.register.opened_by(message.key)
        return receipt(case) if case else None


@dataclass(frozen=True, slots=True)
class Person:
    """转人工: hands over the question at hand, or asks for one."""

    inquire: Inquire

    async def __call__(self, message: Message, conversation: Conversation, /) -> Reply:
        """Return the receipt, or the invitation to write the question."""
        if conversation.question:
            return await self.inquire(message, conversation)
        opened = await self.inquire.opened_before(message)
        return opened or Reply(
            texts.WRITE_QUESTION, "escalated_by_user", Conversation(State.WRITING, answer=message.key)
        )


@dataclass(frozen=True, slots=True)
class Written:
    """Takes the question written after 转人工, or after 继续追问 about an answer."""

    inquire: Inquire

    async def __call__(self, message: Message, conversation: Conversation, /) -> Reply:
        """Return the receipt."""
        about = conversation.choices[0] if conversation.choices else ""
        return await self.inquire.open(message, conversation, asked(message), about=about)


@dataclass(frozen=True, slots=True)
class Bare:
    """Takes a bare number that answers nothing the bot remembers."""

    inquire: Inquire

    async def __call__(self, message: Message, _conversation: Conversation, /) -> Reply:
        """Return the receipt of the inquiry this message opened, or say that there is nothing to choose."""
        return await self.inquire.opened_before(message) or Reply(texts.NOTHING_TO_CHOOSE, "social_unclear")


def _offer(conversation: Conversation, question: str) -> str:
    """Name the offer that is taken; a digest, as question and user need not be read a second time."""
    return sha256(f"{conversation.answer}\n{question}".encode()).hexdigest() if conversation.answer else ""


def receipt(case: Case) -> Reply:
    """Return what the citizen is told once the case is stored."""
    due = texts.due_text(case.due_on, provisional=case.provisional)
    text = texts.registered(reference=case.reference, code=case.code, due=due)
    return Reply(text, "escalated_inquiry", reference=case.reference)
