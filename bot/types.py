"""The nouns of a conversation: who wrote, what was said, what is answered, where the talk stands."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple


class MessageKind(StrEnum):
    """What kind of message or event arrived, the same words for every channel."""

    TEXT = "text"
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    SCAN = "scan"
    CLICK = "click"
    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    LOCATION = "location"
    LINK = "link"
    SILENT = "silent"
    """An event that must be acknowledged and never answered (position reports, send receipts)."""
    UNKNOWN = "unknown"


class State(StrEnum):
    """Where a conversation stands; what the next short word such as "2" refers to."""

    IDLE = "idle"
    CHOOSING = "choosing"
    """Numbered candidates were shown."""
    ANSWERED = "answered"
    """An answer was given; 是否解决 is open."""
    OFFERED = "offered"
    """Nothing was found; 咨询 and 申请 are offered."""
    WRITING = "writing"
    """The citizen asked for a person; the next text is the question to hand over."""
    FILING = "filing"
    """The form of a formal request is being filled in."""
    TRACKING = "tracking"
    """A case number was given; the query code is awaited."""
    SURVEYED = "surveyed"
    """是否解决 was asked about an answer that a person gave."""


class User(NamedTuple):
    """One person on one channel.

    `channel` is the channel's name ("wechat/main", "web"); `id` is the platform's identifier (an openid,
    a signed web token's subject), unique only within the channel.
    """

    channel: str
    id: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message or event from a user. Channels subclass it to keep what they need for the reply.

    `id` is unique per user and stable over redeliveries (MsgId, or event time + event + key).
    `text` is the text as written for TEXT, the menu or scene key for CLICK, SCAN and SUBSCRIBE, else empty. `tapped` is
    the id of the line of a `Survey` that was tapped, where the platform tells it.
    """

    id: str
    user: User
    text: str
    received_at: datetime
    kind: MessageKind = MessageKind.TEXT
    tapped: str = ""

    @property
    def key(self) -> str:
        """The identity of this message among all messages of all channels."""
        return f"{self.user.channel}:{self.user.id}:{self.id}"


@dataclass(frozen=True, slots=True)
class Challenge:
    """The platform's URL verification: `echo` is to be answered verbatim as text/plain."""

    echo: str


@dataclass(frozen=True, slots=True)
class Nudge:
    """The platform keeps messages that are to be fetched from `source`; `token` helps for ten minutes."""

    source: str
    token: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What was fetched: messages, oldest first, and parcels (by id, with the reason) that did not arrive after all.

    `cursor` is where to go on, `more` whether there is more now.
    """

    messages: tuple[Message, ...]
    bounced: tuple[tuple[int, str], ...]
    cursor: str
    more: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A source that this process reads alone; `fence` grows with each that began to."""

    source: str
    cursor: str
    fence: int


@dataclass(frozen=True, slots=True)
class Option:
    """One thing the user can say next: a button where the channel has buttons, else "回复 key：label".

    Saying the `key` (a digit) or the `label` must mean the same to the handlers. `detail` helps to choose.
    """

    key: str
    label: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """A question that follows a pushed text, with its answers: 是否解决.

    `key` tells what is asked about: where a channel has menus, a tap brings back `Survey.tap`.
    """

    text: str
    options: tuple[Option, ...]
    key: str = ""

    def tap(self, option: Option) -> str:
        """Return the id of an answer, as a tap on it brings it back in `Message.tapped`."""
        return f"{option.key}.{self.key}"


@dataclass(frozen=True, slots=True)
class Source:
    """A disclosed document that a reply rests on, with the words quoted from it."""

    document: str
    title: str
    number: str
    """文号 as printed, or empty."""
    issuer: str
    published_on: date | None
    status: str
    """Validity (效力状态) in the words of the document store, e.g. 现行有效."""
    url: str
    heading: str
    """Where in the document, e.g. "第四章 依申请公开 / 第三十三条"."""
    quote: str
    score: float


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where the talk with one user stands. The default value is a fresh start.

    `choices` are what the shown numbers stand for (passage keys, or a case number when TRACKING);
    `answer` is the id of the stored answer that 是否解决 is about, the key of the parcel that brought it when SURVEYED,
    or the key of the message that asked for a person when WRITING: with the question it tells one offer of 咨询 from
    every other.
    """

    state: State = State.IDLE
    question: str = ""
    choices: tuple[str, ...] = ()
    answer: str = ""

    @property
    def lasts(self) -> timedelta:
        """How long after its last turn it is remembered: a text that was pushed is read when there is time for it."""
        return OPEN_FOR if self.state is State.SURVEYED else timedelta(minutes=30)


OPEN_FOR = timedelta(days=30)
"""How long after it was asked 是否解决 about an answer of a person is open."""
FRESH = Conversation()


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot says, before a channel renders it.

    `text` may be cut on a sentence where a channel is short of room; `footer` never is.
    `status` is the two-level status word ("answered_search", "escalated_no_match"); the part before the first
    underscore is the aggregate. `conversation` is where the talk stands afterwards: by default a fresh start,
    so that a handler that forgets cannot leave a user stuck. `silent` replies are acknowledged, not shown.
    A reply that `yields` is left out when a kept text is shown in its place.
    """

    text: str
    status: str
    conversation: Conversation = FRESH
    footer: str = ""
    options: tuple[Option, ...] = ()
    sources: tuple[Source, ...] = ()
    reference: str = ""
    silent: bool = False
    yields: bool = False


@dataclass(frozen=True, slots=True)
class Phrases:
    """What the bot says when a message could not reach a handler in the ordinary way."""

    unavailable: str
    too_many: str
    still_searching: str
    go_on: Option
    """Fetches the answer that was not ready."""
    unfinished: str
    """Said when the process ended over an answer that the citizen waits for."""
    more_waiting: str
    """Said when a kept answer fills the reply and the answer to the new message has to wait its turn."""
    survey: Survey
    """Asked after an answer that a person gave."""


class Admission(StrEnum):
    """The gate's verdict on a message."""

    FRESH = "fresh"
    REPEATED = "repeated"
    """Another process has it, or had it."""
    TOO_MANY = "too_many"


class ParcelState(StrEnum):
    """Where something that must reach a citizen stands in the outbox."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    HELD = "held"
    """Cannot be pushed; waits for the citizen's next message."""
    UNCERTAIN = "uncertain"
    """The process ended between sending and noting it: never sent again by itself, shown to staff."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PickedUp:
    """What a reply takes along of the texts that wait for a user.

    `reference` is the case of the first text whose last part is among it, or empty; `more`: something is left for the
    next contact, the rest of a text or another one. `asks` is the key of the last text's parcel, where that is whole
    and 是否解决 is to follow it.
    """

    text: str
    reference: str
    more: bool
    asks: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """An access token of a platform (接口调用凭据), to be used until then; its value is never shown.

    `insisted_until`: the platform gave it again although it had just refused it; until then nobody asks once more.
    """

    value: str = field(repr=False)
    good_until: datetime
    insisted_until: datetime | None = None

    def instead_of(self, failing: str, *, now: datetime) -> bool:
        """Whether this is to be used after `failing` was refused: another one, or what the platform insists on."""
        return self.value != failing or (self.insisted_until is not None and now < self.insisted_until)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One text on its way to one user, kept in the outbox until it is delivered.

    `reference` is the case it belongs to, or empty; `attempts` counts pushes tried; `asks`: 是否解决 is to follow it.
    """

    id: int
    user: User
    text: str
    reference: str
    state: ParcelState
    attempts: int
    created_at: datetime
    asks: bool = False

    @property
    def key(self) -> str:
        """The identity of this parcel among all that were ever kept, also before a backup was restored."""
        return f"{self.id}-{int(self.created_at.timestamp())}"
