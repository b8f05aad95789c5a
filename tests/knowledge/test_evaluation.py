import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from knowledge.errors import KnowledgeError
from knowledge.evaluation import evaluate
from knowledge.scorecard import Report
from knowledge.tokens import Tokenizer
from tests.fakes import FixedClock

# the first search of a process compiles
pytestmark = pytest.mark.timeout(60)
Row = Mapping[str, object]
TOPICS = ("公积金提取", "养老金领取", "户口迁移", "医保报销", "生育登记", "驾驶证换领")
DOCUMENTS: list[Row] = [
    {"id": topic, "title": f"{topic}办理指南", "text": f"第一条 {topic}向县政务服务中心申请，五个工作日办结。"}
    for topic in TOPICS
]
QUESTIONS: list[Row] = [
    {"id": "q1", "question": "公积金提取怎么申请", "documents": ["公积金提取"], "answer": "五个工作日"},
    {"id": "q2", "question": "户口迁移几天办完", "documents": ["户口迁移"], "answer": None},
    {"id": "q3", "question": "ω", "documents": []},
    {"id": "q4", "question": "驾驶证换领", "documents": ["没有这份"]},
]


def write(path: Path, rows: Sequence[Row]) -> Path:
    text = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    return write(tmp_path / "questions.jsonl", QUESTIONS)


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    return write(tmp_path / "documents.jsonl", DOCUMENTS)


def run(questions: Path, documents: Path, tokenizer: Tokenizer, answered: Path | None = None) -> Report:
    work = questions.parent / "work"
    return evaluate(questions, documents, answered=answered, work=work, tokenizer=tokenizer, now=FixedClock())


def test_the_figures_are_those_computed_by_hand(questions: Path, documents: Path, tokenizer: Tokenizer) -> None:
    report = run(questions, documents, tokenizer)
    figures = report.as_json()

    assert [result.documents[:1] for result in report.results] == [
        ("公积金提取",),
        ("户口迁移",),
        (),
        ("驾驶证换领",),
    ]
    assert (figures["questions"], figures["answerable"], figures["documents_left_out"]) == (4, 3, 0)
    assert (figures["hit@1"], figures["hit@10"]) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert (figures["recall@10"], figures["mrr@10"]) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert figures["quote_contains_answer"] == 1.0
    assert figures["auroc"] == 1.0


def test_results_have_the_names_of_the_contract(questions: Path, documents: Path, tokenizer: Tokenizer) -> None:
    run(questions, documents, tokenizer).write_results(questions.with_name("results.jsonl"))
    rows = [json.loads(line) for line in questions.with_name("results.jsonl").read_text(encoding="utf-8").splitlines()]

    assert [row["id"] for row in rows] == ["q1", "q2", "q3", "q4"]
    for row in rows:
        assert list(row) == ["id", "band", "route", "probability", "documents", "quote", "milliseconds"]
        assert row["band"] in {"answer", "confirm", "escalate"}
        assert row["route"] in {"exact", "answered", "search"}
        assert 0 <= row["probability"] <= 1
        assert set(row["documents"]) <= set(TOPICS)
        assert row["milliseconds"] > 0
    assert rows[2] | {"milliseconds": 0} == {
        "id": "q3",
        "band": "escalate",
        "route": "search",
        "probability": 0.0,
        "documents": [],
        "quote": "",
        "milliseconds": 0,
    }


def test_the_quote_is_that_of_the_first_document(questions: Path, documents: Path, tokenizer: Tokenizer) -> None:
    first = run(questions, documents, tokenizer).results[0]

    assert first.documents[0] in first.quote


def test_documents_may_be_compressed(questions: Path, tmp_path: Path, tokenizer: Tokenizer) -> None:
    plain = run(questions, write(tmp_path / "documents.jsonl", DOCUMENTS), tokenizer)
    packed = run(questions, write(tmp_path / "documents.jsonl.gz", DOCUMENTS), tokenizer)

    assert [result.documents for result in packed.results] == [result.documents for result in plain.results]


def test_up_to_a_hundred_documents_are_listed_once_each(tmp_path: Path, tokenizer: Tokenizer) -> None:
    rows = [
        {
            "id": f"d{number}",
            "title": f"第{number}号指南",
            "text": f"{'公积金提取' if number < 150 else '其他事项'}第{number}次说明。",
        }
        for number in range(400)
    ]
    report = run(write(tmp_path / "questions.jsonl", QUESTIONS[:1]), write(tmp_path / "many.jsonl", rows), tokenizer)

    (result,) = report.results
    assert len(result.documents) == len(set(result.documents)) == 100


