from collections.abc import Mapping

import pytest
from wechatpy import parse_message
from wechatpy.messages import UnknownMessage

from bot.channels.wechat.codec import DataFormat, read
from bot.channels.wechat.message import Envelope, WeChatMessage, to_message
from bot.errors import MalformedMessage
from bot.types import MessageKind, User
from tests.bot.channels.wechat.payloads import CITIZEN, GOOD, HOSTILE, OFFICE, hostile, payload
from tests.fakes import MONDAY

ENVELOPE = Envelope("wechat/main", MONDAY, DataFormat.XML, "n1", 0)
KINDS = {
    "text": (MessageKind.TEXT, "低保怎么申请？"),
    "text_with_whitespace": (MessageKind.TEXT, "  低保\n 怎么申请 \n"),
    "text_empty": (MessageKind.TEXT, ""),
    "text_from_menu_link": (MessageKind.TEXT, "2"),
    "text_from_article": (MessageKind.TEXT, "请问"),
    "text_with_markup": (MessageKind.TEXT, "<!DOCTYPE html> a < b && c > d"),
    "text_unsupported": (MessageKind.UNKNOWN, ""),
    "image": (MessageKind.IMAGE, ""),
    "voice": (MessageKind.VOICE, ""),
    "video": (MessageKind.VIDEO, ""),
    "shortvideo": (MessageKind.VIDEO, ""),
    "location": (MessageKind.LOCATION, ""),
    "link": (MessageKind.LINK, ""),
    "file_unknown_type": (MessageKind.UNKNOWN, ""),
    "event_subscribe": (MessageKind.SUBSCRIBE, ""),
    "event_subscribe_scan": (MessageKind.SUBSCRIBE, "hall-3"),
    "event_unsubscribe": (MessageKind.UNSUBSCRIBE, ""),
    "event_user_authorization_revoke": (MessageKind.UNSUBSCRIBE, ""),
    "event_user_authorization_cancellation": (MessageKind.UNSUBSCRIBE, ""),
    "event_scan": (MessageKind.SCAN, "hall-3"),
    "event_click": (MessageKind.CLICK, "MENU_ASK"),
    "event_scancode_waitmsg": (MessageKind.CLICK, "MENU_SCAN"),
}


def message(body: bytes) -> WeChatMessage:
    return to_message(read(body)[0], ENVELOPE)


def changed(name: str, **change: str) -> Mapping[str, str]:
    return {**read(payload(name))[0], **change}


@pytest.mark.parametrize("name", GOOD)
def test_every_kind_of_message_and_event_is_known_by_its_nature(name: str) -> None:
    expected = KINDS.get(name.partition(".")[0], (MessageKind.SILENT, ""))
    found = message(payload(name))
    assert (found.kind, found.text) == expected
    assert found.user == User("wechat/main", CITIZEN)
    assert found.account == OFFICE
    assert found.received_at == MONDAY


@pytest.mark.parametrize("name", GOOD)
def test_a_tap_on_a_menu_says_which(name: str) -> None:
    assert message(payload(name)).tapped == ("2" if name.startswith("text_from_menu_link") else "")


@pytest.mark.parametrize("name", [name for name in GOOD if name.endswith(".xml")])
def test_wechatpy_reads_the_same_message(name: str) -> None:
    ours = message(payload(name))
    theirs = parse_message(payload(name))
    assert theirs.source == ours.user.id
    assert theirs.target == ours.account
    if not name.startswith("event_"):
        assert str(theirs.id) == ours.id
    if ours.kind is MessageKind.TEXT:
        # wechatpy strips the text, and has none for an empty one
        assert (theirs.content or "") == ours.text.strip()
    if ours.kind in {MessageKind.CLICK, MessageKind.SCAN}:
        assert theirs._data["EventKey"] == ours.text
    if isinstance(theirs, UnknownMessage):
        assert ours.kind in {MessageKind.SILENT, MessageKind.UNKNOWN, MessageKind.UNSUBSCRIBE}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_body_is_malformed_and_nothing_else(name: str) -> None:
    try:
        fields, _ = read(hostile(name))
    except ValueError:
        return
    with pytest.raises(MalformedMessage):
        to_message(fields, ENVELOPE)


def test_a_message_is_known_by_its_number() -> None:
    assert message(payload("text.xml")).id == "23456789012345678"
    assert message(payload("text.json")).id == "23456789012345678"


def test_an_event_is_known_by_time_event_and_key() -> None:
    click = message(payload("event_click.xml"))
    other = to_message(changed("event_click.xml", EventKey="MENU_TRACK"), ENVELOPE)
    scan = to_message(changed("event_click.xml", Event="SCAN"), ENVELOPE)
    later = to_message(changed("event_click.xml", CreateTime="1772413201"), ENVELOPE)
    assert click.id.startswith("1772413200.click.")
    assert len({click.id, other.id, scan.id, later.id}) == 4
    assert message(payload("event_click.xml")).id == click.id


def test_events_without_a_key_are_known_by_their_own_number_if_they_have_one() -> None:
    assert message(payload("event_subscribe.xml")).id == "1772413200.subscribe"
    sent = message(payload("event_template_sent.xml"))
    assert sent.id != to_message(changed("event_template_sent.xml", MsgID="200163837"), ENVELOPE).id


def test_two_people_with_one_number_are_two_messages() -> None:
    other = to_message(changed("text.xml", FromUserName="oSomebody"), ENVELOPE)
    assert other.id == message(payload("text.xml")).id
    assert other.key != message(payload("text.xml")).key


@pytest.mark.parametrize(
    "change",
    [
        {"FromUserName": ""},
        {"FromUserName": "a b"},
        {"FromUserName": "a:b"},
        {"FromUserName": "a" * 129},
        {"FromUserName": "居民"},
        {"ToUserName": "]]>"},
        {"MsgId": ""},
        {"MsgId": "-1"},
        {"MsgId": "9" * 21},
        {"CreateTime": "1e9"},
        {"MsgType": ""},
        {"MsgType": "text message"},
        {"MsgType": "event"},
        {"MsgType": "event", "Event": "低保"},
    ],
)
def test_an_unusable_field_is_malformed(change: dict[str, str]) -> None:
    with pytest.raises(MalformedMessage):
        to_message(changed("text.xml", **change), ENVELOPE)
