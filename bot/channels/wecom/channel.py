"""An application of 企业微信 as a channel: messages in, replies out, pushes."""

import os
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.channels.wechat.crypto import KeyRing
from bot.channels.wechat.message import to_message
from bot.channels.wechat.passive import PassiveReplies
from bot.channels.wechat.pieces import send_in_pieces
from bot.channels.wechat.rendering import ROOM
from bot.channels.wechat.sealed import Freshness, Sealed
from bot.channels.wecom.api import WeComApi
from bot.channels.wecom.application import Application
from bot.errors import Unreachable
from bot.types import Challenge, Message, Reply, User

MOST_PIECES = 10
"""Messages of one text; the platform takes 30 a minute for one member."""


class WeComChannel:
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
        self._name = application.name
        self._sealed = Sealed(application.name, application.token, ring, Freshness(application.name, freshness), now)
        self._passive = PassiveReplies(application.token, ring, now)
        self._api = api

    @property
    def name(self) -> str:
        """Return the application's channel name."""
        return self._name

    @property
    def can_push(self) -> bool:
        """Whether the application's secret is configured."""
        return self._api is not None

    @property
    def deliveries(self) -> int:
        """The platform delivers a message three times, five seconds apart."""
        return 3

    @property
    def room(self) -> int:
        """Bytes of one text message."""
        return ROOM

    def receive(self, query: Mapping[str, str], body: bytes) -> Message | Challenge:
        """Return the message or verification in a request; raise InvalidSignature or MalformedMessage."""
        if not body:
            return Challenge(self._sealed.echo(query))
        return to_message(*self._sealed.read(query, body))

    def in_band(self, message: Message, reply: Reply | None) -> tuple[bytes, str]:
        """Return the reply, encrypted with the key that the message came with."""
        return self._passive.write(message, reply)

    async def push(self, user: User, text: str, *, key: str = "") -> None:
        """Send a text as messages of the application; raise as `send_in_pieces`."""
        del key
        if self._api is None:
            raise Unreachable("没有填写应用的 secret，不能主动发送，待用户下次留言时送达")
        api = self._api
        await send_in_pieces(lambda piece, _: api.send_text(user.id, piece), text, most=MOST_PIECES)

    async def show_typing(self, user: User) -> None:
        """Do nothing: applications have no such sign."""

    async def notify(self, user: User, reference: str) -> bool:
        """Return False: there is no such notice here."""
        del user, reference
        return False
