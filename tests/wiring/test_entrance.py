import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from wiring.entrance import LONGEST, SHARE, STEP, TROUBLE, let_in


@dataclass
class Doorkeeper:
    """A server that notes who came in; `connections` are those it holds."""

    connections: list[object] = field(default_factory=list)
    came: asyncio.Queue[asyncio.Protocol] = field(default_factory=asyncio.Queue)

    def __call__(self) -> asyncio.Protocol:
        protocol = asyncio.Protocol()
        self.came.put_nowait(protocol)
        return protocol


@dataclass
class Pauses:
    """Notes how long was slept, and does not sleep."""

    slept: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


class Exhausted(socket.socket):
    """A socket whose first `accept` fails because the process has too many files."""

    refused = False

    def accept(self) -> tuple[socket.socket, object]:
        if not self.refused:
            self.refused = True
            raise OSError(errno.EMFILE, "too many open files")
        return super().accept()


@pytest.fixture
def listen() -> Iterator[Exhausted]:
    with closing(Exhausted()) as made:
        made.bind(("127.0.0.1", 0))
        made.listen()
        made.refused = True
        yield made


@asynccontextmanager
async def entrance(listen: socket.socket, server: Doorkeeper, pauses: Pauses) -> AsyncIterator[None]:
    task = asyncio.create_task(let_in(listen, server, sleep=pauses))  # type: ignore[arg-type]  # only what is used of it
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def visitors(listen: socket.socket, count: int) -> list[socket.socket]:
    return [socket.create_connection(listen.getsockname()) for _ in range(count)]


@pytest.mark.parametrize(("held", "pause"), [(0, 0.0), (10, 10 * STEP), (1000, LONGEST)])
async def test_who_holds_more_connections_lets_others_go_first(listen: socket.socket, held: int, pause: float) -> None:
    server, pauses = Doorkeeper([object()] * held), Pauses()
    async with entrance(listen, server, pauses):
        (visitor,) = visitors(listen, 1)
        await server.came.get()

    assert pauses.slept[0] == pytest.approx(pause)
    visitor.close()


async def test_a_crowd_that_comes_back_to_a_full_house_is_let_in_many_at_a_time(listen: socket.socket) -> None:
    server, pauses = Doorkeeper([object()] * 4 * SHARE), Pauses()
    crowd = visitors(listen, 10)
    async with entrance(listen, server, pauses):
        for _ in crowd:
            await server.came.get()

    assert len(pauses.slept) == 2
    for visitor in crowd:
        visitor.close()


async def test_a_connection_that_another_worker_took_is_no_trouble(listen: socket.socket) -> None:
    server = Doorkeeper()
    another, gone = Pauses(), asyncio.Event()

    async def taken(seconds: float) -> None:
        if not another.slept:
            listen.accept()[0].close()
            gone.set()
        await another(seconds)

    task = asyncio.create_task(let_in(listen, server, sleep=taken))  # type: ignore[arg-type]  # as above
    first = visitors(listen, 1)
    await gone.wait()
    second = visitors(listen, 1)
    await server.came.get()

    assert server.came.empty()
    assert TROUBLE not in another.slept
    task.cancel()
    for visitor in (*first, *second):
        visitor.close()


async def test_without_files_left_it_waits_and_goes_on(listen: Exhausted) -> None:
    server, pauses = Doorkeeper(), Pauses()
    listen.refused = False
    async with entrance(listen, server, pauses):
        (visitor,) = visitors(listen, 1)
        await server.came.get()

    assert TROUBLE in pauses.slept
    visitor.close()


def test_a_server_of_aiohttp_says_how_many_connections_it_holds() -> None:
    assert isinstance(web.Server.connections, property)
