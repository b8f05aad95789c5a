"""A request of the platform: whether it is genuine and fresh, and the fields it brings."""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.wechat.account import Account, Mode
from bot.channels.wechat.codec import DataFormat, Unreadable, read
from bot.channels.wechat.crypto import KeyRing, Undecryptable, WrongReceiver, is_signed
from bot.channels.wechat.message import Envelope
from bot.channels.wechat.replay import ReplayGuard
from bot.errors import InvalidSignature, MalformedMessage
from bot.types import Challenge

_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_NONCE = re.compile(r"[0-9A-Za-z_-]{1,64}")
_PROBE = b"CheckContainerPath"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Stamp:
    """The signed part of the query; `encrypted` is what the query claims."""

    signature: str
    message_signature: str
    timestamp: str
    nonce: str
    encrypted: bool


class Callback:
    """Reads the requests of one account; every method raises InvalidSignature or MalformedMessage, nothing else.

    `freshness` is how far a message's timestamp may be from `now`. The configured mode decides what is accepted;
    the query never does.
    """

    def __init__(self, account: Account, ring: KeyRing, *, now: Callable[[], datetime], freshness: timedelta) -> None:
        self._account = account
        self._ring = ring
        self._now = now
        self._freshness = freshness.total_seconds()
        # a timestamp may lie ahead as far as behind: a signature can be used for twice the time
        self._guard = ReplayGuard(2 * self._freshness)

    def verify(self, query: Mapping[str, str]) -> Challenge:
        """Return the echo that proves to the platform that this server knows the token (接入指南)."""
        self._check(_stamp(query))
        if not query.get("echostr"):
            raise MalformedMessage("no echostr")
        return Challenge(query["echostr"])

    def probe(self, query: Mapping[str, str], body: bytes) -> Challenge | None:
        """Return the answer to the unsigned probe of 云托管, or None when the request is something else."""
        if _PROBE not in body or "signature" in query:
            return None
        fields, _ = _fields(body)
        return Challenge("success") if fields == {"action": _PROBE.decode()} else None

    def read(self, query: Mapping[str, str], body: bytes) -> tuple[Mapping[str, str], Envelope]:
        """Return the fields of a message and how it came."""
        now = self._now()
        stamp = _stamp(query)
        if self._account.mode is Mode.SAFE and not stamp.encrypted:
            raise InvalidSignature("an unencrypted message in safe mode")
        if self._account.mode is Mode.PLAIN or not stamp.encrypted:
            self._check(stamp)
            self._check_fresh(stamp, now)
            if not self._guard.note(stamp.signature, body, at=now.timestamp()):
                raise InvalidSignature("this signature came with another body before")
            fields, data_format = _fields(body)
            return fields, Envelope(self._account.name, now, data_format, stamp.nonce, None)
        return self._read_sealed(stamp, body, now)

    def _read_sealed(self, stamp: _Stamp, body: bytes, now: datetime) -> tuple[Mapping[str, str], Envelope]:
        outer, data_format = _fields(body)
        sealed = outer.get("Encrypt", "")
        if not sealed:
            raise MalformedMessage("nothing encrypted")
        if not is_signed(stamp.message_signature, self._account.token, stamp.timestamp, stamp.nonce, sealed):
            raise InvalidSignature("wrong msg_signature")
        self._check_fresh(stamp, now)
        if self._account.mode is Mode.COMPAT:
            # the query also signs a plain message: it must not be used to bring another one unencrypted
            self._guard.note(stamp.signature, body, at=now.timestamp())
        text, key = self._opened(sealed)
        fields, _ = _fields(text)
        return fields, Envelope(self._account.name, now, data_format, stamp.nonce, key)

    def _opened(self, sealed: str) -> tuple[bytes, int]:
        try:
            return self._ring.open(sealed)
        except WrongReceiver as error:
            raise InvalidSignature("meant for another app_id") from error
        except Undecryptable as error:
            _log.warning("a signed message does not decrypt: check aes_key", extra={"channel": self._account.name})
            raise MalformedMessage("does not decrypt") from error

    def _check(self, stamp: _Stamp) -> None:
        if not is_signed(stamp.signature, self._account.token, stamp.timestamp, stamp.nonce):
            raise InvalidSignature("wrong signature")

    def _check_fresh(self, stamp: _Stamp, now: datetime) -> None:
        skew = now.timestamp() - int(stamp.timestamp)
        if abs(skew) > self._freshness:
            _log.warning(
                "a signed message is %+.0f s off this clock: an old request was repeated, or the clock is wrong",
                skew,
                extra={"channel": self._account.name},
            )
            raise InvalidSignature("not fresh")


def _stamp(query: Mapping[str, str]) -> _Stamp:
    timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    if not _TIMESTAMP.fullmatch(timestamp) or not _NONCE.fullmatch(nonce):
        raise InvalidSignature("no usable timestamp and nonce")
    return _Stamp(
        signature=query.get("signature", ""),
        message_signature=query.get("msg_signature", ""),
        timestamp=timestamp,
        nonce=nonce,
        encrypted=query.get("encrypt_type", "") == "aes",
    )


def _fields(body: bytes) -> tuple[Mapping[str, str], DataFormat]:
    try:
        return read(body)
    except Unreadable as error:
        raise MalformedMessage(str(error)) from error
