"""Speed and memory of retrieval beside rank_bm25, SQLite FTS5, bm25s and tantivy, all in the same run.

    python benchmarks/retrieval.py [--passages N] [--questions N] [--growth N,N,...]
                                   [--only field|whole|growth] [--json]

One field, top 10: the documents of ../shared/data/quality and ../shared/data/speed, cut to about 300 characters,
jieba's search-mode words, real questions; every engine is given the same tokens. Beside it the bot's own index over
the whole documents: build from text, reload with 1 % of the documents changed, start from the saved generation, whole
questions (normalise, segment, all fields, fuse, calibrate, quote), asked in a process that loads nothing but what the
bot does; its memory is the resident set, mapped files included. Where the shared data is absent the sample
knowledge base takes its place. `--growth` builds and asks knowledge bases of about so many passages, repeating
documents where there are not enough; by default of 10,000, 100,000 and 1,000,000 with `--only growth`. Beside the time
that passed stands the processor time, which other programs on the machine change less.

Each query is timed on its own; with `--repeats` above 1 its quickest time counts, which leaves out what other
programs on the machine do, the same for all engines.
"""

import argparse
import gzip
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import psutil

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from knowledge.building import build_generation  # noqa: E402
from knowledge.compilation import keep_compiled  # noqa: E402  the root has to be on the path first
from knowledge.index import BM25  # noqa: E402
from knowledge.library import Library  # noqa: E402
from knowledge.passages import sentences  # noqa: E402
from knowledge.readers import read_file  # noqa: E402
from knowledge.tokens import Tokenizer  # noqa: E402
from knowledge.types import Document  # noqa: E402
from wiring.memory import settle_memory  # noqa: E402

