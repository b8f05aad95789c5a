import base64
import json
import os
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import PrpCrypto
from wechatpy.utils import WeChatSigner

from bot.channels.wechat.codec import DataFormat, read
from bot.channels.wechat.crypto import KeyRing, Undecryptable, WrongReceiver, is_signed, signature
from tests.bot.channels.wechat.payloads import APP_ID, KEY, OLD_KEY, VECTORS, Counter

RAW_KEY = base64.b64decode(KEY + "=")


def ring(*keys: str, receiver: str = APP_ID) -> KeyRing:
    return KeyRing(keys or (KEY,), receiver=receiver, random_bytes=Counter())


def sealed(content: bytes) -> str:
    """Encrypt exactly these bytes, without any head or padding of ours."""
    encryptor = Cipher(algorithms.AES(RAW_KEY), modes.CBC(RAW_KEY[:16])).encryptor()
    return base64.b64encode(encryptor.update(content) + encryptor.finalize()).decode()


def padded(content: bytes) -> bytes:
    count = 32 - len(content) % 32
    return content + bytes([count]) * count


def packed(text: bytes, *, length: int | None = None, receiver: bytes = APP_ID.encode()) -> bytes:
    return b"r" * 16 + (len(text) if length is None else length).to_bytes(4, "big") + text + receiver


def load(*kinds: str) -> list[Any]:
    if not VECTORS.exists():
        return [pytest.param({}, marks=pytest.mark.skip("the shared data is absent"))]
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
    return [pytest.param(vector, id=vector["id"]) for vector in vectors if vector["kind"] in kinds]


@pytest.mark.data
@pytest.mark.parametrize("vector", load("plain_signature"))
def test_published_signatures(vector: dict[str, str]) -> None:
    assert is_signed(vector["signature"], vector["token"], vector["timestamp"], vector["nonce"])


@pytest.mark.data
@pytest.mark.parametrize("vector", load("decrypt", "wecom_echostr"))
def test_published_ciphertexts_open(vector: dict[str, Any]) -> None:
    parts = vector["token"], vector["timestamp"], vector["nonce"], vector["encrypt"]
    assert is_signed(vector["msg_signature"], *parts)
    if vector["receive_id"] is None:
        with pytest.raises(WrongReceiver):
            ring(vector["encoding_aes_key"]).open(vector["encrypt"])
        return
    text, key = ring(OLD_KEY[::-1], vector["encoding_aes_key"], receiver=vector["receive_id"]).open(vector["encrypt"])
    assert key == 1
    assert text.decode() == vector.get("plaintext", text.decode())
    assert all(part in text.decode() for part in vector.get("contains", []))


@pytest.mark.data
@pytest.mark.parametrize("vector", load("decrypt"))
def test_published_messages_are_readable(vector: dict[str, Any]) -> None:
    if vector["receive_id"] is None:
        return
    text, _ = ring(vector["encoding_aes_key"], receiver=vector["receive_id"]).open(vector["encrypt"])
    fields, data_format = read(text)
    assert data_format is DataFormat[vector["format"].upper()]
    assert fields["ToUserName"]


@pytest.mark.data
@pytest.mark.parametrize("vector", load("encrypt", "encrypt_raw"))
def test_published_plaintexts_seal_to_the_published_ciphertext(vector: dict[str, str]) -> None:
    keys = KeyRing(
        [vector["encoding_aes_key"]],
        receiver=vector["receive_id"],
        random_bytes=lambda _: vector["random"].encode(),
    )
    encrypted = keys.seal(vector["plaintext"].encode(), 0)
    assert encrypted == vector["encrypt"]
    if "msg_signature" in vector:
        assert signature(vector["token"], vector["timestamp"], vector["nonce"], encrypted) == vector["msg_signature"]


def test_a_signature_does_not_depend_on_the_order_of_its_parts() -> None:
    assert signature("b", "a", "c") == signature("c", "b", "a")


@given(st.lists(st.text(st.characters(codec="utf-8"))))
def test_the_signature_is_the_one_of_wechatpy(parts: list[str]) -> None:
    signer = WeChatSigner()
    signer.add_data(*parts)

    assert signature(*parts) == signer.signature


@pytest.mark.parametrize(
    "given_signature", ["", "f464", "ＦＵＬＬ", "\ud800", "F464B24FC39322E44B38AA78F5EDD27BD1441696"]
)
def test_anything_else_is_not_the_signature(given_signature: str) -> None:
    assert is_signed("f464b24fc39322e44b38aa78f5edd27bd1441696", "AAAAA", "1714036504", "1514711492")
    assert not is_signed(given_signature, "AAAAA", "1714036504", "1514711492")


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_what_is_sealed_opens_here_and_in_wechatpy(text: str) -> None:
    encrypted = ring().seal(text.encode(), 0)
    assert ring().open(encrypted) == (text.encode(), 0)
    assert PrpCrypto(RAW_KEY).decrypt(encrypted, APP_ID) == text


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_what_wechatpy_seals_opens(text: str) -> None:
    assert ring().open(PrpCrypto(RAW_KEY).encrypt(text, APP_ID).decode()) == (text.encode(), 0)


def test_two_seals_of_one_text_differ() -> None:
    keys = KeyRing((KEY,), receiver=APP_ID, random_bytes=os.urandom)
    assert keys.seal(b"x", 0) != keys.seal(b"x", 0)


def test_the_previous_key_opens_and_seals() -> None:
    keys = ring(KEY, OLD_KEY)
    from_old = ring(OLD_KEY).seal(b"x", 0)
    assert keys.open(from_old) == (b"x", 1)
    assert keys.seal(b"x", 1) == from_old
    assert keys.open(ring().seal(b"x", 0)) == (b"x", 0)


def test_another_receiver_is_told_apart_from_a_wrong_key() -> None:
    with pytest.raises(WrongReceiver):
        ring(OLD_KEY, KEY).open(ring(receiver="wx-other").seal(b"x", 0))
    with pytest.raises(Undecryptable) as caught:
        ring(OLD_KEY).open(ring().seal(b"x", 0))
    assert not isinstance(caught.value, WrongReceiver)


@pytest.mark.parametrize(
    "encrypted",
    [
        "",
        "@@@@",
        "低保",
        "AAAA",
        "A" * 43,
        sealed(b"short, but a bloc" + b"k" * 15),
        sealed(b"\x01" * 16),
        sealed(b"r" * 31 + b"\x00"),
        sealed(b"r" * 31 + b"\x21"),
        sealed(packed(b"x" * 20) + b"\x01" * 5 + b"\x06"),
        sealed(padded(packed(b"x", length=2**32 - 1))),
        sealed(padded(packed(b"x", length=60))),
        sealed(padded(b"r" * 18)),
    ],
)
def test_garbage_is_undecryptable_and_nothing_else(encrypted: str) -> None:
    with pytest.raises(Undecryptable):
        ring().open(encrypted)


@given(st.binary(max_size=200).map(lambda content: sealed(content + b"\x00" * (-len(content) % 16))))
def test_any_plaintext_opens_or_is_undecryptable(encrypted: str) -> None:
    try:
        text, _ = ring().open(encrypted)
    except Undecryptable:
        return
    assert isinstance(text, bytes)
