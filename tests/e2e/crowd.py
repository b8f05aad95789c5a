"""Citizens of whom each asks for an inquiry to be registered, as the platform brings it; and what became of them."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, fields
from time import monotonic

import aiohttp

from tests.e2e.office import Office
from tests.e2e.platform import Platform
from tests.e2e.wechat_client import Answer, Delivery, WeChatClient

ANSWERED, UNANSWERED = "低保怎么申请", "怎么炖排骨"
QUOTE, RECEIPT = "出处：", "您的咨询已登记"
APOLOGIES = ("没有登记成功", "没有来得及答复")
OWED = frozenset({"due", "held", "sending", "uncertain"})
"""States of a text that is not forgotten: still sent, given with the next message, or shown to staff as in doubt."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of messages.

    `answered` were seen by the citizen, `owed` stand in the outbox, `apologised` were told to ask again; `refused` were
    never acknowledged, so that the platform tells the citizen itself. What was acknowledged and is none of these is
    lost. Seen twice, or two cases for one wish, is doubled.
    """

    sent: int = 0
    answered: int = 0
    owed: int = 0
    apologised: int = 0
    refused: int = 0
    doubled: int = 0
    lost: int = 0

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


@dataclass(slots=True)
class Crowd:
    """Followers of one account whose platform delivers each message up to three times, five seconds apart."""

    office: Office
    platform: Platform
    client: WeChatClient
    states: Callable[[], Awaitable[Sequence[tuple[str, str, bool]]]]
    """User and state of every text in the outbox, and whether it is what is said when no answer came."""
    cases: Callable[[], Awaitable[Sequence[str]]]
    """The user of each registered case."""
    seen: dict[str, list[str]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)

    async def ask(self, *openids: str) -> None:
        """Let each ask what nobody can answer; all get the offer to register an inquiry."""
        await asyncio.gather(*(self._say(openid, UNANSWERED) for openid in openids))

    async def register(self, *openids: str) -> None:
        """Let each take the offer."""
        await asyncio.gather(*(self._say(openid, "1") for openid in openids))

    async def inquire(self, *openids: str) -> None:
        """Let each ask what a policy answers."""
        await asyncio.gather(*(self._say(openid, ANSWERED) for openid in openids))

    async def _say(self, openid: str, text: str) -> None:
        answer = await self._delivered(self.client.deliver(openid, text))
        if answer is None:
            self.refused[openid] += 1
        elif answer.text:
            self.seen.setdefault(openid, []).append(answer.text)

    async def _delivered(self, delivery: Delivery) -> Answer | None:
        """Return what the server acknowledged with, None where three deliveries were not."""
        for _ in range(3):
            until = monotonic() + 5
            try:
                answer = await self.client.post(delivery, timeout=5)
            except (aiohttp.ClientError, TimeoutError):
                answer = None
            if answer is not None and answer.status == 200:
                return answer
            await asyncio.sleep(max(0.0, until - monotonic()))
        return None

    async def until(self, condition: Callable[[], Awaitable[bool]], *, within: float = 30) -> None:
        """Wait for something to be so."""
        async with asyncio.timeout(within):
            while True:
                if await condition():
                    return
                await asyncio.sleep(0.1)

    async def settled(self) -> None:
        """Wait until nothing is due any more but what was promised to those whose answer never came."""

        async def nothing_due() -> bool:
            return not any(state == "due" and not promise for _, state, promise in await self.states())

        await self.until(nothing_due)

    async def outcome(self, *openids: str, shows: str = RECEIPT) -> Outcome:
        """Return what became of what these wished for, which shows by this in a text."""
        states = await self.states()
        owed = Counter(user for user, state, promise in states if state in OWED and not promise)
        promised = Counter(user for user, state, promise in states if state in OWED and promise)
        cases = Counter(await self.cases())
        return sum(
            (self._of(openid, owed[openid], promised[openid], cases[openid], shows) for openid in openids), Outcome()
        )

    def _of(self, openid: str, owed: int, promised: int, cases: int, shows: str) -> Outcome:
        shown = [*self.seen.get(openid, ()), *self.platform.texts(openid)]
        answers = sum(shows in text for text in shown)
        apologies = promised + sum(any(apology in text for apology in APOLOGIES) for text in shown)
        # in the order in which they count
        ends = {"answered": answers, "owed": owed, "apologised": apologies, "refused": self.refused[openid]}
        end = next((name for name, times in ends.items() if times), "lost")
        unkept = shows == RECEIPT and answers and not cases
        doubled = answers > 1 or cases > 1
        return Outcome(**({"sent": 1, end: 1} | ({"lost": 1} if unkept else {}) | ({"doubled": 1} if doubled else {})))


def crowd_of(office: Office, platform: Platform, client: WeChatClient) -> Crowd:
    """Return a crowd whose cases lie in the office's SQLite file."""

    async def rows(query: str) -> Sequence[tuple[str, ...]]:
        with closing(sqlite3.connect(office.database)) as database:
            return database.execute(query).fetchall()

    return crowd_over(office, platform, client, rows)


def crowd_over(
    office: Office,
    platform: Platform,
    client: WeChatClient,
    rows: Callable[[str], Awaitable[Sequence[Sequence[str]]]],
) -> Crowd:
    """Return a crowd whose cases lie where `rows` asks."""

    async def states() -> Sequence[tuple[str, str, bool]]:
        found = await rows("SELECT user_id, state, COALESCE(key, '') FROM outbox")
        return [(user, state, key.endswith("/promise")) for user, state, key in found]

    async def cases() -> Sequence[str]:
        return [row[0] for row in await rows("SELECT user_id FROM cases")]

    return Crowd(office, platform, client, states, cases)


def assert_whole(outcomes: Mapping[str, Outcome]) -> None:
    """Print a row of docs/faults.md for each fault; nothing may be lost or doubled."""
    for row, outcome in outcomes.items():
        counts = (getattr(outcome, each.name) for each in fields(Outcome))
        print(f"| {row} | {' | '.join(map(str, counts))} |")  # noqa: T201  shown with -s
    assert [row for row, outcome in outcomes.items() if outcome.lost or outcome.doubled] == []
