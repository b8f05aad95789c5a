from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot.channels.kf.api import KfApi
from bot.channels.kf.channel import KfChannel
from bot.channels.kf.message import user_of
from bot.channels.wecom.api import corporate_calls
from bot.channels.wecom.application import Application
from bot.errors import DeliveryFailed, DeliveryUncertain, InvalidSignature, MalformedMessage, Unreachable
from bot.types import Challenge, MessageKind, Nudge
from tests.bot.channels.wechat.payloads import KEY, TOKEN, Counter
from tests.e2e.kf_platform import KEPT, KfPlatform
from tests.e2e.standin import Fault
from tests.e2e.wecom_client import WeComWriter
from tests.fakes import SURVEY, FixedClock

CORP = "ww0123456789"
SECRET = "s"
CUSTOMER = "wmTestCustomer01"
USER = user_of("kf/main", KEPT, CUSTOMER)
NUDGE: Mapping[str, str | int] = {"MsgType": "event", "Event": "kf_msg_or_event", "Token": "t1", "OpenKfId": KEPT}


@dataclass(slots=True)
class Bench:
    """The service, both sides of the platform, and their common clock."""

    clock: FixedClock
    platform: KfPlatform
    channel: KfChannel
    writer: WeComWriter

    def nudge(self, **changes: str) -> Challenge | Nudge:
        delivery = self.writer.request("sys", {**NUDGE, **changes})
        return self.channel.receive(delivery.query, delivery.body)


async def no_time(_seconds: float) -> None:
    return


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    clock = FixedClock()
    async with (
        KfPlatform(corp_id=CORP, secret=SECRET, clock=lambda: clock().timestamp()) as platform,
        aiohttp.ClientSession() as session,
    ):
        calls = corporate_calls(
            session, corp_id=CORP, secret=SECRET, now=clock, api_base=platform.url, sleep=no_time, jitter=lambda: 0
        )
        service = Application(name="kf/main", corp_id=CORP, token=TOKEN, aes_keys=(KEY,))
        channel = KfChannel(service, KfApi(calls), welcome="您好。", now=clock, random_bytes=Counter())
        writer = WeComWriter(corp_id=CORP, agent_id=0, token=TOKEN, aes_key=KEY, clock=lambda: clock().timestamp())
        yield Bench(clock, platform, channel, writer)


def test_the_address_is_verified(bench: Bench) -> None:
    assert bench.channel.receive(bench.writer.verification("123"), b"") == Challenge("123")


def test_a_nudge_names_the_account(bench: Bench) -> None:
    assert bench.nudge() == Nudge(KEPT, "t1")


@pytest.mark.parametrize("changes", [{"Event": "subscribe"}, {"OpenKfId": ""}, {"OpenKfId": "../x"}])
def test_what_is_no_nudge_is_refused(bench: Bench, changes: dict[str, str]) -> None:
    with pytest.raises(MalformedMessage):
        bench.nudge(**changes)


def test_an_old_nudge_is_refused(bench: Bench) -> None:
    delivery = bench.writer.request("sys", NUDGE)
    bench.clock.forward(minutes=11)
    with pytest.raises(InvalidSignature):
        bench.channel.receive(delivery.query, delivery.body)


async def test_messages_are_fetched_page_by_page(bench: Bench) -> None:
    bench.platform.page = 2
    for text in ("一", "二", "三"):
        bench.platform.write(CUSTOMER, text)

    first = await bench.channel.fetch(KEPT, "", token="t1")
    second = await bench.channel.fetch(KEPT, first.cursor, token="t1")

    assert [message.text for message in first.messages + second.messages] == ["一", "二", "三"]
    assert {message.user for message in first.messages} == {USER}
    assert (first.more, second.more) == (True, False)


async def test_an_empty_page_is_not_the_end(bench: Bench) -> None:
    bench.platform.gap = True
    bench.platform.write(CUSTOMER, "一")
    batch = await bench.channel.fetch(KEPT, "", token="")
    assert (batch.messages, batch.more) == ((), True)
    assert len((await bench.channel.fetch(KEPT, batch.cursor, token="")).messages) == 1


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, MessageKind.TEXT),
        ({"msgtype": "image"}, MessageKind.IMAGE),
        ({"msgtype": "voice"}, MessageKind.VOICE),
        ({"msgtype": "location"}, MessageKind.LOCATION),
        ({"msgtype": "business_card"}, MessageKind.UNKNOWN),
    ],
)
async def test_kinds_are_read(bench: Bench, changes: dict[str, Any], kind: MessageKind) -> None:
    bench.platform.write(CUSTOMER, "低保", **changes)
    (message,) = (await bench.channel.fetch(KEPT, "", token="")).messages
    assert message.kind is kind
    assert message.text == ("低保" if kind is MessageKind.TEXT else "")


