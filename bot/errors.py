"""What can go wrong between a platform and the bot.

BotError
├── InvalidSignature      403: not from the platform, stale, or replayed with another body
├── MalformedMessage      400: from the platform's key holder, but not a message
├── Unavailable           a store or index cannot serve now; the same message may succeed later
│   └── OutOfTurn         another process holds the user's conversation, or took it over
├── StillWorking          no answer yet, and this channel asks again: do not acknowledge
└── DeliveryFailed        a push did not reach the user
    ├── Unreachable       cannot be pushed to now (no right, quota used, not connected): hold it
    │   └── WindowClosed  was silent for 48 hours: hold it, a notice may tell of it
    └── DeliveryUncertain the request left, no answer came: never send it again by itself
"""

from datetime import timedelta


class BotError(Exception):
    """Root of this package's errors."""


class InvalidSignature(BotError):
    """The request does not prove that it comes from the platform, now."""


class MalformedMessage(BotError):
    """The body is not a message of this channel."""


class Unavailable(BotError):
    """A store cannot be written or read now (locked, full, unreachable); nothing was kept."""


class OutOfTurn(Unavailable):
    """The store serves, but the user's conversation is another process's now; nothing was kept."""


class StillWorking(BotError):
    """The answer is not ready and cannot be pushed: the platform's next delivery of this message will join it."""


class DeliveryFailed(BotError):
    """A push was refused. `retry_after` says when to try again; None means never.

    `rest` is what has not arrived, where the beginning of the text has; empty where nothing has.
    """

    def __init__(self, reason: str, *, retry_after: timedelta | None = None, rest: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.rest = rest


class Unreachable(DeliveryFailed):
    """The user cannot be pushed to; the text is to be held for the next contact."""


class WindowClosed(Unreachable):
    """The user was silent for so long that only a notice may be sent."""


class DeliveryUncertain(DeliveryFailed):
    """The text may have arrived: sending it again could double it."""
