"""Which handler a message goes to: an ordered table of conditions."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

from bot.ports import Handler
from bot.types import Conversation, Message, MessageKind, Reply, State

Condition = Callable[[Message, Conversation], bool]

_NOT_SPOKEN = re.compile(r"[\s。．.，,！!？?、~～“”\"'‘’：:；;【】\[\]（）()]+")


def spoken(text: str) -> str:
    """Return a short text as a command is compared: NFKC, lower case, without spaces and punctuation."""
    return _NOT_SPOKEN.sub("", unicodedata.normalize("NFKC", text)).lower()


@dataclass(frozen=True, slots=True)
class _OfKind:
    kinds: frozenset[MessageKind]

    def __call__(self, message: Message, _conversation: Conversation, /) -> bool:
        return message.kind in self.kinds


@dataclass(frozen=True, slots=True)
class _InState:
    states: frozenset[State]

    def __call__(self, _message: Message, conversation: Conversation, /) -> bool:
        return conversation.state in self.states


@dataclass(frozen=True, slots=True)
class _Both:
    conditions: tuple[Condition, ...]

    def __call__(self, message: Message, conversation: Conversation, /) -> bool:
        return all(condition(message, conversation) for condition in self.conditions)


def is_kind(*kinds: MessageKind) -> Condition:
    """Hold for messages of these kinds."""
    return _OfKind(frozenset(kinds))


def in_state(*states: State) -> Condition:
    """Hold while the conversation is in one of these states."""
    return _InState(frozenset(states))


def says(*words: str) -> Condition:
    """Hold when the whole text is one of these words."""
    wanted = frozenset(map(spoken, words))
    longest = max(map(len, wanted))
    # a long text is a question, not a command: no need to normalise it
    return lambda message, _: len(message.text) <= longest + 8 and spoken(message.text) in wanted


def matches(pattern: re.Pattern[str], *, longest: int) -> Condition:
    """Hold when the pattern is found in the NFKC form of a text of at most `longest` characters."""
    return lambda message, _: (
        len(message.text) <= longest and pattern.search(unicodedata.normalize("NFKC", message.text)) is not None
    )


def both(*conditions: Condition) -> Condition:
    """Hold when all conditions hold."""
    return _Both(conditions)


def always(_message: Message, _conversation: Conversation) -> bool:
    """Hold for everything: the last line of the table."""
    return True


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table."""

    when: Condition
    then: Handler


class Router:
    """Chooses by the first condition that holds; the last route must be unconditional."""

    def __init__(self, routes: Sequence[Route]) -> None:
        if not routes or routes[-1].when is not always:
            raise ValueError("the last route must take everything")
        # most lines are for one state or kind: each message passes only those that it can take
        self._routes = {
            (kind, state): tuple(route for route in routes if _can_hold(route.when, kind, state))
            for kind, state in product(MessageKind, State)
        }

    async def __call__(self, message: Message, conversation: Conversation, /) -> Reply:
        """Return what the chosen handler says: a table may be one line of another."""
        return await self.choose(message, conversation)(message, conversation)

    def choose(self, message: Message, conversation: Conversation) -> Handler:
        """Return the handler for a message where the conversation stands."""
        routes = self._routes[message.kind, conversation.state]
        return next(route.then for route in routes if route.when(message, conversation))


def _can_hold(condition: Condition, kind: MessageKind, state: State) -> bool:
    """Whether a condition can hold at all for messages of a kind in a state."""
    if isinstance(condition, _OfKind):
        return kind in condition.kinds
    if isinstance(condition, _InState):
        return state in condition.states
    if isinstance(condition, _Both):
        return all(_can_hold(each, kind, state) for each in condition.conditions)
    return True
