"""Print how well questions are answered from each set of the shared quality data, beside plain BM25 in the same run.

    python benchmarks/quality.py [--json] [SET...]

The sets are those of ../shared/data/quality (ncp, faq, service_items, stard, doc_numbers) and the sample knowledge
base (sample); one set of settings serves all. Plain BM25 is rank_bm25 over jieba's words; on stard's 58,542 articles
its scores come from our subclass of it, which gives the same ones.
"""

import argparse
import gzip
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import jieba
import numpy as np
from rank_bm25 import BM25Okapi

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from knowledge.compilation import keep_compiled  # noqa: E402
from knowledge.evaluation import evaluate  # noqa: E402
from knowledge.gazetteer import Gazetteer  # noqa: E402
from knowledge.index import BM25  # noqa: E402
from knowledge.readers import read_file  # noqa: E402
from knowledge.tokens import Tokenizer  # noqa: E402

SHARED = HERE.parents[1] / "shared" / "data" / "quality"
CONFIG = HERE.parent / "config"
SETS = ("ncp", "faq", "service_items", "stard", "linked", "doc_numbers", "sample")
LARGE = 5000
LEFT, RIGHT = "〔[﹝【［（(", "〕]﹞】］）)"
BARS = {
    ("ncp", "hit@1"): 0.82,
    ("ncp", "hit@5"): 0.955,
    ("ncp", "auroc"): 0.87,
    ("ncp", "answer precision"): 0.90,
    ("ncp", "answer coverage"): 0.40,
    ("ncp", "quote_contains_answer"): 0.70,
    ("stard", "recall@10"): 0.47,
    ("stard", "mrr@10"): 0.41,
    ("linked", "hit@5"): 0.60,
    ("faq", "hit@1"): 0.72,
    ("service_items", "hit@1"): 0.77,
    ("doc_numbers", "hit@1"): 0.995,
}
FIGURES = ("hit@1", "hit@5", "recall@10", "mrr@10", "quote_contains_answer", "auroc")


def rows(path: Path) -> list[dict]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def write(path: Path, records: Sequence[dict]) -> Path:
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
    return path


@contextmanager
def files(name: str) -> Iterator[dict[str, Path]]:
    """Give the questions, documents and, for `linked`, answered questions of a set."""
    with TemporaryDirectory() as work:
        folder = Path(work)
        if name == "doc_numbers":
            yield number_files(folder)
        elif name == "sample":
            yield sample_files(folder)
        elif name == "linked":
            questions = rows(SHARED / "stard" / "questions.jsonl")
            yield {
                "questions": write(folder / "questions.jsonl", questions[::4]),
                "answered": write(folder / "answered.jsonl", [row for at, row in enumerate(questions) if at % 4]),
                "documents": next((SHARED / "stard").glob("documents.jsonl*")),
            }
        else:
            yield {
                "questions": SHARED / name / "questions.jsonl",
                "documents": next((SHARED / name).glob("documents.jsonl*")),
            }


def number_files(folder: Path) -> dict[str, Path]:
    """Ask for each document's 文号 in every usual way of writing it."""
    documents, questions = {}, []
    for number, row in enumerate(rows(SHARED / "doc_numbers.jsonl")):
        title = row["title"] or row["doc_no"]
        documents.setdefault(
            "".join(row["doc_no"].split()), {"id": str(number), "title": title, "text": title, "number": row["doc_no"]}
        )
    for document in documents.values():
        for variant in variants(document["number"]):
            questions.append({"id": str(len(questions)), "question": variant, "documents": [document["id"]]})
    return {
        "questions": write(folder / "questions.jsonl", questions),
        "documents": write(folder / "documents.jsonl", list(documents.values())),
    }


def variants(written: str) -> Iterator[str]:
    """Yield other ways of writing a number: every bracket, blanks, full-width digits, without 号, in a question."""
    compact = "".join(written.split())
    left, right = next(
        ((a, b) for a, b in zip(LEFT, RIGHT, strict=True) if a in compact and b in compact), (None, None)
    )
    if left is None:
        yield compact
        return
    agency, _, rest = compact.partition(left)
    year, _, serial = rest.partition(right)
    for opening, closing in zip(LEFT, RIGHT, strict=True):
        yield f"{agency}{opening}{year}{closing}{serial}"
    yield f"{agency} 〔{year}〕 {serial}"
    yield f"{agency}〔{year}〕{serial}".translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    yield f"{agency}〔{year}〕{serial.removesuffix('号')}"
    yield f"{agency} {year} {serial.removesuffix('号')}"
    yield f"请问{agency}〔{year}〕{serial}是什么文件"


