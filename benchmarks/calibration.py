"""Fit what ranking and answerability have learned, and print the constants for search.py and answerability.py.

    python benchmarks/calibration.py [--keep FILE] [--use FILE]

Reads the shared quality data (development half), the sample knowledge base, the two law texts with the questions of
law_questions.txt, and questions of off_topic.txt that no office answers. Collections of two to sixty documents are
drawn from them as well, so that the probability means the same in a small office. Everything printed beside the
constants is cross-validated. `--keep` saves what was measured, `--use` fits from it without measuring again.
"""

import argparse
import gzip
import json
import pickle
import random
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from knowledge.building import build_generation  # noqa: E402
from knowledge.compilation import keep_compiled  # noqa: E402
from knowledge.evidence import evidence  # noqa: E402
from knowledge.generation import Generation  # noqa: E402
from knowledge.names import title_key  # noqa: E402
from knowledge.readers import read_file  # noqa: E402
from knowledge.records import read_record  # noqa: E402
from knowledge.scorecard import auroc  # noqa: E402
from knowledge.search import RERANKED, WEIGHTS, Search  # noqa: E402
from knowledge.tokens import Tokenizer  # noqa: E402

SHARED = HERE.parents[1] / "shared" / "data"
CONFIG = HERE.parent / "config"
SETS = ("ncp", "faq", "service_items", "stard")
# how much a set's questions count together in the order of documents, and each of its questions in the probability
IN_ORDER = {"ncp": 1.2, "faq": 1.0, "service_items": 1.0, "sample": 1.0, "stard": 0.5}
START = (20.0, -15.0, 1.0, 15.0)
STEPS = 600
IN_PROBABILITY = {"ncp": 2.0, "faq": 1.0, "service_items": 1.0, "sample": 2.0, "stard": 0.3, "law": 3.0}
SMALL = 2.0
OTHER = 0.5
FOLDS = 5


@dataclass(frozen=True)
class Observation:
    """One question asked: where, whether it has an answer there, what was found."""

    collection: str
    question: str
    answerable: bool
    right: bool
    features: dict[str, float]
    signals: np.ndarray
    gold: np.ndarray


def rows(path):
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def folder_documents(folder):
    readings = (
        reading
        for file in sorted(folder.iterdir())
        if file.is_file()
        for reading in read_file(file.name, file.read_bytes())
    )
    return [reading.document for reading in readings if reading.document]


def collections():
    """Return the documents and the questions, as (text, ids of right documents), of each collection."""
    found = {}
    for name in SETS:
        (path,) = (SHARED / "quality" / name).glob("documents.jsonl*")
        documents = [read_record(row, fallback_id=str(number)) for number, row in enumerate(rows(path)) if row["text"]]
        found[name] = documents, pairs(SHARED / "quality" / name / "questions.jsonl")
    found["sample"] = folder_documents(CONFIG / "sample" / "documents"), pairs(CONFIG / "sample" / "questions.jsonl")
    law = folder_documents(SHARED / "law")
    known = {title_key(name): document.id for document in law for name in (document.title, document.number) if name}
    lines = (line.split("|") for line in (HERE / "law_questions.txt").read_text(encoding="utf-8").split())
    found["law"] = law, [(question, {known[title_key(name)]}) for question, name in lines]
    return found


def pairs(path):
    return [(row["question"], set(row["documents"])) for row in rows(path)]


def ask(collection, documents, asked, tokenizer):
    """Yield what is found for each question in a generation of the documents."""
    with TemporaryDirectory() as work:
        folder = Path(work)
        name = build_generation(documents, folder=folder, tokenizer=tokenizer, now=lambda: datetime.now(UTC))
        generation = Generation(folder / name)
        search = Search(generation)
        for question, right in asked:
            query = tokenizer.query(question)
            ranking = search.rank(query)
            ids = [generation.document(int(row)).id for row in ranking.documents]
            yield Observation(
                collection=collection,
                question=question,
                answerable=bool(right),
                right=bool(ids) and ids[0] in right,
                features=dict(evidence(ranking, query)),
                signals=ranking.signals,
                gold=np.array([each in right for each in ids], bool),
            )
    print("measured", collection, len(asked), file=sys.stderr)


def observe(tokenizer):
    chance = random.Random(1)
    known = collections()
    off_topic = [(line, set()) for line in (HERE / "off_topic.txt").read_text(encoding="utf-8").split("\n") if line]
    found = []
    for name, (documents, asked) in known.items():
        found += ask(name, documents, asked, tokenizer)
        others = [
            (question, set())
            for other, (_, questions) in known.items()
            for question, _ in chance.sample(questions, min(40, len(questions)))
            if other not in {name, "law"} and (name != "law" or "公开" not in question)
        ]
        found += ask(f"{name}/other", documents, off_topic + others, tokenizer)
    for name in ("sample", "faq", "ncp", "service_items"):
        for size in (2, 3, 5, 8) * 3 + (20, 60):
            found += small(name, size, known[name], off_topic=off_topic, tokenizer=tokenizer, chance=chance)
    return found


def small(name, size, known, *, off_topic, tokenizer, chance):
    """Return the observations of a few documents that questions are known for."""
    documents, asked = known
    by_document = {}
    for question, right in asked:
        for each in right:
            by_document.setdefault(each, []).append((question, right))
    drawn = chance.sample([document for document in documents if document.id in by_document], size)
    ids = {document.id for document in drawn}
    inside = [(question, right & ids) for document in drawn for question, right in by_document[document.id]]
    outside = [(question, set()) for question, right in asked if right and not right & ids]
    absent = chance.sample(outside, min(12, len(outside))) + chance.sample(off_topic, 6)
    return list(ask(f"{name}/small", drawn, inside + absent, tokenizer))


