"""The official account as a channel: messages in, replies out, pushes."""

import logging
import os
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.channels.callback_channel import CallbackChannel
from bot.channels.wechat.account import Account
from bot.channels.wechat.api import WeChatApi
from bot.channels.wechat.callback import Callback
from bot.channels.wechat.crypto import KeyRing
from bot.channels.wechat.message import to_message
from bot.channels.wechat.notice import Notice
from bot.channels.wechat.passive import PassiveReplies
from bot.errors import DeliveryFailed
from bot.types import Challenge, Message, User

MOST_PIECES = 5
"""Customer-service messages that the platform takes for one message of the user."""

_log = logging.getLogger(__name__)


class WeChatChannel(CallbackChannel):
    """One official account.

    `freshness` is how far a message's timestamp may be from `now`. `menu_links` makes options tappable where there is
    room; the links are undocumented and only the phone clients follow them, so their words say what to reply. `notice`
    goes to who was silent for 48 hours, when there is news of a case.
    """

    def __init__(
        self,
        account: Account,
        *,
        now: Callable[[], datetime],
        api: WeChatApi | None = None,
        random_bytes: Callable[[int], bytes] = os.urandom,
        freshness: timedelta = timedelta(minutes=10),
        menu_links: bool = False,
        notice: Notice | None = None,
    ) -> None:
        self._api = api if account.verified else None
        ring = KeyRing(account.aes_keys, receiver=account.app_id, random_bytes=random_bytes)
        super().__init__(
            account.name,
            PassiveReplies(account.token, ring, now, menu_links),
            send_text=self._api.send_text if self._api else None,
            send_menu=self._api.send_menu if self._api else None,
            most=MOST_PIECES,
            unable="公众号未认证，不能主动发送，待用户下次留言时送达",
        )
        self._notice = notice
        self._callback = Callback(account, ring, now=now, freshness=freshness)

    def receive(self, query: Mapping[str, str], body: bytes) -> Message | Challenge:
        """Return the message or verification in a request; raise InvalidSignature or MalformedMessage."""
        if not body:
            return self._callback.verify(query)
        challenge = self._callback.probe(query, body)
        if challenge is not None:
            return challenge
        fields, envelope = self._callback.read(query, body)
        return to_message(fields, envelope)

    async def show_typing(self, user: User) -> None:
        """Show the user that an answer is on its way, if the platform allows it; never fails."""
        if self._api is not None:
            await self._api.show_typing(user.id)

    async def notify(self, user: User, reference: str) -> bool:
        """Send the notice that there is news of a case, if there is one; whether it went out. Never fails."""
        if self._api is None or self._notice is None:
            return False
        try:
            await self._api.send_notice(user.id, self._notice, reference)
        except DeliveryFailed as error:
            _log.info("a notice was not sent: %s", error.reason, extra={"channel": self.name})
            return False
        return True
