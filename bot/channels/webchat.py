"""Web chat: JSON in, JSON out, and server-sent events for what comes later."""

import asyncio
import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.errors import DeliveryUncertain, InvalidSignature, MalformedMessage, Unreachable
from bot.plain import surveyed
from bot.tokens import Tokens
from bot.types import Message, Reply, Survey, User

NAME = "web"
LONGEST = 2000
"""Characters of one question; a longer one is refused with a clear error."""
MOST_PAGES = 3
"""Pages of one visitor that may wait for what comes later."""
_IDENTITY = re.compile(r"[0-9A-Za-z_-]{0,64}")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters and lone surrogates: some stores and encodings do not take them."""


@dataclass(slots=True, eq=False)
class Push:
    """A text on its way into an open event stream; `written` is resolved once the stream took it."""

    text: str
    written: asyncio.Future[None]
    taken: bool = False

    def take(self) -> bool:
        """Note that writing begins; False when the text was withdrawn and must not be written."""
        self.taken = not self.written.done()
        return self.taken

    def accept(self) -> None:
        """Note that the stream took the text."""
        if not self.written.done():
            self.written.set_result(None)

    def refuse(self) -> None:
        """Note that the stream was closed before it took the text."""
        if not self.written.done():
            self.written.set_exception(Unreachable("网页已断开"))


Stream = asyncio.Queue[Push | None]
"""What is to be written to one page; None closes it."""


class WebChat:
    """The channel behind the chat page and any widget that speaks its JSON."""

    def __init__(self, *, tokens: Tokens, now: Callable[[], datetime], patience: float = 5) -> None:
        self._tokens = tokens
        self._now = now
        self._patience = patience
        self._streams: dict[str, list[Stream]] = {}

    @property
    def name(self) -> str:
        """Return "web"."""
        return NAME

    @property
    def can_push(self) -> bool:
        """Pushes go to open event streams."""
        return True

    @property
    def deliveries(self) -> int:
        """A browser sends a message once."""
        return 1

    @property
    def room(self) -> int:
        """A page has room for everything."""
        return 1_000_000

    def receive(self, query: Mapping[str, str], body: bytes) -> Message:
        """Return the message in `{"user": token, "text": …, "id": optional}`."""
        del query
        try:
            content = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise MalformedMessage("请求不是有效的 JSON。") from error
        if not isinstance(content, dict):
            raise MalformedMessage("请求应为 JSON 对象。")
        text, message_id = content.get("text"), content.get("id", "")
        if not isinstance(text, str):
            raise MalformedMessage("请填写问题（text）。")
        if not isinstance(message_id, str) or not _IDENTITY.fullmatch(message_id):
            raise MalformedMessage("消息编号（id）无效。")
        return self.message(content.get("user"), text, message_id=message_id)

    def message(self, token: object, text: str, *, message_id: str = "") -> Message:
        """Return a visitor's text as a message, a new one unless it has an id; raise like `receive`."""
        written = _UNWRITABLE.sub(" ", text)
        if not written.strip():
            raise MalformedMessage("请填写问题（text）。")
        if len(written) > LONGEST:
            raise MalformedMessage(f"问题请不要超过 {LONGEST} 字。")
        return Message(message_id or uuid.uuid4().hex, self.user(token), written, self._now())

    def user(self, token: object) -> User:
        """Return whom a token stands for; raise InvalidSignature."""
        subject = self._tokens.subject(token) if isinstance(token, str) else None
        if subject is None:
            raise InvalidSignature("访客标识无效，请刷新页面。")
        return User(NAME, subject)

    def in_band(self, message: Message, reply: Reply | None) -> tuple[bytes, str]:
        """Return the reply as JSON."""
        del message
        return encode(reply), "application/json"

    async def push(self, user: User, text: str, *, key: str = "", survey: Survey | None = None) -> None:
        """Write a text, with the survey in words, to the user's open event stream."""
        del key
        streams = self._streams.get(user.id)
        if not streams:
            raise Unreachable("网页未连接")
        push = Push(surveyed(text, survey), asyncio.get_running_loop().create_future())
        streams[-1].put_nowait(push)
        try:
            await asyncio.wait_for(push.written, self._patience)
        except TimeoutError as error:
            reason = "网页连接无回应"
            raise DeliveryUncertain(reason) if push.taken else Unreachable(reason) from error

    async def show_typing(self, user: User) -> None:
        """Do nothing: the page says so itself while it waits."""

    async def notify(self, user: User, reference: str) -> bool:
        """Return False: there is no such notice here."""
        del user, reference
        return False

    def connect(self, user: User) -> Stream:
        """Open a stream to the user's page; of several pages the one opened last gets the pushes.

        A page beyond MOST_PAGES closes the user's oldest.
        """
        stream: Stream = asyncio.Queue()
        streams = self._streams.setdefault(user.id, [])
        streams.append(stream)
        if len(streams) > MOST_PAGES:
            streams.pop(0).put_nowait(None)
        return stream

    def reaches(self, user: User) -> bool:
        """Whether a page of the user is open here."""
        return user.id in self._streams

    def close(self) -> None:
        """End every open stream: the server stops."""
        for streams in self._streams.values():
            for stream in streams:
                stream.put_nowait(None)

    def disconnect(self, user: User, stream: Stream) -> None:
        """Close a stream; what waits in it is refused, to be held for the next contact."""
        left = [other for other in self._streams.pop(user.id, []) if other is not stream]
        if left:
            self._streams[user.id] = left
        while not stream.empty():
            push = stream.get_nowait()
            if push is not None:
                push.refuse()


def encode(reply: Reply | None) -> bytes:
    """Return `{"status", "text", "options", "sources", "reference"}`; no reply is status "pending" with empty text."""
    return json.dumps(_content(reply or Reply("", "pending")), ensure_ascii=False).encode()


def _content(reply: Reply) -> dict[str, Any]:
    return {
        "status": reply.status,
        "text": reply.text,
        "options": [{"key": option.key, "label": option.label, "detail": option.detail} for option in reply.options],
        "sources": [
            {
                "document": source.document,
                "title": source.title,
                "number": source.number,
                "issuer": source.issuer,
                "published_on": source.published_on.isoformat() if source.published_on else None,
                "status": source.status,
                "url": source.url,
                "heading": source.heading,
                "quote": source.quote,
                "score": source.score,
            }
            for source in reply.sources
        ],
        "reference": reply.reference,
    }
