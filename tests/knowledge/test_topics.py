from pathlib import Path

import pytest

from knowledge.errors import KnowledgeError
from knowledge.topics import NOBODY, Topic, Topics

AID = Topic("社会救助", "民政局", "1", ("低保", "救助"))
PENSION = Topic("养老", "人社局", "2", ("养老金", "养老"))
TOPICS = Topics((AID, PENSION), Topic("", "办公室", "3"))


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("低保怎么申请", AID),
        ("养老金怎么领", PENSION),
        ("低保户的养老金怎么领", PENSION),
        ("低保和养老", AID),
        ("怎么炖排骨", TOPICS.fallback),
        ("", TOPICS.fallback),
    ],
    ids=["one word", "overlapping words", "most characters", "the first of equals", "no word", "nothing"],
)
def test_a_question_goes_to_the_topic_whose_keywords_cover_most_of_it(question: str, topic: Topic) -> None:
    assert TOPICS.closest(question) == topic


def test_without_topics_nobody_answers() -> None:
    assert Topics().closest("低保") == NOBODY


def test_topics_are_read_from_toml() -> None:
    topics = Topics.parse(
        """
        [fallback]
        department = "办公室"
        [[topics]]
        name = "社会救助"
        department = "民政局"
        lead = "民政厅"
        keywords = ["低保"]
        [[topics]]
        name = "养老"
        department = "人社局"
        phone = "2"
        """
    )

    assert topics.entries == (Topic("社会救助", "民政局", "", ("低保",)), Topic("养老", "人社局", "2", ()))
    assert topics.fallback == Topic("", "办公室", "")


def test_an_empty_table_routes_to_nobody() -> None:
    assert Topics.parse("").closest("低保") == NOBODY


@pytest.mark.parametrize(
    "text",
    [
        "[[topics]",
        "topics = 5",
        "topics = ['低保']",
        "fallback = '办公室'",
        "[[topics]]\nname = '社会救助'",
        "[[topics]]\ndepartment = '民政局'",
        "[[topics]]\nname = 5\ndepartment = '民政局'",
        "[[topics]]\nname = '社会救助'\ndepartment = '民政局'\nkeywords = '低保'",
        "[[topics]]\nname = '社会救助'\ndepartment = '民政局'\nkeywords = [5]",
        "[[topics]]\nname = '社会救助'\ndepartment = '民政局'\nkeywords = ['']",
        "[[topics]]\nname = '社会救助'\ndepartment = '民政局'\nphone = 5",
        "[fallback]\nphone = 5",
    ],
)
def test_a_table_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(KnowledgeError, match="主题表无法读取"):
        Topics.parse(text)


def test_the_shipped_table_is_read() -> None:
    file = Path(__file__).resolve().parents[2] / "config" / "topics.toml"
    topics = Topics.parse(file.read_text(encoding="utf-8"))

    assert len(topics.entries) >= 20
    assert topics.fallback.department
    assert topics.closest("低保怎么申请").department
