"""The platform's messages and events (接收普通消息, 接收事件推送) as messages of the bot."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.channels.wechat.codec import DataFormat
from bot.errors import MalformedMessage
from bot.types import Message, MessageKind, User

UNSUPPORTED = "【收到不支持的消息类型，暂无法显示】"
"""What the platform sends as text in place of a message it cannot pass on."""
LONGEST_TAP = 64
"""Characters of the id of a menu's line; ours are shorter."""

_MESSAGES = {
    "text": MessageKind.TEXT,
    "image": MessageKind.IMAGE,
    "voice": MessageKind.VOICE,
    "video": MessageKind.VIDEO,
    "shortvideo": MessageKind.VIDEO,
    "location": MessageKind.LOCATION,
    "link": MessageKind.LINK,
}
_EVENTS = {
    "subscribe": MessageKind.SUBSCRIBE,
    "unsubscribe": MessageKind.UNSUBSCRIBE,
    "scan": MessageKind.SCAN,
    "click": MessageKind.CLICK,
    # the client shows 消息接收中 until something is answered
    "scancode_waitmsg": MessageKind.CLICK,
    # the citizen withdrew a consent or closed the WeChat account: what is kept of the person must go
    "user_authorization_revoke": MessageKind.UNSUBSCRIBE,
    "user_authorization_cancellation": MessageKind.UNSUBSCRIBE,
}
_KEYED = frozenset({MessageKind.SUBSCRIBE, MessageKind.SCAN, MessageKind.CLICK})
_PERSON = re.compile(r"[0-9A-Za-z_@.-]{1,128}")
_NUMBER = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChatMessage(Message):
    """A message with what its reply needs.

    `account` is the official account's own id (gh_…), `nonce` the request's. `opened_with` is the index of the
    EncodingAESKey that opened it: the reply is sealed with the same; None when it came unencrypted.
    """

    account: str
    data_format: DataFormat
    nonce: str
    opened_with: int | None


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a message came: on which channel and when, in which format, and what opened it."""

    channel: str
    received_at: datetime
    data_format: DataFormat
    nonce: str
    opened_with: int | None


def to_message(fields: Mapping[str, str], envelope: Envelope) -> WeChatMessage:
    """Return the message that the fields describe; raise MalformedMessage when they describe none."""
    kind, text = _content(fields)
    return WeChatMessage(
        id=_identity(fields),
        user=User(envelope.channel, _field(fields, "FromUserName", _PERSON)),
        text=text,
        received_at=envelope.received_at,
        kind=kind,
        # only a hint: test accounts and in-chat links bring none, or another one
        tapped=fields.get("bizmsgmenuid", "")[:LONGEST_TAP],
        account=_field(fields, "ToUserName", _PERSON),
        data_format=envelope.data_format,
        nonce=envelope.nonce,
        opened_with=envelope.opened_with,
    )


def _content(fields: Mapping[str, str]) -> tuple[MessageKind, str]:
    sort = _word(fields, "MsgType")
    if sort == "event":
        kind = _EVENTS.get(_word(fields, "Event"), MessageKind.SILENT)
        key = fields.get("EventKey", "") if kind in _KEYED else ""
        return kind, key.removeprefix("qrscene_")
    kind = _MESSAGES.get(sort, MessageKind.UNKNOWN)
    if kind is not MessageKind.TEXT:
        return kind, ""
    if "Content" not in fields:
        raise MalformedMessage("a text without its content")
    if fields["Content"] == UNSUPPORTED:
        return MessageKind.UNKNOWN, ""
    return kind, fields["Content"]


def _identity(fields: Mapping[str, str]) -> str:
    """Return what stays the same when the platform delivers the message again."""
    created = _field(fields, "CreateTime", _NUMBER)
    if fields["MsgType"].lower() != "event":
        return _field(fields, "MsgId", _NUMBER)
    event = _word(fields, "Event")
    key = fields.get("EventKey") or fields.get("MsgID") or ""
    # an EventKey may be a whole web address; two of one second differ in it
    suffix = f".{hashlib.sha256(key.encode()).hexdigest()[:16]}" if key else ""
    return f"{created}.{event}{suffix}"


def _word(fields: Mapping[str, str], name: str) -> str:
    word = fields.get(name, "").strip().lower()
    if not re.fullmatch(r"[!-~]{1,64}", word):
        raise MalformedMessage(f"no usable {name}")
    return word


def _field(fields: Mapping[str, str], name: str, form: re.Pattern[str]) -> str:
    value = fields.get(name, "").strip()
    if not form.fullmatch(value):
        raise MalformedMessage(f"no usable {name}")
    return value
