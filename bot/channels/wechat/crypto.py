"""Signatures and message encryption of the platform (消息加解密), strict over wechatpy's primitives."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence

from wechatpy.crypto.cryptography import WeChatCipher
from wechatpy.crypto.pkcs7 import PKCS7Encoder

RANDOM_SIZE = 16
_HEAD = RANDOM_SIZE + 4
_BLOCK = 32


class Undecryptable(ValueError):
    """No key of the ring opens this text."""


class WrongReceiver(Undecryptable):
    """A key opens the text, but it was meant for somebody else's application."""


def signature(*parts: str) -> str:
    """Return the platform's signature: SHA-1 (hex) of the sorted and joined parts."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def is_signed(given: str, *parts: str) -> bool:
    """Tell whether `given` is the signature of the parts, in a time that does not depend on where they differ."""
    return hmac.compare_digest(given.encode(errors="replace"), signature(*parts).encode())


class KeyRing:
    """Opens and seals texts with the current key, or with a previous one while the platform still uses it.

    A sealed text is AES-256-CBC over 16 random bytes, the length, the text and the receiver's id, padded to 32 bytes
    (https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Message_encryption_and_decryption.html).
    """

    def __init__(self, aes_keys: Sequence[str], *, receiver: str, random_bytes: Callable[[int], bytes]) -> None:
        self._ciphers = tuple(WeChatCipher(base64.b64decode(f"{key}=")) for key in aes_keys)
        self._receiver = receiver.encode()
        self._random_bytes = random_bytes

    def open(self, sealed: str) -> tuple[bytes, int]:
        """Return the text and which key opened it; raise WrongReceiver or Undecryptable."""
        try:
            data = base64.b64decode(sealed, validate=True)
        except ValueError as error:
            raise Undecryptable("not base64") from error
        failure = Undecryptable("no key opens it")
        for index, cipher in enumerate(self._ciphers):
            try:
                return self._open(cipher, data), index
            except WrongReceiver as error:
                failure = error
            except ValueError:
                continue
        raise failure

    def seal(self, text: bytes, key: int) -> str:
        """Return the text sealed with the key of this index, for the ring's receiver."""
        # with a fixed IV these random bytes are the only nonce: they must come from the operating system
        head = self._random_bytes(RANDOM_SIZE) + len(text).to_bytes(4, "big")
        padded = PKCS7Encoder.encode(head + text + self._receiver)
        return base64.b64encode(self._ciphers[key].encrypt(padded)).decode()

    def _open(self, cipher: WeChatCipher, data: bytes) -> bytes:
        content = _unpad(cipher.decrypt(data))
        end = _HEAD + int.from_bytes(content[RANDOM_SIZE:_HEAD], "big")
        if len(content) < max(end, _HEAD):
            raise Undecryptable("shorter than it says")
        if not hmac.compare_digest(content[end:], self._receiver):
            raise WrongReceiver("for another application")
        return content[_HEAD:end]


def _unpad(content: bytes) -> bytes:
    count = content[-1] if content else 0
    if not 1 <= count <= _BLOCK or content[-count:] != bytes([count]) * count:
        raise Undecryptable("wrong padding")
    return content[:-count]