@pytest.mark.parametrize(
    ("answered", "tapped"),
    [
        ({"menu_id": "1.7-1772000000"}, "1.7-1772000000"),
        ({}, ""),
        ({"menu_id": 7}, ""),
        ({"menu_id": "1" * 99}, "1" * 64),
    ],
)
async def test_a_tap_on_a_menu_says_which_line_was_meant(bench: Bench, answered: dict[str, Any], tapped: str) -> None:
    bench.platform.write(CUSTOMER, "已解决", text={"content": "已解决", **answered})

    (message,) = (await bench.channel.fetch(KEPT, "", token="")).messages

    assert (message.text, message.tapped) == ("已解决", tapped)


async def test_a_survey_is_a_menu_whose_taps_name_its_parcel(bench: Bench) -> None:
    survey = replace(SURVEY, key="7-1772000000")
    await bench.channel.push(USER, "请带身份证。", key="7-1772000000", survey=survey)

    assert bench.platform.taps == ["1.7-1772000000", "2.7-1772000000"]


@pytest.mark.parametrize(
    "changes",
    [
        {"origin": 5},
        {"origin": "3"},
        {"msgid": None},
        {"msgid": "a/b"},
        {"external_userid": ["x"]},
        {"open_kfid": {}},
        {"text": None},
        {"text": {"content": 5}},
        {"msgtype": "event", "event": 7},
        {"msgtype": "event", "event": {"event_type": "msg_send_fail", "fail_msgid": 7}},
        {"msgtype": "event", "event": {"event_type": "enter_session", "welcome_code": None}},
    ],
)
async def test_what_no_customer_wrote_is_passed_over(bench: Bench, changes: dict[str, Any]) -> None:
    bench.platform.write(CUSTOMER, "低保", **changes)
    bench.platform.write(CUSTOMER, "医保")
    batch = await bench.channel.fetch(KEPT, "", token="")
    assert [message.text for message in batch.messages] == ["医保"]
    assert batch.bounced == ()


async def test_who_comes_in_is_greeted(bench: Bench) -> None:
    bench.platform.happen("enter_session", external_userid=CUSTOMER, welcome_code="c1")
    bench.platform.happen("enter_session", external_userid=CUSTOMER)
    await bench.channel.fetch(KEPT, "", token="")
    assert bench.platform.welcomed == [("c1", "您好。")]


async def test_a_greeting_that_is_refused_stops_nothing(bench: Bench) -> None:
    bench.platform.script("welcome", 41051)
    bench.platform.happen("enter_session", external_userid=CUSTOMER, welcome_code="c1")
    bench.platform.write(CUSTOMER, "低保")
    assert len((await bench.channel.fetch(KEPT, "", token="")).messages) == 1


@pytest.mark.parametrize(("code", "reason"), [(4, "超过 48 小时"), (99, "原因不明"), ([], "原因不明")])
async def test_what_did_not_arrive_after_all_is_told(bench: Bench, code: object, reason: str) -> None:
    bench.platform.happen("msg_send_fail", external_userid=CUSTOMER, fail_msgid="17-1772413200-300", fail_type=code)
    batch = await bench.channel.fetch(KEPT, "", token="")
    assert batch.bounced == ((17, f"微信客服未送达：{reason}"),)


async def test_a_long_text_is_pushed_in_pieces_with_numbers_of_their_own(bench: Bench) -> None:
    await bench.channel.push(USER, "这是一句话。" * 300, key="17-1772413200")
    assert "".join(bench.platform.texts(CUSTOMER)) == "这是一句话。" * 300
    assert len(bench.platform.delivered) == 3


async def test_what_may_have_arrived_is_sent_again_under_its_number_and_arrives_once(bench: Bench) -> None:
    bench.platform.script("send", 0, Fault.HALF_BODY)
    text = "这是一句话。" * 300
    with pytest.raises(DeliveryFailed) as caught:
        await bench.channel.push(USER, text, key="17-1772413200")
    assert not isinstance(caught.value, DeliveryUncertain)
    assert caught.value.retry_after == timedelta(seconds=30)

    await bench.channel.push(USER, caught.value.rest, key="17-1772413200")
    assert "".join(bench.platform.texts(CUSTOMER)) == text


@pytest.mark.parametrize("code", [95001, 95002, 95013, 95018])
async def test_who_cannot_be_written_to_now_is_unreachable(bench: Bench, code: int) -> None:
    bench.platform.script("send", code)
    with pytest.raises(Unreachable):
        await bench.channel.push(USER, "一", key="1-1")


@pytest.mark.parametrize("end", [Fault.NO_CODE, Fault.LIST, Fault.NOT_JSON, 45009, 95000])
async def test_a_page_that_cannot_be_had_is_tried_later(bench: Bench, end: int | Fault) -> None:
    bench.platform.script("sync", end)
    with pytest.raises(DeliveryFailed):
        await bench.channel.fetch(KEPT, "", token="")