def test_optional_fields_are_used(tmp_path: Path, tokenizer: Tokenizer) -> None:
    rows: list[Row] = [
        *DOCUMENTS,
        {
            "id": "old",
            "title": "旧通知",
            "text": "公积金提取怎么申请，旧的。",
            "number": "浚政〔2019〕2号",
            "status": "已废止",
        },
        {"id": "secret", "title": "内部", "text": "公积金提取怎么申请，内部。", "disclosure": "不予公开"},
    ]
    asked: list[Row] = [QUESTIONS[0], {"id": "exact", "question": "浚政(2019)2号", "documents": ["old"]}]
    found, exact = run(
        write(tmp_path / "questions.jsonl", asked), write(tmp_path / "documents.jsonl", rows), tokenizer
    ).results

    assert not {"old", "secret"} & set(found.documents)
    assert (exact.route, exact.band, exact.probability, exact.documents[0]) == ("exact", "answer", 1.0, "old")


def test_documents_that_cannot_be_used_are_left_out_and_counted(
    questions: Path, tmp_path: Path, tokenizer: Tokenizer
) -> None:
    bad: list[Row] = [
        {"id": "empty", "title": "空", "text": ""},
        {"id": "x", "text": "正文", "status": "?"},
        DOCUMENTS[0],
        {},
    ]
    report = run(questions, write(tmp_path / "documents.jsonl", [*DOCUMENTS, *bad]), tokenizer)

    assert report.as_json()["documents_left_out"] == 4
    assert report.results[0].documents[0] == "公积金提取"


def test_linked_questions_lead_to_their_documents(tmp_path: Path, documents: Path, tokenizer: Tokenizer) -> None:
    questions = write(
        tmp_path / "questions.jsonl", [{"id": "q", "question": "房子的钱咋取出来", "documents": ["公积金提取"]}]
    )
    answered = write(
        tmp_path / "linked.jsonl",
        [{"question": "房子的钱咋取出来？", "documents": ["公积金提取"]}, {"question": "别的", "documents": ["gone"]}],
    )

    assert run(questions, documents, tokenizer).results[0].route == "search"
    (result,) = run(questions, documents, tokenizer, answered).results
    assert (result.route, result.documents[0]) == ("answered", "公积金提取")


def test_nothing_but_the_work_folder_is_touched(questions: Path, documents: Path, tokenizer: Tokenizer) -> None:
    before = {file.name for file in questions.parent.iterdir()}
    run(questions, documents, tokenizer)

    assert {file.name for file in questions.parent.iterdir()} == before | {"work"}


def test_no_questions_and_no_documents_give_no_figures(tmp_path: Path, tokenizer: Tokenizer) -> None:
    empty = write(tmp_path / "empty.jsonl", [])

    assert run(empty, empty, tokenizer).as_json()["hit@1"] is None


@pytest.mark.parametrize("role", ["questions", "documents", "answered"])
@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("missing.jsonl", None, "missing.jsonl 不存在、无法打开或者压缩已损坏"),
        ("missing.jsonl.gz", None, "missing.jsonl.gz 不存在、无法打开或者压缩已损坏"),
        ("plain.jsonl.gz", b'{"id": 1}', "plain.jsonl.gz 不存在、无法打开或者压缩已损坏"),
        ("short.jsonl.gz", gzip.compress(b"{}" * 500)[:-9], "short.jsonl.gz 不存在、无法打开或者压缩已损坏"),
        ("gb.jsonl", '{"question": "低保"}'.encode("gb18030"), "gb.jsonl 不是 UTF-8 编码的文本"),
        ("half.jsonl", b'{"question": "a", "id": "1", "text": "b"}\n{"id": ', "half.jsonl:2 不是一行完整的 JSON"),
        ("deep.jsonl", b"[" * 100_000, "deep.jsonl:1 不是一行完整的 JSON"),
        ("list.jsonl", b"[1]", "list.jsonl:1 应当是一个 JSON 对象"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_clear_line(
    questions: Path,
    documents: Path,
    tokenizer: Tokenizer,
    *,
    role: str,
    name: str,
    content: bytes | None,
    reason: str,
) -> None:
    file = questions.with_name(name)
    if content is not None:
        file.write_bytes(content)
    files = {"questions": questions, "documents": documents, "answered": None} | {role: file}

    with pytest.raises(KnowledgeError) as refused:
        evaluate(**files, work=questions.parent / "work", tokenizer=tokenizer, now=FixedClock())  # type: ignore[arg-type]  # by role
    assert str(refused.value) == f"{questions.parent}/{reason}"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"id": "q"}, "questions.jsonl:2 的 question 应当是文字"),
        ({"question": 5}, "questions.jsonl:2 的 question 应当是文字"),
        ({"question": "问", "documents": "公积金提取"}, "questions.jsonl:2 的 documents 应当是编号的列表"),
    ],
)
def test_a_question_that_is_not_one_is_refused_with_its_line(
    tmp_path: Path, documents: Path, tokenizer: Tokenizer, row: dict[str, object], reason: str
) -> None:
    questions = write(tmp_path / "questions.jsonl", [QUESTIONS[0], row])

    with pytest.raises(KnowledgeError, match=reason):
        run(questions, documents, tokenizer)
