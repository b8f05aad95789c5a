"""A channel whose platform calls back: its deliveries, replies in the response, pushes in pieces."""

from collections.abc import Awaitable, Callable

from bot.channels.wechat.asking import SendMenu, ask
from bot.channels.wechat.passive import PassiveReplies
from bot.channels.wechat.pieces import send_in_pieces
from bot.errors import Unreachable
from bot.types import Message, Reply, Survey, User

SendText = Callable[[str, str], Awaitable[None]]
"""Sends a user, by the platform's id, one text message; raises DeliveryFailed or a subclass."""


class CallbackChannel:
    """A channel of 公众号, 企业微信 or 微博 but for what comes in.

    `send_text` is None where nothing can be pushed, and `unable` says why, in Chinese; `send_menu` is None where the
    platform has no menus. `most` is how many messages one text may become; `passive` knows the bytes of each.
    """

    def __init__(
        self,
        name: str,
        passive: PassiveReplies,
        *,
        send_text: SendText | None,
        most: int,
        unable: str,
        send_menu: SendMenu | None = None,
    ) -> None:
        self._name = name
        self._passive = passive
        self._send_text = send_text
        self._send_menu = send_menu
        self._most = most
        self._unable = unable

    @property
    def name(self) -> str:
        """Return the channel's name."""
        return self._name

    @property
    def can_push(self) -> bool:
        """Whether the platform's API is configured and open to the account."""
        return self._send_text is not None

    @property
    def deliveries(self) -> int:
        """The platform delivers a message three times, five seconds apart."""
        return 3

    @property
    def room(self) -> int:
        """Bytes of one text message."""
        return self._passive.room

    def in_band(self, message: Message, reply: Reply | None) -> tuple[bytes, str]:
        """Return the reply in the format and, for an encrypted message, with the key that the message came with."""
        return self._passive.write(message, reply)

    async def push(self, user: User, text: str, *, key: str = "", survey: Survey | None = None) -> None:
        """Send a text in as many messages as it needs, and the survey in one more; raise as `send_in_pieces`."""
        del key
        send_text = self._send_text
        if send_text is None:
            raise Unreachable(self._unable)
        await send_in_pieces(lambda piece, _: send_text(user.id, piece), text, most=self._most, room=self.room)
        if survey is not None:
            await ask(survey, user.id, send_text=send_text, send_menu=self._send_menu)

    async def show_typing(self, user: User) -> None:
        """Do nothing: most platforms have no such sign."""

    async def notify(self, user: User, reference: str) -> bool:
        """Return False: most platforms have no such notice."""
        del user, reference
        return False
