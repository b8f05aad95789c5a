"""The answer in the response to a message (被动回复), in the form and with the key that the message came with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from bot.channels.wechat.codec import write
from bot.channels.wechat.crypto import KeyRing, signature
from bot.channels.wechat.message import WeChatMessage
from bot.channels.wechat.rendering import ROOM, Tail, render, tail
from bot.types import Message, MessageKind, Reply

_REMEMBERED = 2048
"""Footers and options whose words are remembered, about 3 MB: sources, candidates, never what a citizen wrote."""
_UNANSWERABLE = frozenset({MessageKind.SILENT, MessageKind.UNSUBSCRIBE})


@dataclass(frozen=True, slots=True)
class PassiveReplies:
    """Writes the replies of one account. `menu_links` and `room` (bytes) are as in `render`."""

    token: str
    ring: KeyRing
    now: Callable[[], datetime]
    menu_links: bool = False
    room: int = ROOM
    _tail: Tail = field(default_factory=lambda: lru_cache(_REMEMBERED)(tail), init=False)
    acknowledgement: bytes = b"success"

    def write(self, message: Message, reply: Reply | None) -> tuple[bytes, str]:
        """Return the body and its content type; None or a silent reply acknowledges without showing."""
        if not isinstance(message, WeChatMessage):
            raise TypeError("a reply can only be given to a message of this channel")
        if reply is None or reply.silent or message.kind in _UNANSWERABLE:
            return self.acknowledgement, "text/plain"
        text = render(reply, menu_links=self.menu_links, room=self.room, tail=self._tail)
        if not text:
            return self.acknowledgement, "text/plain"
        created = int(self.now().timestamp())
        content = write(
            {
                "ToUserName": message.user.id,
                "FromUserName": message.account,
                "CreateTime": created,
                "MsgType": "text",
                "Content": text,
            },
            message.data_format,
        )
        if message.opened_with is not None:
            content = self._sealed(content, message, message.opened_with, str(created))
        return content, message.data_format.value

    def _sealed(self, content: bytes, message: WeChatMessage, key: int, timestamp: str) -> bytes:
        encrypted = self.ring.seal(content, key)
        fields: dict[str, str | int] = {
            "Encrypt": encrypted,
            "MsgSignature": signature(self.token, timestamp, message.nonce, encrypted),
            "TimeStamp": int(timestamp),
            "Nonce": message.nonce,
        }
        return write(fields, message.data_format)
