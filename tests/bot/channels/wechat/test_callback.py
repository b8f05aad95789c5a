import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wechat.account import Mode
from bot.channels.wechat.crypto import KeyRing
from bot.channels.wechat.message import WeChatMessage
from bot.errors import BotError, InvalidSignature, MalformedMessage
from bot.types import Challenge
from tests.bot.channels.wechat.payloads import (
    APP_ID,
    HOSTILE,
    KEY,
    OLD_KEY,
    TOKEN,
    Counter,
    hostile,
    make_channel,
    payload,
    plain_query,
    sign,
)
from tests.fakes import FixedClock

TEXT = payload("text.xml")
OTHER = TEXT.replace("低保".encode(), "社保".encode())
MODES = list(Mode)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


def seal(text: bytes = TEXT, *, key: str = KEY, receiver: str = APP_ID) -> str:
    return KeyRing((key,), receiver=receiver, random_bytes=Counter()).seal(text, 0)


def sealed_request(
    clock: FixedClock, sealed: str, *, skew: int = 0, twin: bytes = b"", nonce: str = "n1"
) -> tuple[dict[str, str], bytes]:
    query = plain_query(clock, skew=skew, nonce=nonce) | {"encrypt_type": "aes"}
    query["msg_signature"] = sign(TOKEN, query["timestamp"], query["nonce"], sealed)
    body = twin.replace(b"</xml>", b"") or b"<xml><ToUserName>gh_1</ToUserName>"
    return query, body + f"<Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode()


@pytest.mark.parametrize("mode", MODES)
def test_a_verification_is_echoed_verbatim(mode: Mode, clock: FixedClock) -> None:
    query = plain_query(clock, echostr="<4375 低>")
    assert make_channel(mode, clock).receive(query, b"") == Challenge("<4375 低>")


def test_a_verification_may_be_old(clock: FixedClock) -> None:
    assert make_channel(Mode.SAFE, clock).receive(plain_query(clock, skew=-99999, echostr="1"), b"") == Challenge("1")


@pytest.mark.parametrize("missing", ["signature", "timestamp", "nonce"])
def test_a_verification_without_proof_is_refused(missing: str, clock: FixedClock) -> None:
    query = {name: value for name, value in plain_query(clock, echostr="1").items() if name != missing}
    with pytest.raises(InvalidSignature):
        make_channel(Mode.SAFE, clock).receive(query, b"")


def test_a_signed_request_with_neither_body_nor_echo_is_malformed(clock: FixedClock) -> None:
    with pytest.raises(MalformedMessage):
        make_channel(Mode.PLAIN, clock).receive(plain_query(clock), b"")


@pytest.mark.parametrize("mode", [Mode.PLAIN, Mode.COMPAT])
@pytest.mark.parametrize("extra", [{}, {"encrypt_type": "raw"}])
def test_a_plain_message_is_accepted_where_the_mode_allows_it(
    mode: Mode, extra: dict[str, str], clock: FixedClock
) -> None:
    message = make_channel(mode, clock).receive(plain_query(clock) | extra, TEXT)
    assert isinstance(message, WeChatMessage)
    assert message.text == "低保怎么申请？"
    assert message.opened_with is None
    assert message.nonce == "1514711492"


@pytest.mark.parametrize("extra", [{}, {"encrypt_type": "raw"}, {"encrypt_type": "AES"}, {"msg_signature": "x"}])
def test_safe_mode_takes_no_plain_message_whatever_the_query_says(extra: dict[str, str], clock: FixedClock) -> None:
    with pytest.raises(InvalidSignature):
        make_channel(Mode.SAFE, clock).receive(plain_query(clock) | extra, TEXT)


def test_plain_mode_reads_the_plain_part_whatever_the_query_says(clock: FixedClock) -> None:
    query, body = sealed_request(clock, seal(OTHER), twin=TEXT)
    message = make_channel(Mode.PLAIN, clock, keys=()).receive(query, body)
    assert isinstance(message, WeChatMessage)
    assert message.text == "低保怎么申请？"


