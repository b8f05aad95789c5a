import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.scorecard import Question, Report, Result, auroc

QUESTIONS = (
    Question("q1", "多少天", ("a",), "20 个工作日"),
    Question("q2", "哪里办", ("b", "c")),
    Question("q3", "多少钱", ("z",)),
    Question("q4", "怎么炖排骨"),
    Question("q5", "天气怎样", answer="晴"),
)
RESULTS = (
    Result("q1", "answer", "search", 0.95, ("a", "b"), "应当在20个\n工作日内答复。", 1.0),
    Result("q2", "confirm", "search", 0.55, ("a", "b", "c"), "原文。", 2.0),
    Result("q3", "escalate", "search", 0.15, ("a", "b"), "原文。", 3.0),
    Result("q4", "answer", "exact", 0.75, ("a",), "原文。", 4.0),
    Result("q5", "escalate", "search", 0.15, (), "", 10.0),
)
REPORT = Report(QUESTIONS, RESULTS, left_out=2)


def test_the_figures_are_those_computed_by_hand() -> None:
    figures = REPORT.as_json()

    assert {name: value for name, value in figures.items() if not isinstance(value, dict | list)} == {
        "questions": 5,
        "answerable": 3,
        "documents_left_out": 2,
        "hit@1": pytest.approx(1 / 3),
        "hit@3": pytest.approx(2 / 3),
        "hit@5": pytest.approx(2 / 3),
        "hit@10": pytest.approx(2 / 3),
        "recall@10": pytest.approx((1 + 1 + 0) / 3),
        "mrr@10": pytest.approx((1 + 1 / 2 + 0) / 3),
        "quote_contains_answer": 1.0,
        "auroc": pytest.approx(3.5 / 6),
    }
    assert figures["bands"] == {
        "answer": {"questions": 2, "coverage": pytest.approx(1 / 3), "precision": 0.5},
        "confirm": {"questions": 1, "coverage": pytest.approx(1 / 3), "precision": 0.0},
        "escalate": {"questions": 2, "coverage": pytest.approx(1 / 3), "precision": 0.0},
    }
    assert figures["milliseconds"] == {"mean": 4.0, "p50": 3.0, "p99": pytest.approx(9.76)}
    assert json.loads(json.dumps(figures))["bands"]["answer"]["questions"] == 2


def test_the_reliability_table_sorts_questions_by_probability() -> None:
    table = {row["from"]: row for row in REPORT.as_json()["reliability"] if row["questions"]}

    assert table == {
        0.1: {"from": 0.1, "to": 0.2, "questions": 2, "foretold": pytest.approx(0.15), "right": 0.0},
        0.5: {"from": 0.5, "to": 0.6, "questions": 1, "foretold": pytest.approx(0.55), "right": 0.0},
        0.7: {"from": 0.7, "to": 0.8, "questions": 1, "foretold": pytest.approx(0.75), "right": 0.0},
        0.9: {"from": 0.9, "to": 1.0, "questions": 1, "foretold": pytest.approx(0.95), "right": 1.0},
    }


def test_certainty_stands_in_the_last_row() -> None:
    sure = Report(QUESTIONS[:1], (Result("q1", "answer", "exact", 1.0, ("a",), "", 1.0),))

    assert [row["questions"] for row in sure.as_json()["reliability"]] == [0] * 9 + [1]


def test_a_document_beyond_the_tenth_counts_for_nothing_within_ten() -> None:
    far = tuple(f"d{number}" for number in range(10))
    report = Report(
        (Question("q", "问", ("a", "d3")), Question("r", "问", ("a",))),
        tuple(Result(name, "answer", "search", 0.5, (*far, "a"), "", 1.0) for name in ("q", "r")),
    )
    figures = report.as_json()

    assert (figures["hit@3"], figures["hit@5"], figures["hit@10"]) == (0.0, 0.5, 0.5)
    assert figures["recall@10"] == pytest.approx((0.5 + 0) / 2)
    assert figures["mrr@10"] == pytest.approx((1 / 4 + 0) / 2)


def test_what_the_questions_cannot_tell_is_left_open() -> None:
    figures = Report((), ()).as_json()

    assert (figures["hit@1"], figures["recall@10"], figures["mrr@10"], figures["auroc"]) == (None, None, None, None)
    assert figures["quote_contains_answer"] is None
    assert figures["bands"]["answer"] == {"questions": 0, "coverage": None, "precision": None}
    assert figures["milliseconds"] == {"mean": 0.0, "p50": 0.0, "p99": 0.0}
    assert "auroc: –" in Report((), ()).text()


def test_the_figures_are_shown_as_lines() -> None:
    lines = REPORT.text().splitlines()

    for line in (
        "questions: 5",
        "hit@1: 0.333",
        "hit@3: 0.667",
        "hit@5: 0.667",
        "hit@10: 0.667",
        "recall@10: 0.667",
        "mrr@10: 0.500",
        "quote_contains_answer: 1.000",
        "auroc: 0.583",
        "milliseconds: mean 4.00  p50 3.00  p99 9.76",
    ):
        assert line in lines
    assert [line.split() for line in lines if line.startswith("answer ")] == [["answer", "2", "0.333", "0.500"]]
    assert [line.split() for line in lines if line.startswith("0.9–1.0")] == [["0.9–1.0", "1", "0.950", "1.000"]]


def test_results_are_written_one_to_a_line(tmp_path: Path) -> None:
    REPORT.write_results(tmp_path / "results.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text(encoding="utf-8").splitlines()]

    assert rows[0] == {
        "id": "q1",
        "band": "answer",
        "route": "search",
        "probability": 0.95,
        "documents": ["a", "b"],
        "quote": "应当在20个\n工作日内答复。",
        "milliseconds": 1.0,
    }
    assert [row["id"] for row in rows] == ["q1", "q2", "q3", "q4", "q5"]


def test_questions_and_results_must_belong_together() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Report(QUESTIONS, RESULTS[:2]).as_json()


def test_auroc_is_open_without_both_sides() -> None:
    assert auroc([], [0.5]) is None
    assert auroc([0.5], []) is None


probabilities = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]), min_size=1, max_size=8)


@given(probabilities, probabilities)
def test_auroc_is_the_share_of_pairs_in_the_right_order(positive: list[float], negative: list[float]) -> None:
    pairs = [(high > low) + (high == low) / 2 for high in positive for low in negative]

    assert auroc(positive, negative) == pytest.approx(sum(pairs) / len(pairs))
