from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import pytest

from bot.channels.wecom.api import WeComApi, corporate_calls
from bot.channels.wecom.application import Application
from bot.channels.wecom.channel import WeComChannel
from bot.errors import DeliveryFailed, DeliveryUncertain, InvalidSignature, Unreachable
from bot.types import Challenge, Message, MessageKind, User
from tests.bot.channels.wechat.payloads import KEY, OLD_KEY, TOKEN, Counter
from tests.e2e.standin import Fault
from tests.e2e.wecom_client import WeComWriter
from tests.e2e.wecom_platform import WeComPlatform
from tests.fakes import FixedClock

CORP = "ww0123456789"
SECRET = "s"
MEMBER = "ZhangSan"
USER = User("wecom/main", MEMBER)


@dataclass(slots=True)
class Bench:
    """An application, both sides of the platform, and their common clock."""

    clock: FixedClock
    platform: WeComPlatform
    session: aiohttp.ClientSession

    def channel(self, *, secret: str = SECRET, keys: tuple[str, ...] = (KEY,)) -> WeComChannel:
        application = Application(name="wecom/main", corp_id=CORP, token=TOKEN, aes_keys=keys)
        calls = corporate_calls(
            self.session, corp_id=CORP, secret=secret, now=self.clock, api_base=self.platform.url, sleep=no_time
        )
        return WeComChannel(application, now=self.clock, api=WeComApi(calls, agent_id=7), random_bytes=Counter())

    def writer(self, key: str = KEY, corp_id: str = CORP) -> WeComWriter:
        return WeComWriter(
            corp_id=corp_id, agent_id=7, token=TOKEN, aes_key=key, clock=lambda: self.clock().timestamp()
        )


async def no_time(_seconds: float) -> None:
    return


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    clock = FixedClock()
    async with (
        WeComPlatform(corp_id=CORP, secret=SECRET, clock=lambda: clock().timestamp()) as platform,
        aiohttp.ClientSession() as session,
    ):
        yield Bench(clock, platform, session)


def test_the_echo_is_opened_before_it_is_answered(bench: Bench) -> None:
    query = bench.writer().verification("1288432023552776189")
    assert bench.channel().receive(query, b"") == Challenge("1288432023552776189")


def test_an_echo_for_another_enterprise_is_refused(bench: Bench) -> None:
    with pytest.raises(InvalidSignature):
        bench.channel().receive(bench.writer(corp_id="wwOther").verification("1"), b"")


def test_an_old_request_is_refused(bench: Bench) -> None:
    delivery = bench.writer().deliver(MEMBER, "低保")
    bench.clock.forward(minutes=11)
    with pytest.raises(InvalidSignature):
        bench.channel().receive(delivery.query, delivery.body)


def test_the_previous_key_still_opens(bench: Bench) -> None:
    delivery = bench.writer(OLD_KEY).deliver(MEMBER, "低保")
    message = bench.channel(keys=(KEY, OLD_KEY)).receive(delivery.query, delivery.body)
    assert isinstance(message, Message)
    assert message.text == "低保"


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("subscribe", MessageKind.SUBSCRIBE),
        ("click", MessageKind.CLICK),
        ("enter_agent", MessageKind.SILENT),
        ("view", MessageKind.SILENT),
        ("LOCATION", MessageKind.SILENT),
        ("change_contact", MessageKind.SILENT),
    ],
)
def test_only_events_that_ask_something_are_answered(bench: Bench, event: str, kind: MessageKind) -> None:
    delivery = bench.writer().event(MEMBER, event, key="帮助")
    message = bench.channel().receive(delivery.query, delivery.body)
    assert isinstance(message, Message)
    assert message.kind is kind


async def test_a_text_is_sent_by_the_application(bench: Bench) -> None:
    await bench.channel().push(USER, "您的咨询已答复。")
    assert bench.platform.sent == [
        {"touser": MEMBER, "msgtype": "text", "agentid": 7, "text": {"content": "您的咨询已答复。"}}
    ]


async def test_a_long_text_is_sent_in_pieces_that_fit(bench: Bench) -> None:
    await bench.channel().push(USER, "这是一句话。" * 300)
    assert len(bench.platform.sent) == 3
    assert "".join(bench.platform.texts(MEMBER)) == "这是一句话。" * 300


async def test_a_stale_token_is_renewed_once(bench: Bench) -> None:
    channel = bench.channel()
    await channel.push(USER, "一")
    bench.platform.expire_tokens()
    await channel.push(USER, "二")
    assert bench.platform.texts(MEMBER) == ["一", "二"]
    assert bench.platform.calls["token"] == 2


async def test_a_busy_platform_is_asked_again(bench: Bench) -> None:
    bench.platform.script("send", -1, -1)
    await bench.channel().push(USER, "一")
    assert bench.platform.texts(MEMBER) == ["一"]


async def test_what_may_have_arrived_is_not_sent_again(bench: Bench) -> None:
    bench.platform.script("send", Fault.HALF_BODY)
    with pytest.raises(DeliveryUncertain):
        await bench.channel().push(USER, "一")
    assert bench.platform.texts(MEMBER) == ["一"]


@pytest.mark.parametrize(("code", "minutes"), [(60020, 10), (45009, 1), (40056, 10)])
async def test_a_refusal_says_when_to_try_again(bench: Bench, code: int, minutes: int) -> None:
    bench.platform.script("send", code)
    with pytest.raises(DeliveryFailed) as caught:
        await bench.channel().push(USER, "一")
    assert caught.value.retry_after == timedelta(minutes=minutes)


async def test_a_member_who_left_is_given_up(bench: Bench) -> None:
    bench.platform.script("send", 60111)
    with pytest.raises(DeliveryFailed) as caught:
        await bench.channel().push(USER, "一")
    assert caught.value.retry_after is None


async def test_a_wrong_secret_is_an_operators_task(bench: Bench) -> None:
    with pytest.raises(DeliveryFailed, match="管理员"):
        await bench.channel(secret="wrong").push(USER, "一")


async def test_without_a_secret_a_text_waits(bench: Bench) -> None:
    application = Application(name="wecom/main", corp_id=CORP, token=TOKEN, aes_keys=(KEY,))
    channel = WeComChannel(application, now=bench.clock)
    assert not channel.can_push
    with pytest.raises(Unreachable):
        await channel.push(USER, "一")


@pytest.mark.parametrize(
    ("corp_id", "token", "keys"),
    [("", TOKEN, (KEY,)), (CORP, "no-token", (KEY,)), (CORP, TOKEN, ()), (CORP, TOKEN, ("short",))],
)
def test_values_that_cannot_be_right_are_refused(corp_id: str, token: str, keys: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="wecom/main"):
        Application(name="wecom/main", corp_id=corp_id, token=token, aes_keys=keys)
