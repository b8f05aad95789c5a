from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import pytest

from bot.channels.weibo.api import WeiboApi
from bot.channels.weibo.channel import WeiboChannel
from bot.errors import DeliveryFailed, DeliveryUncertain, InvalidSignature, MalformedMessage, Unreachable
from bot.types import Challenge, Message, MessageKind, Reply, User
from tests.e2e.standin import Fault
from tests.e2e.wechat_client import Delivery
from tests.e2e.weibo_client import WeiboWriter
from tests.e2e.weibo_platform import WeiboPlatform
from tests.fakes import FixedClock

TOKEN = "t"
SECRET = "0123456789abcdef0123456789abcdef"
FOLLOWER = 2489518277
USER = User("weibo/main", str(FOLLOWER))


@dataclass(slots=True)
class Bench:
    """An account, both sides of the platform, and their common clock."""

    clock: FixedClock
    platform: WeiboPlatform
    session: aiohttp.ClientSession

    def channel(self, *, token: str = TOKEN) -> WeiboChannel:
        api = WeiboApi(self.session, token=token, now=self.clock, api_base=self.platform.url)
        return WeiboChannel("weibo/main", app_key="1", app_secret=SECRET, now=self.clock, api=api)

    def writer(self, data_format: str = "json") -> WeiboWriter:
        return WeiboWriter(app_secret=SECRET, data_format=data_format, clock=lambda: self.clock().timestamp())


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with WeiboPlatform(token=TOKEN) as platform, aiohttp.ClientSession() as session:
        yield Bench(FixedClock(), platform, session)


def read(channel: WeiboChannel, delivery: Delivery) -> Message:
    message = channel.receive(delivery.query, delivery.body)
    assert isinstance(message, Message)
    return message


def test_the_address_is_verified_with_the_applications_secret(bench: Bench) -> None:
    assert bench.channel().receive(bench.writer().query("echo"), b"") == Challenge("echo")


@pytest.mark.parametrize("data_format", ["json", "xml"])
def test_the_reply_comes_in_the_form_of_the_message(bench: Bench, data_format: str) -> None:
    writer = bench.writer(data_format)
    message = read(bench.channel(), writer.deliver(FOLLOWER, "低保怎么申请"))

    body, content_type = bench.channel().in_band(message, Reply("带身份证、户口簿。", "answered_search"))

    assert writer.shown(body) == "带身份证、户口簿。"
    assert content_type == f"application/{data_format}"


@pytest.mark.parametrize("data_format", ["json", "xml"])
def test_messages_without_a_number_are_told_apart_by_second_and_text(bench: Bench, data_format: str) -> None:
    writer, channel = bench.writer(data_format), bench.channel()
    first = read(channel, writer.deliver(FOLLOWER, "低保"))
    again = read(channel, writer.deliver(FOLLOWER, "低保"))
    other = read(channel, writer.deliver(FOLLOWER, "医保"))
    bench.clock.forward(seconds=1)
    later = read(channel, writer.deliver(FOLLOWER, "低保"))

    assert first.key == again.key
    assert len({first.key, other.key, later.key}) == 3


@pytest.mark.parametrize("data_format", ["json", "xml"])
def test_a_signature_cannot_carry_another_body(bench: Bench, data_format: str) -> None:
    writer, channel = bench.writer(data_format), bench.channel()
    delivery = writer.deliver(FOLLOWER, "低保")
    read(channel, delivery)
    read(channel, delivery)
    with pytest.raises(InvalidSignature):
        channel.receive(delivery.query, writer.deliver(FOLLOWER, "医保").body)


def test_an_old_request_is_refused(bench: Bench) -> None:
    delivery = bench.writer().deliver(FOLLOWER, "低保")
    bench.clock.forward(minutes=11)
    with pytest.raises(InvalidSignature):
        bench.channel().receive(delivery.query, delivery.body)


