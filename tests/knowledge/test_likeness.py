from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.likeness import NEARLY, Likeness, likeness
from knowledge.types import Document, Kind

TEXT = "".join(f"第{number}条 申请人应当提交第{number}类材料，由乡镇政府当日受理。" for number in range(40))


def document(name: str, text: str = TEXT) -> Document:
    return Document(name, "低保办法", text, "")


@pytest.mark.parametrize(
    ("changed", "nearly"),
    [
        (TEXT, True),
        (TEXT.replace("，", "， ").replace("。", "。\n"), True),
        (TEXT.replace("乡镇", "镇"), True),
        (f"{TEXT}附则略。", True),
        (TEXT.replace("申请人", "参保职工本人").replace("材料", "待遇资格认证").replace("当日", "次月"), False),
        ("这是另外一份关于养老保险待遇的文件，内容完全不同。" * 9, False),
    ],
    ids=["same", "blanks", "a word", "a sentence more", "rewritten", "other"],
)
def test_texts_are_nearly_the_same_when_nine_of_ten_pairs_are(changed: str, *, nearly: bool) -> None:
    assert (likeness(document("a"), document("b", changed)) >= NEARLY) is nearly


def test_likeness_is_of_pairs_of_characters() -> None:
    one, other = Document("a", "", "甲乙丙丁", ""), Document("b", "", "甲乙。丙 戊", "")

    assert likeness(one, other) == 2 / 4
    assert likeness(one, replace(one, text="。")) == 0


def test_the_same_answer_to_another_question_is_no_duplicate() -> None:
    answers = [Document(name, name * 9, "请到乡镇政府咨询。" * 3, "", kind=Kind.QA) for name in "甲乙"]

    assert likeness(*answers) < NEARLY
    assert likeness(*(replace(answer, kind=Kind.POLICY) for answer in answers)) == 1


def test_only_documents_that_share_sentences_are_looked_at() -> None:
    known = Likeness()
    known.add(document("a"))
    known.add(document("b", TEXT.replace("第7类", "第七类")))
    known.add(document("c", "这是另外一份关于养老保险待遇的文件，内容完全不同。" * 9))
    known.add(document("short", "很短。"))

    assert set(known.candidates(document("new"))) == {"a", "b"}
    assert set(known.candidates(document("a"))) == {"b"}
    assert list(known.candidates(document("new", "很短。"))) == []


def test_a_document_added_twice_is_known_once() -> None:
    known = Likeness()
    known.add(document("a"))
    known.add(document("a"))

    assert list(known.candidates(document("new"))) == ["a"]


@given(st.text(max_size=200), st.text(max_size=200))
def test_likeness_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    first, second = Document("a", "", one, ""), Document("b", "", other, "")

    assert 0 <= likeness(first, second) == likeness(second, first) <= 1
