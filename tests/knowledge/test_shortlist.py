import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.blocks import Blocks
from knowledge.building import build_generation
from knowledge.generation import Generation
from knowledge.level import Field, Level, write_level
from knowledge.search import DOCUMENT_WEIGHT, Search
from knowledge.shortlist import Best, find_documents
from knowledge.sums import Asked, WeightedTerms
from knowledge.tokens import Tokenizer
from tests.fakes import FixedClock, a_document

# the first search of a process compiles
pytestmark = pytest.mark.timeout(120)
Text = list[str]
words = st.sampled_from(["低保", "申请", "材料", "公积金", "的", "在"])
a_document_of_passages = st.lists(st.lists(words, max_size=8), max_size=40)


def level(folder: Path, texts: Sequence[Text]) -> Level:
    characters = [list("".join(text)) for text in texts]
    pairs = [[one + other for one, other in pairwise(text)] for text in characters]
    write_level(folder, [Field.over(corpus) for corpus in (texts, characters, pairs)])
    return Level.load(folder)


def found(
    below: Level,
    above: Level,
    terms: tuple[WeightedTerms, WeightedTerms],
    gains: Sequence[float],
    blocks: Blocks,
    **asked: int,
) -> Best:
    best: Best = find_documents(
        Asked(below.postings, blocks.passage_crests(below.postings), terms[0]),
        Asked(above.postings, blocks.document_crests(above.postings), terms[1]),
        np.array(gains, np.float32),
        blocks,
        np.diff(blocks.passages) > 0,
        asked["wanted"],
        asked["freely"],
    )
    return best


@settings(deadline=None, max_examples=60)
@given(
    documents=st.lists(a_document_of_passages, min_size=1, max_size=6),
    copies=st.integers(1, 12),
    question=st.lists(st.tuples(st.integers(-1, 30), st.sampled_from([0.5, 1.0])), max_size=14),
    asked=st.fixed_dictionaries({"wanted": st.integers(1, 9), "freely": st.sampled_from([0, 40, 10_000])}),
    gain=st.integers(0, 9),
)
def test_the_best_documents_are_those_with_the_greatest_sums_of_all_fields(  # noqa: PLR0917  # drawn
    documents: list[list[Text]],
    copies: int,
    question: list[tuple[int, float]],
    asked: dict[str, int],
    gain: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    # many documents of different lengths, so that some terms are frequent and some are not
    many = [[[*text, *[f"x{copy}"] * (copy % 3)] for text in texts] for copy in range(copies) for texts in documents]
    folder = tmp_path_factory.mktemp("levels")
    below = level(folder / "passages", [text for texts in many for text in texts])
    above = level(folder / "documents", [[word for text in texts for word in text] for texts in many])
    firsts = np.cumsum([0, *map(len, many)])
    gains = [gain * (number % 2) for number in range(len(many))]
    rows, weights = np.array([row for row, _ in question], np.int64), [weight for _, weight in question]
    terms = [
        WeightedTerms(np.where(rows < len(each.postings.peaks), rows, -1), np.array(weights, np.float32) * share)
        for each, share in ((below, 1.0), (above, DOCUMENT_WEIGHT))
    ]
    scores = [added_up(each, term) for each, term in zip((below, above), terms, strict=True)]

    best = found(below, above, (terms[0], terms[1]), gains, Blocks.of(firsts), **asked)

    totals = scores[1] + gains
    for number, (first, last) in enumerate(pairwise(firsts)):
        totals[number] = totals[number] + scores[0][first:last].max() if first < last else 0.0
    expected = sorted((total for total in totals if total > 0), reverse=True)[: asked["wanted"]]
    np.testing.assert_allclose(best.totals, expected, rtol=1e-4)
    np.testing.assert_allclose(totals[best.documents], best.totals, rtol=1e-4)
    np.testing.assert_allclose(scores[0][best.passages] + (scores[1] + gains)[best.documents], best.totals, rtol=1e-4)
    assert len(set(best.documents.tolist())) == len(best.documents)


def added_up(level: Level, terms: WeightedTerms) -> np.ndarray:
    scores = np.zeros(level.size)
    starts, documents, impacts, *_ = level.postings
    for row, weight in zip(*terms, strict=True):
        if row >= 0:
            span = slice(starts[row], starts[row + 1])
            scores[documents[span]] += weight * impacts[span]
    return scores


def test_of_equally_good_documents_the_first_ones_are_found_in_their_order(tmp_path: Path) -> None:
    texts = [["低保", "申请"]] * 70 + [["公积金"]] * 9
    below, above = level(tmp_path / "passages", texts), level(tmp_path / "documents", texts)
    rows = below.words.rows(["低保"])

    for freely in (0, 1000):
        terms = (WeightedTerms(rows.copy(), np.ones(1, np.float32)), WeightedTerms(rows.copy(), np.ones(1, np.float32)))
        best = found(below, above, terms, [0.0] * 79, Blocks.of(np.arange(80)), wanted=5, freely=freely)
        assert best.documents.tolist() == best.passages.tolist() == [0, 1, 2, 3, 4]


@pytest.mark.data
def test_real_questions_find_the_documents_with_the_greatest_sums_of_all_fields(
    shared_data: Path, tokenizer: Tokenizer, tmp_path: Path
) -> None:
    folder = shared_data / "quality" / "ncp"
    rows = map(json.loads, (folder / "documents.jsonl").read_text(encoding="utf-8").splitlines())
    documents = [a_document(row["title"], text=row["text"], id=row["id"]) for row in rows]
    generation = Generation(
        tmp_path / build_generation(documents, folder=tmp_path, tokenizer=tokenizer, now=FixedClock())
    )
    search = Search(generation)
    firsts = generation.first_passages
    with_passages = np.flatnonzero(np.diff(firsts))

    for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()[::25]:
        query = tokenizer.query(json.loads(line)["question"])
        totals = DOCUMENT_WEIGHT * generation.documents_level.score(query)[with_passages]
        totals += np.maximum.reduceat(generation.passages_level.score(query), firsts[with_passages])
        for wanted in (30, 100):
            ranking = search.rank(query, wanted=wanted)
            expected = np.sort(totals)[::-1][:wanted]
            np.testing.assert_allclose(np.sort(ranking.scores)[::-1], expected[expected > 0], rtol=1e-5)