@pytest.mark.parametrize(
    ("subtype", "kind", "text"),
    [
        ("follow", MessageKind.SUBSCRIBE, ""),
        ("subscribe", MessageKind.SUBSCRIBE, ""),
        ("scan_follow", MessageKind.SUBSCRIBE, "高龄津贴"),
        ("scan", MessageKind.SCAN, "高龄津贴"),
        ("click", MessageKind.CLICK, "高龄津贴"),
        ("unfollow", MessageKind.UNSUBSCRIBE, ""),
        ("unsubscribe", MessageKind.UNSUBSCRIBE, ""),
        ("view", MessageKind.SILENT, ""),
        ("something_new", MessageKind.SILENT, ""),
    ],
)
def test_events_are_read(bench: Bench, subtype: str, kind: MessageKind, text: str) -> None:
    message = read(bench.channel(), bench.writer().event(FOLLOWER, subtype, key=text))
    assert (message.kind, message.text) == (kind, text)


@pytest.mark.parametrize(
    ("sort", "kind"),
    [
        ("position", MessageKind.LOCATION),
        ("voice", MessageKind.VOICE),
        ("image", MessageKind.IMAGE),
        ("mention", MessageKind.SILENT),
        ("poll", MessageKind.UNKNOWN),
    ],
)
def test_kinds_are_read(bench: Bench, sort: str, kind: MessageKind) -> None:
    message = read(bench.channel(), bench.writer().request({"type": sort, "sender_id": FOLLOWER, "text": "x"}))
    assert (message.kind, message.text) == (kind, "")


@pytest.mark.parametrize(
    "content",
    [
        {"type": "text", "sender_id": FOLLOWER, "created_at": "yesterday", "text": "x"},
        {"type": "text", "sender_id": FOLLOWER, "created_at": 5, "text": "x"},
        {"type": "text", "sender_id": [FOLLOWER], "text": "x"},
        {"type": ["text"], "sender_id": FOLLOWER, "text": "x"},
        {"type": "event", "sender_id": FOLLOWER, "data": 5},
        {"type": "event", "sender_id": FOLLOWER, "data": {"subtype": {}}},
        {"type": "text", "sender_id": "", "text": "x"},
    ],
)
def test_what_is_no_message_is_refused(bench: Bench, content: dict[str, object]) -> None:
    delivery = bench.writer().request(content)
    with pytest.raises(MalformedMessage):
        bench.channel().receive(delivery.query, delivery.body)


async def test_a_long_text_is_sent_in_pieces_that_the_platform_takes(bench: Bench) -> None:
    await bench.channel().push(USER, "这是一句话，说得明白。" * 100)
    assert "".join(text for _, text in bench.platform.sent) == "这是一句话，说得明白。" * 100
    assert {follower for follower, _ in bench.platform.sent} == {str(FOLLOWER)}


@pytest.mark.parametrize("end", [Fault.HALF_BODY, Fault.NOT_JSON, Fault.LIST, Fault.NO_CODE, Fault.SERVER_ERROR])
async def test_what_may_have_arrived_is_uncertain(bench: Bench, end: Fault) -> None:
    bench.platform.script("send", end)
    with pytest.raises(DeliveryUncertain):
        await bench.channel().push(USER, "一")


@pytest.mark.parametrize(("code", "minutes"), [(21332, 10), (21327, 10), (10023, 1), (10009, 0.5), (99999, 10)])
async def test_a_refusal_says_when_to_try_again(bench: Bench, code: int, minutes: float) -> None:
    bench.platform.script("send", code)
    with pytest.raises(DeliveryFailed) as caught:
        await bench.channel().push(USER, "一")
    assert caught.value.retry_after == timedelta(minutes=minutes)


async def test_a_platform_that_is_not_there_is_tried_again(bench: Bench) -> None:
    api = WeiboApi(bench.session, token=TOKEN, now=bench.clock, api_base="http://127.0.0.1:9")
    with pytest.raises(DeliveryFailed) as caught:
        await api.send_text(str(FOLLOWER), "一")
    assert caught.value.retry_after is not None


async def test_without_a_token_a_text_waits(bench: Bench) -> None:
    channel = WeiboChannel("weibo/main", app_key="1", app_secret=SECRET, now=bench.clock)
    with pytest.raises(Unreachable):
        await channel.push(USER, "一")
