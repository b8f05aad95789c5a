"""Every channel with the other end of it, as its platform or page behaves."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from bot.channels.kf.api import KfApi
from bot.channels.kf.channel import KfChannel
from bot.channels.webchat import WebChat
from bot.channels.wechat.account import Account, Mode
from bot.channels.wechat.channel import WeChatChannel
from bot.channels.wecom.application import Application
from bot.channels.wecom.channel import WeComChannel
from bot.channels.weibo.channel import WeiboChannel
from bot.ports import Channel
from bot.tokens import Tokens
from tests.bot.channels.wechat.payloads import APP_ID, KEY, TOKEN, Counter
from tests.e2e.wechat_client import WeChatWriter
from tests.e2e.wecom_client import WeComWriter
from tests.e2e.weibo_client import WeiboWriter
from tests.fakes import FixedClock

Request = tuple[Mapping[str, str], bytes]


class Side(Protocol):
    """The other end of a channel, as a test needs it."""

    @property
    def channel(self) -> Channel:
        """The channel under test."""

    def request(self, citizen: str, text: str, number: int) -> Request:
        """Return what the platform sends for a citizen's message."""

    def carry(self, content: bytes) -> Request:
        """Return what the platform sends when these bytes are its message: signed, encrypted where it encrypts."""

    def content(self, text: str) -> bytes:
        """Return a text message before it is signed and encrypted."""

    def forged(self, request: Request) -> Request:
        """Return the request as somebody without the secret would make it."""

    def shown(self, body: bytes) -> str:
        """Return what the citizen reads."""


@dataclass(frozen=True, slots=True)
class WeChatSide:
    channel: Channel
    client: WeChatWriter

    def request(self, citizen: str, text: str, number: int) -> Request:
        delivery = self.client.deliver(citizen, text, msg_id=str(number))
        return delivery.query, delivery.body

    def carry(self, content: bytes) -> Request:
        delivery = self.client.carry(content)
        return delivery.query, delivery.body

    def content(self, text: str) -> bytes:
        return self.client.content("o-one", {"MsgType": "text", "Content": text, "MsgId": 7})

    def forged(self, request: Request) -> Request:
        query, body = request
        return {**query, "signature": "0" * 40, "msg_signature": "0" * 40}, body

    def shown(self, body: bytes) -> str:
        return "" if body == b"success" else self.client.opened(body)["Content"]


class WeComSide(WeChatSide):
    """The same envelope; only the signature over the encrypted message counts."""

    def forged(self, request: Request) -> Request:
        query, body = request
        return {**query, "msg_signature": "0" * 40}, body


@dataclass(frozen=True, slots=True)
class WeiboSide:
    channel: Channel
    client: WeiboWriter

    def request(self, citizen: str, text: str, number: int) -> Request:
        # the platform gives no number: people are told apart by theirs
        delivery = self.client.deliver(number * 1000 + sum(map(ord, citizen)), text)
        return delivery.query, delivery.body

    def carry(self, content: bytes) -> Request:
        return self.client.query(), content

    def content(self, text: str) -> bytes:
        return self.client.deliver(1, text).body

    def forged(self, request: Request) -> Request:
        query, body = request
        return {**query, "signature": "0" * 40}, body

    def shown(self, body: bytes) -> str:
        return self.client.shown(body)


@dataclass(frozen=True, slots=True)
class WebSide:
    channel: Channel
    tokens: dict[str, str]
    issuer: Tokens

    def request(self, citizen: str, text: str, number: int) -> Request:
        token = self.tokens.setdefault(citizen, self.issuer.issue())
        return {}, json.dumps({"user": token, "text": text, "id": str(number)}).encode()

    def carry(self, content: bytes) -> Request:
        return {}, content

    def content(self, text: str) -> bytes:
        return self.request("o-one", text, 7)[1]

    def forged(self, request: Request) -> Request:
        content = json.loads(request[1])
        return {}, json.dumps(content | {"user": content["user"][::-1]}).encode()

    def shown(self, body: bytes) -> str:
        content = json.loads(body)
        lines = [f"回复 {option['key']} {option['label']}" for option in content["options"]]
        return "\n".join([content["text"], *lines])


def wechat(mode: str, data_format: str) -> WeChatSide:
    clock = FixedClock()
    account = Account(name="wechat/main", app_id=APP_ID, token=TOKEN, aes_keys=(KEY,), mode=Mode(mode))
    client = WeChatWriter(
        app_id=APP_ID,
        token=TOKEN,
        aes_key=KEY,
        mode=mode,
        data_format=data_format,
        clock=lambda: clock().timestamp(),
    )
    return WeChatSide(WeChatChannel(account, now=clock, random_bytes=Counter()), client)


def wecom() -> WeComSide:
    clock = FixedClock()
    application = Application(name="wecom/main", corp_id="ww0123456789", token=TOKEN, aes_keys=(KEY,))
    client = WeComWriter(
        corp_id="ww0123456789", agent_id=1000002, token=TOKEN, aes_key=KEY, clock=lambda: clock().timestamp()
    )
    return WeComSide(WeComChannel(application, now=clock, random_bytes=Counter()), client)


class NoMail(KfApi):
    """A letterbox that nobody looks into."""

    def __init__(self) -> None:
        pass


class NudgeWriter(WeComWriter):
    """Writes nudges: 微信客服 never brings a message itself."""

    def fields(self, openid: str, fields: Mapping[str, str | int]) -> Mapping[str, str | int]:
        """Return the fields of a nudge, whatever was written."""
        del fields
        nudge: dict[str, str | int] = {"MsgType": "event", "Event": "kf_msg_or_event", "Token": "t", "OpenKfId": "wk1"}
        return super().fields(openid, nudge)


def kf() -> WeComSide:
    clock = FixedClock()
    service = Application(name="kf/main", corp_id="ww0123456789", token=TOKEN, aes_keys=(KEY,))
    client = NudgeWriter(
        corp_id="ww0123456789", agent_id=0, token=TOKEN, aes_key=KEY, clock=lambda: clock().timestamp()
    )
    return WeComSide(KfChannel(service, NoMail(), welcome="", now=clock, random_bytes=Counter()), client)


def weibo(data_format: str) -> WeiboSide:
    clock = FixedClock()
    secret = "0123456789abcdef0123456789abcdef"
    client = WeiboWriter(app_secret=secret, data_format=data_format, clock=lambda: clock().timestamp())
    return WeiboSide(WeiboChannel("weibo/main", app_key="1234567890", app_secret=secret, now=clock), client)


def web() -> WebSide:
    numbers = iter(range(1, 1000))
    issuer = Tokens(b"secret", lambda length: next(numbers).to_bytes(length, "big"))
    return WebSide(WebChat(tokens=issuer, now=FixedClock()), {}, issuer)


SIDES: Mapping[str, Callable[[], Side]] = {
    **{
        f"wechat {mode} {form}": partial(wechat, mode, form)
        for mode in ("safe", "compat", "plain")
        for form in ("xml", "json")
    },
    "wecom": wecom,
    "weibo xml": partial(weibo, "xml"),
    "weibo json": partial(weibo, "json"),
    "web": web,
}
"""Channels whose requests bring messages."""
ALL_SIDES: Mapping[str, Callable[[], Side]] = {**SIDES, "kf": kf}
