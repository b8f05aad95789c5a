import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from knowledge.index import BM25
from knowledge.level import Field
from knowledge.postings import Postings

# the first search of a process compiles
pytestmark = pytest.mark.timeout(60)
CORPUS = [["低保", "申请", "材料", "低保"], ["公积金", "提取"], ["低保", "标准"], []]
words = st.sampled_from(["低保", "申请", "材料", "公积金", "提取", "的", "a", ""]) | st.text(max_size=3)
documents = st.lists(words, max_size=12)
corpora = st.lists(documents, min_size=1, max_size=12).filter(any)
queries = st.lists(words, max_size=8)
parameters = st.tuples(st.floats(0.1, 3), st.floats(0, 0.95), st.sampled_from([0.0, 0.25, 1.0]))


def split(text: str) -> list[str]:
    return text.split()


@settings(deadline=None)
@given(corpora, queries, parameters)
def test_scores_are_those_of_rank_bm25(
    corpus: list[list[str]], query: list[str], chosen: tuple[float, float, float]
) -> None:
    k1, b, epsilon = chosen
    expected = BM25Okapi(corpus, k1=k1, b=b, epsilon=epsilon)
    index = BM25(corpus, k1=k1, b=b, epsilon=epsilon)
    scores = expected.get_scores(query)

    np.testing.assert_allclose(index.get_scores(query), scores, atol=1e-5)
    doc_ids = list(range(len(corpus)))[::-2]
    np.testing.assert_allclose(
        index.get_batch_scores(query, doc_ids), expected.get_batch_scores(query, doc_ids), atol=1e-5
    )
    best = index.get_top_n(query, doc_ids_of(corpus), n=5)
    wanted = expected.get_top_n(query, doc_ids_of(corpus), n=5)
    np.testing.assert_allclose(scores[best], scores[wanted], atol=1e-5)
    assert (index.average_idf, index.avgdl) == pytest.approx((expected.average_idf, expected.avgdl))
    assert list(index.doc_len) == expected.doc_len


@settings(deadline=None, max_examples=25)
@given(
    corpora,
    st.lists(st.sampled_from(["低保", "申请", "材料", "公积金", "的", "x0", "x1", "x2"]), max_size=8),
    st.integers(1, 90),
    st.integers(1, 12),
)
def test_the_top_documents_are_those_with_the_greatest_scores(
    corpus: list[list[str]], query: list[str], copies: int, wanted: int
) -> None:
    # many documents of different lengths, so that some terms are frequent and some are not
    many = [[*document, *[f"x{copy % 7}"] * (copy % 5)] for copy in range(copies) for document in corpus]
    for index in (BM25(many), Field(many), BM25(many, epsilon=-0.5)):
        scores = index.get_scores(query)
        rows, found = index.top(query, wanted)
        expected = sorted((score for score in scores if score > 0), reverse=True)[:wanted]

        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(scores[rows], found, rtol=1e-5, atol=1e-5)
        assert len(set(rows.tolist())) == len(rows)


