"""微信客服 as a channel: a nudge comes in, messages are fetched, answers pushed."""

import logging
import os
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.channels.kf.api import KfApi
from bot.channels.kf.message import address_of, bounced, to_message, welcome_code
from bot.channels.wechat.asking import ask
from bot.channels.wechat.crypto import KeyRing
from bot.channels.wechat.pieces import send_in_pieces
from bot.channels.wechat.rendering import ROOM
from bot.channels.wechat.sealed import Freshness, Sealed
from bot.channels.wecom.application import Application
from bot.errors import DeliveryFailed, MalformedMessage
from bot.types import Batch, Challenge, Message, Nudge, Reply, Survey, User

MOST_PIECES = 5
"""Messages that the platform takes for one message of the customer."""
_ACCOUNT = re.compile(r"[0-9A-Za-z_-]{1,64}")
_log = logging.getLogger(__name__)


class KfChannel:
    """The customer service of one enterprise, with all its accounts (open_kfid).

    `welcome` is said to whoever comes in. `freshness` is how far a nudge's timestamp may be from `now`.
    """

    def __init__(
        self,
        service: Application,
        api: KfApi,
        *,
        welcome: str,
        now: Callable[[], datetime],
        random_bytes: Callable[[int], bytes] = os.urandom,
        freshness: timedelta = timedelta(minutes=10),
    ) -> None:
        ring = KeyRing(service.aes_keys, receiver=service.corp_id, random_bytes=random_bytes)
        self._name = service.name
        self._sealed = Sealed(service.name, service.token, ring, Freshness(service.name, freshness), now)
        self._api = api
        self._welcome = welcome
        self._now = now

    @property
    def name(self) -> str:
        """Return the channel's name."""
        return self._name

    @property
    def can_push(self) -> bool:
        """Every answer is pushed."""
        return True

    @property
    def deliveries(self) -> int:
        """A message is fetched once; again only after a process ended."""
        return 1

    @property
    def room(self) -> int:
        """Bytes of one text."""
        return ROOM

    def receive(self, query: Mapping[str, str], body: bytes) -> Challenge | Nudge:
        """Return the nudge or verification in a request; raise InvalidSignature or MalformedMessage."""
        if not body:
            return Challenge(self._sealed.echo(query))
        fields, _ = self._sealed.read(query, body)
        account = fields.get("OpenKfId", "")
        if fields.get("Event") != "kf_msg_or_event" or not _ACCOUNT.fullmatch(account):
            raise MalformedMessage("no nudge")
        return Nudge(account, fields.get("Token", ""))

    def in_band(self, message: Message, reply: Reply | None) -> tuple[bytes, str]:
        """Return the acknowledgement: nothing is answered in a response."""
        del message, reply
        return b"success", "text/plain"

    async def fetch(self, source: str, cursor: str, *, token: str) -> Batch:
        """Return the next messages of an account, greeting on the way who has just come in; raise DeliveryFailed."""
        page = await self._api.sync(source, cursor, token=token)
        for item in page.items:
            await self._greet(welcome_code(item))
        now = self._now()
        messages = (to_message(item, self._name, now) for item in page.items)
        lost = (bounced(item) for item in page.items)
        return Batch(tuple(filter(None, messages)), tuple(filter(None, lost)), page.cursor, page.more)

    async def push(self, user: User, text: str, *, key: str = "", survey: Survey | None = None) -> None:
        """Send a text as at most five messages; raise as `send_in_pieces`, but never DeliveryUncertain."""
        account, customer = address_of(user)

        async def send(piece: str, left: int) -> None:
            await self._api.send_text(account, customer, piece, msgid=f"{key}-{left}")

        await send_in_pieces(send, text, most=MOST_PIECES)
        if survey is not None:
            # names no parcel: that nobody was asked does not bounce the answer (see `bounced`)
            await ask(
                survey,
                customer,
                send_text=lambda to, words: self._api.send_text(account, to, words, msgid=f"{key}-w"),
                send_menu=lambda to, menu: self._api.send_menu(account, to, menu, msgid=f"{key}-q"),
            )

    async def show_typing(self, user: User) -> None:
        """Do nothing: the platform has no such sign."""

    async def notify(self, user: User, reference: str) -> bool:
        """Return False: there is no such notice here."""
        del user, reference
        return False

    async def _greet(self, code: str) -> None:
        if not code:
            return
        try:
            await self._api.welcome(code, self._welcome)
        except DeliveryFailed as error:
            _log.info("somebody was not greeted: %s", error.reason, extra={"channel": self._name})
