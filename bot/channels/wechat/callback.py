"""A request of the platform: whether it is genuine and fresh, and the fields it brings."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.channels.wechat.account import Account, Mode
from bot.channels.wechat.codec import DataFormat
from bot.channels.wechat.crypto import KeyRing, is_signed
from bot.channels.wechat.message import Envelope
from bot.channels.wechat.replay import ReplayGuard
from bot.channels.wechat.sealed import Freshness, Sealed, Stamp, fields_of, stamp_of
from bot.errors import InvalidSignature, MalformedMessage
from bot.types import Challenge

_PROBE = b"CheckContainerPath"
Parse = Callable[[bytes], tuple[Mapping[str, str], DataFormat]]


class Callback:
    """Reads the requests of one account; every method raises InvalidSignature or MalformedMessage, nothing else.

    `freshness` is how far a message's timestamp may be from `now`. The configured mode decides what is accepted;
    the query never does. `parse` reads an unencrypted body; it raises MalformedMessage.
    """

    def __init__(
        self,
        account: Account,
        ring: KeyRing,
        *,
        now: Callable[[], datetime],
        freshness: timedelta,
        parse: Parse = fields_of,
    ) -> None:
        self._account = account
        self._parse = parse
        self._now = now
        self._freshness = Freshness(account.name, freshness)
        self._sealed = Sealed(account.name, account.token, ring, self._freshness, now)
        # a timestamp may lie ahead as far as behind: a signature can be used for twice the time
        self._guard = ReplayGuard(2 * freshness.total_seconds())

    def verify(self, query: Mapping[str, str]) -> Challenge:
        """Return the echo that proves to the platform that this server knows the token (接入指南)."""
        self._check(stamp_of(query))
        if not query.get("echostr"):
            raise MalformedMessage("no echostr")
        return Challenge(query["echostr"])

    def probe(self, query: Mapping[str, str], body: bytes) -> Challenge | None:
        """Return the answer to the unsigned probe of 云托管, or None when the request is something else."""
        if _PROBE not in body or "signature" in query:
            return None
        fields, _ = fields_of(body)
        return Challenge("success") if fields == {"action": _PROBE.decode()} else None

    def read(self, query: Mapping[str, str], body: bytes) -> tuple[Mapping[str, str], Envelope]:
        """Return the fields of a message and how it came."""
        stamp = stamp_of(query)
        if self._account.mode is Mode.SAFE and not stamp.encrypted:
            raise InvalidSignature("an unencrypted message in safe mode")
        if self._account.mode is Mode.PLAIN or not stamp.encrypted:
            return self._read_plain(stamp, body)
        message = self._sealed.read(query, body)
        if self._account.mode is Mode.COMPAT:
            # the query also signs a plain message: it must not be used to bring another one unencrypted
            self._guard.note(stamp.signature, body, at=self._now().timestamp())
        return message

    def _read_plain(self, stamp: Stamp, body: bytes) -> tuple[Mapping[str, str], Envelope]:
        now = self._now()
        self._check(stamp)
        self._freshness.check(stamp, now)
        if not self._guard.note(stamp.signature, body, at=now.timestamp()):
            raise InvalidSignature("this signature came with another body before")
        fields, data_format = self._parse(body)
        return fields, Envelope(self._account.name, now, data_format, stamp.nonce, None)

    def _check(self, stamp: Stamp) -> None:
        if not is_signed(stamp.signature, self._account.token, stamp.timestamp, stamp.nonce):
            raise InvalidSignature("wrong signature")