def sample_files(folder: Path) -> dict[str, Path]:
    readings = [
        reading
        for file in sorted((CONFIG / "sample" / "documents").iterdir())
        for reading in read_file(file.name, file.read_bytes())
    ]
    names = ("id", "title", "text", "number", "issuer", "topic")
    documents = [
        {name: getattr(reading.document, name) for name in names}
        | {"status": reading.document.validity.value, "kind": reading.document.kind.value}
        for reading in readings
        if reading.document
    ]
    return {
        "questions": CONFIG / "sample" / "questions.jsonl",
        "documents": write(folder / "documents.jsonl", documents),
    }


def measure(name: str, tokenizer: Tokenizer) -> dict[str, float]:
    with files(name) as given, TemporaryDirectory() as work:
        report = evaluate(
            given["questions"],
            given["documents"],
            answered=given.get("answered"),
            work=Path(work),
            tokenizer=tokenizer,
            now=lambda: datetime.now(UTC),
            gazetteer=Gazetteer.load(CONFIG / "regions.txt"),
        ).as_json()
        plain = plain_bm25(given) if name != "doc_numbers" else {}
    answer = report["bands"]["answer"]
    shown = {figure: report[figure] for figure in FIGURES}
    shown |= {"answer precision": answer["precision"], "answer coverage": answer["coverage"]}
    shown |= {f"ms {kind}": value for kind, value in report["milliseconds"].items()}
    return shown | {f"plain {figure}": value for figure, value in plain.items()}


def plain_bm25(given: dict[str, Path]) -> dict[str, float]:
    """Return the same figures for rank_bm25 over jieba's words, title and text as one text."""
    documents = [row for row in rows(given["documents"]) if row["text"].strip()]
    corpus = [list(jieba.cut(f"{row['title']} {row['text']}")) for row in documents]
    index = (BM25 if len(documents) > LARGE else BM25Okapi)(corpus)
    ids = np.array([row["id"] for row in documents])
    places, recalled, best = [], [], {True: [], False: []}
    for row in rows(given["questions"]):
        scores = index.get_scores(list(jieba.cut(row["question"])))
        wanted = set(row["documents"])
        best[bool(wanted)].append(float(scores.max()))
        if wanted:
            first = ids[np.argsort(-scores, kind="stable")[:10]]
            places.append(next((place for place, each in enumerate(first, 1) if each in wanted), 99))
            recalled.append(len(wanted.intersection(first)) / len(wanted))
    placed = np.array(places)
    figures = {f"hit@{depth}": float((placed <= depth).mean()) for depth in (1, 5)}
    figures |= {"recall@10": float(np.mean(recalled)), "mrr@10": float(np.where(placed <= 10, 1 / placed, 0).mean())}
    if best[False]:
        order = np.sort(best[False])
        figures["auroc"] = float(np.searchsorted(order, best[True]).mean() / len(order))
    return figures


def table(measured: dict[str, dict[str, float]]) -> str:
    lines = [f"{'set':<14} {'figure':<22} {'plain BM25':>10} {'here':>8} {'bar':>6}"]
    for name, figures in measured.items():
        for figure, value in figures.items():
            if value is None or figure.startswith("plain "):
                continue
            plain, bar = figures.get(f"plain {figure}"), BARS.get((name, figure))
            lines.append(
                f"{name:<14} {figure:<22} {f'{plain:.3f}' if plain is not None else '':>10} {value:>8.3f}"
                f" {f'{bar:.3f}' if bar else '':>6}{'  below' if bar and value < bar else ''}"
            )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", metavar="SET", help=", ".join(SETS))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    unknown = set(options.sets).difference(SETS)
    if unknown:
        parser.error(f"unknown set {', '.join(sorted(unknown))}")
    if not SHARED.is_dir():
        parser.error(f"the quality data is not at {SHARED}")
    with TemporaryDirectory() as cache:
        keep_compiled(Path(cache))
        tokenizer = Tokenizer.load(
            dictionary=CONFIG / "dictionary.txt",
            stopwords=CONFIG / "stopwords.txt",
            synonyms=CONFIG / "synonyms.toml",
            cache=Path(cache),
        )
        jieba.setLogLevel("WARNING")
        jieba.dt.tmp_dir = cache
        measured = {name: measure(name, tokenizer) for name in options.sets or SETS}
    print(json.dumps(measured, ensure_ascii=False, indent=1) if options.json else table(measured))


if __name__ == "__main__":
    main()
