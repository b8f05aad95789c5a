from dataclasses import replace

import pytest

from register.outcomes import GROUNDS, Outcome, Remedy
from register.remedies import Redress, remedy_of
from register.request import Proposal, Withheld

REDRESS = Redress("云岭县人民政府", "云岭县人民法院", "https://example.gov.cn/fuyi", "云岭县人民政府办公室")


@pytest.mark.parametrize("ground", sorted(GROUNDS))
def test_a_refusal_under_arts_14_to_16_goes_to_reconsideration_first(ground: Outcome) -> None:
    assert remedy_of(Proposal(ground)) is Remedy.REVIEW_FIRST


@pytest.mark.parametrize("ground", sorted(GROUNDS))
def test_a_part_withheld_under_them_does_too(ground: Outcome) -> None:
    parts = (Withheld("甲", None, "不属于政府信息"), Withheld("乙", ground, "理由"))

    assert remedy_of(Proposal(Outcome.PARTIAL, {}, parts)) is Remedy.REVIEW_FIRST


def test_a_part_that_is_no_government_information_does_not() -> None:
    assert remedy_of(Proposal(Outcome.PARTIAL, {}, (Withheld("甲", None, "草稿纸"),))) is Remedy.EITHER


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - GROUNDS))
def test_every_other_reply_leaves_the_choice(outcome: Outcome) -> None:
    assert remedy_of(Proposal(outcome)) is Remedy.EITHER


def test_a_withdrawal_has_no_remedy() -> None:
    assert remedy_of(Proposal(Outcome.OTHER_OTHER), withdrawn=True) is Remedy.NONE


def test_the_unsettled_reading_of_inquiry_matters_is_a_choice() -> None:
    assert remedy_of(Proposal(Outcome.DENY_INQUIRY), inquiry_review_first=True) is Remedy.REVIEW_FIRST
    assert remedy_of(Proposal(Outcome.UNABLE_CREATE), inquiry_review_first=True) is Remedy.EITHER


@pytest.mark.parametrize("name", ["authority", "court", "online", "complaints"])
def test_no_place_to_turn_to_is_empty(name: str) -> None:
    with pytest.raises(ValueError, match="不能为空"):
        replace(REDRESS, **{name: " "})
