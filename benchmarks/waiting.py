"""Memory of a server that holds thousands of open chat pages: python benchmarks/waiting.py --pages 10000."""

import argparse
import asyncio
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import psutil
import uvloop

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.installation import SECRET, Installation  # noqa: E402  the root has to be on the path first
from bot.tokens import Tokens  # noqa: E402

BAR = 250
"""Megabytes that the pages may take."""
AT_ONCE = 200


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=10_000)
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (options.pages + 1000, max(options.pages + 1000, _most_files())))
    with tempfile.TemporaryDirectory(prefix="waiting-") as folder:
        return uvloop.run(_hold(Path(folder), options.pages))


async def _hold(folder: Path, pages: int) -> int:
    tokens = Tokens(SECRET.encode(), os.urandom)
    with Installation(folder).serving() as (port, server):
        before = _private(server)
        gate = asyncio.Semaphore(AT_ONCE)
        writers = await asyncio.gather(*(_open(port, tokens.issue(), number, gate) for number in range(pages)))
        used, began = server.cpu_times(), time.monotonic()
        await asyncio.sleep(20)
        now = server.cpu_times()
        cpu = (now.user + now.system - used.user - used.system) / (time.monotonic() - began)
        after = _private(server)
        for writer in writers:
            writer.close()
    print(
        f"{pages} open pages: {before >> 20} MB before, {after >> 20} MB with them"
        f" ({(after - before) / pages / 1024:.1f} KB each), {cpu:.0%} of a core while they wait"
    )
    return 0 if (after - before) >> 20 <= BAR else 1


async def _open(port: int, token: str, number: int, gate: asyncio.Semaphore) -> asyncio.StreamWriter:
    """Open a page's stream as from an address of its own, behind the proxy on this machine."""
    async with gate:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        head = f"GET /api/chat/events?user={token} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        writer.write(f"{head}X-Forwarded-For: {address}\r\n\r\n".encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in answer.split(b"\r\n", 1)[0]:
            raise SystemExit(f"refused: {answer.decode().splitlines()[0]}")
        return writer


def _private(server: psutil.Process) -> int:
    return int(server.memory_full_info().uss)


def _most_files() -> int:
    return resource.getrlimit(resource.RLIMIT_NOFILE)[1]


if __name__ == "__main__":
    sys.exit(main())
