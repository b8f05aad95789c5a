"""Signed tokens that tell web visitors apart without an account: not guessable, not forgeable."""

import base64
import hashlib
import hmac
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

_SUBJECT = 16
_MAC = 16


class Tokens:
    """Issues and checks tokens "<subject><mac>" in URL-safe base64, signed with HMAC-SHA256.

    `random` returns that many unpredictable bytes (os.urandom).
    """

    def __init__(self, secret: bytes, random: Callable[[int], bytes]) -> None:
        self._secret = secret
        self._random = random

    def issue(self) -> str:
        """Return a token for a new visitor."""
        subject = self._random(_SUBJECT)
        return base64.urlsafe_b64encode(subject + self._mac(subject)).decode().rstrip("=")

    def subject(self, token: str) -> str | None:
        """Return whom a token stands for, or None when it was not issued here."""
        try:
            raw = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        except ValueError:
            return None
        subject, mac = raw[:_SUBJECT], raw[_SUBJECT:]
        return subject.hex() if hmac.compare_digest(mac, self._mac(subject)) else None

    def _mac(self, subject: bytes) -> bytes:
        return hmac.new(self._secret, b"web-visitor:" + subject, hashlib.sha256).digest()[:_MAC]


def kept_secret(file: Path, random: Callable[[int], bytes]) -> bytes:
    """Return the signing key kept in a file, which only its owner can read; it is made when there is none.

    Processes that ask at the same time get the same key.
    """
    if not file.exists():
        # made aside and linked, so that nobody ever reads half a key
        with NamedTemporaryFile("w", dir=file.parent, encoding="ascii") as made:
            made.write(random(32).hex())
            made.flush()
            with suppress(FileExistsError):
                os.link(made.name, file)
    return file.read_bytes()
