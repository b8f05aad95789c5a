"""Every key in Redis: "{prefix}:{user}:lock" and so on.

The user is a digest, so that nobody's identifier lies about in Redis; the braces keep one user's keys on one node of a
cluster, as scripts demand.
"""

from dataclasses import dataclass
from hashlib import blake2b

from bot.types import Message, User

LOCK = "lock"
"""Which instance handles this user's message now; expires with its lease."""
LINE = "line"
"""Which instances wait for the lock, in order."""
ALIVE = "alive"
"""When each waiting instance asked last."""
TALK = "talk"
"""The conversation, as JSON."""
RATE = "rate"
"""How many messages the user may send now, and as of when."""
SEEN = "seen"
""":<digest of the message>: which instance has the message, or had it."""

SAID = "said"
""":<digest of the message>: what was said to it, for a process that takes over; empty once one has."""
TOKEN = "token"  # noqa: S105  the name of a key
"""An account's access token, and until when it is good, as JSON; ends with it."""
ASKING = "asking"
"""Which instance asks the platform for the token now."""
GENERATION = "generation"
"""The channel on which the id of a generation is announced that became live; nothing is kept under it."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one user."""

    lock: str
    line: str
    alive: str
    talk: str
    rate: str


@dataclass(frozen=True, slots=True)
class TokenKeys:
    """The keys of one account's access token."""

    token: str
    asking: str


def token_keys(prefix: str, account: str) -> TokenKeys:
    """Return the keys of an account, which the caller has made unreadable already."""
    start = f"{prefix}:{{{account}}}:"
    return TokenKeys(f"{start}{TOKEN}", f"{start}{ASKING}")


def keys_of(prefix: str, user: User) -> Keys:
    """Return the keys of a user."""
    start = _start(prefix, user)
    return Keys(f"{start}{LOCK}", f"{start}{LINE}", f"{start}{ALIVE}", f"{start}{TALK}", f"{start}{RATE}")


def seen_key(prefix: str, message: Message) -> str:
    """Return the key of a message."""
    return f"{_start(prefix, message.user)}{SEEN}:{_digest(message.id)}"


def said_key(prefix: str, message: Message) -> str:
    """Return the key of what was said to a message."""
    return f"{_start(prefix, message.user)}{SAID}:{_digest(message.id)}"


def generation_channel(prefix: str) -> str:
    """Return the channel of announcements."""
    return f"{prefix}:{GENERATION}"


def _start(prefix: str, user: User) -> str:
    return f"{prefix}:{{{_digest(f'{user.channel} {user.id}')}}}:"


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
