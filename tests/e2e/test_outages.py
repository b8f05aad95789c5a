"""The fault matrix, second half: what the bot leans on fails, and nothing that was accepted is lost or doubled."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import asyncpg
import psutil
import pytest
from redis.asyncio import Redis

from storage.redis.keys import generation_channel
from tests.e2e.conftest import OpenOffice
from tests.e2e.crowd import QUOTE, Crowd, Outcome, assert_whole, crowd_of, crowd_over
from tests.e2e.office import AES_KEY, APP_ID, TOKEN, Office, clerk_of, opened
from tests.e2e.platform import Fault, Platform
from tests.e2e.test_journeys import register_inquiry
from tests.e2e.wechat_client import WeChatClient
from tests.servers import free_port, postgresql_at_rest, redis_server

OUTAGE = int(os.environ.get("OUTAGE", "8"))
"""Seconds that Redis and PostgreSQL are away; `make outages` keeps them away for 30."""
pytestmark = [pytest.mark.e2e, pytest.mark.service, pytest.mark.timeout(180 + 3 * OUTAGE)]
FAULTS = (-1, 40001, 45009, 45047, Fault.TIMEOUT, Fault.DONE_TIMEOUT, Fault.HALF_BODY)
Follower = Callable[[Office], WeChatClient]


def some(name: str) -> list[str]:
    return [f"o-{name}-{number}" for number in range(4)]


@contextmanager
def hanging(process: int) -> Iterator[None]:
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


async def test_redis_ends_or_hangs_and_citizens_are_answered(
    tmp_path: Path, platform: Platform, stock: Path, follower: Follower
) -> None:
    port = free_port()
    async with AsyncExitStack() as stack:
        server = redis_server(port)
        url = await asyncio.to_thread(server.__enter__)
        office = await stack.enter_async_context(opened(Office(tmp_path, platform.url, workers=2, redis=url), stock))
        crowd = crowd_of(office, platform, follower(office))
        async with Redis.from_url(url) as redis:
            pid = (await redis.info("server"))["process_id"]
        with hanging(pid):
            await crowd.inquire(*some("hangs"))
            await crowd.inquire(*some("hangs-still"))
        await asyncio.to_thread(server.__exit__, None, None, None)
        await crowd.inquire(*some("ended"))
        assert "各进程单独运行" in await said_by(office, "/readyz")
        server = redis_server(port)
        await asyncio.to_thread(server.__enter__)
        stack.push_async_callback(asyncio.to_thread, server.__exit__, None, None, None)
        await crowd.until(lambda: together(office))
        await crowd.inquire(*some("back"))
        assert_whole(
            {
                "Redis hangs": await crowd.outcome(*some("hangs"), *some("hangs-still"), shows=QUOTE),
                "Redis stopped": await crowd.outcome(*some("ended"), shows=QUOTE),
                "Redis back": await crowd.outcome(*some("back"), shows=QUOTE),
            }
        )


async def test_redis_is_away_for_a_while_under_messages(
    tmp_path: Path, platform: Platform, stock: Path, follower: Follower
) -> None:
    port = free_port()
    async with AsyncExitStack() as stack:
        redis = Stoppable(lambda: redis_server(port))
        stack.push_async_callback(redis.stop)
        await redis.start()
        url = f"redis://127.0.0.1:{port}/0"
        office = await stack.enter_async_context(opened(Office(tmp_path, platform.url, workers=2, redis=url), stock))
        crowd = crowd_of(office, platform, follower(office))
        await redis.stop()
        away = await one_each_second(crowd.inquire, "away")
        assert "各进程单独运行" in await said_by(office, "/readyz")
        await redis.start()
        back = await one_each_second(crowd.inquire, "back")
        await crowd.until(lambda: together(office))
        later = some("later")
        await crowd.ask(*later)
        await crowd.register(*later)
        async with Redis.from_url(url) as client:

            async def both_listen() -> bool:
                return bool(await client.publish(generation_channel("zhengda"), "") == office.workers)

            await crowd.until(both_listen)
        assert_whole(
            {
                f"Redis stopped for {OUTAGE} s under messages": await crowd.outcome(*away, shows=QUOTE),
                "… started again under messages": await crowd.outcome(*back, shows=QUOTE),
                "… conversations shared again": await crowd.outcome(*later),
            }
        )
        assert (await crowd.outcome(*later)).answered == len(later)


@dataclass(slots=True)
class Stoppable:
    """A server that is stopped and started again."""

    serving: Callable[[], AbstractContextManager[object]]
    _held: ExitStack = field(default_factory=ExitStack)

    async def start(self) -> None:
        """Return when it serves."""
        await asyncio.to_thread(self._held.enter_context, self.serving())

    async def stop(self) -> None:
        """Return when it has gone, if it was there."""
        await asyncio.to_thread(self._held.close)


async def one_each_second(say: Callable[[str], Coroutine[object, object, None]], name: str) -> Sequence[str]:
    """Let another citizen write each second of an outage; return who did, once all know what became of it."""
    names = []
    async with asyncio.TaskGroup() as group:
        for number in range(OUTAGE):
            names.append(f"o-{name}-{number}")
            group.create_task(say(names[-1]))
            await asyncio.sleep(1)
    return names


async def said_by(office: Office, path: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(f"{office.url}{path}") as response:
        return await response.text()


async def together(office: Office) -> bool:
    """Whether the process that answers shares its conversations."""
    return "各进程单独运行" not in await said_by(office, "/readyz")


@dataclass(frozen=True, slots=True)
class OnPostgresql:
    """A crowd before an office on a PostgreSQL."""

    crowd: Crowd
    server: Stoppable
    url: str


@pytest.fixture
async def on_postgresql(
    tmp_path: Path, platform: Platform, stock: Path, follower: Follower
) -> AsyncIterator[OnPostgresql]:
    """An office on a PostgreSQL, filled from the stock."""
    # what is committed must outlive the crash
    at_rest = postgresql_at_rest(durable=True)
    url, serving = await asyncio.to_thread(at_rest.__enter__)
    server = Stoppable(serving)
    try:
        await server.start()
        office = Office(tmp_path, platform.url, database_url=url)
        office.write_config()
        await office.run("migrate", "--copy-from", f"sqlite:///{stock / 'zhengda.sqlite3'}")
        async with opened(office, stock):

            async def rows(query: str) -> Sequence[Sequence[str]]:
                connection = await asyncpg.connect(url)
                try:
                    return [tuple(row) for row in await connection.fetch(query)]
                finally:
                    await connection.close()

            yield OnPostgresql(crowd_over(office, platform, follower(office), rows), server, url)
    finally:
        await server.stop()
        await asyncio.to_thread(at_rest.__exit__, None, None, None)


async def crash(url: str) -> None:
    """Kill one of the server's processes: PostgreSQL then ends all of them and recovers from its log."""
    connection = await asyncpg.connect(url)
    pid = await connection.fetchval("SELECT pid FROM pg_stat_activity WHERE application_name = 'zhengda' LIMIT 1")
    await connection.close()
    os.kill(pid, signal.SIGKILL)