SHARED = HERE.parents[1] / "shared" / "data"
CONFIG = HERE.parent / "config"
SETS = ("ncp", "faq", "service_items", "stard")
LENGTH = 300
TOP = 10
GROWTH = (10_000, 100_000, 1_000_000)
SLOW = 5
"""Queries that rank_bm25 is given: it takes about a second for each."""
BARS = {"mean": 0.7, "p50": 0.6, "p99": 1.0}
WHOLE_BARS = {"build_s": 60, "reload_s": 5, "start_s": 2, "question_ms": 1.5, "memory_mb": 1024}


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds a query."""

    name: str
    queries: int
    mean: float
    p50: float
    p99: float


def main() -> None:
    options = _options()
    with TemporaryDirectory(prefix="retrieval-") as folder:
        work = Path(folder)
        if options.child:
            print(json.dumps(_serve(Path(options.child), _questions(options.questions))))
            return
        keep_compiled(work / "cache")
        documents = _documents()
        tokenizer = _tokenizer(work)
        figures: dict = {"data": "shared" if SHARED.is_dir() else "sample"}
        if options.only in {"", "field"}:
            figures["field"] = [asdict(times) for times in _field(documents, tokenizer, options)]
        if options.only in {"", "whole"}:
            figures["whole"] = _whole(documents, tokenizer, work, options)
        for passages in options.growth or (GROWTH if options.only == "growth" else ()):
            figures.setdefault("growth", []).append(_growth(documents, tokenizer, work, passages, options))
    print(json.dumps(figures, ensure_ascii=False)) if options.json else _print(figures)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=0, help="passages of the one field; 0 for all there are")
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=3, help="times each query is asked; the quickest counts")
    parser.add_argument("--growth", type=lambda text: [int(part) for part in text.split(",")], default=[])
    parser.add_argument("--only", choices=["", "field", "whole", "growth"], default="")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


def _tokenizer(work: Path) -> Tokenizer:
    return Tokenizer.load(
        dictionary=CONFIG / "dictionary.txt",
        stopwords=CONFIG / "stopwords.txt",
        synonyms=CONFIG / "synonyms.toml",
        cache=work / "cache",
    )


def _rows(path: Path) -> Iterator[dict]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _documents() -> list[Document]:
    """Return the documents of the shared data, or of the sample knowledge base."""
    if not SHARED.is_dir():
        paths = sorted((CONFIG / "sample").rglob("*.md"))
        return [row.document for path in paths for row in read_file(path) if row.document is not None]
    documents = []
    for name in SETS:
        for path in (SHARED / "quality" / name).glob("documents.jsonl*"):
            documents += [_document(f"{name}-{row['id']}", row["title"], row["text"]) for row in _rows(path)]
    for name in ("policies", "laws"):
        rows = enumerate(_rows(SHARED / "speed" / f"{name}.jsonl.gz"))
        documents += [_document(f"{name}-{number}", row["title"], row["body"]) for number, row in rows]
    return documents


def _document(key: str, title: str, text: str) -> Document:
    return Document(id=key, title=title, text=text, digest=f"{key} {len(text)}")


def _questions(wanted: int) -> list[str]:
    """Return real questions in an order that mixes the sets."""
    if not SHARED.is_dir():
        return ["低保怎么申请", "公积金提取需要什么材料", "申请公开政府信息多少天内答复"] * (wanted // 3)
    questions = [
        row["question"] for name in ("ncp", "stard") for row in _rows(SHARED / "quality" / name / "questions.jsonl")
    ]
    order = np.random.default_rng(7).permutation(len(questions))[:wanted]
    return [questions[place] for place in order.tolist()]


def _pieces(text: str) -> Iterator[str]:
    """Yield pieces of whole sentences of about LENGTH characters."""
    start = last = 0
    for _, end in sentences(text):
        if end - start > LENGTH and last > start:
            yield text[start:last]
            start = last
        last = end
    if last > start:
        yield text[start:last]


def _field(documents: Sequence[Document], tokenizer: Tokenizer, options: argparse.Namespace) -> list[Times]:
    """Return the times of every engine over one field, ours first."""
    texts = (piece for document in documents for piece in _pieces(document.text) if piece.strip())
    corpus = [tokenizer.tokens(tokenizer.normalise(text)).words for text in islice(texts, options.passages or None)]
    queries = [tokenizer.tokens(tokenizer.normalise(question)).words for question in _questions(options.questions)]
    length = sum(map(len, queries)) / len(queries)
    print(f"one field: {len(corpus)} passages, {len(queries)} questions of {length:.1f} tokens", file=sys.stderr)
    timed = [_timed("zhengda", _ours(corpus), queries, options.repeats)]
    timed.append(_timed("bm25s (numba)", _bm25s(corpus, "numba"), queries, options.repeats))
    timed.append(_timed("bm25s (numpy)", _bm25s(corpus, "numpy"), queries, options.repeats))
    timed.append(_timed("tantivy", _tantivy(corpus), queries, options.repeats))
    timed.append(_timed("SQLite FTS5", _sqlite(corpus), queries[: len(queries) // 10], 1))
    timed.append(_timed("rank_bm25", _rank_bm25(corpus), queries[:SLOW], 1))
    return timed


Ask = Callable[[Sequence[str]], object]


def _timed(name: str, ask: Ask, queries: Sequence[Sequence[str]], repeats: int) -> Times:
    for query in queries[:3]:
        ask(query)
    taken = []
    for query in queries:
        best = float("inf")
        for _ in range(repeats):
            begun = time.perf_counter()
            ask(query)
            best = min(best, time.perf_counter() - begun)
        taken.append(best * 1e3)
    return Times(name, len(taken), float(np.mean(taken)), *map(float, np.percentile(taken, [50, 99])))


def _ours(corpus: Sequence[Sequence[str]]) -> Ask:
    index = BM25(corpus)
    return lambda query: index.top(query, TOP)


def _bm25s(corpus: Sequence[Sequence[str]], backend: str) -> Ask:
    import bm25s

    index = bm25s.BM25(backend=backend, k1=1.5, b=0.75)
    index.index([list(document) for document in corpus], show_progress=False)
    return lambda query: index.retrieve([list(query)], k=TOP, show_progress=False, n_threads=0)


def _tantivy(corpus: Sequence[Sequence[str]]) -> Ask:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("words", stored=False, tokenizer_name="whitespace")
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(200_000_000, 1)
    for document in corpus:
        writer.add_document(tantivy.Document(words=" ".join(document)))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def ask(query: Sequence[str]) -> object:
        parts = [(tantivy.Occur.Should, tantivy.Query.term_query(schema, "words", word)) for word in query]
        return searcher.search(tantivy.Query.boolean_query(parts), TOP, count=False)

    return ask


def _sqlite(corpus: Sequence[Sequence[str]]) -> Ask:
    database = sqlite3.connect(":memory:")
    database.execute("create virtual table passages using fts5(words, content='', tokenize=\"unicode61\")")
    rows = ((number, " ".join(document)) for number, document in enumerate(corpus))
    database.executemany("insert into passages(rowid, words) values (?, ?)", rows)
    sql = "select rowid from passages where passages match ? order by rank limit ?"
    return lambda query: database.execute(sql, (" OR ".join(f'"{word}"' for word in query), TOP)).fetchall()


def _rank_bm25(corpus: Sequence[Sequence[str]]) -> Ask:
    from rank_bm25 import BM25Okapi

    index = BM25Okapi(corpus)
    numbers = list(range(len(corpus)))
    return lambda query: index.get_top_n(query, numbers, n=TOP)


def _whole(
    documents: Sequence[Document], tokenizer: Tokenizer, work: Path, options: argparse.Namespace, *, again: bool = True
) -> dict:
    """Return the figures of the bot's own index over these documents, of a reload only where it is built `again`."""
    folder = work / "index"
    now = lambda: datetime.now(UTC)  # noqa: E731
    # compiled before anything is measured, as the processes of an office find it
    warm = build_generation(documents[:200], folder=work / "warm", tokenizer=tokenizer, now=now)
    _reload(documents[:200], tokenizer, work / "warm", warm)
    begun, worked = time.perf_counter(), time.process_time()
    first = build_generation(documents, folder=folder, tokenizer=tokenizer, now=now)
    figures = {"build_s": time.perf_counter() - begun, "build_cpu_s": time.process_time() - worked}
    if again:
        figures |= _reload(documents, tokenizer, folder, first)
    else:
        (folder / "current").write_text(f"{first}\n\n", encoding="utf-8")
    command = [sys.executable, __file__, "--child", str(folder), "--questions", str(options.questions)]
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(work / "cache")}
    # once to compile, once to measure
    subprocess.run(command, check=True, capture_output=True, env=environment)
    served = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    return {
        "documents": len(documents),
        **figures,
        "peak_of_build_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "disk_mb": sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20,
        **json.loads(served.splitlines()[-1]),
    }


