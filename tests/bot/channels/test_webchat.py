import asyncio
import itertools
import json
from collections.abc import Callable
from datetime import date

import pytest

from bot.channels.webchat import LONGEST, Push, Stream, WebChat, encode
from bot.errors import DeliveryUncertain, InvalidSignature, MalformedMessage, Unreachable
from bot.tokens import Tokens
from bot.types import Message, Option, Reply, Source, User
from tests.fakes import FixedClock


def counting() -> Callable[[int], bytes]:
    numbers = itertools.count(1)
    return lambda length: next(numbers).to_bytes(length, "big")


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(b"secret", counting())


@pytest.fixture
def channel(tokens: Tokens) -> WebChat:
    return WebChat(tokens=tokens, now=FixedClock())


@pytest.fixture
def hasty(tokens: Tokens) -> WebChat:
    """A channel that does not wait for its pages."""
    return WebChat(tokens=tokens, now=FixedClock(), patience=0.005)


def body(**content: object) -> bytes:
    return json.dumps(content).encode()


async def taken(stream: Stream) -> Push:
    push = await stream.get()
    assert push is not None
    assert push.take()
    return push


# messages


def test_a_question_becomes_a_message_of_its_visitor(channel: WebChat, tokens: Tokens) -> None:
    token = tokens.issue()

    message = channel.receive({}, body(user=token, text="低保怎么申请", id="a-1_B"))

    assert message == Message("a-1_B", User("web", f"{1:032x}"), "低保怎么申请", FixedClock()())


def test_questions_without_an_identity_are_different_messages(channel: WebChat, tokens: Tokens) -> None:
    content = body(user=tokens.issue(), text="低保怎么申请")
    first, second = channel.receive({}, content), channel.receive({}, content)

    assert first.key != second.key


def test_signs_that_no_store_takes_become_spaces(channel: WebChat, tokens: Tokens) -> None:
    message = channel.message(tokens.issue(), "低保\x00怎么\x0b申请\ud800？\n第二行\t完")

    assert message.text == "低保 怎么 申请 ？\n第二行\t完"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"text": ' + b"9" * 5000 + b"}",
        b"[]",
        b'"text"',
        b"null",
        b"{}",
        body(text=""),
        body(text=" \n\t"),
        body(text="\x00\x00"),
        body(text=5),
        body(text=["a"]),
        body(text="一" * (LONGEST + 1)),
        body(text="低保", id=7),
        body(text="低保", id="x" * 65),
        body(text="低保", id="a b"),
        body(text="低保", id="编号"),
        body(text="低保", id="a\n"),
    ],
)
def test_what_is_no_question_is_refused_as_malformed(channel: WebChat, content: bytes) -> None:
    with pytest.raises(MalformedMessage):
        channel.receive({}, content)


@pytest.mark.parametrize("user", [None, "", "nobody", 5, ["a"], "é", "\ud800"])
def test_a_visitor_without_a_token_of_ours_is_refused(channel: WebChat, user: object) -> None:
    with pytest.raises(InvalidSignature):
        channel.receive({}, body(user=user, text="低保怎么申请"))


# replies


def test_a_reply_is_json_with_everything_a_page_shows() -> None:
    source = Source(
        document="a",
        title="《办法》",
        number="云政〔2026〕1号",
        issuer="县民政局",
        published_on=date(2026, 3, 2),
        status="现行有效",
        url="https://example.gov.cn/a",
        heading="第三条",
        quote="原文。",
        score=1.5,
    )
    reply = Reply(
        "原文。",
        "answered_search",
        options=(Option("1", "已解决", "细节"),),
        sources=(source,),
        reference="云岭-2026-1",
    )

    assert json.loads(encode(reply)) == {
        "status": "answered_search",
        "text": "原文。",
        "options": [{"key": "1", "label": "已解决", "detail": "细节"}],
        "sources": [
            {
                "document": "a",
                "title": "《办法》",
                "number": "云政〔2026〕1号",
                "issuer": "县民政局",
                "published_on": "2026-03-02",
                "status": "现行有效",
                "url": "https://example.gov.cn/a",
                "heading": "第三条",
                "quote": "原文。",
                "score": 1.5,
            }
        ],
        "reference": "云岭-2026-1",
    }


