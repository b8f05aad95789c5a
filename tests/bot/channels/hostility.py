"""Hostile requests, made from good ones by chance, and a served edge to send them to."""

import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.channels.webchat import WebChat
from bot.delivery import Delivery
from bot.metrics import Metrics
from bot.ports import Channel
from bot.router import Route, Router, always
from bot.runtime import Bot
from bot.tokens import Tokens
from bot.types import Conversation, Message, Option, Phrases, Reply
from bot.web import LARGEST, Edge
from storage.memory import MemoryConversations, MemoryGate, MemoryOutbox, MemoryTables
from tests.bot.channels.sides import Request, Side
from tests.bot.channels.wechat.payloads import GOOD, HOSTILE, hostile, payload
from tests.fakes import SURVEY, FixedClock

Client = TestClient[web.Request, web.Application]
Mutation = Callable[[random.Random, bytes], bytes]
PHRASES = Phrases("抱歉。", "太快了。", "稍后。", Option("继续", "查看"), "没有答完。", "（还有）", SURVEY)
NASTY = (
    b"]]>",
    b"<![CDATA[",
    b"<!DOCTYPE x [<!ENTITY a 'a'>]>",
    b"&#0;",
    b"&lt;",
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    "\u202e".encode(),
    b"</xml><xml>",
    b"</Content><Content>",
    b"99999999999999999999999999",
    b"-1",
    b"NaN",
    b"1e999",
    b"null",
    b"[[[[[[[[[[",
    b'{"a":' * 50,
    b"\\ud800",
    b"event",
    b"%s%n",
    b"'\"--",
)


class Echo:
    """Says what it was told, whatever that is."""

    async def __call__(self, message: Message, _conversation: Conversation, /) -> Reply:
        return Reply(message.text or message.kind, "echo", options=(Option("1", message.text[:40]),))


@asynccontextmanager
async def served(channel: Channel) -> AsyncIterator[Client]:
    """Serve a channel over real HTTP, with a bot behind it that repeats what it is told."""
    clock = FixedClock()
    webchat = channel if isinstance(channel, WebChat) else WebChat(tokens=Tokens(b"secret", bytes), now=clock)
    outbox = MemoryOutbox(MemoryTables())
    metrics = Metrics(passages=lambda: 0)
    bot = Bot(
        router=Router([Route(always, Echo())]),
        conversations=MemoryConversations(now=clock),
        gate=MemoryGate(now=clock, burst=100_000),
        outbox=outbox,
        phrases=PHRASES,
        now=clock,
        pauses=(),
    )
    edge = Edge(
        bot=bot,
        platforms={} if channel is webchat else {channel.name: channel},
        webchat=webchat,
        delivery=Delivery(outbox=outbox, channels={}, now=clock),
        metrics=metrics,
        probes={},
        remarks={},
        alarms={},
    )
    app = web.Application(client_max_size=LARGEST)
    app.add_routes(edge.routes())
    async with TestClient(TestServer(app)) as client:
        yield client
    await bot.close(within=1)


async def statuses(side: Side, requests: Iterator[Request]) -> Counter[int]:
    """Return how often the channel answered with which status."""
    found: Counter[int] = Counter()
    channel = side.channel
    path = "/api/chat" if isinstance(channel, WebChat) else f"/channels/{channel.name}"
    async with served(channel) as client:
        for query, body in requests:
            async with client.post(f"{path}?{urlencode(query, errors='surrogatepass')}", data=body) as response:
                await response.read()
                found[response.status] += 1
    return found


def corpus(side: Side, count: int, *, seed: int) -> Iterator[Request]:
    """Yield `count` hostile requests of one channel, the same ones for the same seed.

    Most are signed, and encrypted where the channel encrypts: a mutation that the signature gives away finds nothing
    behind it. Some are good requests: everything that follows them must still be answered.
    """
    chance = random.Random(seed)  # noqa: S311  the same corpus every time
    seeds = [*map(payload, GOOD), *map(hostile, HOSTILE)]
    for number in range(count):
        good = side.request(f"o-{number}", "低保怎么申请？", number)
        if number % 50 == 0:
            yield good
        elif number % 4 == 0:
            yield _altered(chance, good)
        else:
            content = chance.choice([*seeds, side.content("低保怎么申请？")])
            yield side.carry(_mutated(chance, content))


def _altered(chance: random.Random, request: Request) -> Request:
    """Alter what is outside the seal: the query, or the body as it travels."""
    query, body = dict(request[0]), request[1]
    if query and chance.random() < 0.6:
        name = chance.choice(sorted(query))
        wrong = ("", "0", "x" * 5000, "\u0000", "９", "-1", "1e3", "' or 1=1", "\ud800", query[name] + query[name])
        query[name] = chance.choice(wrong)
        if chance.random() < 0.3:
            del query[name]
        return query, body
    return query, _mutated(chance, body)


def _mutated(chance: random.Random, content: bytes) -> bytes:
    for _ in range(chance.randint(1, 4)):
        content = chance.choice(MUTATIONS)(chance, content)
    return content


def _place(chance: random.Random, content: bytes) -> int:
    return chance.randint(0, len(content))


def _flip(chance: random.Random, content: bytes) -> bytes:
    place = _place(chance, content)
    return content[:place] + bytes([chance.randrange(256)]) + content[place + 1 :]


def _cut(chance: random.Random, content: bytes) -> bytes:
    return content[: _place(chance, content)]


def _drop(chance: random.Random, content: bytes) -> bytes:
    start = _place(chance, content)
    return content[:start] + content[start + chance.randint(1, 30) :]


def _insert(chance: random.Random, content: bytes) -> bytes:
    place = _place(chance, content)
    return content[:place] + chance.choice(NASTY) + content[place:]


def _repeat(chance: random.Random, content: bytes) -> bytes:
    start = _place(chance, content)
    end = start + chance.randint(1, 60)
    return content[:end] + content[start:end] * chance.randint(1, 40) + content[end:]


def _swap(chance: random.Random, content: bytes) -> bytes:
    places = sorted(_place(chance, content) for _ in range(3))
    first, second, third = places
    return content[:first] + content[second:third] + content[first:second] + content[third:]


def _swell(chance: random.Random, content: bytes) -> bytes:
    place = _place(chance, content)
    return content[:place] + b"x" * chance.choice((3_000, 70_000, LARGEST)) + content[place:]


MUTATIONS: Sequence[Mutation] = (_flip, _flip, _cut, _drop, _insert, _insert, _insert, _repeat, _swap, _swell)
