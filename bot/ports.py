"""What the bot needs from outside: channels, handlers, conversations, a gate, an outbox."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol

from bot.types import (
    Admission,
    Batch,
    Challenge,
    Conversation,
    Message,
    Nudge,
    Parcel,
    ParcelState,
    PickedUp,
    Reading,
    Reply,
    Survey,
    Token,
    User,
)


class Channel(Protocol):
    """One way citizens reach the office."""

    @property
    def name(self) -> str:
        """The channel's name as in `User.channel`, e.g. "wechat/main"."""

    @property
    def can_push(self) -> bool:
        """Whether late replies can be pushed at all (a verified account, a connected page)."""

    @property
    def deliveries(self) -> int:
        """How often the platform delivers one message that gets no answer: 3 for WeChat, else 1."""

    @property
    def room(self) -> int:
        """How many UTF-8 bytes of text fit into one in-band reply."""

    def receive(self, query: Mapping[str, str], body: bytes) -> Message | Challenge | Nudge:
        """Return the message in an HTTP request; raise InvalidSignature or MalformedMessage, nothing else.

        An empty body with an `echostr` in the query is a verification and gives a Challenge; a Nudge says that messages
        are to be fetched.
        """

    def in_band(self, message: Message, reply: Reply | None) -> tuple[bytes, str]:
        """Return the response body and its content type; None or a silent reply acknowledges without showing."""

    async def push(self, user: User, text: str, *, key: str = "", survey: Survey | None = None) -> None:
        """Send a text now, split as the platform demands; raise DeliveryFailed or a subclass.

        The same `key` means the same text: where a platform knows keys, a text sent again under one arrives once.
        A `survey` follows the text, as a menu where the platform has them; that it does not go out is no failure.
        """

    async def show_typing(self, user: User) -> None:
        """Show the user that an answer is on its way, where the channel can; never fails."""

    async def notify(self, user: User, reference: str) -> bool:
        """Tell who may only get a notice (WindowClosed) that there is news of a case; never fails.

        Returns whether it went out.
        """


class Mailbox(Channel, Protocol):
    """A channel whose messages are fetched from its platform."""

    async def fetch(self, source: str, cursor: str, *, token: str) -> Batch:
        """Return what follows after `cursor`, all that is kept where it is empty; raise DeliveryFailed.

        `token` is the one of the nudge, or empty. Fetching again gives the same again.
        """


class Readings(Protocol):
    """How far each source of fetched messages was read, and which process reads it now."""

    async def take(self, source: str, *, now: datetime, until: datetime) -> Reading | None:
        """Begin to read a source, alone until then; None while another reads."""

    async def advance(self, reading: Reading, cursor: str, *, until: datetime) -> bool:
        """Note how far was read, and go on alone until then; False when another reads the source now."""

    async def release(self, reading: Reading) -> None:
        """Let another process read."""

    async def sources(self) -> Sequence[str]:
        """Return every source that was ever read."""


class SharedTokens(Protocol):
    """Access tokens as all processes know them. An account is named by a digest; every call may raise Unavailable."""

    async def load(self, account: str) -> Token | None:
        """Return an account's token, or None."""

    async def keep(self, account: str, token: Token) -> None:
        """Let every process have a token until it ends."""

    async def begin(self, account: str) -> bool:
        """Whether this process is to ask the platform: no other does so now. Ends by itself after some seconds."""

    async def end(self, account: str) -> None:
        """Let another process ask."""


class Handler(Protocol):
    """Answers the messages that a route gives it."""

    async def __call__(self, message: Message, conversation: Conversation, /) -> Reply:
        """Return the reply; raise Unavailable when a store cannot serve."""


class Turn(Protocol):
    """One user's conversation while one message of theirs is handled; nobody else holds it meanwhile."""

    conversation: Conversation
    """Assign to change it; saved when the turn ends without an error."""
    said: Reply | None
    """Assign what is said in this turn: kept for a minute, for a redelivery that reaches another process."""


