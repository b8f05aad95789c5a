import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from register.prompts import Post, Prompt
from register.reminders import Stage
from tests.fakes import MONDAY, FixedClock
from tests.servers import free_port
from wiring.webhook import PAUSES, Webhook

PROMPT = Prompt("浚县-2026-000001", Stage.ONE_LEFT, date(2026, 3, 30), MONDAY, "县住建局", "li")


@dataclass(slots=True)
class FakePosting:
    """Hands out what is waiting; `settled` is how each ended."""

    waiting: list[Prompt] = field(default_factory=list)
    settled: list[tuple[Post, datetime | None]] = field(default_factory=list)

    async def claim(self, *, now: datetime, lease: timedelta = timedelta(minutes=2)) -> Prompt | None:
        return self.waiting.pop(0) if self.waiting else None

    async def settle(self, prompt: Prompt, post: Post, *, again_at: datetime | None = None) -> None:
        self.settled.append((post, again_at))


@dataclass(slots=True)
class Office:
    """An address of the office's own that takes reminders, or answers as told."""

    url: str = ""
    status: int = 204
    broken: bool = False
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.got.append((dict(request.headers), await request.read()))
        if self.broken:
            assert request.transport
            request.transport.close()
        return web.Response(status=self.status, headers={"Location": "/elsewhere"})


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    made, app = Office(), web.Application()
    app.add_routes([web.post("/reminders", made.take)])
    async with TestServer(app) as server:
        made.url = str(server.make_url("/reminders"))
        yield made


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


async def post(session: aiohttp.ClientSession, url: str, *, tries: int = 1) -> tuple[Post, datetime | None]:
    posting = FakePosting([replace(PROMPT, tries=tries)])
    webhook = Webhook(posting, session, url=url, secret="s3cret", now=FixedClock())
    assert await webhook.post_one()
    assert not await webhook.post_one()
    (settled,) = posting.settled
    return settled


async def test_a_reminder_is_posted_once_signed_and_without_anything_about_the_applicant(
    session: aiohttp.ClientSession, office: Office
) -> None:
    assert await post(session, office.url) == (Post.SENT, None)

    ((headers, body),) = office.got
    assert json.loads(body) == {
        "reference": "浚县-2026-000001",
        "stage": "one_left",
        "day": "2026-03-30",
        "at": MONDAY.isoformat(),
        "department": "县住建局",
        "handler": "li",
    }
    assert headers["X-Zhengda-Signature"] == hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()
    assert len(headers["Idempotency-Key"]) == 32


@pytest.mark.parametrize("status", [500, 503, 429])
async def test_what_is_refused_for_now_is_tried_again_later(
    session: aiohttp.ClientSession, office: Office, status: int
) -> None:
    office.status = status
    assert await post(session, office.url) == (Post.DUE, MONDAY + timedelta(seconds=PAUSES[0]))
    assert await post(session, office.url, tries=len(PAUSES)) == (Post.DUE, MONDAY + timedelta(seconds=PAUSES[-1]))
    assert await post(session, office.url, tries=len(PAUSES) + 1) == (Post.FAILED, None)


@pytest.mark.parametrize("status", [302, 400, 404])
async def test_what_is_refused_for_good_is_not_tried_again(
    session: aiohttp.ClientSession, office: Office, status: int
) -> None:
    office.status = status
    assert await post(session, office.url) == (Post.FAILED, None)
    assert len(office.got) == 1


async def test_what_may_have_arrived_is_not_sent_again(session: aiohttp.ClientSession, office: Office) -> None:
    office.broken = True
    assert (await post(session, office.url))[0] is Post.UNCERTAIN


async def test_what_surely_did_not_arrive_is_tried_again(session: aiohttp.ClientSession) -> None:
    assert (await post(session, f"http://127.0.0.1:{free_port()}/"))[0] is Post.DUE