async def test_postgresql_is_away_for_a_while_under_messages(on_postgresql: OnPostgresql) -> None:
    crowd, server = on_postgresql.crowd, on_postgresql.server
    wishing = [f"o-wish-{number}" for number in range(OUTAGE)]
    await crowd.ask(*wishing)
    await server.stop()
    async with asyncio.TaskGroup() as group:
        asking = group.create_task(one_each_second(crowd.inquire, "asks"))
        registering = group.create_task(one_each_second(crowd.register, "wish"))
        await asyncio.sleep(OUTAGE)
        await server.start()
    later = some("later")
    await crowd.ask(*later)
    await crowd.register(*later)
    await crowd.settled()
    assert_whole(
        {
            f"PostgreSQL stopped for {OUTAGE} s: questions": await crowd.outcome(*asking.result(), shows=QUOTE),
            "… wishes for an inquiry": await crowd.outcome(*registering.result()),
            "… PostgreSQL back": await crowd.outcome(*later),
        }
    )
    assert (await crowd.outcome(*later)).answered == len(later)


async def test_postgresql_restarts_in_the_middle(on_postgresql: OnPostgresql) -> None:
    crowd, url = on_postgresql.crowd, on_postgresql.url
    names = [*some("one"), *some("two")]
    await crowd.ask(*names)
    registering = asyncio.create_task(crowd.register(*names))
    await asyncio.sleep(0.02)
    await crash(url)
    await registering
    later = some("later")
    await crowd.ask(*later)
    await crowd.register(*later)
    await crowd.settled()
    assert_whole({"PostgreSQL restarted": await crowd.outcome(*names), "PostgreSQL back": await crowd.outcome(*later)})


