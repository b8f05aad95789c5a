"""Hostile messages to every channel for as long as asked: nothing may come of them but a message or a refusal.

Hypothesis makes contents that are signed and encrypted like real ones, so that everything behind the signature sees
them; beside it, the hostile corpus of the tests goes over HTTP with a new seed each round. A failure prints what caused
it and ends the run with status 1.
"""

import argparse
import asyncio
import json
import secrets
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bot.errors import InvalidSignature, MalformedMessage  # noqa: E402  the root has to be on the path first
from bot.types import Message, Reply  # noqa: E402
from tests.bot.channels.hostility import corpus, statuses  # noqa: E402
from tests.bot.channels.sides import ALL_SIDES  # noqa: E402

ROUND = 500
"""Requests of one round, for each channel and each way."""
SERVER_ERROR = 500
GOOD: Mapping[str, object] = {
    "ToUserName": "gh_0123456789ab",
    "FromUserName": "o-one",
    "CreateTime": 1772413200,
    "MsgType": "text",
    "Content": "低保怎么申请？",
    "MsgId": 7,
    "Event": "CLICK",
    "EventKey": "帮助",
    "type": "text",
    "sender_id": 1,
    "receiver_id": 2,
    "created_at": "Mon Mar 02 09:00:00 +0800 2026",
    "text": "低保怎么申请？",
    "data": {"subtype": "click", "key": "帮助"},
}
"""A message of every platform at once."""
WORDS = ("text", "event", "subscribe", "SCAN", "CLICK", "1", "0", "-1", "o-one", "]]>", "qrscene_", "\ud800", "\x00")


def values() -> st.SearchStrategy[object]:
    """Return what may stand in a field: text, numbers, and nested things that have no place there."""
    leaves = st.sampled_from(WORDS) | st.text(max_size=40) | st.integers() | st.floats() | st.none() | st.booleans()
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    )


def xml(fields: Mapping[str, object]) -> bytes:
    """Return fields as the platform would write them, were it as careless."""
    inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
    return f"<xml>{inner}</xml>".encode("utf-8", "surrogatepass")


FIELDS = st.dictionaries(st.sampled_from(sorted(GOOD)), values(), max_size=4).map(lambda wrong: {**GOOD, **wrong})
CONTENTS = st.binary(max_size=200) | FIELDS.map(xml) | FIELDS.map(lambda fields: json.dumps(fields).encode())


def fuzz_contents(name: str, found: Counter[str]) -> None:
    """Give one channel a round of contents; fails on anything but a message or a refusal."""

    @settings(
        max_examples=ROUND,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(CONTENTS)
    def attempt(content: bytes) -> None:
        side = ALL_SIDES[name]()
        try:
            message = side.channel.receive(*side.carry(content))
        except (InvalidSignature, MalformedMessage):
            found["refused"] += 1
            return
        found["read"] += 1
        if isinstance(message, Message):
            side.channel.in_band(message, Reply(message.text, "echo"))

    attempt()


def fuzz(seconds: float) -> Mapping[str, int]:
    """Return what became of the requests that were made within the time; at least one round is."""
    found: Counter[str] = Counter()
    until = time.monotonic() + seconds
    while True:
        for name, make in ALL_SIDES.items():
            fuzz_contents(name, found)
            side = make()
            answered = asyncio.run(statuses(side, corpus(side, ROUND, seed=secrets.randbits(32))))
            found.update({f"HTTP {status}": count for status, count in answered.items()})
        if time.monotonic() >= until:
            return found


def main() -> int:
    """Fuzz, print the figures, and fail when a request made a server fail."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    found = fuzz(parser.parse_args().seconds)
    for what, count in sorted(found.items()):
        print(f"{what}: {count}")
    return int(any(name.startswith("HTTP ") and int(name[5:]) >= SERVER_ERROR for name in found))


if __name__ == "__main__":
    sys.exit(main())