def fit_order(observations):
    """Print the weights that put the right document first most often, and how often they do, cross-validated."""
    asked = {}
    for name in IN_ORDER:
        each = [one for one in observations if one.collection == name and one.answerable]
        signals = np.zeros((len(each), RERANKED, len(WEIGHTS)))
        gold = np.zeros((len(each), RERANKED), bool)
        absent = np.ones((len(each), RERANKED), bool)
        for place, one in enumerate(each):
            count = len(one.signals)
            signals[place, :count], gold[place, :count], absent[place, :count] = one.signals, one.gold[:count], False
        asked[name] = signals, gold, absent
    folds = {name: np.random.default_rng(0).integers(0, FOLDS, len(gold)) for name, (_, gold, _) in asked.items()}
    right = dict.fromkeys(asked, 0.0)
    for number in range(FOLDS):
        weights = searched(asked, {name: fold != number for name, fold in folds.items()})
        for name, (hits, _) in judged(asked, weights).items():
            right[name] += hits[folds[name] == number].sum()
    weights = searched(asked, {name: np.ones(len(fold), bool) for name, fold in folds.items()})
    print("search.WEIGHTS =", tuple(round(float(value), 2) for value in weights))
    now, then = judged(asked, np.array(WEIGHTS)), judged(asked, weights)
    for name in asked:
        share = right[name] / len(folds[name])
        print(
            f"  {name:<14} right document first: {now[name][0].mean():.3f} as shipped,"
            f" {then[name][0].mean():.3f} with these weights, {share:.3f} cross-validated"
        )


def judged(asked, weights):
    """Return for each collection whether the right document is first, and the reciprocal of its place."""
    found = {}
    for name, (signals, gold, absent) in asked.items():
        values = np.where(absent, -np.inf, signals @ weights)
        order = np.argsort(-values, axis=1, kind="stable")
        ordered = np.take_along_axis(gold, order, axis=1)
        found[name] = ordered[:, 0], np.where(ordered.any(axis=1), 1 / (ordered.argmax(axis=1) + 1), 0)
    return found


def searched(asked, chosen):
    """Return weights found by a random walk that only goes up: the share of first places has no gradient."""

    def worth(weights):
        found = judged(asked, weights)
        return sum(
            IN_ORDER[name] * (hits[chosen[name]].mean() + 0.5 * places[chosen[name]].mean())
            for name, (hits, places) in found.items()
        )

    chance = np.random.default_rng(1)
    weights = np.array(START)
    best = worth(weights)
    for _ in range(STEPS):
        steps = (
            chance.normal(size=len(weights)) * 0.4 * np.maximum(np.abs(START), 5) * (chance.random(len(START)) < 0.4)
        )
        tried = worth(weights + steps)
        if tried > best:
            weights, best = weights + steps, tried
    return weights


def weight_of(collection):
    name, _, part = collection.partition("/")
    if part:
        return SMALL if part == "small" else OTHER
    return IN_PROBABILITY[name]


def fit_probability(observations):
    """Print the coefficients of the probability and, cross-validated, what the bands would hold."""
    usable = [each for each in observations if each.features]
    names = list(usable[0].features)
    features = np.array([[each.features[name] for name in names] for each in usable])
    right = np.array([each.right for each in usable])
    weights = np.array([weight_of(each.collection) for each in usable])

    def fitted(chosen):
        model = LogisticRegression(C=1000, max_iter=5000)
        return model.fit(features[chosen], right[chosen], sample_weight=weights[chosen])

    chances = np.zeros(len(usable))
    for learn, test in KFold(FOLDS, shuffle=True, random_state=0).split(features):
        chances[test] = fitted(learn).predict_proba(features[test])[:, 1]
    model = fitted(np.arange(len(usable)))
    print("answerability.COEFFICIENTS =")
    print(f'    "bias": {model.intercept_[0]:.3f},')
    for name, value in zip(names, model.coef_[0], strict=True):
        print(f'    "{name}": {value:.3f},')
    kinds = np.array([each.collection for each in usable])
    answerable = np.array([each.answerable for each in usable])
    for kind in dict.fromkeys(kinds):
        shares(kind, chances[kinds == kind], right[kinds == kind], answerable[kinds == kind])


def shares(kind, chances, right, answerable):
    line = f"  {kind:<20} {len(chances):>5} "
    apart = auroc(list(chances[answerable]), list(chances[~answerable]))
    line += f"auroc {apart:.3f}" if apart is not None else "           "
    for least in (0.7, 0.75, 0.8, 0.85):
        sure = chances >= least
        coverage = (sure & answerable).sum() / max(answerable.sum(), 1)
        line += f"  ≥{least}: {coverage:.2f} at {right[sure].mean() if sure.any() else float('nan'):.3f}"
    absent = chances[~answerable]
    if len(absent):
        line += f"  absent: median {np.median(absent):.2f}, 19 of 20 below {np.quantile(absent, 0.95):.2f}"
    print(line)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--use", type=Path)
    options = parser.parse_args()
    if options.use:
        observations = pickle.loads(options.use.read_bytes())
    else:
        with TemporaryDirectory() as cache:
            keep_compiled(Path(cache))
            tokenizer = Tokenizer.load(
                dictionary=CONFIG / "dictionary.txt",
                stopwords=CONFIG / "stopwords.txt",
                synonyms=CONFIG / "synonyms.toml",
                cache=Path(cache),
            )
            observations = observe(tokenizer)
    if options.keep:
        options.keep.write_bytes(pickle.dumps(observations))
    fit_order(observations)
    fit_probability(observations)


if __name__ == "__main__":
    main()
