"""What every channel promises, whatever platform is behind it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.webchat import WebChat
from bot.channels.wechat.account import Account, Mode
from bot.channels.wechat.channel import WeChatChannel
from bot.channels.wecom.application import Application
from bot.channels.wecom.channel import WeComChannel
from bot.channels.weibo.channel import WeiboChannel
from bot.errors import InvalidSignature, MalformedMessage, Unreachable
from bot.plain import size
from bot.ports import Channel
from bot.tokens import Tokens
from bot.types import Message, Option, Reply
from tests.bot.channels.wechat.payloads import APP_ID, HOSTILE, KEY, TOKEN, Counter, hostile
from tests.e2e.wechat_client import WeChatWriter
from tests.e2e.wecom_client import WeComWriter
from tests.e2e.weibo_client import WeiboWriter
from tests.fakes import FixedClock

Request = tuple[Mapping[str, str], bytes]
OPTIONS = (Option("1", "城乡低保"), Option("2", "临时救助"), Option("0", "都不是"))


class Side(Protocol):
    """The other end of a channel, as a test needs it."""

    @property
    def channel(self) -> Channel:
        """The channel under test."""

    def request(self, citizen: str, text: str, number: int) -> Request:
        """Return what the platform sends for a citizen's message."""

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

    def forged(self, request: Request) -> Request:
        query, body = request
        return {**query, "signature": "0" * 40, "msg_signature": "0" * 40}, body

    def shown(self, body: bytes) -> str:
        return "" if body == b"success" else self.client.opened(body)["Content"]


@dataclass(frozen=True, slots=True)
class WeComSide:
    channel: Channel
    client: WeComWriter

    def request(self, citizen: str, text: str, number: int) -> Request:
        delivery = self.client.deliver(citizen, text, msg_id=str(number))
        return delivery.query, delivery.body

    def forged(self, request: Request) -> Request:
        query, body = request
        return {**query, "msg_signature": "0" * 40}, body

    def shown(self, body: bytes) -> str:
        return "" if body == b"success" else self.client.opened(body)["Content"]


@dataclass(frozen=True, slots=True)
class WeiboSide:
    channel: Channel
    client: WeiboWriter

    def request(self, citizen: str, text: str, number: int) -> Request:
        # the platform gives no number: people are told apart by theirs
        delivery = self.client.deliver(number * 1000 + sum(map(ord, citizen)), text)
        return delivery.query, delivery.body

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
    application = Application(name="wecom/main", corp_id="ww0123456789", agent_id=1000002, token=TOKEN, aes_keys=(KEY,))
    client = WeComWriter(
        corp_id="ww0123456789", agent_id=1000002, token=TOKEN, aes_key=KEY, clock=lambda: clock().timestamp()
    )
    return WeComSide(WeComChannel(application, now=clock, random_bytes=Counter()), client)


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


@pytest.fixture(params=SIDES)
def side(request: pytest.FixtureRequest) -> Side:
    return SIDES[request.param]()


def read(side: Side, request: Request) -> Message:
    message = side.channel.receive(*request)
    assert isinstance(message, Message)
    return message


class TestEveryChannel:
    def test_reads_who_wrote_what(self, side: Side) -> None:
        message = read(side, side.request("o-one", "低保怎么申请？", 7))
        assert message.text == "低保怎么申请？"
        assert message.user.channel == side.channel.name
        assert message.received_at == FixedClock()()

    def test_knows_a_redelivery(self, side: Side) -> None:
        request = side.request("o-one", "低保怎么申请？", 7)
        assert read(side, request).key == read(side, request).key

    def test_tells_two_people_with_one_number_apart(self, side: Side) -> None:
        first, second = (read(side, side.request(citizen, "低保", 7)) for citizen in ("o-one", "o-two"))
        assert first.id == second.id
        assert first.key != second.key

    def test_refuses_who_has_no_secret(self, side: Side) -> None:
        with pytest.raises(InvalidSignature):
            side.channel.receive(*side.forged(side.request("o-one", "低保", 7)))

    @pytest.mark.parametrize("name", HOSTILE)
    def test_refuses_hostile_bodies_and_does_nothing_else(self, side: Side, name: str) -> None:
        if name == "no_id.xml" and isinstance(side, WeiboSide):
            # this platform gives no numbers at all
            return
        query, _ = side.request("o-one", "低保", 7)
        for attempt in (query, {}):
            with pytest.raises((InvalidSignature, MalformedMessage)):
                side.channel.receive(attempt, hostile(name))

    def test_shows_text_and_numbered_options(self, side: Side) -> None:
        message = read(side, side.request("o-one", "低保", 7))
        body, content_type = side.channel.in_band(message, Reply("请选择。", "confirm_candidates", options=OPTIONS))
        assert side.shown(body).replace("\n\n", "\n") == "请选择。\n回复 1 城乡低保\n回复 2 临时救助\n回复 0 都不是"
        assert "charset" not in content_type

    def test_shows_nothing_where_nothing_is_to_be_said(self, side: Side) -> None:
        message = read(side, side.request("o-one", "低保", 7))
        for reply in (None, Reply("", "social_repeated", silent=True)):
            assert side.shown(side.channel.in_band(message, reply)[0]) == ""

    def test_fits_an_overlong_answer_into_its_room(self, side: Side) -> None:
        message = read(side, side.request("o-one", "低保", 7))
        long = Reply("这是一句话。" * 3000, "answered_search", options=OPTIONS)
        shown = side.shown(side.channel.in_band(message, long)[0])
        assert size(shown) <= side.channel.room
        assert shown.startswith("这是一句话。")
        assert shown.endswith("回复 0 都不是")

    async def test_says_when_somebody_cannot_be_pushed_to(self, side: Side) -> None:
        message = read(side, side.request("o-one", "低保", 7))
        with pytest.raises(Unreachable):
            await side.channel.push(message.user, "已办结。")
        await side.channel.show_typing(message.user)


@given(st.sampled_from(sorted(SIDES)), st.text(st.characters(codec="utf-8"), min_size=1, max_size=100))
def test_any_text_comes_through_or_is_refused(name: str, text: str) -> None:
    side = SIDES[name]()
    try:
        message = read(side, side.request("o-one", text, 7))
    except MalformedMessage:
        # characters that XML cannot hold, or nothing at all to read
        return
    side.channel.in_band(message, Reply(message.text, "echo"))
