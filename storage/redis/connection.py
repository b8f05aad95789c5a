"""The way to Redis that a URL names: one server, a master that Sentinels watch, or a Cluster."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from redis.asyncio import Redis, RedisCluster
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff

SENTINEL_PORT, PORT = 26379, 6379


@dataclass(frozen=True, slots=True)
class Way:
    """A client that connects when first used, and the Sentinels that tell it where its master is."""

    client: Redis | RedisCluster
    sentinels: Sequence[Redis] = ()

    async def aclose(self) -> None:
        """Close every connection."""
        for each in (self.client, *self.sentinels):
            await each.aclose()


def connect(url: str, *, within: float) -> Way:
    """Return the way that a URL names; a command that takes longer than `within` seconds fails.

    `redis://host:port/0` is one server (`rediss` with TLS, `unix` a socket),
    `redis+sentinel://host,host/master/0` the master of that name, `redis+cluster://host,host` a Cluster. A password is
    Redis's; Sentinels are asked without one.
    """
    # no retries of its own: what was carried out unheard must not be carried out again unawares
    options: dict[str, Any] = {
        "socket_timeout": within,
        "socket_connect_timeout": within,
        "health_check_interval": 30,
        "retry": Retry(NoBackoff(), 0),
    }
    scheme, _, kind = urlsplit(url).scheme.partition("+")
    if not kind:
        return Way(Redis.from_url(url, **options))
    if scheme == "rediss":
        options["ssl"] = True
    if kind == "cluster":
        nodes = [ClusterNode(*host) for host in _hosts(url, PORT)]
        return Way(RedisCluster(startup_nodes=nodes, **options, **_who(url)))
    name, _, database = urlsplit(url).path.strip("/").partition("/")
    watch = Sentinel(  # type: ignore[no-untyped-call]  # redis-py has not typed it
        _hosts(url, SENTINEL_PORT), sentinel_kwargs=options, **options, **_who(url)
    )
    return Way(watch.master_for(name, db=int(database or 0)), watch.sentinels)


def _who(url: str) -> Mapping[str, Any]:
    parts = urlsplit(url)
    given = {"username": parts.username, "password": parts.password}
    return {name: unquote(value) for name, value in given.items() if value}


def _hosts(url: str, port: int) -> Sequence[tuple[str, int]]:
    hosts = urlsplit(url).netloc.rpartition("@")[2].split(",")
    # an IPv6 address stands in brackets
    parts = [urlsplit(f"//{host}") for host in hosts]
    return [(part.hostname or "", part.port or port) for part in parts]
