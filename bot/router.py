"""Which handler a message goes to: an ordered table of conditions."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.ports import Handler
from bot.types import Conversation, Message, MessageKind, State

Condition = Callable[[Message, Conversation], bool]

_NOT_SPOKEN = re.compile(r"[\s。．.，,！!？?、~～“”\"'‘’：:；;【】\[\]（）()]+")


def spoken(text: str) -> str:
    """Return a short text as a command is compared: NFKC, lower case, without spaces and punctuation."""
    return _NOT_SPOKEN.sub("", unicodedata.normalize("NFKC", text)).lower()


def is_kind(*kinds: MessageKind) -> Condition:
    """Hold for messages of these kinds."""
    wanted = frozenset(kinds)
    return lambda message, _: message.kind in wanted


def in_state(*states: State) -> Condition:
    """Hold while the conversation is in one of these states."""
    wanted = frozenset(states)
    return lambda _, conversation: conversation.state in wanted


def says(*words: str) -> Condition:
    """Hold when the whole text is one of these words."""
    wanted = frozenset(map(spoken, words))
    longest = max(map(len, wanted))
    # a long text is a question, not a command: no need to normalise it
    return lambda message, _: len(message.text) <= longest + 8 and spoken(message.text) in wanted


def matches(pattern: re.Pattern[str]) -> Condition:
    """Hold when the pattern is found in the NFKC form of the text."""
    return lambda message, _: pattern.search(unicodedata.normalize("NFKC", message.text)) is not None


def both(*conditions: Condition) -> Condition:
    """Hold when all conditions hold."""
    return lambda message, conversation: all(condition(message, conversation) for condition in conditions)


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
        self._routes = tuple(routes)

    def choose(self, message: Message, conversation: Conversation) -> Handler:
        """Return the handler for a message where the conversation stands."""
        return next(route.then for route in self._routes if route.when(message, conversation))
