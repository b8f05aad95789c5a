import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
import pytest
from wechatpy.crypto import WeChatCrypto

from bot.channels.wechat.account import Account, Mode
from bot.channels.wechat.api import WeChatApi
from bot.channels.wechat.channel import WeChatChannel
from bot.channels.wechat.codec import DataFormat, read
from bot.channels.wechat.message import Envelope, WeChatMessage, to_message
from bot.channels.wechat.notice import Notice
from bot.channels.wechat.rendering import ROOM
from bot.errors import DeliveryFailed, DeliveryUncertain, Unreachable
from bot.ports import Channel
from bot.types import Message, MessageKind, Option, Reply, User
from tests.bot.channels.wechat.payloads import APP_ID, CITIZEN, KEY, OFFICE, OLD_KEY, TOKEN, make_channel, payload, sign
from tests.e2e.platform import Fault, Platform
from tests.fakes import MONDAY, FixedClock

NOW = int(MONDAY.timestamp())
ANSWER = Reply("收到申请之日起 20 个工作日。", "answered_search", options=(Option("1", "已解决"),))
SHOWN = "收到申请之日起 20 个工作日。\n\n回复 1 已解决"
WHO = User("wechat/main", CITIZEN)


def message(
    name: str = "text.xml", *, data_format: DataFormat = DataFormat.XML, opened_with: int | None = None
) -> WeChatMessage:
    return to_message(read(payload(name))[0], Envelope("wechat/main", MONDAY, data_format, "n1", opened_with))


def test_it_is_a_channel_that_is_delivered_to_three_times() -> None:
    channel: Channel = make_channel(Mode.SAFE, FixedClock())
    assert (channel.name, channel.deliveries, channel.room) == ("wechat/main", 3, ROOM)


@pytest.mark.parametrize("mode", list(Mode))
def test_a_plain_message_gets_a_plain_reply(mode: Mode) -> None:
    body, content_type = make_channel(mode, FixedClock()).in_band(message(), ANSWER)
    assert content_type == "application/xml"
    assert read(body)[0] == {
        "ToUserName": CITIZEN,
        "FromUserName": OFFICE,
        "CreateTime": str(NOW),
        "MsgType": "text",
        "Content": SHOWN,
    }


def test_a_json_message_gets_a_json_reply_with_numbers() -> None:
    body, content_type = make_channel(Mode.PLAIN, FixedClock()).in_band(message(data_format=DataFormat.JSON), ANSWER)
    assert content_type == "application/json"
    assert json.loads(body) == {
        "ToUserName": CITIZEN,
        "FromUserName": OFFICE,
        "CreateTime": NOW,
        "MsgType": "text",
        "Content": SHOWN,
    }


@pytest.mark.parametrize(("index", "key"), [(0, KEY), (1, OLD_KEY)])
def test_an_encrypted_message_gets_a_reply_that_wechatpy_opens_with_the_same_key(index: int, key: str) -> None:
    body, _ = make_channel(Mode.SAFE, FixedClock()).in_band(message(opened_with=index), ANSWER)
    envelope = read(body)[0]
    assert (envelope["TimeStamp"], envelope["Nonce"]) == (str(NOW), "n1")
    opened = WeChatCrypto(TOKEN, key, APP_ID).decrypt_message(body, envelope["MsgSignature"], str(NOW), "n1")
    assert read(opened.encode())[0]["Content"] == SHOWN


def test_an_encrypted_json_message_gets_an_encrypted_json_reply() -> None:
    body, content_type = make_channel(Mode.SAFE, FixedClock()).in_band(
        message(data_format=DataFormat.JSON, opened_with=0), ANSWER
    )
    envelope: Mapping[str, Any] = json.loads(body)
    assert content_type == "application/json"
    assert envelope["TimeStamp"] == NOW
    assert envelope["MsgSignature"] == sign(TOKEN, str(NOW), "n1", envelope["Encrypt"])
    assert set(envelope) == {"Encrypt", "MsgSignature", "TimeStamp", "Nonce"}


