import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from bot.channels.webchat import Push, WebChat
from bot.delivery import Delivery
from bot.errors import InvalidSignature, MalformedMessage, Unavailable, Unreachable
from bot.metrics import Metrics
from bot.router import Route, Router, always
from bot.runtime import Bot
from bot.tokens import Tokens
from bot.types import Challenge, Conversation, Message, Option, Parcel, Phrases, Reply, User
from bot.web import LARGEST, Edge, _write
from storage.memory import MemoryConversations, MemoryGate, MemoryOutbox, MemoryTables
from tests.fakes import MONDAY, SURVEY, FakeChannel, FixedClock

Client = TestClient[web.Request, web.Application]
PHRASES = Phrases(
    unavailable="抱歉。",
    too_many="太快了。",
    still_searching="稍后。",
    go_on=Option("继续", "查看"),
    unfinished="没有答完。",
    more_waiting="（还有）",
    survey=SURVEY,
)


class SignedChannel(FakeChannel):
    """A channel that refuses what is not signed "good" and what is not text."""

    def receive(self, query: Mapping[str, str], body: bytes) -> Message | Challenge:
        if query.get("signature") != "good":
            raise InvalidSignature("bad")
        if not body:
            return Challenge(query["echostr"])
        if body == b"?":
            raise MalformedMessage("no text")
        return super().receive(query, body)


class Obedient:
    """Answers, or waits for ever, or fails, as the text says."""

    async def __call__(self, message: Message, _conversation: Conversation, /) -> Reply:
        if message.text == "wait":
            await asyncio.Event().wait()
        if message.text == "locked":
            raise Unavailable("locked")
        return Reply(f"答：{message.text}", "answered_search", options=(Option("1", "已解决"),))


class FlakyOutbox(MemoryOutbox):
    """An outbox that cannot be reached for `left` claims."""

    left = 0

    async def claim_for(self, user: User, *, now: datetime) -> Parcel | None:
        if self.left:
            self.left -= 1
            raise Unavailable("locked")
        return await super().claim_for(user, now=now)


@dataclass(slots=True)
class Site:
    """A served edge with what stands behind it."""

    client: Client
    outbox: FlakyOutbox
    webchat: WebChat
    tokens: Tokens
    delivery: Delivery
    trouble: dict[str, str]

    async def open_page(self, token: str) -> ClientResponse:
        return await self.client.get("/api/chat/events", params={"user": token})

    async def deliver(self) -> None:
        """Return when something was due and was delivered."""
        while not await self.delivery.deliver_due():  # noqa: ASYNC110  the test's own time limit ends it
            await asyncio.sleep(0.001)

    async def hold(self, user: User, text: str) -> None:
        await self.outbox.put(user, text, at=MONDAY, held=True)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    clock, outbox, numbers = FixedClock(), FlakyOutbox(MemoryTables()), itertools.count(1)
    tokens = Tokens(b"secret", lambda length: next(numbers).to_bytes(length, "big"))
    webchat = WebChat(tokens=tokens, now=clock)
    metrics = Metrics(passages=lambda: 3)
    bot = Bot(
        router=Router([Route(always, Obedient())]),
        conversations=MemoryConversations(now=clock),
        gate=MemoryGate(now=clock),
        outbox=outbox,
        phrases=PHRASES,
        now=clock,
        observe=metrics.answered,
        pauses=(),
    )
    delivery = Delivery(outbox=outbox, channels={"web": webchat}, now=clock, settled=metrics.settled)
    trouble = {"database": "", "knowledge": "", "deadlines": ""}

    async def probe() -> str:
        return trouble["database"]

    async def remark() -> str:
        return trouble["knowledge"]

    async def alarm() -> str:
        return trouble["deadlines"]

    edge = Edge(
        bot=bot,
        platforms={"wechat/main": SignedChannel(name="wechat/main")},
        webchat=webchat,
        delivery=delivery,
        metrics=metrics,
        probes={"database": probe},
        remarks={"knowledge": remark},
        alarms={"deadlines": alarm},
        allow=lambda request: "crowd" not in request.headers,
        crowded="请稍等",
        within=0.25,
        hold=0,
        heartbeat=0.005,
        glance=0.005,
    )
    app = web.Application(client_max_size=LARGEST)
    app.add_routes(edge.routes())

    async def end_streams(_app: web.Application) -> None:
        webchat.close()

    app.on_shutdown.append(end_streams)
    async with TestClient(TestServer(app)) as client:
        yield Site(client, outbox, webchat, tokens, delivery, trouble)
    await bot.close(within=0)


