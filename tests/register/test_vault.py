import hashlib
import hmac
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from register.errors import Unreadable, UnreadableKeys
from register.ports import Vault
from register.vault import CipherName, Key, Keyring, KeyVault, another_key, kept_keys, new_keys, read_keys

AES = Key("2026", CipherName.AES_256_GCM, bytes(range(32)))
SM4 = Key("2027", CipherName.SM4_GCM, bytes.fromhex("0123456789abcdeffedcba9876543210"))
CIPHERS = pytest.mark.parametrize("key", [AES, SM4], ids=lambda key: key.cipher)


def vault(*keys: Key, marking: Key = AES, random: Callable[[int], bytes] = os.urandom) -> KeyVault:
    return KeyVault(Keyring({key.name: key for key in keys}, marking), random)


@CIPHERS
@given(content=st.binary(max_size=300), about=st.text(max_size=30))
def test_what_is_sealed_opens_for_the_same_matter(key: Key, content: bytes, about: str) -> None:
    kept: Vault = vault(key)
    sealed = kept.seal(content, about=about)
    assert kept.open(sealed, about=about) == content
    with pytest.raises(Unreadable):
        kept.open(sealed, about=about + "1")


@CIPHERS
def test_no_bit_may_change(key: Key) -> None:
    kept = vault(key)
    sealed = kept.seal("浚县".encode(), about="浚县-2026-000001")
    for place in range(len(sealed)):
        damaged = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(Unreadable):
            kept.open(damaged, about="浚县-2026-000001")
    for length in range(len(sealed)):
        with pytest.raises(Unreadable):
            kept.open(sealed[:length], about="浚县-2026-000001")


def test_aes_seals_as_the_other_interface_of_the_library_does() -> None:
    nonce = bytes.fromhex("cafebabefacedbaddecaf888")
    sealed = vault(AES, random=lambda _: nonce).seal(b"content", about="case")
    head = b"\x01\x042026"
    assert sealed == head + nonce + AESGCM(AES.secret).encrypt(nonce, b"content", head + b"case")


def test_sm4_gives_the_ciphertext_of_rfc_8998() -> None:
    # appendix A.1; the tag is another, since our head is authenticated too
    nonce = bytes.fromhex("00001234567800000000abcd")
    words = ("aa", "bb", "cc", "dd", "ee", "ff", "ee", "aa")
    plain = b"".join(bytes.fromhex(word) * 8 for word in words)
    sealed = vault(SM4, random=lambda _: nonce).seal(plain, about="")
    assert sealed[6 + 12 : -16].hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
    )


def test_the_same_content_is_never_sealed_the_same() -> None:
    kept = vault(AES)
    assert len({kept.seal(b"content", about="") for _ in range(100)}) == 100


def test_after_a_new_key_the_old_contents_open_and_can_be_renewed() -> None:
    old = vault(AES)
    sealed = old.seal(b"content", about="case")
    both = vault(AES, SM4)

    renewed = both.renewed(sealed, about="case")

    assert both.open(sealed, about="case") == b"content"
    assert renewed is not None
    assert renewed.startswith(b"\x01\x042027")
    assert vault(SM4).open(renewed, about="case") == b"content"
    assert both.renewed(renewed, about="case") is None
    with pytest.raises(Unreadable, match="no key named 2027"):
        old.open(renewed, about="case")


def test_a_content_of_a_lost_key_of_the_same_name_is_not_taken_for_current() -> None:
    sealed = vault(Key("2026", CipherName.AES_256_GCM, bytes(32))).seal(b"content", about="case")
    with pytest.raises(Unreadable):
        vault(AES).renewed(sealed, about="case")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x02\x042026", b"plain text", "\x01\x02密钥".encode()])
def test_what_was_not_sealed_here_is_unreadable(sealed: bytes) -> None:
    with pytest.raises(Unreadable):
        vault(AES).open(sealed, about="")


def test_marks_are_equal_for_equal_texts_and_differ_by_key() -> None:
    mark = vault(AES).mark("11010519491231002X")
    assert mark == vault(AES, SM4).mark("11010519491231002X")
    assert mark != vault(AES).mark("110105194912310029")
    assert mark != vault(AES, marking=SM4).mark("11010519491231002X")
    assert len(mark) == 32
    assert len(vault(AES, marking=SM4).mark("")) == 32


def test_a_mark_is_an_hmac_as_the_standard_library_computes_it() -> None:
    expected = hmac.new(AES.secret, "证件号码".encode(), hashlib.sha256).hexdigest()
    assert vault(AES).mark("证件号码") == expected[:32]


def test_a_ring_is_made_kept_and_grows(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    first = kept_keys(file, "2026", CipherName.AES_256_GCM, os.urandom)
    assert kept_keys(file, "2030", CipherName.SM4_GCM, os.urandom) == first
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["keys.toml"]
    sealed = KeyVault(first, os.urandom).seal(b"content", about="case")

    with file.open("a", encoding="utf-8") as added:
        added.write(another_key("2027", CipherName.SM4_GCM, os.urandom))

    grown = kept_keys(file, "2030", CipherName.AES_256_GCM, os.urandom)
    assert (grown.current.name, grown.current.cipher) == ("2027", CipherName.SM4_GCM)
    assert grown.marking == first.marking
    assert KeyVault(grown, os.urandom).open(sealed, about="case") == b"content"


def test_no_secret_is_shown() -> None:
    assert AES.secret.hex() not in repr(Keyring({"2026": AES}, AES))
    assert str(AES.secret) not in repr(AES)


RING = new_keys("2026", CipherName.AES_256_GCM, lambda length: b"\x07" * length)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "keys = ",
        RING.replace("[marking]", "[mark]"),
        RING.replace("07" * 32, "07" * 31),
        RING.replace("07" * 32, "0x" * 32),
        RING.replace("aes-256-gcm", "sm4-gcm"),
        RING.replace("aes-256-gcm", "rot13"),
        RING.replace('"2026"', '""'),
        RING.replace('"2026"', '"密钥"'),
        RING.replace('"2026"', f'"{"k" * 33}"'),
        RING.replace("[[keys]]", "[keys]"),
        RING + RING[RING.index("[[keys]]") :],
        "keys = []\n" + RING[: RING.index("[[keys]]")],
    ],
)
def test_a_ring_that_is_written_wrongly_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(UnreadableKeys) as refused:
        read_keys(text)
    assert "07" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_the_ring_as_written_is_the_ring_as_read() -> None:
    ring = read_keys(RING)
    assert ring.current == Key("2026", CipherName.AES_256_GCM, b"\x07" * 32)
    assert ring.marking.secret == b"\x07" * 32
