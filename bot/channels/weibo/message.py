"""A callback of 微博 粉丝服务, JSON or XML, as the fields of the official account's messages."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from bot.channels.wechat.codec import DataFormat, Unreadable, read_json, writable
from bot.channels.wechat.sealed import fields_of
from bot.errors import MalformedMessage

_KINDS = {"position": "location"}
_EVENTS = {"follow": "subscribe", "unfollow": "unsubscribe", "scan_follow": "subscribe"}


def weibo_fields(body: bytes) -> tuple[Mapping[str, str], DataFormat]:
    """Return the fields and the format; raise MalformedMessage.

    The platform gives no number to its messages: sender, second and text tell them apart.
    """
    if body.lstrip()[:1] == b"<":
        fields, data_format = fields_of(body)
    else:
        fields, data_format = _from_json(body), DataFormat.JSON
    number = {} if fields.get("MsgId") else {"MsgId": _number(fields)}
    return {**fields, **number}, data_format


def _from_json(body: bytes) -> dict[str, str]:
    try:
        content = read_json(body)
        created = datetime.strptime(content["created_at"], "%a %b %d %H:%M:%S %z %Y")
    except (Unreadable, KeyError, TypeError, ValueError) as error:
        raise MalformedMessage("not a message of the platform") from error
    kind = _text(content, "type")
    fields = {
        "FromUserName": _text(content, "sender_id"),
        "ToUserName": _text(content, "receiver_id"),
        "CreateTime": str(int(created.timestamp())),
        "MsgType": _KINDS.get(kind, kind),
    }
    if kind == "event":
        data = content.get("data")
        subtype = _text(data, "subtype")
        return fields | {"Event": _EVENTS.get(subtype, subtype), "EventKey": _text(data, "key")}
    if kind == "mention":
        # somebody named the account in public: no private question to answer
        return fields | {"MsgType": "event", "Event": "mention"}
    return fields | {"Content": _text(content, "text")}


def _text(content: object, name: str) -> str:
    value = content.get(name, "") if isinstance(content, Mapping) else ""
    return writable(value) if isinstance(value, str) else ""


def _number(fields: Mapping[str, str]) -> str:
    written = "\n".join(fields.get(name, "") for name in ("CreateTime", "MsgType", "Content"))
    return str(int.from_bytes(hashlib.sha256(written.encode()).digest()[:8], "big"))