def signed(**query: str) -> dict[str, str]:
    return {"signature": "good", "user": "anna", "id": "1"} | query


async def post(site: Site, body: str, **query: str) -> ClientResponse:
    return await site.client.post("/channels/wechat/main", params=signed(**query), data=body)


async def next_event(page: ClientResponse) -> dict[str, object]:
    async for line in page.content:
        if line.startswith(b"data: "):
            content: dict[str, object] = json.loads(line.removeprefix(b"data: "))
            return content
    raise EOFError


# platforms


async def test_a_platforms_message_is_answered_in_the_response(site: Site) -> None:
    response = await post(site, "低保")

    assert (response.status, await response.text()) == (200, "答：低保\n\n回复 1 已解决")
    assert (response.content_type, response.charset) == ("text/plain", "utf-8")


async def test_the_platforms_verification_is_echoed_as_plain_text(site: Site) -> None:
    response = await site.client.get("/channels/wechat/main", params={"signature": "good", "echostr": "<b>123"})

    assert (response.status, await response.text(), response.content_type) == (200, "<b>123", "text/plain")


async def test_what_the_platform_did_not_sign_is_forbidden(site: Site) -> None:
    assert (await post(site, "低保", signature="bad")).status == 403
    assert (await site.client.get("/channels/wechat/main", params={"echostr": "1"})).status == 403


async def test_what_is_no_message_is_a_bad_request(site: Site) -> None:
    assert (await post(site, "?")).status == 400


async def test_what_is_too_large_is_not_read(site: Site) -> None:
    assert (await post(site, "a" * LARGEST + "a")).status == 413


@pytest.mark.parametrize("path", ["/channels/wechat/other", "/channels/main", "/channels/wecom/main", "/channels/"])
async def test_an_unknown_channel_is_not_found(site: Site, path: str) -> None:
    assert (await site.client.post(path, data=b"x")).status == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "PATCH"])
async def test_platforms_only_get_and_post(site: Site, method: str) -> None:
    assert (await site.client.request(method, "/channels/wechat/main", params=signed())).status == 404


async def test_an_answer_that_is_not_ready_asks_for_another_delivery(site: Site) -> None:
    assert (await post(site, "wait")).status == 503
    assert (await post(site, "wait")).status == 503

    last = await post(site, "wait")

    assert (last.status, await last.text()) == (200, "稍后。\n\n回复 继续 查看")


async def test_a_store_that_cannot_serve_asks_for_another_delivery_and_ends_in_an_apology(site: Site) -> None:
    assert (await post(site, "locked")).status == 503
    assert (await post(site, "locked")).status == 503

    last = await post(site, "locked")

    assert (last.status, await last.text()) == (200, "抱歉。")


# chat


async def chat(site: Site, text: object, *, user: str = "") -> ClientResponse:
    return await site.client.post("/api/chat", json={"user": user or site.tokens.issue(), "text": text})


async def test_a_visitors_question_is_answered_as_json(site: Site) -> None:
    response = await chat(site, "低保")

    assert (response.status, response.content_type) == (200, "application/json")
    assert await response.json() == {
        "status": "answered_search",
        "text": "答：低保",
        "options": [{"key": "1", "label": "已解决", "detail": ""}],
        "sources": [],
        "reference": "",
    }