@pytest.mark.parametrize("reply", [None, replace(ANSWER, silent=True), Reply("", "social_nothing")])
@pytest.mark.parametrize("opened_with", [None, 0])
def test_nothing_to_show_is_acknowledged_in_any_mode(reply: Reply | None, opened_with: int | None) -> None:
    shown = make_channel(Mode.SAFE, FixedClock()).in_band(message(opened_with=opened_with), reply)
    assert shown == (b"success", "text/plain")


@pytest.mark.parametrize("name", ["event_location.xml", "event_view.xml", "event_unsubscribe.xml"])
def test_events_that_must_not_be_answered_never_are(name: str) -> None:
    assert make_channel(Mode.SAFE, FixedClock()).in_band(message(name), ANSWER) == (b"success", "text/plain")


def test_a_message_of_another_channel_gets_no_reply() -> None:
    stray = Message("1", User("web", "a"), "x", MONDAY, MessageKind.TEXT)
    with pytest.raises(TypeError):
        make_channel(Mode.SAFE, FixedClock()).in_band(stray, ANSWER)


@pytest.mark.parametrize("code", range(0x20))
def test_a_reply_is_well_formed_whatever_is_quoted(code: int) -> None:
    quoted = f"甲{chr(code)}]]></Content><MsgType>image</MsgType>乙"
    body, _ = make_channel(Mode.PLAIN, FixedClock()).in_band(message(), Reply(quoted, "answered_search"))
    fields, _ = read(body)
    assert fields["MsgType"] == "text"
    assert "]]></Content><MsgType>image</MsgType>乙" in fields["Content"]


def test_menu_links_are_a_setting() -> None:
    account = Account(name="wechat/main", app_id=APP_ID, token=TOKEN, mode=Mode.PLAIN)
    channel = WeChatChannel(account, now=FixedClock(), menu_links=True)
    assert "weixin://bizmsgmenu?msgmenucontent=1" in read(channel.in_band(message(), ANSWER)[0])[0]["Content"]


@dataclass(slots=True)
class Post:
    """A pushing channel, its stand-in platform and the texts that arrived."""

    platform: Platform
    session: aiohttp.ClientSession
    clock: FixedClock = field(default_factory=FixedClock)

    def channel(self, *, verified: bool = True, notice: Notice | None = None) -> WeChatChannel:
        account = Account(name="wechat/main", app_id="wx1", token=TOKEN, mode=Mode.PLAIN, verified=verified)
        api = WeChatApi(self.session, app_id="wx1", secret="s", now=self.clock, api_base=self.platform.url)
        return WeChatChannel(account, now=self.clock, api=api, notice=notice)


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    async with Platform(app_id="wx1", secret="s") as platform, aiohttp.ClientSession() as session:
        yield Post(platform, session)


async def test_a_push_arrives_without_markdown(post: Post) -> None:
    await post.channel().push(WHO, "**您好**\x00，已办结。")
    assert post.platform.texts(CITIZEN) == ["您好，已办结。"]


async def test_a_long_push_arrives_in_order_in_pieces_that_end_on_a_sentence(post: Post) -> None:
    text = "".join(f"这是第 {number} 句话。" for number in range(1, 250))
    await post.channel().push(WHO, text)
    pieces = post.platform.texts(CITIZEN)
    assert "".join(pieces) == text
    assert 1 < len(pieces) <= 5
    assert all(len(piece.encode()) <= ROOM and piece.endswith("。") for piece in pieces)


async def test_what_five_messages_do_not_hold_is_left_for_the_next_contact(post: Post) -> None:
    with pytest.raises(Unreachable) as caught:
        await post.channel().push(WHO, "这是一句话。" * 2000)
    assert len(post.platform.pushes) == 5
    assert "".join(post.platform.texts(CITIZEN)) + caught.value.rest == "这是一句话。" * 2000


async def test_nothing_is_sent_of_an_empty_text(post: Post) -> None:
    await post.channel().push(WHO, "\x00 ")
    assert post.platform.pushes == []


async def test_an_account_without_the_right_to_push_sends_nothing(post: Post) -> None:
    for channel in (post.channel(verified=False), make_channel(Mode.SAFE, post.clock)):
        assert not channel.can_push
        with pytest.raises(Unreachable):
            await channel.push(WHO, "x")
        await channel.show_typing(WHO)
    assert post.platform.calls == {}
    assert post.channel().can_push