@pytest.mark.data
def test_the_top_documents_of_real_questions_are_those_with_the_greatest_scores(shared_data: Path) -> None:
    folder = shared_data / "quality" / "ncp"
    rows = (folder / "documents.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(row)["text"] for row in rows]
    # characters: nearly every one is frequent
    index = Field([text[at : at + 300] for text in texts for at in range(0, len(text), 300)])

    for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()[::10]:
        question = json.loads(line)["question"]
        expected = np.sort(index.get_scores(question))[::-1][:10]
        np.testing.assert_allclose(index.top(question, 10)[1], expected, rtol=1e-5)


def reread(index: BM25, folder: Path) -> BM25:
    index.save(folder)
    Postings.write(folder, [index.postings])
    return BM25.load(folder, Postings.load(folder))


def doc_ids_of(corpus: list[list[str]]) -> list[int]:
    return list(range(len(corpus)))


def test_the_best_documents_come_first() -> None:
    texts = ["甲", "乙", "丙", "丁"]

    for query in (["低保", "材料"], ["提取"], ["标准", "标准"]):
        assert BM25(CORPUS).get_top_n(query, texts, n=2) == BM25Okapi(CORPUS).get_top_n(query, texts, n=2)


def test_a_term_in_most_documents_has_the_floor_of_rank_bm25() -> None:
    corpus = [["的", "低保"], ["的", "申请"], ["的"]]
    expected = BM25Okapi(corpus)
    index = BM25(corpus)

    assert expected.idf["的"] == pytest.approx(0.25 * expected.average_idf)
    assert index.idf[index.rows(["的"])[0]] == pytest.approx(expected.idf["的"])


def test_a_term_that_no_document_has_weighs_as_the_rarest_could() -> None:
    index = BM25(CORPUS)

    assert index.wordlist.idf.tolist() == index.idf.tolist()
    assert index.wordlist.unknown == pytest.approx(np.log(9))
    assert BM25([]).wordlist.unknown == 0.0


def test_one_document_is_enough() -> None:
    corpus = [["低保", "申请", "低保"]]

    np.testing.assert_allclose(BM25(corpus).get_scores(["低保"]), BM25Okapi(corpus).get_scores(["低保"]), atol=1e-5)


def test_a_repeated_word_counts_as_often_as_it_is_asked() -> None:
    index = BM25(CORPUS)

    np.testing.assert_allclose(index.get_scores(["材料", "材料"]), 2 * index.get_scores(["材料"]))


def test_unknown_words_and_no_words_score_nothing() -> None:
    index = BM25(CORPUS)

    assert not index.get_scores(["炖排骨"]).any()
    assert not index.get_scores([]).any()
    assert index.rows(["炖排骨", "低保"]).tolist()[0] == -1
    assert index.get_batch_scores([], []) == []


@pytest.mark.parametrize("corpus", [[], [[]], [[], []]], ids=["no documents", "one empty", "two empty"])
def test_an_empty_corpus_scores_nothing(corpus: list[list[str]], tmp_path: Path) -> None:
    index = BM25(corpus)

    for each in (index, reread(index, tmp_path / "index")):
        assert each.get_scores(["低保"]).tolist() == [0.0] * len(corpus)
        assert each.get_top_n(["低保"], corpus) == corpus


def test_a_corpus_may_be_read_once_and_tokenised_on_the_way() -> None:
    texts = ["低保 申请", "公积金 提取"]

    expected = BM25([split(text) for text in texts]).get_scores(["低保"])
    np.testing.assert_array_equal(BM25(split(text) for text in texts).get_scores(["低保"]), expected)


def test_a_text_counts_as_the_list_of_its_characters() -> None:
    corpus = ["低保申请", "公积金提取", "低保"]

    np.testing.assert_allclose(BM25(corpus).get_scores("低保"), BM25Okapi(corpus).get_scores("低保"), atol=1e-5)


@pytest.mark.data
def test_scores_of_real_texts_are_those_of_rank_bm25(shared_data: Path) -> None:
    folder = shared_data / "quality" / "faq"
    rows = (folder / "documents.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(row)["text"] for row in rows]
    expected, index = BM25Okapi(texts), BM25(texts)

    for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()[:50]:
        question = json.loads(line)["question"]
        np.testing.assert_allclose(index.get_scores(question), expected.get_scores(question), atol=1e-5)


def test_the_number_of_texts_must_fit() -> None:
    with pytest.raises(AssertionError):
        BM25(CORPUS).get_top_n(["低保"], ["甲"])


@settings(max_examples=25, deadline=None)
@given(st.lists(documents, max_size=8), queries)
def test_what_is_saved_is_loaded(
    tmp_path_factory: pytest.TempPathFactory, corpus: list[list[str]], query: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("index") / "saved"
    index = BM25(corpus, k1=0.9, b=0.4, epsilon=0.1)
    loaded = reread(index, folder)

    np.testing.assert_array_equal(loaded.get_scores(query), index.get_scores(query))
    assert (loaded.k1, loaded.b, loaded.epsilon) == (0.9, 0.4, 0.1)
    assert (loaded.corpus_size, loaded.avgdl, loaded.average_idf) == (len(corpus), index.avgdl, index.average_idf)


def test_a_loaded_index_is_mapped_and_cannot_be_changed(tmp_path: Path) -> None:
    loaded = reread(BM25(CORPUS), tmp_path / "index")

    assert isinstance(loaded.postings.documents.base, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        loaded.postings.impacts[0] = 0


def test_an_index_is_never_written_over_another(tmp_path: Path) -> None:
    BM25(CORPUS).save(tmp_path / "index")

    with pytest.raises(FileExistsError):
        BM25(CORPUS).save(tmp_path / "index")


@pytest.mark.parametrize("values", [[], {}, {"corpus_size": 4}, {"corpus_size": "4"}])
def test_an_index_without_its_figures_is_not_loaded(tmp_path: Path, values: object) -> None:
    index = BM25(CORPUS)
    index.save(tmp_path / "index")
    (tmp_path / "index" / "index.json").write_text(json.dumps(values))

    with pytest.raises((OSError, ValueError)):
        BM25.load(tmp_path / "index", index.postings)
