"""A long text sent as several messages, none of them twice."""

from collections.abc import Awaitable, Callable

from bot.channels.wechat.fitting import split
from bot.channels.wechat.markup import unmarked
from bot.channels.wechat.rendering import ROOM
from bot.channels.wechat.verdicts import TooLong
from bot.errors import DeliveryFailed, DeliveryUncertain, Unreachable, WindowClosed

_SMALLER = (0.88, 0.5)
"""Parts of the room that are tried where the platform finds a message too long: the limit is not official."""

Send = Callable[[str, int], Awaitable[None]]
"""Sends a piece; the number is how many characters are left with it, which tells it from the others."""


async def send_in_pieces(send: Send, text: str, *, most: int, room: int = ROOM) -> None:
    """Send a text as at most `most` messages of `room` bytes.

    Raises what `send` raises. Where a part has arrived, the error has the `rest`: Unreachable also where there was more
    than `most` messages hold.
    """
    text = unmarked(text)
    for part in _SMALLER:
        try:
            return await _send(send, text, most=most, room=room)
        except TooLong:
            room = int(room * part)
    return await _send(send, text, most=most, room=room)


async def _send(send: Send, text: str, *, most: int, room: int) -> None:
    pieces, beyond = split(text, room, most=most)
    start = 0
    for number, piece in enumerate(pieces):
        start = text.index(piece, start)
        try:
            await send(piece, len(text) - start)
        except DeliveryFailed as error:
            if number == 0:
                raise
            reason = f"共 {len(pieces)} 条，已送达 {number} 条：{error.reason}"
            raise _broken_off(error, reason, text[start:]) from error
        start += len(piece)
    if beyond:
        raise Unreachable(f"已送达 {len(pieces)} 条，其余待用户下次留言时送达", rest=beyond)


def _broken_off(error: DeliveryFailed, reason: str, rest: str) -> DeliveryFailed:
    """Return the error of a text whose beginning has arrived: only its rest is to be sent, or nothing by itself."""
    if isinstance(error, DeliveryUncertain):
        return DeliveryUncertain(reason)
    if isinstance(error, WindowClosed):
        return WindowClosed(reason, rest=rest)
    if isinstance(error, Unreachable | TooLong):
        return Unreachable(reason, rest=rest)
    return DeliveryFailed(reason, retry_after=error.retry_after, rest=rest)