@pytest.mark.parametrize("mode", [Mode.SAFE, Mode.COMPAT])
@pytest.mark.parametrize(("key", "index"), [(KEY, 0), (OLD_KEY, 1)])
def test_an_encrypted_message_opens_with_either_key(mode: Mode, key: str, index: int, clock: FixedClock) -> None:
    message = make_channel(mode, clock).receive(*sealed_request(clock, seal(key=key)))
    assert isinstance(message, WeChatMessage)
    assert (message.text, message.opened_with) == ("低保怎么申请？", index)


def test_compat_mode_believes_the_encrypted_part_only(clock: FixedClock) -> None:
    message = make_channel(Mode.COMPAT, clock).receive(*sealed_request(clock, seal(), twin=OTHER))
    assert isinstance(message, WeChatMessage)
    assert message.text == "低保怎么申请？"


def test_compat_mode_lets_nobody_use_a_captured_query_for_a_plain_message(clock: FixedClock) -> None:
    channel = make_channel(Mode.COMPAT, clock)
    query, body = sealed_request(clock, seal(), twin=TEXT)
    channel.receive(query, body)
    with pytest.raises(InvalidSignature):
        channel.receive({**query, "encrypt_type": "raw"}, OTHER)
    assert channel.receive(query, body)


@pytest.mark.parametrize("change", [{"msg_signature": "0" * 40}, {"msg_signature": ""}, {"nonce": "n2"}])
def test_a_wrong_msg_signature_is_refused(change: dict[str, str], clock: FixedClock) -> None:
    query, body = sealed_request(clock, seal())
    with pytest.raises(InvalidSignature):
        make_channel(Mode.SAFE, clock).receive(query | change, body)


def test_the_plain_signature_does_not_stand_in_for_the_msg_signature(clock: FixedClock) -> None:
    query, body = sealed_request(clock, seal())
    with pytest.raises(InvalidSignature):
        make_channel(Mode.SAFE, clock).receive(query | {"msg_signature": query["signature"]}, body)


@pytest.mark.parametrize("nonce", ["", "a b", "n]]></Nonce><a>", "x" * 65, "１２", "n\n"])
def test_a_nonce_that_could_break_out_of_the_reply_is_refused(nonce: str, clock: FixedClock) -> None:
    with pytest.raises(InvalidSignature):
        make_channel(Mode.PLAIN, clock).receive(plain_query(clock, nonce=nonce), TEXT)


@pytest.mark.parametrize("timestamp", ["", "soon", "-1", "1e9", "９", "1" * 13])
def test_a_timestamp_that_is_none_is_refused(timestamp: str, clock: FixedClock) -> None:
    query = {"timestamp": timestamp, "nonce": "n", "signature": sign(TOKEN, timestamp, "n")}
    with pytest.raises(InvalidSignature):
        make_channel(Mode.PLAIN, clock).receive(query, TEXT)


@pytest.mark.parametrize("skew", [-600, 600])
def test_a_message_within_ten_minutes_is_fresh(skew: int, clock: FixedClock) -> None:
    assert make_channel(Mode.PLAIN, clock).receive(plain_query(clock, skew=skew), TEXT)
    assert make_channel(Mode.SAFE, clock).receive(*sealed_request(clock, seal(), skew=skew))