class ConversationStore(Protocol):
    """Where conversations live between messages: lock, load and save in one."""

    def turn(self, user: User) -> AbstractAsyncContextManager[Turn]:
        """Hold this user's conversation: one turn at a time, in order of asking; nothing is saved on error."""

    async def forget(self, user: User) -> None:
        """Drop what is known of this user's conversation (unsubscribe)."""


class Gate(Protocol):
    """Decides whether a message is handled: redelivery across processes, and the rate per user."""

    async def admit(self, message: Message) -> Admission:
        """Claim the message, or say why not."""

    async def release(self, message: Message) -> None:
        """Undo the claim after a failure, so that a redelivery is handled."""

    async def take_over(self, message: Message) -> Reply | None:
        """Return what another process said to this message, for the caller to show; None where somebody has that."""

    async def keeps(self, message: Message) -> bool:
        """Whether what this process said is still its own to bring: no other took it over, or ever will."""


class Outbox(Protocol):
    """Texts that must reach a citizen outside the response to their message.

    A parcel is DUE → SENDING → SENT, or HELD for the next contact. `claim` and `pick_up` never give the same
    parcel to two callers.
    """

    async def put(
        self, user: User, text: str, *, at: datetime, reference: str = "", held: bool = False, key: str = ""
    ) -> None:
        """Keep a text for a user; `held` ones wait for `pick_up`. A `key` that was put before changes nothing.

        It takes the place of what was promised under its key.
        """

    async def promise(self, user: User, text: str, *, at: datetime, key: str) -> None:
        """Keep what the user is told at a time if nothing is put under the key until then, or was before."""

    async def withdraw(self, key: str) -> None:
        """Keep no longer what was promised under a key, unless it is on its way."""

    async def claim(
        self, *, now: datetime, limit: int = 10, lease: timedelta = timedelta(minutes=2)
    ) -> Sequence[Parcel]:
        """Take up to `limit` DUE parcels whose time has come, oldest first, one per user at a time; they are SENDING.

        Parcels left SENDING longer than `lease` by a process that ended become UNCERTAIN first.
        """

    async def settle(
        self,
        parcel: Parcel,
        state: ParcelState,
        *,
        at: datetime,
        reason: str = "",
        retry_at: datetime | None = None,
        rest: str = "",
    ) -> None:
        """Note how a claimed parcel ended; DUE with `retry_at` tries again.

        `rest` takes the place of the text of a parcel that is DUE or HELD: its beginning has arrived. SENT, FAILED and
        UNCERTAIN also note DELIVERED, UNDELIVERED or IN_DOUBT on the parcel's case, in the same transaction.
        """

    async def bounce(self, channel: str, parcel: int, *, at: datetime, reason: str) -> None:
        """Note that a SENT parcel of a channel did not arrive after all: it is FAILED, its case UNDELIVERED."""

    async def erase(self, user: User) -> None:
        """Leave nothing of the user's texts that belong to no case, but for one that is on its way now."""

    async def claim_for(self, user: User, *, now: datetime) -> Parcel | None:
        """Take the user's oldest parcel that is HELD, or DUE now, where none of theirs is SENDING; it is SENDING then.

        For the process that has a way to this user, such as their open page.
        """

    async def held_for(self, channel: str, *, since: datetime) -> Sequence[User]:
        """Return the users of a channel for whom a text was held, as it could not be pushed, since then."""

    async def pick_up(self, message: Message, *, room: int) -> PickedUp | None:
        """Give this message the user's HELD texts, oldest first, as far as they fit into `room` UTF-8 bytes.

        Only the first is ever parted. A parcel is SENT (with its case's delivery event) when its last part is given;
        until then the rest stays HELD in its place. Asked again with the same `message.key` (a redelivery after a
        crash) it gives the same again.
        """

    async def forget(self, *, before: datetime) -> None:
        """Keep no longer the texts that were picked up before then: no redelivery will ask for them."""
