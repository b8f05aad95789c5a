"""The messages and events of 微信客服 as messages of the bot."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.channels.wechat.message import LONGEST_TAP
from bot.types import Message, MessageKind, User

_CUSTOMER = 3
"""`origin` of what a customer wrote; servicers and the system have others."""
_IDENTITY = re.compile(r"[0-9A-Za-z_@.-]{1,128}")
_PARCEL = re.compile(r"([0-9]{1,18})-[0-9]+-[0-9]+")
_KINDS = {
    "text": MessageKind.TEXT,
    "image": MessageKind.IMAGE,
    "voice": MessageKind.VOICE,
    "video": MessageKind.VIDEO,
    "location": MessageKind.LOCATION,
    "link": MessageKind.LINK,
}
FAILURES = {
    1: "客服账号已删除",
    2: "应用已关闭",
    4: "超过 48 小时",
    5: "会话已关闭",
    6: "超过 5 条",
    10: "用户拒收",
    11: "企业未有成员登录企业微信",
    12: "发送的消息类型不受支持",
}


def to_message(item: Mapping[str, Any], channel: str, received_at: datetime) -> Message | None:
    """Return what a customer wrote; None for everything else and for what cannot be read."""
    sender = [item.get(name) for name in ("msgid", "open_kfid", "external_userid")]
    is_written = item.get("origin") == _CUSTOMER and item.get("msgtype") != "event"
    if not is_written or not all(map(_is_identity, sender)):
        return None
    number, account, customer = map(str, sender)
    kind = _KINDS.get(str(item.get("msgtype")), MessageKind.UNKNOWN)
    text, tapped = "", ""
    if kind is MessageKind.TEXT:
        match item.get("text"):
            case {"content": str(text), "menu_id": str(tapped)}:
                pass
            case {"content": str(text)}:
                pass
            case _:
                return None
    return Message(number, user_of(channel, account, customer), text, received_at, kind, tapped[:LONGEST_TAP])


def user_of(channel: str, account: str, customer: str) -> User:
    """Return a customer of one account (open_kfid) as a user of the channel."""
    return User(channel, f"{account} {customer}")


def address_of(user: User) -> tuple[str, str]:
    """Return account and customer of a user."""
    account, _, customer = user.id.partition(" ")
    return account, customer


def welcome_code(item: Mapping[str, Any]) -> str:
    """Return the code by which somebody who came in may be greeted, or nothing."""
    match item:
        case {"msgtype": "event", "event": {"event_type": "enter_session", "welcome_code": str(code)}}:
            return code
    return ""


def bounced(item: Mapping[str, Any]) -> tuple[int, str] | None:
    """Return the parcel that the platform could not deliver after all, and why."""
    match item:
        case {"msgtype": "event", "event": {"event_type": "msg_send_fail", "fail_msgid": str(number), **event}}:
            parcel = _PARCEL.fullmatch(number)
            code = event.get("fail_type")
            reason = FAILURES.get(code, "原因不明") if isinstance(code, int) else "原因不明"
            return (int(parcel[1]), f"微信客服未送达：{reason}") if parcel else None
    return None


def _is_identity(value: object) -> bool:
    return isinstance(value, str) and _IDENTITY.fullmatch(value) is not None
