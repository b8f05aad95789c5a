"""Encrypted requests of a platform (加密消息): signature, age and key checked, then opened."""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.wechat.codec import DataFormat, Unreadable, read
from bot.channels.wechat.crypto import KeyRing, Undecryptable, WrongReceiver, is_signed
from bot.channels.wechat.message import Envelope
from bot.errors import InvalidSignature, MalformedMessage

_TIMESTAMP = re.compile(r"[0-9]{1,13}")
_NONCE = re.compile(r"[0-9A-Za-z_-]{1,64}")
_MILLISECONDS = 10**11
"""A timestamp above it counts milliseconds: in seconds it would be the year 5138."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stamp:
    """The signed part of a query; `encrypted` is what the query claims."""

    signature: str
    message_signature: str
    timestamp: str
    nonce: str
    encrypted: bool

    @property
    def seconds(self) -> float:
        """When the request was signed, since 1970."""
        count = int(self.timestamp)
        return count / 1000 if count > _MILLISECONDS else count


def stamp_of(query: Mapping[str, str]) -> Stamp:
    """Return the signed part of a query; raise InvalidSignature."""
    timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    if not _TIMESTAMP.fullmatch(timestamp) or not _NONCE.fullmatch(nonce):
        raise InvalidSignature("no usable timestamp and nonce")
    return Stamp(
        signature=query.get("signature", ""),
        message_signature=query.get("msg_signature", ""),
        timestamp=timestamp,
        nonce=nonce,
        encrypted=query.get("encrypt_type", "") == "aes",
    )


def fields_of(body: bytes) -> tuple[Mapping[str, str], DataFormat]:
    """Return the fields of a body; raise MalformedMessage."""
    try:
        return read(body)
    except Unreadable as error:
        raise MalformedMessage(str(error)) from error


@dataclass(frozen=True, slots=True)
class Freshness:
    """Refuses what was signed too long ago, or in the future. `channel` is named in the log."""

    channel: str
    most: timedelta

    def check(self, stamp: Stamp, now: datetime) -> None:
        """Raise InvalidSignature unless the request was signed about now."""
        skew = now.timestamp() - stamp.seconds
        if abs(skew) > self.most.total_seconds():
            _log.warning(
                "a signed message is %+.0f s off this clock: an old request was repeated, or the clock is wrong",
                skew,
                extra={"channel": self.channel},
            )
            raise InvalidSignature("not fresh")


@dataclass(frozen=True, slots=True)
class Sealed:
    """Opens what one account is sent encrypted; raises InvalidSignature or MalformedMessage, nothing else."""

    channel: str
    token: str
    ring: KeyRing
    freshness: Freshness
    now: Callable[[], datetime]

    def read(self, query: Mapping[str, str], body: bytes) -> tuple[Mapping[str, str], Envelope]:
        """Return the fields of a message and how it came."""
        stamp, now = stamp_of(query), self.now()
        outer, data_format = fields_of(body)
        text, key = self._opened(stamp, outer.get("Encrypt", ""), now)
        fields, _ = fields_of(text)
        return fields, Envelope(self.channel, now, data_format, stamp.nonce, key)

    def echo(self, query: Mapping[str, str]) -> str:
        """Return what an encrypted `echostr` says (企业微信: 验证URL有效性)."""
        text, _ = self._opened(stamp_of(query), query.get("echostr", ""), self.now())
        return text.decode(errors="replace")

    def _opened(self, stamp: Stamp, sealed: str, now: datetime) -> tuple[bytes, int]:
        if not sealed:
            raise MalformedMessage("nothing encrypted")
        if not is_signed(stamp.message_signature, self.token, stamp.timestamp, stamp.nonce, sealed):
            raise InvalidSignature("wrong msg_signature")
        self.freshness.check(stamp, now)
        try:
            return self.ring.open(sealed)
        except WrongReceiver as error:
            raise InvalidSignature("meant for another receiver") from error
        except Undecryptable as error:
            _log.warning("a signed message does not decrypt: check aes_key", extra={"channel": self.channel})
            raise MalformedMessage("does not decrypt") from error
