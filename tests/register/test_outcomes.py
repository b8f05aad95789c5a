"""Every row of the table of outcomes, written down a second time from the specification."""

import pytest

from register.facts import Fact
from register.outcomes import GIVES, GROUNDS, KINDS, LAPSES, RULINGS, Outcome, Remedy
from register.report.tables import CELLS, Row

R1, R2 = Remedy.EITHER, Remedy.REVIEW_FIRST
ROWS = [
    ("OPEN_PUBLISHED", "已主动公开，告知获取方式、途径", "a36_1", "1", R1, {"link"}),
    ("OPEN_PROVIDED", "予以公开，提供信息", "a36_2", "1", R1, {"provided", "secrecy_review"}),
    ("PARTIAL", "部分公开（区分处理）", "a37", "2", R1, {"redacted_copy", "withheld_parts"}),
    ("DENY_SECRET", "属于国家秘密", "a14", "3.1", R2, {"classification_basis", "classification_period"}),
    ("DENY_LAW", "其他法律行政法规禁止公开", "a14", "3.2", R2, {"prohibition"}),
    ("DENY_SAFETY", "危及“三安全一稳定”", "a14", "3.3", R2, {"safety"}),
    ("DENY_THIRD", "保护第三方合法权益", "a15", "3.4", R2, {"third_party_heard", "public_interest"}),
    ("DENY_INTERNAL", "属于三类内部事务信息", "a16_p1", "3.5", R2, {"internal_kind", "balancing"}),
    ("DENY_PROCESS", "属于四类过程性信息", "a16_p2", "3.6", R2, {"process_kind", "balancing"}),
    ("DENY_CASEFILE", "属于行政执法案卷", "a16_p2", "3.7", R2, {"case_file", "balancing"}),
    ("DENY_INQUIRY", "属于行政查询事项", "a36_7", "3.8", R1, {"special_law"}),
    ("UNABLE_NOT_HELD", "本机关不掌握相关政府信息", "a36_4", "4.1", R1, {"search_record"}),
    ("UNABLE_CREATE", "没有现成信息需要另行制作", "a38", "4.2", R1, {"processing_needed"}),
    ("UNABLE_UNCLEAR", "补正后申请内容仍不明确", "a30", "4.3", R1, {"correction_asked", "correction_received"}),
    ("NOPROC_PETITION", "信访举报投诉类申请", "a39_p1", "5.1", R1, {"proper_channel"}),
    ("NOPROC_REPEAT", "重复申请", "a36_6", "5.2", R1, {"earlier_case", "earlier_replied"}),
    ("NOPROC_PUBLICATION", "要求提供公开出版物", "a39_p2", "5.3", R1, {"publication_route"}),
    (
        "NOPROC_EXCESSIVE",
        "无正当理由大量反复申请",
        "a35",
        "5.4",
        R1,
        {"reasons_asked", "reasons_given", "finding"},
    ),
    ("NOPROC_CONFIRM", "要求行政机关确认或重新出具已获取信息", None, "5.5", R1, {"earlier_delivery"}),
    (
        "OTHER_CORRECTION_LAPSED",
        "申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
        "a30",
        "6.1",
        R1,
        {"notice_delivered", "term_end"},
    ),
    (
        "OTHER_FEE_LAPSED",
        "申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
        "fee",
        "6.2",
        R1,
        {"fee_notice", "notice_delivered"},
    ),
    ("OTHER_OTHER", "其他", None, "6.3", R1, {"withdrawal"}),
]


def test_there_are_22_outcomes_in_21_cells() -> None:
    assert [row[0] for row in ROWS] == list(Outcome.__members__)
    assert len(Outcome) == 22
    assert {ruling.cell for ruling in RULINGS.values()} == set(CELLS)
    assert len(CELLS) == 21


@pytest.mark.parametrize(("code", "name", "article", "cell", "remedy", "evidence"), ROWS, ids=[row[0] for row in ROWS])
def test_an_outcome_is_as_the_specification_has_it(
    *, code: str, name: str, article: str | None, cell: str, remedy: Remedy, evidence: set[str]
) -> None:
    ruling = RULINGS[Outcome[code]]

    assert ruling.name == name
    assert ruling.basis[:1] == (() if article is None else (article,))
    assert ruling.cell is Row(cell)
    assert ruling.remedy is remedy
    assert ruling.evidence == {Fact(each) for each in evidence}


def test_a_refusal_the_office_may_also_not_make_says_how_it_weighed() -> None:
    assert {outcome for outcome, ruling in RULINGS.items() if ruling.discretionary} == {
        Outcome.DENY_INTERNAL,
        Outcome.DENY_PROCESS,
        Outcome.DENY_CASEFILE,
    }


def test_reconsideration_comes_first_exactly_for_arts_14_to_16() -> None:
    assert {outcome for outcome, ruling in RULINGS.items() if ruling.remedy is R2} == GROUNDS


def test_the_groups_of_outcomes_are_apart() -> None:
    assert not GIVES & (GROUNDS | LAPSES)
    assert {len(words) for words in KINDS.values()} == {3, 4}
