"""Captured and invented callback bodies, and what the channel's own tests share."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from bot.channels.wechat.account import Account, Mode
from bot.channels.wechat.channel import WeChatChannel
from tests.fakes import FixedClock

PAYLOADS = Path(__file__).resolve().parents[3] / "payloads" / "wechat"
GOOD = sorted(path.name for path in PAYLOADS.iterdir() if path.is_file())
HOSTILE = sorted(path.name for path in (PAYLOADS / "hostile").iterdir())
VECTORS = Path(__file__).resolve().parents[4] / ".." / "shared" / "data" / "wechat" / "vectors.json"

CITIZEN = "oTest_citizen-000000000001"
OFFICE = "gh_0123456789ab"
APP_ID = "wx0123456789abcdef"
TOKEN = "callbacktoken"
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OLD_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"


def payload(name: str) -> bytes:
    return (PAYLOADS / name).read_bytes()


def hostile(name: str) -> bytes:
    return payload(f"hostile/{name}")


def sign(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def plain_query(clock: FixedClock, *, nonce: str = "1514711492", skew: int = 0, echostr: str = "") -> dict[str, str]:
    timestamp = str(int(clock().timestamp()) + skew)
    query = {"signature": sign(TOKEN, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}
    return query | ({"echostr": echostr} if echostr else {})


@dataclass(frozen=True, slots=True)
class Counter:
    """Bytes that are no secret, so that sealed texts can be compared."""

    byte: bytes = b"r"

    def __call__(self, count: int) -> bytes:
        return self.byte * count


def make_channel(mode: Mode, clock: FixedClock, *, keys: tuple[str, ...] = (KEY, OLD_KEY)) -> WeChatChannel:
    account = Account(name="wechat/main", app_id=APP_ID, token=TOKEN, aes_keys=keys, mode=mode)
    return WeChatChannel(account, now=clock, random_bytes=Counter())
