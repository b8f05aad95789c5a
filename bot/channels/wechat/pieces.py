"""A long text sent as several messages, none of them twice."""

from collections.abc import Awaitable, Callable, Sequence

from bot.channels.wechat.fitting import split
from bot.channels.wechat.markup import unmarked
from bot.channels.wechat.rendering import ROOM
from bot.channels.wechat.verdicts import TooLong
from bot.errors import DeliveryFailed, DeliveryUncertain

_SMALLER = (0.88, 0.5)
"""Parts of the room that are tried where the platform finds a message too long: the limit is not official."""

Send = Callable[[str], Awaitable[None]]


async def send_in_pieces(send: Send, text: str, *, most: int, room: int = ROOM) -> None:
    """Send a text as at most `most` messages of `room` bytes, the last cut if need be.

    When a later piece fails, DeliveryUncertain tells that a part has arrived: sending all again would double it.
    """
    text = unmarked(text)
    for part in _SMALLER:
        try:
            return await _send(send, split(text, room, most=most))
        except TooLong:
            room = int(room * part)
    return await _send(send, split(text, room, most=most))


async def _send(send: Send, pieces: Sequence[str]) -> None:
    for number, piece in enumerate(pieces):
        try:
            await send(piece)
        except DeliveryFailed as error:
            if number == 0:
                raise
            raise DeliveryUncertain(f"共 {len(pieces)} 条，已送达 {number} 条后中断：{error.reason}") from error
