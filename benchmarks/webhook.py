"""Answers per second and processor time per answer of the encrypted webhook, beside two echo bots in the same run.

Ours does everything: decrypts, admits, holds the conversation, searches 10,000 passages, quotes, encrypts; memory
stores, one process. WeRoBot's and Flask + wechatpy's echo look nothing up. Questions are real ones, drawn with Zipf
frequencies. The servers run on one core, this load generator on another. Everything is on the loopback address and
ends with the run. Processor time is user + system time of the server's processes as the operating system counts it.
"""

import argparse
import asyncio
import gzip
import itertools
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import aiohttp
import psutil
import uvloop

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import load  # noqa: E402  the root has to be on the path first
from benchmarks.peers import AES_KEY, APP_ID, TOKEN  # noqa: E402
from knowledge.passages import cut  # noqa: E402
from tests.e2e.wechat_client import WeChatClient  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
PASSAGES = 10_000
REQUESTS = 6_000
WARM_UP = 1_000
RATE = 500.0
BAR_RATE, BAR_P99 = 1_000.0, 0.050
USERS = 4_000
CONNECTIONS = 32


@dataclass(frozen=True, slots=True)
class Contender:
    """One server to measure: how it is started, and where its callback is."""

    name: str
    command: list[str]
    path: str
    port: int


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured of one server."""

    name: str
    rate: float
    cpu: float
    p50: float
    p99: float
    answered: float


def main() -> int:
    options = _options()
    if not (DATA / "speed").is_dir():
        print(f"skipped: no test data beside the repository ({DATA.name})")
        return 0
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {1})
    with tempfile.TemporaryDirectory(prefix="webhook-") as folder:
        rows = uvloop.run(_measure_all(Path(folder), options))
    _print(rows, as_json=options.json)
    ours = rows[0]
    met = (
        ours.rate >= BAR_RATE
        and ours.p99 < BAR_P99
        and all(ours.cpu < row.cpu for row in rows if "WeRoBot" in row.name)
    )
    return 0 if met or not options.strict else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=REQUESTS, help="requests of each run")
    parser.add_argument("--passages", type=int, default=PASSAGES, help="passages to search")
    parser.add_argument("--rounds", type=int, default=1, help="rounds; each server's best one counts")
    parser.add_argument("--only", default="", help="measure the servers whose name contains this")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a bar is missed")
    return parser.parse_args()


async def _measure_all(folder: Path, options: argparse.Namespace) -> list[Row]:
    questions = draw(random.Random(7))
    contenders = [contender for contender in _contenders(folder) if options.only in contender.name]
    if contenders[0].name.startswith("zhengda"):
        build_index(folder, options.passages)
    rows: dict[str, Row] = {}
    for contender, _ in itertools.product(contenders, range(options.rounds)):
        row = await _measure(contender, questions, options.requests)
        best = rows.setdefault(contender.name, row)
        if row.cpu < best.cpu:
            rows[contender.name] = row
    return list(rows.values())


def _contenders(folder: Path) -> list[Contender]:
    ports = [free_port() for _ in range(3)]
    gunicorn = [sys.executable, "-m", "gunicorn", "--workers=1", "--worker-class=gthread", "--threads=8"]
    gunicorn += ["--keep-alive=60", "--log-level=warning", f"--chdir={ROOT}"]
    serve = [sys.executable, str(ROOT / "run_bot.py"), "serve", "--config", str(folder / "serve.toml")]
    common = f'data_dir = "{folder / "data"}"\nlog_format = "json"\n[server]\nport = {ports[0]}\n'
    account = f'[[channels.wechat]]\nname = "main"\napp_id = "{APP_ID}"\ntoken = "{TOKEN}"\naes_key = "{AES_KEY}"\n'
    (folder / "import.toml").write_text(common, encoding="utf-8")
    (folder / "serve.toml").write_text(f'{common}[database]\nurl = "memory"\n{account}', encoding="utf-8")
    return [
        Contender("zhengda, whole answer", serve, "/channels/wechat/main", ports[0]),
        Contender(
            "WeRoBot, echo", [*gunicorn, f"--bind=127.0.0.1:{ports[1]}", "benchmarks.peers:werobot"], "/", ports[1]
        ),
        Contender(
            "Flask + wechatpy, echo",
            [*gunicorn, f"--bind=127.0.0.1:{ports[2]}", "benchmarks.peers:flask"],
            "/",
            ports[2],
        ),
    ]


async def _measure(contender: Contender, questions: Iterator[str], count: int) -> Row:
    url = f"http://127.0.0.1:{contender.port}{contender.path}"
    with running(contender) as process:
        async with aiohttp.ClientSession() as session:
            client = WeChatClient(session, url, app_id=APP_ID, token=TOKEN, aes_key=AES_KEY)
            await ready(client, process)

            def requests(number: int) -> list[bytes]:
                return [request(contender, client, question) for question in itertools.islice(questions, number)]

            await load.run(contender.port, requests(WARM_UP), connections=CONNECTIONS)
            full_requests, paced_requests = requests(count), requests(count // 2)
            before = cpu_seconds(process)
            full = await load.run(contender.port, full_requests, connections=CONNECTIONS)
            cpu = (cpu_seconds(process) - before) / count
            paced = await load.run(contender.port, paced_requests, connections=2 * CONNECTIONS, rate=RATE)
    wrong = {status: times for status, times in (full.statuses + paced.statuses).items() if status != 200}
    if wrong:
        print(f"{contender.name}: unexpected statuses {wrong}", file=sys.stderr)
    shown = [body not in {b"", b"success"} and bool(client.opened(body)["Content"]) for _, body in full.bodies]
    return Row(
        contender.name, full.rate, cpu, paced.quantile(0.5), paced.quantile(0.99), sum(shown) / max(len(shown), 1)
    )


@contextmanager
def running(contender: Contender, *, first_core: bool = True) -> Iterator[subprocess.Popen[bytes]]:
    """Start a server, on the first core alone or on all, and end it with its workers afterwards."""
    taskset = shutil.which("taskset") if first_core and (os.cpu_count() or 1) > 1 else None
    command = [taskset, "-c", "0", *contender.command] if taskset else contender.command
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


async def ready(client: WeChatClient, process: subprocess.Popen[bytes], *, within: float = 60.0) -> None:
    """Return once the server answers, first to a verification as from the platform."""
    end = time.monotonic() + within
    while time.monotonic() < end and process.poll() is None:
        try:
            await client.verify()
        except aiohttp.ClientError:
            await asyncio.sleep(0.2)
            continue
        return
    raise SystemExit("the server does not start; run its command by hand to see why")


def request(contender: Contender, client: WeChatClient, question: str) -> bytes:
    """Return the bytes of one encrypted message from one of many citizens."""
    return load.post(contender.path, client.deliver(f"oBench_citizen-{random.randrange(USERS):013d}", question))


def draw(random_source: random.Random) -> Iterator[str]:
    """Yield real questions for ever: the n-th most asked one n times more rarely than the first."""
    files = [DATA / "quality" / folder / "questions.jsonl" for folder in ("ncp", "faq", "service_items")]
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    questions = [json.loads(line)["question"] for line in lines]
    random_source.shuffle(questions)
    weights = list(itertools.accumulate(1 / rank for rank in range(1, len(questions) + 1)))
    while True:
        yield from random_source.choices(questions, cum_weights=weights, k=1000)


def build_index(folder: Path, wanted: int) -> None:
    """Import documents until there are as many passages as wanted."""
    documents = folder / "documents.jsonl"
    found = 0
    with documents.open("w", encoding="utf-8") as out:
        for record in _records():
            out.write(json.dumps(record, ensure_ascii=False) + "\n")
            found += len(cut(record["text"]))
            if found >= wanted:
                break
    command = [sys.executable, str(ROOT / "run_bot.py"), "import", "--config", str(folder / "import.toml")]
    result = subprocess.run(
        [*command, str(documents)], cwd=ROOT, capture_output=True, text=True, timeout=600, check=False
    )
    if result.returncode:
        raise SystemExit(f"the import failed: {result.stderr.strip()[-500:]}")
    print(f"{found} passages: {result.stdout.strip()}", file=sys.stderr)


def _records() -> Iterator[dict[str, str]]:
    """Yield the documents that the questions are about, then others to fill the index."""
    for folder in ("ncp", "faq", "service_items"):
        for line in (DATA / "quality" / folder / "documents.jsonl").read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            yield {"id": record["id"], "title": record["title"], "text": record["text"]}
    with gzip.open(DATA / "speed" / "policies.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            yield {"id": record["id"], "title": record["title"], "text": record["body"], "url": record["url"] or ""}


def cpu_seconds(process: subprocess.Popen[bytes]) -> float:
    """Return the seconds of user and system time of a server and its workers."""
    root = psutil.Process(process.pid)
    times = [each.cpu_times() for each in (root, *root.children(recursive=True))]
    return sum(each.user + each.system for each in times)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _print(rows: list[Row], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps([asdict(row) for row in rows], ensure_ascii=False))
        return
    print(f"{'':24} answers/s  CPU ms/answer  = per core  p50 ms  p99 ms at {RATE:.0f}/s  answered")
    for row in rows:
        print(
            f"{row.name:24} {row.rate:9.0f}  {row.cpu * 1e3:13.3f}  {1 / row.cpu:10.0f}"
            f"  {row.p50 * 1e3:6.1f}  {row.p99 * 1e3:6.1f}{'':10}  {row.answered:7.0%}"
        )
    print(
        f"bar: {BAR_RATE:.0f} answers/s, p99 under {BAR_P99 * 1e3:.0f} ms at half of that, less CPU than WeRoBot's echo"
    )


if __name__ == "__main__":
    sys.exit(main())
