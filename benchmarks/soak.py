"""Memory and processor time of a server under half load for as long as wanted: python benchmarks/soak.py --minutes 30.

Encrypted messages from thousands of citizens arrive at an even rate, by default half of what benchmarks/webhook.py
reaches; the documents are the sample's. Each minute prints a row. Memory is flat when the last third of the run holds
no more than the middle third did, give or take five in a hundred.
"""

import argparse
import itertools
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psutil
import uvloop

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import load  # noqa: E402  the root has to be on the path first
from benchmarks.installation import ACCOUNT, CALLBACK, Installation  # noqa: E402
from tests.e2e.wechat_client import WeChatClient  # noqa: E402

QUESTIONS = (
    "低保怎么申请",
    "高龄津贴多少钱",
    "怎么炖排骨",
    "公租房申请条件",
    "补贴",
    "新生儿落户",
    "1",
    "都不是",
    "谢谢",
)
USERS = 5_000
STEP = 20.0
"""Seconds of one reading."""
FLAT = 1.05


@dataclass(frozen=True, slots=True)
class Reading:
    """What one stretch of the run used: seconds since the start, bytes of memory, CPU seconds an answer, latency."""

    at: float
    memory: int
    cpu: float
    p99: float
    failed: int


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--rate", type=float, default=300.0, help="messages a second")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        readings = uvloop.run(_soak(Path(folder), options.minutes * 60, options.rate))
    third = max(1, len(readings) // 3)
    middle, last = (max(each.memory for each in part) for part in (readings[third : 2 * third], readings[-third:]))
    failed = sum(each.failed for each in readings)
    print(
        f"memory: {middle >> 20} MB in the middle third, {last >> 20} MB in the last; not answered with 200: {failed}"
    )
    return 0 if last <= FLAT * middle and not failed else 1


async def _soak(folder: Path, seconds: float, rate: float) -> Sequence[Reading]:
    numbers = itertools.count()
    readings: list[Reading] = []
    with Installation(folder).serving() as (port, server):
        async with aiohttp.ClientSession() as session:
            client = WeChatClient(session, f"http://127.0.0.1:{port}{CALLBACK}", **ACCOUNT)
            started = time.monotonic()
            while time.monotonic() - started < seconds:
                batch = [_request(client, next(numbers)) for _ in range(int(rate * STEP))]
                before = _cpu(server)
                outcome = await load.run(port, batch, connections=64, rate=rate, limit=10 * STEP)
                reading = Reading(
                    at=time.monotonic() - started,
                    memory=_private(server),
                    cpu=(_cpu(server) - before) / len(batch),
                    p99=outcome.quantile(0.99),
                    failed=len(batch) - outcome.statuses[200],
                )
                readings.append(reading)
                print(
                    f"{reading.at:7.0f} s  {reading.memory >> 20:5} MB  {reading.cpu * 1e3:6.2f} ms CPU/answer"
                    f"  p99 {reading.p99 * 1e3:6.1f} ms",
                    flush=True,
                )
    return readings


def _request(client: WeChatClient, number: int) -> bytes:
    text = QUESTIONS[number % len(QUESTIONS)]
    return load.post(CALLBACK, client.deliver(f"oSoak_citizen-{number % USERS:013d}", text))


def _cpu(server: psutil.Process) -> float:
    times = server.cpu_times()
    return times.user + times.system


def _private(server: psutil.Process) -> int:
    """Bytes that are the server's own, without the mapped files of the index."""
    return int(server.memory_full_info().uss)


if __name__ == "__main__":
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {1})
    sys.exit(main())
