"""A load generator for one HTTP server on the loopback address: ready-made requests over kept connections."""

import asyncio
import contextlib
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.e2e.wechat_client import Delivery

_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_CLOSE = re.compile(rb"connection: close", re.IGNORECASE)


def post(path: str, delivery: Delivery) -> bytes:
    """Return a platform's request as it goes over the line."""
    head = f"POST {path}?{urlencode(delivery.query)} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/xml\r\n"
    return f"{head}Content-Length: {len(delivery.body)}\r\n\r\n".encode() + delivery.body


@dataclass(slots=True)
class Outcome:
    """What a run saw. `latencies` are seconds from when a request was due, `bodies` a sample of (number, body)."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    bodies: list[tuple[int, bytes]] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.latencies) / self.seconds

    def quantile(self, share: float) -> float:
        """Return the latency, in seconds, that this share of the requests did not exceed."""
        ordered = sorted(self.latencies)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


@dataclass(frozen=True, slots=True)
class _Run:
    """One run: what all its connections share."""

    port: int
    requests: Sequence[bytes]
    numbers: Iterator[int]
    rate: float
    sample: int
    started: float
    outcome: Outcome


async def run(
    port: int, requests: Sequence[bytes], *, connections: int, rate: float = 0.0, sample: int = 50, limit: float = 120.0
) -> Outcome:
    """Send every request once and return the outcome.

    Without a `rate` each connection sends its next request as soon as it has its answer. With one, request n is due
    n/rate seconds after the start whatever the answers do, so that a stall counts for all who wait through it.
    """
    plan = _Run(port, requests, iter(range(len(requests))), rate, sample, time.perf_counter(), Outcome())
    async with asyncio.timeout(limit):
        await asyncio.gather(*(_connection(plan) for _ in range(connections)))
    plan.outcome.seconds = time.perf_counter() - plan.started
    return plan.outcome


async def _connection(plan: _Run) -> None:
    reader = writer = None
    for number in plan.numbers:
        due = plan.started + number / plan.rate if plan.rate else time.perf_counter()
        ahead = due - time.perf_counter()
        if ahead > 0:
            await asyncio.sleep(ahead)
        if writer is None or reader is None:
            reader, writer = await asyncio.open_connection("127.0.0.1", plan.port)
        writer.write(plan.requests[number])
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        body = await reader.readexactly(int(length[1])) if length else b""
        plan.outcome.latencies.append(time.perf_counter() - due)
        plan.outcome.statuses[int(head[9:12])] += 1
        if number % plan.sample == 0:
            plan.outcome.bodies.append((number, body))
        if _CLOSE.search(head):
            writer.close()
            writer = None
    if writer is not None:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
