"""An account of 微博 粉丝服务 as a channel: messages in, replies out, pushes."""

import json
import os
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.channels.callback_channel import CallbackChannel
from bot.channels.wechat.account import Account, Mode
from bot.channels.wechat.callback import Callback
from bot.channels.wechat.codec import DataFormat
from bot.channels.wechat.crypto import KeyRing
from bot.channels.wechat.message import WeChatMessage, to_message
from bot.channels.wechat.passive import PassiveReplies
from bot.channels.wechat.rendering import render
from bot.channels.weibo.api import WeiboApi, quoted
from bot.channels.weibo.message import weibo_fields
from bot.types import Challenge, Message, MessageKind, Reply

ROOM = 750
"""UTF-8 bytes of one text. The platform takes fewer than 300 Chinese characters and counts two Latin ones as one: 750
bytes never exceed that unless more than 300 of them are Latin."""
MOST_PIECES = 5
_UNSHOWN = frozenset({MessageKind.SILENT, MessageKind.UNSUBSCRIBE})


class WeiboChannel(CallbackChannel):
    """One account. The application's secret is the key of the signature, which does not cover the body.

    `freshness` is how far a message's timestamp may be from `now`.
    """

    def __init__(
        self,
        name: str,
        *,
        app_key: str,
        app_secret: str,
        now: Callable[[], datetime],
        api: WeiboApi | None = None,
        freshness: timedelta = timedelta(minutes=10),
    ) -> None:
        account = Account(name=name, app_id=app_key, token=app_secret, mode=Mode.PLAIN)
        ring = KeyRing((), receiver=app_key, random_bytes=os.urandom)
        super().__init__(
            name,
            PassiveReplies(app_secret, ring, now, room=ROOM, acknowledgement=b""),
            send_text=api.send_text if api else None,
            most=MOST_PIECES,
            unable="没有填写 access_token，不能主动发送，待用户下次留言时送达",
        )
        self._callback = Callback(account, ring, now=now, freshness=freshness, parse=weibo_fields)

    def receive(self, query: Mapping[str, str], body: bytes) -> Message | Challenge:
        """Return the message or verification in a request; raise InvalidSignature or MalformedMessage."""
        if not body:
            return self._callback.verify(query)
        return to_message(*self._callback.read(query, body))

    def in_band(self, message: Message, reply: Reply | None) -> tuple[bytes, str]:
        """Return the reply in the format of the message."""
        if not isinstance(message, WeChatMessage) or message.data_format is DataFormat.XML:
            return super().in_band(message, reply)
        if reply is None or reply.silent or message.kind in _UNSHOWN:
            return b"", "text/plain"
        content = {
            "result": True,
            "sender_id": message.account,
            "receiver_id": message.user.id,
            "type": "text",
            "data": quoted(render(reply, menu_links=False, room=ROOM)),
        }
        return json.dumps(content).encode(), DataFormat.JSON.value