async def test_the_platform_fails_pushes(open_office: OpenOffice, follower: Follower, platform: Platform) -> None:
    async with open_office() as office, clerk_of(office) as clerk:
        await clerk.set_up()
        crowd = crowd_of(office, platform, follower(office))
        outcomes = {}
        for fault in FAULTS:
            asker = f"o-{fault}"
            reference, _ = await register_inquiry(crowd.client, asker)
            before = platform.calls["send"]
            platform.script("send", fault)
            await clerk.answer(reference, "请带身份证到二楼 3 号窗口。")

            async def pushed(before: int = before) -> bool:
                tried = platform.calls["send"] > before
                return tried and all(state != "sending" for _, state, _ in await crowd.states())

            await crowd.until(pushed)
            outcomes[f"platform answers {fault}"] = await crowd.outcome(asker, shows="3 号窗口")
        assert_whole(outcomes)


async def test_the_disk_is_full_for_a_while(open_office: OpenOffice, follower: Follower, platform: Platform) -> None:
    async with open_office() as office:
        assert office.process
        server = psutil.Process(office.process.pid)
        crowd = crowd_of(office, platform, follower(office))
        names, later = some("full"), some("later")
        await crowd.ask(*names)
        server.rlimit(psutil.RLIMIT_FSIZE, (0, psutil.RLIM_INFINITY))
        await crowd.register(*names)
        full = await crowd.outcome(*names)
        server.rlimit(psutil.RLIMIT_FSIZE, (psutil.RLIM_INFINITY, psutil.RLIM_INFINITY))
        await crowd.ask(*later)
        await crowd.register(*later)
        assert_whole({"disk full": full, "disk has room again": await crowd.outcome(*later)})
        assert full.answered == 0
        assert (await crowd.outcome(*later)).answered == len(later)


@pytest.mark.parametrize("skew", [-900.0, 900.0])
async def test_the_clocks_differ_by_a_quarter_of_an_hour(
    open_office: OpenOffice, platform: Platform, browser_session: aiohttp.ClientSession, skew: float
) -> None:
    async with open_office() as office:
        address = f"{office.url}/channels/wechat/main"
        clock = lambda: time.time() + skew  # noqa: E731  a clock that is off
        off = WeChatClient(browser_session, address, app_id=APP_ID, token=TOKEN, aes_key=AES_KEY, clock=clock)
        right = WeChatClient(browser_session, address, app_id=APP_ID, token=TOKEN, aes_key=AES_KEY)
        answer = await off.say("o-off", "低保怎么申请")
        assert answer.status == 403
        assert "off this clock" in office.log.read_text(encoding="utf-8")
        crowd = crowd_of(office, platform, right)
        await crowd.inquire(*some("right"))
        refused = Outcome(sent=1, refused=1)
        assert_whole(
            {
                f"clock off by {skew / 60:+.0f} min": refused,
                "clock right again": await crowd.outcome(*some("right"), shows=QUOTE),
            }
        )
