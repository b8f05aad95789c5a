import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.clusters import ALIKE, Wording, alike, clustered

SUBJECTS = st.sampled_from(["低保", "公租房", "居住证", "医保报销", "电梯补贴"])
ASKED = st.sampled_from(["怎么申请", "怎么申请？", "申请要多久", "要带什么材料", "多少钱一个月"])
QUESTIONS = st.lists(st.builds("{}{}".format, SUBJECTS, ASKED), max_size=30)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("低保怎么申请", "怎么申请低保？", True),
        ("老旧小区加装电梯补贴多少", "老旧小区加装电梯，补贴多少钱", True),
        ("居住证在哪里办", "哪里办居住证", True),
        ("养老金怎么申请", "养老金怎么领取", False),
        ("ＡＩ政策", "ai 政策", True),
        ("低保怎么申请", "公租房怎么申请", False),
        ("养老金怎么申请", "养老金多少钱一个月", False),
        ("？", "？", False),
    ],
)
def test_the_same_question_in_other_words_is_known(one: str, other: str, same: bool) -> None:  # noqa: FBT001
    assert alike(one, [other]) is same
    assert (len(clustered([one, other])) == 1) is same


@given(QUESTIONS)
def test_every_question_is_in_one_cluster_and_alike_its_first_one(questions: list[str]) -> None:
    clusters = clustered(questions)
    assert sorted(place for cluster in clusters for place in cluster) == list(range(len(questions)))
    for first, *others in clusters:
        assert first < min(others, default=len(questions))
        for place in others:
            assert Wording.of(questions[place]).like(Wording.of(questions[first])) >= ALIKE


@given(QUESTIONS)
def test_no_two_clusters_begin_with_the_same_question(questions: list[str]) -> None:
    leaders = [Wording.of(questions[cluster[0]]) for cluster in clustered(questions)]
    assert all(one.like(other) < ALIKE for at, one in enumerate(leaders) for other in leaders[:at])