def _reload(documents: Sequence[Document], tokenizer: Tokenizer, folder: Path, first: str) -> dict:
    """Build anew with one document in a hundred changed; leave only the new generation."""
    changed = [
        replace(document, text=f"{document.text}\n补充规定。", digest=f"{document.digest} changed")
        if not number % 100
        else document
        for number, document in enumerate(documents)
    ]
    begun, worked = time.perf_counter(), time.process_time()
    now = lambda: datetime.now(UTC)  # noqa: E731
    second = build_generation(changed, folder=folder, tokenizer=tokenizer, now=now, previous=folder / first)
    figures = {"reload_s": time.perf_counter() - begun, "reload_cpu_s": time.process_time() - worked}
    (folder / "current").write_text(f"{second}\n\n", encoding="utf-8")
    shutil.rmtree(folder / first)
    return figures


def _serve(folder: Path, questions: Sequence[str]) -> dict:
    """Open the live generation of a folder and ask it, in a process of its own."""
    import asyncio

    keep_compiled(folder.parent / "cache")
    tokenizer = _tokenizer(folder.parent)
    begun = time.perf_counter()
    library = Library(folder, tokenizer)
    asyncio.run(library.reload())
    started = time.perf_counter() - begun
    # as a server does
    settle_memory()

    async def ask(asked: Sequence[str]) -> list[tuple[float, float]]:
        taken = []
        for question in asked:
            at, worked = time.perf_counter(), time.thread_time()
            await library.find(question)
            taken.append(((time.perf_counter() - at) * 1e3, (time.thread_time() - worked) * 1e3))
        return taken

    taken, cpu = np.array(asyncio.run(ask(list(dict.fromkeys(questions))))).T
    return {
        "passages": library.size,
        "start_s": started,
        "question_ms": float(np.mean(taken)),
        "question_cpu_ms": float(np.mean(cpu)),
        "question_p50_ms": float(np.percentile(taken, 50)),
        "question_p99_ms": float(np.percentile(taken, 99)),
        # the peak would be that of the process that started this one
        "memory_mb": psutil.Process().memory_info().rss / 2**20,
    }


def _growth(
    documents: Sequence[Document], tokenizer: Tokenizer, work: Path, passages: int, options: argparse.Namespace
) -> dict:
    """Return the figures with about so many passages."""
    large = [document for document in documents if not document.id.startswith("stard")] or list(documents)
    share = max(sum(len(document.text) for document in large) / len(large) / 145, 1)
    wanted = max(int(passages / share), 1)
    order = np.random.default_rng(7).permutation(len(large)).tolist()
    grown = [
        replace(large[order[number % len(large)]], id=f"grown-{number}", digest=f"grown-{number}")
        for number in range(wanted)
    ]
    figures = _whole(grown, tokenizer, work / f"growth-{passages}", options, again=False)
    shutil.rmtree(work / f"growth-{passages}")
    return figures


def _print(figures: dict) -> None:
    if figures["data"] == "sample":
        print("no shared test data beside the repository: the sample knowledge base takes its place\n")
    if "field" in figures:
        _print_field([Times(**row) for row in figures["field"]])
    for whole in (*([figures["whole"]] if "whole" in figures else []), *figures.get("growth", [])):
        print(f"\n{whole['documents']} documents, {whole['passages']} passages")
        for name, value in whole.items():
            bar = f"  bar {WHOLE_BARS[name]}" if name in WHOLE_BARS else ""
            print(f"  {name:18} {value:10.2f}{bar}" if isinstance(value, float) else f"  {name:18} {value:10}")


def _print_field(timed: Sequence[Times]) -> None:
    fastest = min(timed[1:], key=lambda times: times.mean)
    print(f"{'one field, top 10':20} {'mean ms':>9} {'p50':>9} {'p99':>9}  ratio to {fastest.name}: mean, p50, p99")
    for times in timed:
        ratios = [getattr(times, name) / getattr(fastest, name) for name in BARS]
        values = f"{times.mean:9.3f} {times.p50:9.3f} {times.p99:9.3f}"
        print(f"{times.name:20} {values}  " + "  ".join(f"{ratio:6.2f}" for ratio in ratios))
    print("bar for ours: " + ", ".join(f"{name} ≤ {bar}" for name, bar in BARS.items()))


if __name__ == "__main__":
    main()
