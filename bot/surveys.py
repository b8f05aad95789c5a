"""是否解决, asked after an answer that a person gave."""

import logging
from dataclasses import dataclass, replace

from bot.errors import Unavailable
from bot.ports import ConversationStore
from bot.types import Conversation, Parcel, State, Survey

_log = logging.getLogger(__name__)
FREE = frozenset({State.IDLE, State.ANSWERED, State.OFFERED, State.CHOOSING, State.SURVEYED})
"""Where the last question of the bot may give way to another; elsewhere what comes next is being written."""


@dataclass(frozen=True, slots=True)
class Surveys:
    """Says what follows a text that is pushed, and lets the next short word answer it."""

    survey: Survey
    conversations: ConversationStore

    async def after(self, parcel: Parcel) -> Survey | None:
        """Return what is asked after a text, or None: also where a short word would be taken for something else."""
        if not parcel.asks:
            return None
        try:
            async with self.conversations.turn(parcel.user) as turn:
                return replace(self.survey, key=parcel.key) if turn.conversation.state in FREE else None
        except Unavailable:
            _log.warning("nobody is asked whether an answer helped", extra={"channel": parcel.user.channel})
            return None

    async def asked(self, parcel: Parcel) -> None:
        """Note that it was asked: what the bot had asked before is open no more. Never fails."""
        try:
            async with self.conversations.turn(parcel.user) as turn:
                if turn.conversation.state in FREE:
                    turn.conversation = surveyed(parcel.key)
        except Unavailable:
            _log.warning("an earlier question of the bot stays open", extra={"channel": parcel.user.channel})


def surveyed(parcel: str) -> Conversation:
    """Return where the talk stands once it was asked about the text of this parcel."""
    return Conversation(State.SURVEYED, answer=parcel)
