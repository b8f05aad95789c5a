"""An application of 企业微信 as a channel: messages in, replies out, pushes."""

import os
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.channels.callback_channel import CallbackChannel
from bot.channels.wechat.crypto import KeyRing
from bot.channels.wechat.message import to_message
from bot.channels.wechat.passive import PassiveReplies
from bot.channels.wechat.sealed import Freshness, Sealed
from bot.channels.wecom.api import WeComApi
from bot.channels.wecom.application import Application
from bot.types import Challenge, Message

MOST_PIECES = 10
"""Messages of one text; the platform takes 30 a minute for one member."""


class WeComChannel(CallbackChannel):
    """One application, for the office's own people. `freshness` is how far a timestamp may be from `now`."""

    def __init__(
        self,
        application: Application,
        *,
        now: Callable[[], datetime],
        api: WeComApi | None = None,
        random_bytes: Callable[[int], bytes] = os.urandom,
        freshness: timedelta = timedelta(minutes=10),
    ) -> None:
        ring = KeyRing(application.aes_keys, receiver=application.corp_id, random_bytes=random_bytes)
        super().__init__(
            application.name,
            PassiveReplies(application.token, ring, now),
            send_text=api.send_text if api else None,
            most=MOST_PIECES,
            unable="没有填写应用的 secret，不能主动发送，待用户下次留言时送达",
        )
        self._sealed = Sealed(application.name, application.token, ring, Freshness(application.name, freshness), now)

    def receive(self, query: Mapping[str, str], body: bytes) -> Message | Challenge:
        """Return the message or verification in a request; raise InvalidSignature or MalformedMessage."""
        if not body:
            return Challenge(self._sealed.echo(query))
        return to_message(*self._sealed.read(query, body))