@pytest.mark.parametrize(
    ("text", "user", "status", "word"),
    [
        ("低保", "forged", 403, "refused_token"),
        ("", "", 400, "refused_malformed"),
        (["低保"], "", 400, "refused_malformed"),
        ("locked", "", 503, "error_unavailable"),
        ("wait", "", 200, "pending"),
    ],
    ids=["forged token", "empty text", "no text", "store unavailable", "late"],
)
async def test_what_goes_wrong_has_its_status_and_the_same_shape(
    site: Site, text: object, user: str, status: int, word: str
) -> None:
    response = await chat(site, text, user=user)
    content = await response.json()

    assert (response.status, content["status"]) == (status, word)
    assert set(content) == {"status", "text", "options", "sources", "reference"}


async def test_a_question_too_large_is_refused(site: Site) -> None:
    assert (await chat(site, "a" * LARGEST)).status == 413


# events


async def test_an_address_that_asks_too_fast_is_told_to_wait(site: Site) -> None:
    asked = await site.client.post(
        "/api/chat", json={"user": site.tokens.issue(), "text": "你好"}, headers={"crowd": "1"}
    )
    listened = await site.client.get("/api/chat/events", params={"user": site.tokens.issue()}, headers={"crowd": "1"})

    assert (asked.status, listened.status) == (429, 429)
    assert "稍等" in (await asked.json())["text"]


async def test_a_visitor_has_no_more_than_three_pages_that_listen(site: Site) -> None:
    token = site.tokens.issue()
    pages = [await site.open_page(token) for _ in range(4)]

    assert not (await pages[0].read()).replace(b": \n\n", b"")
    await site.hold(site.webchat.user(token), "工作人员答复")
    assert (await next_event(pages[3]))["text"] == "工作人员答复"
    for page in pages:
        page.close()


async def test_a_stream_needs_a_token(site: Site) -> None:
    assert (await site.open_page("forged")).status == 403
    assert (await site.client.get("/api/chat/events")).status == 403


async def test_a_page_that_opens_gets_what_was_held_for_its_visitor(site: Site) -> None:
    token = site.tokens.issue()
    await site.hold(site.webchat.user(token), "工作人员答复")
    page = await site.open_page(token)
    assert (page.status, page.content_type) == (200, "text/event-stream")

    event = await next_event(page)
    assert (event["status"], event["text"]) == ("answered_late", "工作人员答复")
    assert not await site.delivery.deliver_due()
    page.close()


async def test_a_page_that_is_open_gets_what_becomes_held_later(site: Site) -> None:
    """Another process may have tried to push, and held the text because the page is not connected there."""
    token = site.tokens.issue()
    page = await site.open_page(token)
    await site.hold(site.webchat.user(token), "工作人员答复")

    assert (await next_event(page))["text"] == "工作人员答复"
    page.close()


async def test_several_texts_that_waited_come_in_their_order(site: Site) -> None:
    token = site.tokens.issue()
    for text in ("一", "二", "三"):
        await site.hold(site.webchat.user(token), text)
    page = await site.open_page(token)

    assert [(await next_event(page))["text"] for _ in range(3)] == ["一", "二", "三"]
    page.close()


async def test_a_page_survives_an_outbox_that_is_locked(site: Site) -> None:
    token = site.tokens.issue()
    site.outbox.left = 2
    page = await site.open_page(token)
    await site.hold(site.webchat.user(token), "工作人员答复")

    assert (await next_event(page))["text"] == "工作人员答复"
    page.close()


async def test_a_silent_stream_is_kept_open_with_comments(site: Site) -> None:
    page = await site.open_page(site.tokens.issue())

    assert await page.content.readline() == b": \n"
    page.close()