async def test_a_refused_first_piece_is_told_by_its_kind(post: Post) -> None:
    post.platform.script("send", 45047, 40003, Fault.HALF_BODY)
    with pytest.raises(Unreachable):
        await post.channel().push(WHO, "一。" * 1000)
    with pytest.raises(DeliveryFailed) as caught:
        await post.channel().push(WHO, "一。" * 1000)
    assert type(caught.value) is DeliveryFailed
    with pytest.raises(DeliveryUncertain):
        await post.channel().push(WHO, "一。" * 1000)


@pytest.mark.parametrize("code", [45047, 45015, 45011])
async def test_of_a_text_that_was_broken_off_only_the_rest_is_left(post: Post, code: int) -> None:
    post.platform.script("send", 0, code)
    with pytest.raises(DeliveryFailed, match="共 3 条，已送达 1 条") as caught:
        await post.channel().push(WHO, "一。" * 1000)
    (first,) = post.platform.texts(CITIZEN)
    assert first + caught.value.rest == "一。" * 1000
    assert isinstance(caught.value, Unreachable) == (code != 45011)


async def test_a_later_piece_that_may_have_arrived_ends_it(post: Post) -> None:
    post.platform.script("send", 0, Fault.DISCONNECT)
    with pytest.raises(DeliveryUncertain, match="共 3 条，已送达 1 条"):
        await post.channel().push(WHO, "一。" * 1000)
    assert len(post.platform.pushes) == 1


async def test_a_piece_that_is_too_long_for_the_account_is_sent_in_smaller_ones(post: Post) -> None:
    post.platform.script("send", 45002)
    await post.channel().push(WHO, "一二三四。" * 130)
    assert "".join(post.platform.texts(CITIZEN)) == "一二三四。" * 130
    assert all(len(text.encode()) <= 1800 for text in post.platform.texts(CITIZEN))


async def test_a_piece_that_is_still_too_long_is_given_up(post: Post) -> None:
    post.platform.script("send", 45002, 45002, 45002)
    with pytest.raises(DeliveryFailed):
        await post.channel().push(WHO, "一。")


async def test_typing_is_shown(post: Post) -> None:
    await post.channel().show_typing(WHO)
    assert post.platform.typings == [CITIZEN]


@pytest.mark.parametrize(
    ("subscribed", "path", "link"),
    [(False, "/cgi-bin/message/template/send", "url"), (True, "/cgi-bin/message/subscribe/bizsend", "page")],
)
async def test_a_notice_tells_of_news_without_the_news(post: Post, subscribed: bool, path: str, link: str) -> None:  # noqa: FBT001  a parameter of the test
    fields = {"thing1": "您的咨询已答复", "number2": "{reference}", "time3": "{day}"}
    notice = Notice("T1", fields, "https://x.cn/status", subscribed)
    assert await post.channel(notice=notice).notify(WHO, "浚县-2026-000001")
    content = {
        "touser": CITIZEN,
        "template_id": "T1",
        "data": {
            "thing1": {"value": "您的咨询已答复"},
            "number2": {"value": "浚县-2026-000001"},
            "time3": {"value": "2026-03-02"},
        },
        link: "https://x.cn/status",
    }
    assert post.platform.notices == [(path, content)]


@pytest.mark.parametrize("end", [43101, 40037, Fault.HALF_BODY, Fault.SERVER_ERROR])
async def test_a_notice_that_is_refused_never_fails(post: Post, end: int | Fault) -> None:
    post.platform.script("notice", end)
    assert not await post.channel(notice=Notice("T1", {"thing1": "x"})).notify(WHO, "浚县-2026-000001")


async def test_without_a_template_there_is_no_notice(post: Post) -> None:
    assert not await post.channel().notify(WHO, "浚县-2026-000001")
    assert not await post.channel(verified=False, notice=Notice("T1", {})).notify(WHO, "浚县-2026-000001")
    assert post.platform.calls == {}
