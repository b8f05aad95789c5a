"""Two workers beside one, with the same Redis and SQLite: python benchmarks/scaling.py --rounds 3.

`serve` with one worker and with two answer the same kind of real questions by turns, as in benchmarks/webhook.py. On a
machine of two cores the load generator and Redis need a part of them, so that two workers cannot show in answers per
second what they could with a core each. What holds there too is the processor time of an answer: where it grows by a
tenth with the second worker, two workers on cores of their own do 2 / 1.1 times what one does.
"""

import argparse
import itertools
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psutil
import redis
import uvloop

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import load  # noqa: E402  the root has to be on the path first
from benchmarks.peers import AES_KEY, APP_ID, TOKEN  # noqa: E402
from benchmarks.webhook import (  # noqa: E402
    CONNECTIONS,
    DATA,
    PASSAGES,
    Contender,
    build_index,
    cpu_seconds,
    draw,
    free_port,
    ready,
    request,
    running,
)
from tests.e2e.wechat_client import WeChatClient  # noqa: E402
from tests.servers import redis_server  # noqa: E402

REQUESTS = 6_000
WARM_UP = 3_000
BAR = 1.6
PATH = "/channels/wechat/main"


@dataclass(frozen=True, slots=True)
class Row:
    """One run: answers a second, and processor seconds an answer of the servers, Redis and the load generator.

    `shares` is what part of the servers' processor time each worker took, `failed` what was not answered with 200.
    """

    workers: int
    rate: float
    servers: float
    redis: float
    generator: float
    shares: tuple[float, ...]
    failed: int


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=REQUESTS, help="requests of each run")
    parser.add_argument("--passages", type=int, default=PASSAGES, help="passages to search")
    parser.add_argument("--rounds", type=int, default=1, help="runs of each, by turns; medians are compared")
    parser.add_argument("--workers", type=int, default=2, help="workers to compare with one")
    options = parser.parse_args()
    if not (DATA / "speed").is_dir():
        print(f"skipped: no test data beside the repository ({DATA.name})")
        return 0
    with tempfile.TemporaryDirectory(prefix="scaling-") as name, redis_server() as url:
        rows = uvloop.run(_measure_all(Path(name), url, options))
    return 0 if _print(rows) >= BAR else 1


async def _measure_all(folder: Path, redis_url: str, options: argparse.Namespace) -> Sequence[Row]:
    port, questions, rows = free_port(), draw(random.Random(7)), []
    (folder / "import.toml").write_text(f'data_dir = "{folder / "data"}"\n', encoding="utf-8")
    (folder / "serve.toml").write_text(
        f'data_dir = "{folder / "data"}"\nlog_format = "json"\n[server]\nport = {port}\n[redis]\nurl = "{redis_url}"\n'
        f'[[channels.wechat]]\nname = "main"\napp_id = "{APP_ID}"\ntoken = "{TOKEN}"\naes_key = "{AES_KEY}"\n',
        encoding="utf-8",
    )
    build_index(folder, options.passages)
    for _, workers in itertools.product(range(options.rounds), (1, options.workers)):
        command = [sys.executable, str(ROOT / "run_bot.py"), "serve", "--config", str(folder / "serve.toml")]
        contender = Contender(f"{workers} workers", [*command, f"--workers={workers}"], PATH, port)
        row = await _measure(
            contender,
            workers,
            redis_url,
            list(itertools.islice(questions, WARM_UP)),
            list(itertools.islice(questions, options.requests)),
        )
        print(_line(row), flush=True)
        rows.append(row)
    return rows


async def _measure(
    contender: Contender, workers: int, redis_url: str, before: Sequence[str], questions: Sequence[str]
) -> Row:
    with running(contender, first_core=False) as process, redis.Redis.from_url(redis_url) as store:
        async with aiohttp.ClientSession() as session:
            url = f"http://127.0.0.1:{contender.port}{contender.path}"
            client = WeChatClient(session, url, app_id=APP_ID, token=TOKEN, aes_key=AES_KEY)
            await ready(client, process)
            first = [request(contender, client, question) for question in before]
            await load.run(contender.port, first, connections=CONNECTIONS)
            then = [request(contender, client, question) for question in questions]
            serving = psutil.Process(process.pid).children() or [psutil.Process(process.pid)]
            began = (
                cpu_seconds(process),
                _redis_seconds(store),
                time.process_time(),
                [_seconds(each) for each in serving],
            )
            outcome = await load.run(contender.port, then, connections=CONNECTIONS)
            used = [_seconds(each) - at for each, at in zip(serving, began[3], strict=True)]
            return Row(
                workers=workers,
                rate=outcome.rate,
                servers=(cpu_seconds(process) - began[0]) / len(then),
                redis=(_redis_seconds(store) - began[1]) / len(then),
                generator=(time.process_time() - began[2]) / len(then),
                shares=tuple(each / sum(used) for each in used),
                failed=len(then) - outcome.statuses[200],
            )


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _redis_seconds(store: redis.Redis) -> float:
    cpu = store.info("cpu")
    return float(cpu["used_cpu_user"] + cpu["used_cpu_sys"])


def _line(row: Row) -> str:
    busy = row.rate * (row.servers + row.redis + row.generator)
    return (
        f"{row.workers} worker(s): {row.rate:5.0f} answers/s, {row.servers * 1e3:.3f} ms CPU an answer,"
        f" {1 / row.servers:5.0f} per core second; workers' shares {' '.join(f'{each:.0%}' for each in row.shares)};"
        f" Redis {row.redis * 1e3:.3f} ms, generator {row.generator * 1e3:.3f} ms, {busy:.2f} cores busy in all,"
        f" {row.failed} failed"
    )


def _print(rows: Sequence[Row]) -> float:
    """Print how more workers compare with one, and return how many times as much they do with a core each."""
    one = [row for row in rows if row.workers == 1]
    more = [row for row in rows if row.workers > 1]
    seen = statistics.median(row.rate for row in more) / statistics.median(row.rate for row in one)
    alone = statistics.median(row.servers for row in one)
    kept = alone / statistics.median(row.servers for row in more)
    cores = psutil.cpu_count() or 1
    # beside one worker that has a core for itself; in processor time, which others on the machine disturb least
    most = cores * alone / statistics.median(row.servers + row.redis + row.generator for row in more)
    times = more[0].workers * kept
    print(
        f"{more[0].workers} workers beside one: {seen:.2f} times the answers/s here, where {cores} cores with Redis and"
        f" the load generator on them allow {most:.2f}; {kept:.2f} times the answers per core second, so"
        f" {times:.2f} times with a core each (bar: {BAR})"
    )
    return times


if __name__ == "__main__":
    sys.exit(main())
