"""Answers a question from the disclosed documents, offers candidates, or says honestly that nothing was found."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.router import is_spoken
from bot.types import Conversation, Message, Reply
from handlers import texts
from handlers.composition import Composer, Composition
from knowledge.errors import UnknownPassage
from knowledge.ports import AnswerLog, Retriever
from knowledge.types import AnswerRecord, Band, Finding
from register.particulars import without_particulars
from register.ports import Register
from register.types import NewGap

LONGEST = 600
"""Characters of a question; beyond that it is a letter, not a question."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The bot's main work. `new_id` gives each stored answer its id."""

    retriever: Retriever
    composer: Composer
    answers: AnswerLog
    register: Register
    now: Callable[[], datetime]
    new_id: Callable[[], str]

    async def __call__(self, message: Message, _conversation: Conversation, /) -> Reply:
        """Return the quoted answer, the candidates, or the honest "not found"."""
        if not is_spoken(message.text):
            return Reply(texts.EMPTY_QUESTION, "social_empty")
        if len(message.text.strip()) > LONGEST:
            return Reply(texts.TOO_LONG, "refused_long")
        finding = await self.retriever.find(asked(message))
        return await self._given(message, await self.composer.composed(finding))

    async def chosen(self, message: Message, question: str, key: str) -> Reply:
        """Return the answer from the candidate that the citizen chose."""
        finding = await self.retriever.find(question)
        try:
            hit = await self.retriever.open(key, question)
        except UnknownPassage:
            # the knowledge base was reloaded in between: ask it anew
            if finding.band is Band.ESCALATE:
                return await self.not_found(message, finding)
            return await self._given(message, self.composer.candidates(finding))
        return await self._given(message, await self.composer.answered(finding, (hit,), "answered_chosen"))

    async def not_found(
        self,
        message: Message,
        finding: Finding,
        *,
        status: str = "escalated_no_match",
        opening: str = texts.NOT_FOUND,
    ) -> Reply:
        """Return the honest "not found" with the ways on, and count the gap."""
        return await self._given(message, self.composer.not_found(finding, status=status, opening=opening))

    async def _given(self, message: Message, composition: Composition) -> Reply:
        """Store that this was answered to the message, and return the reply with the stored answer's id."""
        if composition.gap is not None:
            await self._note_gap(message, composition, composition.gap)
        answer = await self._note(message, composition)
        reply = composition.reply
        return replace(reply, conversation=replace(reply.conversation, answer=answer))

    async def _note_gap(self, message: Message, composition: Composition, near_misses: str) -> None:
        finding = composition.finding
        await self.register.note_gap(
            NewGap(
                question=finding.question,
                normalised=finding.normalised,
                asked_at=message.received_at,
                generation=finding.generation,
                topic=composition.topic,
                near_misses=near_misses,
                department=composition.department,
            )
        )

    async def _note(self, message: Message, composition: Composition) -> str:
        finding, answer_id = composition.finding, self.new_id()
        await self.answers.note(
            AnswerRecord(
                id=answer_id,
                at=self.now().isoformat(),
                channel=message.user.channel,
                question=finding.question,
                normalised=finding.normalised,
                status=composition.reply.status,
                route=finding.route,
                band=finding.band,
                probability=finding.probability,
                generation=finding.generation,
                used=composition.used,
                near_misses=composition.near_misses,
                features=finding.features,
                topic=composition.topic,
            )
        )
        return answer_id


def asked(message: Message) -> str:
    """Return a question as it may be kept."""
    return without_particulars(message.text.strip())