async def test_a_page_that_was_closed_gets_nothing_and_its_text_is_held(site: Site) -> None:
    token = site.tokens.issue()
    user = site.webchat.user(token)
    page = await site.open_page(token)
    page.close()
    while site.webchat._streams:  # noqa: ASYNC110  the test's own time limit ends it
        # the server hears of the closed page with its next comment
        await asyncio.sleep(0.01)
    await site.outbox.put(user, "工作人员答复", at=MONDAY)

    await site.delivery.deliver_due()

    picked = await site.outbox.pick_up(Message("9", user, "继续", MONDAY + timedelta(minutes=1)), room=2048)
    assert picked is not None
    assert picked.text == "工作人员答复"


class Closed(web.StreamResponse):
    """A response whose page is gone."""

    async def write(self, data: object) -> None:
        raise ConnectionResetError


async def test_a_text_that_meets_a_closed_page_is_to_be_held() -> None:
    push = Push("工作人员答复", asyncio.get_running_loop().create_future())

    with pytest.raises(ConnectionResetError):
        await _write(push, Closed())

    assert isinstance(push.written.exception(), Unreachable)


async def test_a_withdrawn_text_is_not_written(site: Site) -> None:
    token = site.tokens.issue()
    user = site.webchat.user(token)
    page = await site.open_page(token)
    pushing = asyncio.create_task(site.webchat.push(user, "撤回"))
    await asyncio.sleep(0)
    pushing.cancel()

    await site.webchat.push(user, "答复")

    assert (await next_event(page))["text"] == "答复"
    page.close()


async def test_every_stream_ends_when_the_server_stops(site: Site) -> None:
    token = site.tokens.issue()
    pages = [await site.open_page(token), await site.open_page(token)]

    site.webchat.close()

    for page in pages:
        with pytest.raises(EOFError):
            await next_event(page)


# operation


async def test_the_process_is_alive(site: Site) -> None:
    response = await site.client.get("/healthz")

    assert (response.status, await response.json()) == (200, {"status": "ok"})


async def test_the_server_is_ready_when_every_needed_part_works(site: Site) -> None:
    response = await site.client.get("/readyz")

    assert response.status == 200
    assert await response.json() == {"status": "ok", "parts": {"database": "ok", "deadlines": "ok", "knowledge": "ok"}}


async def test_a_needed_part_in_trouble_makes_the_server_unready_and_is_named(site: Site) -> None:
    site.trouble["database"] = "locked"
    response = await site.client.get("/readyz")

    assert response.status == 503
    assert await response.json() == {
        "status": "unready",
        "parts": {"database": "locked", "deadlines": "ok", "knowledge": "ok"},
    }


async def test_a_remark_is_shown_and_the_server_stays_ready(site: Site) -> None:
    site.trouble["knowledge"] = "知识库为空"
    response = await site.client.get("/readyz")

    assert response.status == 200
    assert (await response.json())["parts"]["knowledge"] == "知识库为空"


async def test_an_alarm_makes_the_server_degraded_and_it_goes_on_serving(site: Site) -> None:
    site.trouble["deadlines"] = "期限还是暂定的"
    response = await site.client.get("/readyz")

    assert response.status == 200
    assert await response.json() == {
        "status": "degraded",
        "parts": {"database": "ok", "deadlines": "期限还是暂定的", "knowledge": "ok"},
    }


async def test_the_metrics_count_answers_and_refusals(site: Site) -> None:
    await post(site, "低保")
    await post(site, "低保", signature="bad")
    await post(site, "?")
    await post(site, "locked", id="2")
    await site.client.post("/channels/wechat/other")
    response = await site.client.get("/metrics")
    text = await response.text()

    assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert 'zhengda_answers_total{channel="wechat/main",status="answered_search"} 1.0' in text
    for channel, reason in (
        ("wechat/main", "signature"),
        ("wechat/main", "malformed"),
        ("wechat/main", "unavailable"),
        ("unknown", "not_found"),
    ):
        assert f'zhengda_refusals_total{{channel="{channel}",reason="{reason}"}} 1.0' in text
    assert "zhengda_passages 3.0" in text
