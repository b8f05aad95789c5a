"""Encryption of personal data: AES-256-GCM or SM4-GCM, the key's name in every ciphertext, and blind marks."""

import os
import tomllib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256, SM3
from cryptography.hazmat.primitives.hmac import HMAC

from register.errors import Unreadable, UnreadableKeys

_FORMAT = b"\x01"
_NONCE, _TAG, _MARK = 12, 16, 16
_LONGEST_NAME = 32


class CipherName(StrEnum):
    """How contents are encrypted; what is marked blindly is hashed to match."""

    AES_256_GCM = "aes-256-gcm"
    """AES-256 with GCM (NIST SP 800-38D), marks by HMAC-SHA-256."""
    SM4_GCM = "sm4-gcm"
    """商用密码: SM4 with GCM (GB/T 32907, RFC 8998), marks by HMAC-SM3 (GB/T 32905)."""


_KEY_LENGTH = {CipherName.AES_256_GCM: 32, CipherName.SM4_GCM: 16}


@dataclass(frozen=True, slots=True)
class Key:
    """One key by its name."""

    name: str
    cipher: CipherName
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys at hand: the last encrypts, all decrypt. The key of the marks stays, else equal would not be equal."""

    keys: Mapping[str, Key]
    marking: Key

    @property
    def current(self) -> Key:
        """The key that encrypts."""
        return list(self.keys.values())[-1]


class KeyVault:
    """A `Vault` over a ring of keys that lies outside the database; `random` returns unpredictable bytes (os.urandom).

    A sealed content is: format 1, length and name of the key, nonce (12 bytes), ciphertext, tag (16 bytes). Its head
    and what it is about are authenticated with it. With random nonces one key is good for 2^32 contents.
    """

    def __init__(self, ring: Keyring, random: Callable[[int], bytes]) -> None:
        self._ring = ring
        self._random = random

    def seal(self, content: bytes, *, about: str) -> bytes:
        """Return the content encrypted under the current key; it opens only for the same `about`."""
        key = self._ring.current
        head = _head(key)
        nonce = self._random(_NONCE)
        encryptor = Cipher(_algorithm(key), modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(head + about.encode())
        return head + nonce + encryptor.update(content) + encryptor.finalize() + encryptor.tag

    def open(self, sealed: bytes, *, about: str) -> bytes:
        """Return the content; raise Unreadable when key, `about` or a single bit is another."""
        key = self._key_of(sealed)
        head = _head(key)
        nonce, body = sealed[len(head) : len(head) + _NONCE], sealed[len(head) + _NONCE :]
        if len(body) < _TAG:
            raise Unreadable("too short")
        decryptor = Cipher(_algorithm(key), modes.GCM(nonce, body[-_TAG:])).decryptor()
        decryptor.authenticate_additional_data(head + about.encode())
        try:
            return decryptor.update(body[:-_TAG]) + decryptor.finalize()
        except InvalidTag as error:
            raise Unreadable(f"does not open with key {key.name}") from error

    def renewed(self, sealed: bytes, *, about: str, formerly: Sequence[str] = ()) -> bytes | None:
        """Return the content sealed anew under the current key, or None where it already is; raise Unreadable.

        What was about something `formerly` is sealed anew in any case.
        """
        # opened in either case: a lost ring that was made again may have used the same name
        for each in (about, *formerly):
            with suppress(Unreadable):
                content = self.open(sealed, about=each)
                is_current = each == about and self._key_of(sealed) == self._ring.current
                return None if is_current else self.seal(content, about=about)
        raise Unreadable("opens with no key at hand")

    def mark(self, text: str) -> str:
        """Return 32 hexadecimal digits, equal for equal texts, from which nobody without the key can tell the text."""
        key = self._ring.marking
        mac = HMAC(key.secret, SM3() if key.cipher is CipherName.SM4_GCM else SHA256())
        mac.update(text.encode())
        return mac.finalize()[:_MARK].hex()

    def _key_of(self, sealed: bytes) -> Key:
        length = sealed[1] if len(sealed) > 1 and sealed[:1] == _FORMAT else 0
        name = sealed[2 : 2 + length].decode("ascii", errors="replace")
        key = self._ring.keys.get(name)
        if key is None:
            raise Unreadable(f"no key named {name}" if length else "not sealed here")
        return key


def read_keys(text: str) -> Keyring:
    """Return the ring written in TOML: [marking] and [[keys]], each with name, cipher and secret in hexadecimal.

    Raises UnreadableKeys, in Chinese and without any secret, for what is no such file, a wrong length or a name twice.
    """
    try:
        content = tomllib.loads(text)
        marking, keys = _key(content["marking"]), [_key(entry) for entry in content["keys"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        # the reason could quote a secret
        raise UnreadableKeys("密钥文件写法有误") from None
    ring = Keyring({key.name: key for key in keys}, marking)
    if not keys or len(ring.keys) < len(keys):
        raise UnreadableKeys("密钥文件里没有密钥，或者有两个密钥同名")
    return ring


def new_keys(name: str, cipher: CipherName, random: Callable[[int], bytes]) -> str:
    """Return the text of a new ring with one key for contents and one for marks."""
    head = "# 个人信息的密钥。丢失后已保存的申请无法读取，泄露后个人信息不再保密：请与数据库分开备份。\n"
    marking = "[marking]" + _written(Key("marks", cipher, random(_KEY_LENGTH[cipher])))
    return head + marking + another_key(name, cipher, random)


def another_key(name: str, cipher: CipherName, random: Callable[[int], bytes]) -> str:
    """Return what is appended to a ring's text so that a new key encrypts from now on."""
    return "\n[[keys]]" + _written(Key(name, cipher, random(_KEY_LENGTH[cipher])))


def kept_keys(file: Path, name: str, cipher: CipherName, random: Callable[[int], bytes]) -> Keyring:
    """Return the ring kept in a file that only its owner can read; it is made where there is none.

    Processes that ask at the same time get the same ring. Raises UnreadableKeys and OSError.
    """
    if not file.exists():
        # made aside and linked, so that nobody ever reads half a ring
        with NamedTemporaryFile("w", dir=file.parent, encoding="utf-8") as made:
            made.write(new_keys(name, cipher, random))
            made.flush()
            with suppress(FileExistsError):
                os.link(made.name, file)
    return read_keys(file.read_text(encoding="utf-8"))


def _key(entry: Mapping[str, Any]) -> Key:
    key = Key(entry["name"], CipherName(entry["cipher"]), bytes.fromhex(entry["secret"]))
    if len(key.secret) != _KEY_LENGTH[key.cipher] or not key.name.isascii() or not 1 <= len(key.name) <= _LONGEST_NAME:
        raise ValueError("a key of another length")
    return key


def _written(key: Key) -> str:
    return f'\nname = "{key.name}"\ncipher = "{key.cipher}"\nsecret = "{key.secret.hex()}"\n'


def _head(key: Key) -> bytes:
    return _FORMAT + bytes([len(key.name)]) + key.name.encode("ascii")


def _algorithm(key: Key) -> algorithms.AES256 | algorithms.SM4:
    return algorithms.SM4(key.secret) if key.cipher is CipherName.SM4_GCM else algorithms.AES256(key.secret)
