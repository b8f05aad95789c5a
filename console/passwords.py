"""Passwords of staff: the policy, and the hash that is kept."""

import asyncio
import secrets
import unicodedata
from dataclasses import dataclass, field
from enum import Enum, auto

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10
LONGEST = 128
CLASSES = 3


class Weakness(Enum):
    """Why a password is refused (GB/T 22239-2019 身份鉴别 a)."""

    SHORT = auto()
    LONG = auto()
    SIMPLE = auto()
    NAME = auto()


def weakness(password: str, *, name: str) -> Weakness | None:
    """Return why this password is too weak for this account name, or None."""
    plain = _plain(password)
    if len(plain) < SHORTEST:
        return Weakness.SHORT
    if len(plain) > LONGEST:
        return Weakness.LONG
    if len({_class(sign) for sign in plain}) < CLASSES:
        return Weakness.SIMPLE
    if name.casefold() in plain.casefold():
        return Weakness.NAME
    return None


@dataclass(slots=True)
class Passwords:
    """Hashes and checks passwords with Argon2id, outside the event loop.

    The default cost is that of RFC 9106 for machines with little memory: 64 MiB, some 50 ms.
    `nobody` is the hash of a password that nobody knows: checking it takes as long as checking a real one.
    """

    hasher: PasswordHasher = field(default_factory=PasswordHasher)
    nobody: str = field(init=False)

    def __post_init__(self) -> None:
        self.nobody = self.hasher.hash(secrets.token_urlsafe())

    async def hash(self, password: str) -> str:
        """Return what is kept of a password."""
        return await asyncio.to_thread(self.hasher.hash, _plain(password))

    async def verify(self, password: str, password_hash: str) -> bool:
        """Whether this is the password behind the hash; as slow for a wrong one as for the right one."""
        return await asyncio.to_thread(self._verify, password, password_hash)

    def _verify(self, password: str, password_hash: str) -> bool:
        try:
            return self.hasher.verify(password_hash, _plain(password))
        except (VerificationError, InvalidHashError):
            return False


def _plain(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _class(sign: str) -> str:
    if sign.isascii() and sign.islower():
        return "lower"
    if sign.isascii() and sign.isupper():
        return "upper"
    return "digit" if sign.isdigit() else "other"