def test_a_document_without_a_date_has_none_in_json() -> None:
    source = Source("a", "t", "", "", None, "现行有效", "", "", "", 0.0)

    assert json.loads(encode(Reply("", "", sources=(source,))))["sources"][0]["published_on"] is None


def test_no_reply_yet_is_pending(channel: WebChat, tokens: Tokens) -> None:
    content, content_type = channel.in_band(channel.message(tokens.issue(), "低保"), None)

    assert content_type == "application/json"
    assert json.loads(content) == {"status": "pending", "text": "", "options": [], "sources": [], "reference": ""}


def test_a_browser_sends_once_and_has_room(channel: WebChat) -> None:
    assert channel.name == "web"
    assert channel.can_push
    assert channel.deliveries == 1
    assert channel.room > 100_000


# pushes


async def test_nothing_can_be_pushed_to_a_closed_page(channel: WebChat) -> None:
    with pytest.raises(Unreachable):
        await channel.push(User("web", "a"), "答复")


async def test_a_push_ends_when_the_page_took_it(channel: WebChat) -> None:
    user = User("web", "a")
    stream = channel.connect(user)
    pushing = asyncio.create_task(channel.push(user, "答复"))
    push = await taken(stream)
    assert push.text == "答复"
    assert not pushing.done()

    push.accept()
    await pushing
    push.accept()
    push.refuse()


async def test_a_push_that_the_page_did_not_begin_to_take_is_withdrawn(hasty: WebChat) -> None:
    user = User("web", "a")
    stream = hasty.connect(user)

    with pytest.raises(Unreachable):
        await hasty.push(user, "答复")

    withdrawn = await stream.get()
    assert withdrawn is not None
    assert not withdrawn.take()


async def test_a_push_that_hangs_in_the_connection_is_uncertain(hasty: WebChat) -> None:
    user = User("web", "a")
    stream = hasty.connect(user)
    pushing = asyncio.create_task(hasty.push(user, "答复"))
    await taken(stream)

    with pytest.raises(DeliveryUncertain):
        await pushing


async def test_what_waits_for_a_page_that_closes_is_refused(channel: WebChat) -> None:
    user = User("web", "a")
    stream = channel.connect(user)
    pushing = asyncio.create_task(channel.push(user, "答复"))
    await asyncio.sleep(0)
    channel.close()

    channel.disconnect(user, stream)

    with pytest.raises(Unreachable):
        await pushing
    with pytest.raises(Unreachable):
        await channel.push(user, "答复")


async def test_of_two_pages_the_newer_gets_pushes_until_it_closes(channel: WebChat) -> None:
    user = User("web", "a")
    older, newer = channel.connect(user), channel.connect(user)
    pushing = asyncio.create_task(channel.push(user, "一"))
    (await taken(newer)).accept()
    await pushing
    channel.disconnect(user, newer)

    pushing = asyncio.create_task(channel.push(user, "二"))
    (await taken(older)).accept()
    await pushing

    assert older.empty()
    assert newer.empty()


async def test_every_page_is_ended_when_the_server_stops(channel: WebChat) -> None:
    first, second = User("web", "a"), User("web", "b")
    streams = [channel.connect(first), channel.connect(first), channel.connect(second)]

    channel.close()

    assert [await stream.get() for stream in streams] == [None, None, None]


async def test_a_page_disconnects_once(channel: WebChat) -> None:
    user = User("web", "a")
    stream = channel.connect(user)
    channel.disconnect(user, stream)

    channel.disconnect(user, stream)

    with pytest.raises(Unreachable):
        await channel.push(user, "答复")


async def test_a_page_says_itself_that_it_waits(channel: WebChat) -> None:
    await channel.show_typing(User("web", "a"))
