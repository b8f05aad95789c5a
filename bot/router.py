"""Which handler a message goes to: an ordered table of conditions."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product

from bot.ports import Handler
from bot.types import Conversation, Message, MessageKind, Reply, State

Condition = Callable[[Message, Conversation], bool]

_NOT_SPOKEN = re.compile(r"[\s。．.，,！!？?、~～“”\"'‘’：:；;【】\[\]（）()]+")


def spoken(text: str) -> str:
    """Return a short text as a command is compared: NFKC, lower case, without spaces and punctuation."""
    return _NOT_SPOKEN.sub("", unicodedata.normalize("NFKC", text)).lower()


def is_spoken(text: str) -> bool:
    """Whether there is anything in a text but spaces and punctuation."""
    # the first letter or digit decides for nearly every text
    return any(map(str.isalnum, text)) or bool(spoken(text))


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
        # most lines are for one state or kind: each message passes only those that it can take, and is asked the rest
        self._routes = {
            (kind, state): tuple(_possible(routes, kind, state)) for kind, state in product(MessageKind, State)
        }

    async def __call__(self, message: Message, conversation: Conversation, /) -> Reply:
        """Return what the chosen handler says: a table may be one line of another."""
        return await self.choose(message, conversation)(message, conversation)

    def choose(self, message: Message, conversation: Conversation) -> Handler:
        """Return the handler for a message where the conversation stands."""
        for conditions, handler in self._routes[message.kind, conversation.state]:
            for condition in conditions:
                if not condition(message, conversation):
                    break
            else:
                return handler
        raise LookupError("the last route takes everything")


def _possible(
    routes: Iterable[Route], kind: MessageKind, state: State
) -> Iterator[tuple[tuple[Condition, ...], Handler]]:
    """Yield the handlers that a message of a kind can reach in a state, each with the conditions still to be asked."""
    for route in routes:
        conditions = _open(route.when, kind, state)
        if conditions is not None:
            yield conditions, route.then


def _open(condition: Condition, kind: MessageKind, state: State) -> tuple[Condition, ...] | None:
    """Return what kind and state leave open of a condition; None where they rule it out."""
    if isinstance(condition, _OfKind):
        return () if kind in condition.kinds else None
    if isinstance(condition, _InState):
        return () if state in condition.states else None
    if isinstance(condition, _Both):
        parts = [_open(each, kind, state) for each in condition.conditions]
        return None if None in parts else tuple(chain.from_iterable(filter(None, parts)))
    return () if condition is always else (condition,)
