"""是否解决, asked after an answer that a person gave."""

import logging
from dataclasses import dataclass, replace

from bot.errors import Unavailable
from bot.ports import ConversationStore
from bot.types import FRESH, Parcel, State, Survey

_log = logging.getLogger(__name__)
FREE = frozenset({State.IDLE, State.ANSWERED, State.OFFERED, State.CHOOSING})
"""Where short words answer the last question that was asked, not a form that is being filled in."""


@dataclass(frozen=True, slots=True)
class Surveys:
    """Says what follows a text, and lets the next short word answer it."""

    survey: Survey
    conversations: ConversationStore

    def after(self, parcel: Parcel) -> Survey | None:
        """Return what is asked after a text, or None."""
        return replace(self.survey, key=parcel.key) if parcel.asks else None

    async def asked(self, parcel: Parcel) -> None:
        """Note that it was asked: what the bot had asked before is open no more. Never fails."""
        try:
            async with self.conversations.turn(parcel.user) as turn:
                if turn.conversation.state in FREE:
                    turn.conversation = FRESH
        except Unavailable:
            _log.warning("an earlier question of the bot stays open", extra={"channel": parcel.user.channel})
