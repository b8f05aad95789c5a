from pathlib import Path

import pytest

from knowledge.answerability import ANSWER, COEFFICIENTS, CONFIRM, LEAST, band, probability
from knowledge.building import build_generation
from knowledge.evidence import evidence
from knowledge.generation import Generation
from knowledge.search import Search
from knowledge.tokens import Tokenizer
from knowledge.types import Band
from tests.fakes import FixedClock, a_document

# the first search of a process compiles
pytestmark = pytest.mark.timeout(60)
DOCUMENTS = tuple(
    a_document(f"{topic}办理办法", text=f"第一条 {topic}向县民政局申请，路上遇到雨天请带伞。", id=topic)
    for topic in ("低保", "公积金", "养老金", "医保", "户口", "婚姻登记")
)


def chance(question: str, folder: Path, tokenizer: Tokenizer) -> float:
    name = build_generation(DOCUMENTS, folder=folder, tokenizer=tokenizer, now=FixedClock())
    query = tokenizer.query(question)
    return probability(evidence(Search(Generation(folder / name)).rank(query), query))


def test_nothing_found_is_never_probable() -> None:
    assert probability({}) == 0.0


def test_every_coefficient_has_its_feature(tmp_path: Path, tokenizer: Tokenizer) -> None:
    name = build_generation(DOCUMENTS, folder=tmp_path, tokenizer=tokenizer, now=FixedClock())
    query = tokenizer.query("低保怎么申请")
    features = evidence(Search(Generation(tmp_path / name)).rank(query), query)

    assert set(features) == set(COEFFICIENTS) - {"bias"}


def test_a_question_of_the_subject_is_more_probable_than_one_that_meets_a_word_by_chance(
    tmp_path: Path, tokenizer: Tokenizer
) -> None:
    right = chance("低保办理向谁申请", tmp_path, tokenizer)

    assert right > 0.7
    assert right > chance("雨天路上堵车", tmp_path, tokenizer) + 0.2
    assert chance("炖排骨", tmp_path, tokenizer) == 0.0


def test_the_bands_follow_the_probability() -> None:
    assert band(ANSWER, documents=10_000) is Band.ANSWER
    assert band(ANSWER - 0.01, documents=10_000) is Band.CONFIRM
    assert band(CONFIRM, documents=10_000) is Band.CONFIRM
    assert band(CONFIRM - 0.01, documents=10_000) is Band.ESCALATE


def test_fewer_documents_need_less_to_answer_but_never_less_than_the_least() -> None:
    assert band(ANSWER - 0.05, documents=158) is Band.ANSWER
    assert band(ANSWER - 0.05, documents=600) is Band.CONFIRM
    assert band(LEAST - 0.01, documents=1) is Band.CONFIRM