@pytest.mark.parametrize("skew", [-601, 601, -900])
def test_an_older_or_later_one_is_refused_and_the_skew_logged(
    skew: int, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(InvalidSignature):
        make_channel(Mode.PLAIN, clock).receive(plain_query(clock, skew=skew), TEXT)
    with pytest.raises(InvalidSignature):
        make_channel(Mode.SAFE, clock).receive(*sealed_request(clock, seal(), skew=skew))
    assert [record.getMessage()[:24] for record in caplog.records] == [f"a signed message is {-skew:+d}"[:24]] * 2


def test_a_forged_old_message_fills_no_log(clock: FixedClock, caplog: pytest.LogCaptureFixture) -> None:
    query = {**plain_query(clock, skew=-5000), "signature": "0" * 40}
    with pytest.raises(InvalidSignature):
        make_channel(Mode.PLAIN, clock).receive(query, TEXT)
    assert caplog.records == []


def test_a_repeat_is_the_same_message(clock: FixedClock) -> None:
    for mode, request in ((Mode.PLAIN, (plain_query(clock), TEXT)), (Mode.SAFE, sealed_request(clock, seal()))):
        channel = make_channel(mode, clock)
        assert channel.receive(*request) == channel.receive(*request)


def test_a_captured_signature_carries_no_other_body(clock: FixedClock) -> None:
    channel = make_channel(Mode.PLAIN, clock)
    query = plain_query(clock)
    channel.receive(query, TEXT)
    clock.forward(seconds=599)
    with pytest.raises(InvalidSignature):
        channel.receive(query, OTHER)
    safe = make_channel(Mode.SAFE, clock)
    query, _ = sealed_request(clock, seal())
    with pytest.raises(InvalidSignature):
        safe.receive(query, sealed_request(clock, seal(OTHER))[1])


def test_a_message_for_another_application_is_refused(clock: FixedClock) -> None:
    with pytest.raises(InvalidSignature):
        make_channel(Mode.SAFE, clock).receive(*sealed_request(clock, seal(receiver="wx-other")))


def test_a_message_that_no_key_opens_points_to_the_key(clock: FixedClock, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(MalformedMessage):
        make_channel(Mode.SAFE, clock, keys=(OLD_KEY,)).receive(*sealed_request(clock, seal()))
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_safe_mode_needs_something_encrypted(clock: FixedClock) -> None:
    query, _ = sealed_request(clock, seal())
    for body in (TEXT, b"<xml><Encrypt></Encrypt></xml>", b'{"Encrypt": ["a"]}'):
        with pytest.raises(MalformedMessage):
            make_channel(Mode.SAFE, clock).receive(query, body)


@pytest.mark.parametrize(
    "body", [b'{"action": "CheckContainerPath"}', b"<xml><action>CheckContainerPath</action></xml>"]
)
def test_the_cloud_hosts_probe_is_answered(body: bytes, clock: FixedClock) -> None:
    assert make_channel(Mode.SAFE, clock).receive({}, body) == Challenge("success")


def test_nothing_else_passes_as_a_probe(clock: FixedClock) -> None:
    channel = make_channel(Mode.PLAIN, clock)
    with pytest.raises(InvalidSignature):
        channel.receive({}, TEXT.replace("低保怎么申请？".encode(), b"CheckContainerPath"))
    with pytest.raises(MalformedMessage):
        channel.receive({}, b"CheckContainerPath")
    with pytest.raises(MalformedMessage):
        channel.receive(plain_query(clock), b'{"action": "CheckContainerPath"}')


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("mode", MODES)
def test_hostile_bodies_are_refused_and_nothing_else_happens(name: str, mode: Mode, clock: FixedClock) -> None:
    channel = make_channel(mode, clock)
    requests = [({}, hostile(name)), (plain_query(clock), hostile(name)), sealed_request(clock, seal(hostile(name)))]
    for query, body in requests:
        with pytest.raises((InvalidSignature, MalformedMessage)):
            channel.receive(query, body)


@given(
    st.sampled_from(MODES),
    st.dictionaries(
        st.sampled_from(["signature", "msg_signature", "timestamp", "nonce", "encrypt_type", "echostr", "openid"]),
        st.text(st.characters(), max_size=40),
    ),
    st.binary(max_size=100),
)
def test_no_request_at_all_gets_through_unsigned(mode: Mode, query: dict[str, str], body: bytes) -> None:
    with pytest.raises(BotError) as caught:
        make_channel(mode, FixedClock()).receive(query, body)
    assert type(caught.value) in {InvalidSignature, MalformedMessage}


@given(st.data())
def test_a_signed_but_mutated_body_is_a_message_or_refused(data: st.DataObject) -> None:
    clock = FixedClock()
    start = data.draw(st.integers(0, len(TEXT)))
    mutated = TEXT[:start] + data.draw(st.binary(max_size=12)) + TEXT[start + data.draw(st.integers(0, 12)) :]
    for mode, request in (
        (Mode.PLAIN, (plain_query(clock), mutated)),
        (Mode.SAFE, sealed_request(clock, seal(mutated))),
        (Mode.SAFE, (sealed_request(clock, seal())[0], mutated)),
    ):
        try:
            message = make_channel(mode, clock).receive(*request)
        except (InvalidSignature, MalformedMessage):
            continue
        assert isinstance(message, WeChatMessage)
        message.key.encode()
        message.text.encode()
