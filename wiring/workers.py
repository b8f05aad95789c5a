"""Several server processes over one listening socket: started, watched, replaced one by one, and stopped together."""

import asyncio
import logging
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Any

from config.loading import SettingsError
from config.settings import Settings
from wiring.counts import counted_together
from wiring.parts import MEMORY
from wiring.server import READY

STARTING = 120.0
"""Seconds that a worker may take until it serves."""
STOPPING = 20.0
"""Seconds that a worker may take to finish; then it is killed."""
PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds before a worker that ended by itself is started again, the longer the more often it happened."""
SOUND = 60.0
"""Seconds after which a worker counts as sound: its next end is a first one."""
BACKLOG = 1024

_log = logging.getLogger(__name__)


def check_workers(settings: Settings, count: int) -> None:
    """Raise SettingsError unless the settings let so many processes share what they keep."""
    if count < 1:
        raise SettingsError("--workers 至少为 1")
    if count > 1 and not settings.redis.url:
        raise SettingsError("--workers 大于 1 需要 Redis：请设置 redis.url")
    if count > 1 and settings.database.url == MEMORY:
        raise SettingsError("--workers 大于 1 不能用内存数据库：请设置 database.url，或去掉这一项以使用 SQLite")


def listening(settings: Settings) -> socket.socket:
    """Return the socket that all workers accept from: while one of them listens or this process lives, none refuses."""
    host = settings.server.host
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.create_server((host, settings.server.port), family=family, backlog=BACKLOG, reuse_port=False)
    made.set_inheritable(True)
    return made


class Workers:
    """Runs `count` processes of `command`, which each get the option `--worker SOCKET`, the first `--banner` too.

    What a worker prints until it is ready is given to `announce`.

    SIGTERM and SIGINT end them all, each finishing what is under way. SIGHUP replaces them one after the other: the old
    process goes when the new one serves, so that no request is refused meanwhile.
    """

    def __init__(
        self, command: Sequence[str], listen: socket.socket, count: int, *, announce: Callable[[str], None]
    ) -> None:
        self._environment: Mapping[str, str] = {}
        self._command = (*command, "--worker", str(listen.fileno()))
        self._listen = listen
        self._count = count
        self._announce = announce
        self._stop = asyncio.Event()
        self._rolling = asyncio.Lock()
        self._running: dict[int, Process] = {}
        self._keepers: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Serve until told to stop. Raises SettingsError if one cannot start."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, lambda: self._keep(self._roll()))
        with counted_together() as self._environment:
            try:
                for place in range(self._count):
                    self._running[place] = await self._started(*(() if place else ("--banner",)))
                self._announce(READY)
                for place in range(self._count):
                    self._keep(self._watch(place))
                await self._stop.wait()
            finally:
                for keeper in self._keepers:
                    keeper.cancel()
                await asyncio.gather(*map(_ended, self._running.values()))

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._keepers.add(task)
        task.add_done_callback(self._keepers.discard)

    async def _started(self, *options: str) -> Process:
        """Return a worker that serves; raise SettingsError if it ends or takes too long."""
        worker = await asyncio.create_subprocess_exec(
            *self._command,
            *options,
            stdin=PIPE,
            stdout=PIPE,
            pass_fds=(self._listen.fileno(),),
            start_new_session=True,
            env=self._environment,
        )
        try:
            ready = await asyncio.wait_for(self._listened(worker), STARTING)
        except TimeoutError:
            ready = False
        except asyncio.CancelledError:
            await _ended(worker)
            raise
        if not ready:
            await _ended(worker)
            raise SettingsError("工作进程没有启动成功，原因见上面的日志")
        return worker

    async def _listened(self, worker: Process) -> bool:
        """Hand on what a worker prints until it is ready; False when it ends before."""
        output = worker.stdout
        while output is not None and (line := (await output.readline()).decode().rstrip("\n")):
            if line == READY:
                return True
            self._announce(line)
        return False

    async def _watch(self, place: int) -> None:
        """Start a worker again whenever it ends by itself."""
        loop, ends = asyncio.get_running_loop(), 0
        while True:
            worker, since = self._running[place], loop.time()
            await worker.wait()
            if self._running[place] is not worker:
                continue
            ends = 1 if loop.time() - since > SOUND else ends + 1
            _log.error("a worker ended with status %s and is started again", worker.returncode)
            await asyncio.sleep(PAUSES[min(ends, len(PAUSES)) - 1])
            async with self._rolling:
                if self._running[place] is worker:
                    with suppress(SettingsError, OSError):
                        self._running[place] = await self._started()

    async def _roll(self) -> None:
        async with self._rolling:
            for place in range(self._count):
                try:
                    fresh = await self._started()
                except SettingsError:
                    _log.exception("the workers are not replaced")
                    return
                old, self._running[place] = self._running[place], fresh
                await _ended(old)
            _log.warning("all workers are replaced")


def worker_command(arguments: Sequence[str]) -> Sequence[str]:
    """Return the command that starts one worker with the same arguments."""
    return (sys.executable, *arguments)


async def _ended(worker: Process) -> None:
    """Let a worker finish what is under way; kill it when that takes too long."""
    with suppress(ProcessLookupError):
        worker.terminate()
    try:
        await asyncio.wait_for(worker.wait(), STOPPING)
    except TimeoutError:
        with suppress(ProcessLookupError):
            worker.kill()
        await worker.wait()
