"""The sample knowledge base, its questions and the topic tree hold together and are marked as samples."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.numbers import number_key
from knowledge.readers import read_file
from knowledge.topics import Topics
from knowledge.types import Disclosure, Document, Kind, Validity

CONFIG = Path(__file__).resolve().parents[2] / "config"
FOLDER = CONFIG / "sample" / "documents"
MARK = "（本文为政答演示样例，非真实政策）"
HAN = re.compile(r"[\u4e00-\u9fff]")
OWN_NUMBER = re.compile(r"[云岚][\u4e00-\u9fff]{1,8}〔\d{4}〕\d+号")
TOTAL = re.compile(r"-?\d+(?:\.\d+)?")
KEY_FIELDS = 20


def _read() -> Iterator[tuple[Path, Document]]:
    for file in sorted(FOLDER.iterdir()):
        for reading in read_file(str(file), file.read_bytes()):
            assert reading.document is not None, f"{reading.place}: {reading.reason}"
            yield file, reading.document


DOCUMENTS = tuple(_read())
BY_ID = {document.id: document for _, document in DOCUMENTS}
PAPERS = tuple(document for file, document in DOCUMENTS if file.suffix == ".md")
QUESTIONS: tuple[Mapping[str, Any], ...] = tuple(
    json.loads(line) for line in (CONFIG / "sample" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
)
TOPICS: tuple[Mapping[str, Any], ...] = tuple(
    tomllib.loads((CONFIG / "topics.toml").read_text(encoding="utf-8"))["topics"]
)


def _tables(text: str) -> Iterator[list[list[str]]]:
    rows: list[list[str]] = []
    for line in [*text.split("\n"), ""]:
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif rows:
            yield rows
            rows = []


def test_there_are_enough_documents_and_every_id_is_used_once() -> None:
    assert len(BY_ID) == len(DOCUMENTS)
    assert len(PAPERS) >= 65
    assert sum(document.kind is Kind.QA for _, document in DOCUMENTS) >= 25


@pytest.mark.parametrize(("file", "document"), DOCUMENTS, ids=BY_ID)
def test_a_document_is_marked_as_a_sample_and_names_nothing_real(file: Path, document: Document) -> None:
    assert document.text.endswith(MARK)
    assert document.url.startswith("https://example.invalid/")
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)|\d{17}[\dXx]", document.text), "a mobile or identity number"
    assert set(re.findall(r"\d{4}-\d{7}", document.text)) <= set(re.findall(r"0000-5550\d{3}", document.text))
    if file.suffix == ".md":
        assert file.stem == document.id
        assert yaml.safe_load(file.read_text(encoding="utf-8").split("---")[1])["sample"] is True


@pytest.mark.parametrize("document", PAPERS, ids=lambda document: document.id)
def test_a_paper_has_the_length_and_the_dates_of_one(document: Document) -> None:
    assert 400 <= len(HAN.findall(document.text)) <= 2000
    assert document.published_on is not None
    assert document.issuer
    assert document.expires_on is None or document.expires_on > document.published_on


@pytest.mark.parametrize("document", PAPERS, ids=lambda document: document.id)
def test_the_numbers_of_the_county_that_a_paper_cites_exist(document: Document) -> None:
    known = {number_key(each.number) for _, each in DOCUMENTS if each.number}
    assert [cited for cited in OWN_NUMBER.findall(document.text) if number_key(cited) not in known] == []


@pytest.mark.parametrize("document", PAPERS, ids=lambda document: document.id)
def test_the_tables_of_a_paper_are_even_and_add_up(document: Document) -> None:
    for rows in _tables(document.text):
        assert {len(row) for row in rows} == {len(rows[0])}, rows[0]
        if rows[-1][0] != "合计":
            continue
        for column in range(1, len(rows[0])):
            parts = [row[column] for row in rows[2:-1] if not row[0].startswith("其中")]
            if TOTAL.fullmatch(rows[-1][column]) and all(TOTAL.fullmatch(part) for part in parts):
                assert sum(map(float, parts)) == pytest.approx(float(rows[-1][column])), rows[0][column]


def test_every_topic_of_a_document_is_in_the_tree_and_every_key_field_has_a_policy() -> None:
    names = [topic["name"] for topic in TOPICS]
    assert {document.topic for _, document in DOCUMENTS} == set(names)
    key_fields = {topic["name"] for topic in TOPICS if topic["lead"]}
    assert len(key_fields) == KEY_FIELDS
    assert key_fields <= {document.topic for document in PAPERS}


def test_the_topic_tree_names_each_topic_and_each_keyword_once() -> None:
    names = [topic["name"] for topic in TOPICS]
    keywords = [keyword for topic in TOPICS for keyword in topic["keywords"]]
    assert len(set(names)) == len(names)
    assert len(set(keywords)) == len(keywords)
    assert all(topic["department"] and topic["parent"] for topic in TOPICS)


def test_most_questions_are_routed_to_the_topic_of_their_document() -> None:
    topics = Topics.parse((CONFIG / "topics.toml").read_text(encoding="utf-8"))
    answerable = [question for question in QUESTIONS if question["documents"]]
    right = sum(
        topics.closest(question["question"]).name in {BY_ID[wanted].topic for wanted in question["documents"]}
        for question in answerable
    )
    assert right / len(answerable) >= 0.9
    assert topics.closest("怎么炖排骨").department == "云岭县人民政府办公室"


def test_every_state_and_kind_that_the_product_knows_is_shown() -> None:
    assert {Validity.DRAFT, Validity.NOT_YET_EFFECTIVE, Validity.IN_FORCE, Validity.REPEALED} <= {
        document.validity for document in PAPERS
    }
    assert {document.kind for _, document in DOCUMENTS} == set(Kind)
    assert [document.id for document in PAPERS if document.disclosure is Disclosure.ON_REQUEST] == ["yl-zubao-hanjian"]


def test_what_is_repealed_names_its_successor_and_what_is_not_yet_effective_its_day() -> None:
    repealed = [document for document in PAPERS if document.validity is Validity.REPEALED]
    assert repealed
    assert all(BY_ID[document.successor].validity is Validity.IN_FORCE for document in repealed)
    coming = [document for document in PAPERS if document.validity is Validity.NOT_YET_EFFECTIVE]
    assert [document.effective_on.year for document in coming if document.effective_on] == [2027] * len(coming)


def test_an_interpretation_names_the_policy_it_belongs_to() -> None:
    interpretations = [document for document in PAPERS if document.kind is Kind.INTERPRETATION]
    assert interpretations
    assert all(BY_ID[document.interprets].kind is Kind.POLICY for document in interpretations)


def test_there_are_enough_questions_with_and_without_an_answer() -> None:
    assert len(QUESTIONS) >= 120
    assert len({question["id"] for question in QUESTIONS}) == len(QUESTIONS)
    assert len({question["question"] for question in QUESTIONS}) == len(QUESTIONS)
    assert sum(not question["documents"] for question in QUESTIONS) >= 20


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["id"])
def test_a_question_is_answered_word_for_word_by_a_document_that_may_be_quoted(question: Mapping[str, Any]) -> None:
    documents = [BY_ID[wanted] for wanted in question["documents"]]
    assert all(each.disclosure is Disclosure.PROACTIVE for each in documents)
    assert all(each.validity is Validity.IN_FORCE for each in documents)
    assert bool(documents) == bool(question["answer"])
    assert not documents or any(question["answer"] in each.text for each in documents)
