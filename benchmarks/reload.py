"""Print how long answers take before, while and after a reload runs in a process of its own.

    python benchmarks/reload.py [--documents N] [--rate PER_SECOND] [--changed SHARE] [--json]

The documents are the first N of the shared ncp set, its questions are asked at an even rate. A waiting time is counted
from when the question was due, so that a pause shows in every question that fell into it.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from knowledge.compilation import keep_compiled  # noqa: E402
from knowledge.library import Library  # noqa: E402
from knowledge.publication import Publication, Sources  # noqa: E402
from knowledge.questions import json_lines  # noqa: E402
from knowledge.records import read_record  # noqa: E402
from knowledge.tokens import Tokenizer  # noqa: E402
from knowledge.types import Document  # noqa: E402
from storage.memory import MemoryAnnouncements, MemoryLinkedQuestions, MemoryTrials, MemoryVocabulary  # noqa: E402

SHARED = HERE.parents[1] / "shared" / "data" / "quality" / "ncp"
CONFIG = HERE.parent / "config"
QUIET = 15.0
"""Seconds of asking before and after the reload."""
BESIDE = 10
BAR = 2.0
FOLLOW = timedelta(seconds=0.5)


def now() -> datetime:
    return datetime.now(UTC)


def documents(wanted: int) -> Iterator[Document]:
    for number, (place, row) in enumerate(json_lines(SHARED / "documents.jsonl")):
        if number == wanted:
            return
        yield read_record(row, fallback_id=place)


def tokenizer(cache: Path) -> Tokenizer:
    keep_compiled(cache)
    files = {name: CONFIG / file for name, file in (("dictionary", "dictionary.txt"), ("stopwords", "stopwords.txt"))}
    return Tokenizer.load(**files, synonyms=CONFIG / "synonyms.toml", cache=cache)


class Stored:
    """The documents, of which a share was changed since the generation before."""

    def __init__(self, wanted: int, changed: float) -> None:
        every = round(1 / changed) if changed else wanted + 1
        self._documents = [
            replace(document, text=document.text + "\n修改。", digest=f"{document.digest}*")
            if not number % every and changed
            else document
            for number, document in enumerate(documents(wanted))
        ]

    async def all(self) -> AsyncIterator[Document]:
        """Yield the documents."""
        for document in self._documents:
            yield document

    async def count(self) -> int:
        """How many there are."""
        return len(self._documents)


def publish(folder: Path, wanted: int, changed: float, nice: int) -> None:
    os.nice(nice)
    sources = Sources(
        Stored(wanted, changed), MemoryLinkedQuestions(now=now), MemoryVocabulary(now=now), MemoryTrials(now=now)
    )
    words = tokenizer(folder / "cache")
    publication = Publication(sources, folder / "index", words, Library(folder / "index", words), now)
    print(f"publish {asyncio.run(publication.publish(by='benchmark'))}", file=sys.stderr)


async def ask(library: Library, questions: Iterator[str], rate: float, until: asyncio.Event) -> list[tuple[str, float]]:
    """Ask at an even rate until told to stop; return generation and waiting time in milliseconds of each answer."""
    times = []
    due = perf_counter()
    while not until.is_set():
        due += 1 / rate
        await asyncio.sleep(max(due - perf_counter(), 0))
        finding = await library.find(next(questions))
        times.append((finding.generation, (perf_counter() - due) * 1000))
    return times


async def asked_for(seconds: float, library: Library, questions: Iterator[str], rate: float) -> list[tuple[str, float]]:
    done = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, done.set)
    return await ask(library, questions, rate, done)


async def measure(folder: Path, options: argparse.Namespace) -> dict[str, object]:
    library = Library(folder / "index", tokenizer(folder / "cache"))
    first = await library.reload()
    # asked only once each: a question asked before is answered from memory
    questions = in_laps([row["question"] for _, row in json_lines(SHARED / "questions.jsonl")])
    following = asyncio.create_task(library.follow(FOLLOW, MemoryAnnouncements()))
    await asked_for(2, library, questions, options.rate)
    before = await asked_for(QUIET, library, questions, options.rate)
    work = get_context("spawn").Process(target=publish, args=(folder, options.documents, options.changed, BESIDE))
    started = perf_counter()
    work.start()
    ended = asyncio.Event()
    watching = asyncio.create_task(watch(work, library, first, ended))
    during = await ask(library, questions, options.rate, ended)
    took = perf_counter() - started
    await watching
    after = await asked_for(QUIET, library, questions, options.rate)
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following
    figures: dict[str, object] = {"documents": options.documents, "passages": library.size, "seconds": round(took, 1)}
    for name, times in (("before", before), ("during", during), ("after", after)):
        milliseconds = np.array([time for _, time in times])
        figures[name] = {
            "answers": len(times),
            "p50": round(float(np.percentile(milliseconds, 50)), 2),
            "p99": round(float(np.percentile(milliseconds, 99)), 2),
            "worst": round(float(milliseconds.max()), 2),
            "generations": sorted({generation for generation, _ in times}),
        }
    quiet = float(np.percentile([time for _, time in before + after], 99))
    figures["ratio"] = round(figures["during"]["p99"] / quiet, 2)
    return figures


def in_laps(questions: Sequence[str]) -> Iterator[str]:
    """Yield the questions again and again, each time worded differently."""
    for lap in count():
        for question in questions:
            yield question + "？" * lap


async def watch(work, library: Library, first: str, ended: asyncio.Event) -> None:
    """Tell when the process is done and the new generation answers."""
    while work.is_alive() or (work.exitcode == 0 and library.generation == first):  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.1)
    ended.set()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=5000)
    parser.add_argument("--rate", type=float, default=50.0)
    parser.add_argument("--changed", type=float, default=0.0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with TemporaryDirectory() as work:
        folder = Path(work)
        first = get_context("spawn").Process(target=publish, args=(folder, options.documents, 0.0, 0))
        first.start()
        first.join()
        figures = asyncio.run(measure(folder, options))
    if options.json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        print(f"{figures['documents']} documents, {figures['passages']} passages; reload {figures['seconds']} s")
        for name in ("before", "during", "after"):
            line = figures[name]
            print(
                f"{name:7} {line['answers']:6} answers  p50 {line['p50']:7.2f} ms  p99 {line['p99']:7.2f} ms  "
                f"worst {line['worst']:7.2f} ms"
            )
        print(f"p99 during / before and after: {figures['ratio']} (bar {BAR})")
    return 0 if figures["ratio"] <= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
