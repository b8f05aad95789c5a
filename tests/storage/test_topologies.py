"""One Redis behind Sentinels, and a Cluster: the same conversations and gate, by URL."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest
from redis.asyncio import Redis, RedisCluster

from bot.errors import Unavailable
from bot.types import FRESH, Admission, Conversation, Message, State, User
from storage.redis import RedisAnnouncements, RedisConversations
from storage.redis.connection import connect
from tests.fakes import MONDAY, FixedClock
from tests.servers import redis_cluster, redis_sentinel
from tests.storage.test_announcements import heard

pytestmark = [pytest.mark.service, pytest.mark.timeout(60)]

USERS = [User("wechat/main", f"user-{number}") for number in range(20)]
CHOOSING = Conversation(State.CHOOSING, question="公租房？", choices=("a#1", "b#2"), answer="a1")


def message(number: int, user: User) -> Message:
    return Message(id=f"m{number}", user=user, text="你好", received_at=MONDAY)


@contextmanager
def sentinel_url() -> Iterator[str]:
    with redis_sentinel() as (url, _, _):
        yield url


@pytest.fixture(scope="module", params=[redis_cluster, sentinel_url], ids=["cluster", "sentinel"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    with request.param() as started:
        yield started


@pytest.fixture
async def processes(
    url: str, redis_prefix: str, clock: FixedClock
) -> AsyncIterator[tuple[RedisConversations, RedisConversations]]:
    one, other = (RedisConversations(url, now=clock, prefix=redis_prefix) for _ in range(2))
    await until_it_serves(one)
    yield one, other
    await one.aclose()
    await other.aclose()


async def until_it_serves(process: RedisConversations) -> None:
    """A cluster needs a moment to agree on itself, a Sentinel to see a master gone."""
    async with asyncio.timeout(20):
        while True:
            try:
                # asks for a slot, which a ping does not
                await process.release(message(0, USERS[0]))
            except Unavailable:
                await asyncio.sleep(0.05)
            else:
                return


async def test_an_announcement_is_heard(
    url: str, redis_prefix: str, processes: tuple[RedisConversations, RedisConversations]
) -> None:
    assert processes
    one, teller = (RedisAnnouncements(url, prefix=redis_prefix) for _ in range(2))

    await heard(one, teller)

    await one.aclose()
    await teller.aclose()


async def test_two_processes_share_conversations_and_admissions(
    processes: tuple[RedisConversations, RedisConversations],
) -> None:
    one, other = processes
    for user in USERS:
        assert await one.admit(message(1, user)) is Admission.FRESH
        assert await other.admit(message(1, user)) is Admission.REPEATED
        async with one.turn(user) as turn:
            turn.conversation = CHOOSING
        async with other.turn(user) as turn:
            assert turn.conversation == CHOOSING
        await other.forget(user)
        async with one.turn(user) as turn:
            assert turn.conversation == FRESH
    await one.ping()


async def test_scripts_are_loaded_anew_wherever_they_are_missing(
    url: str, processes: tuple[RedisConversations, RedisConversations]
) -> None:
    one, _ = processes
    way = connect(url, within=5)
    await way.client.script_flush()
    await way.aclose()
    for user in USERS:
        assert await one.admit(message(2, user)) is Admission.FRESH


async def test_a_master_that_ends_is_followed_by_its_replica(clock: FixedClock, redis_prefix: str) -> None:
    with redis_sentinel() as (url, master, replica):
        process = RedisConversations(url, now=clock, prefix=redis_prefix)
        await until_it_serves(process)
        await replicated(replica)
        async with process.turn(USERS[0]) as turn:
            turn.conversation = CHOOSING
        async with Redis.from_url(master) as ending:
            await ending.wait(1, 5000)
            await ending.shutdown(nosave=True)

        await until_it_serves(process)

        async with process.turn(USERS[0]) as turn:
            assert turn.conversation == CHOOSING
        await process.aclose()


async def replicated(url: str) -> None:
    """Wait until the replica follows its master."""
    async with asyncio.timeout(20), Redis.from_url(url) as replica:
        while True:
            if (await replica.info("replication")).get("master_link_status") == "up":
                return
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("given", "hosts"),
    [
        ("redis+cluster://a,b:7000,[::1]:7001", {("a", 6379), ("b", 7000), ("::1", 7001)}),
        ("rediss+cluster://u:p%40@a", {("a", 6379)}),
    ],
)
def test_a_cluster_is_entered_at_any_of_its_hosts(given: str, hosts: set[tuple[str, int]]) -> None:
    client = connect(given, within=1).client
    assert isinstance(client, RedisCluster)
    assert {(node.host, node.port) for node in client.nodes_manager.startup_nodes.values()} == hosts
