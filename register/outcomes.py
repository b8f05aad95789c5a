"""The 22 outcomes of a formal request: what each rests on, needs, says and counts as."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from register.facts import Fact
from register.report.tables import Row


class Outcome(StrEnum):
    """How a request ended (办理结果), in the order of the annual report."""

    OPEN_PUBLISHED = "open_published"
    OPEN_PROVIDED = "open_provided"
    PARTIAL = "partial"
    DENY_SECRET = "deny_secret"  # noqa: S105  a state secret, no password
    DENY_LAW = "deny_law"
    DENY_SAFETY = "deny_safety"
    DENY_THIRD = "deny_third"
    DENY_INTERNAL = "deny_internal"
    DENY_PROCESS = "deny_process"
    DENY_CASEFILE = "deny_casefile"
    DENY_INQUIRY = "deny_inquiry"
    UNABLE_NOT_HELD = "unable_not_held"
    UNABLE_CREATE = "unable_create"
    UNABLE_UNCLEAR = "unable_unclear"
    NOPROC_PETITION = "noproc_petition"
    NOPROC_REPEAT = "noproc_repeat"
    NOPROC_PUBLICATION = "noproc_publication"
    NOPROC_EXCESSIVE = "noproc_excessive"
    NOPROC_CONFIRM = "noproc_confirm"
    OTHER_CORRECTION_LAPSED = "other_correction_lapsed"
    OTHER_FEE_LAPSED = "other_fee_lapsed"
    OTHER_OTHER = "other_other"


class Remedy(StrEnum):
    """What the applicant may do against a letter; `register/remedies.py` words it."""

    NONE = "r0"
    """Procedural letters and withdrawals: contact and complaint only."""
    EITHER = "r1"
    """复议或者诉讼: reconsideration within 60 days, or court within 6 months (复议法 20, 诉讼法 46)."""
    REVIEW_FIRST = "r2"
    """复议前置: reconsideration first, court against its decision (复议法 23, 诉讼法 45)."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the law and the annual report make of an outcome.

    `basis` names articles of the table of articles (config/letters/articles.toml). `evidence` must be on record before
    the reply can be signed; `instead` may take its place. `discretionary`: the agency may refuse and need not
    (可以不予公开), so it must say how it weighed. The reply letter has the outcome's value as its name.
    """

    name: str
    basis: tuple[str, ...]
    cell: Row
    remedy: Remedy
    evidence: frozenset[Fact]
    discretionary: bool = False
    instead: frozenset[Fact] = frozenset()


def _ruling(name: str, basis: str, cell: Row, remedy: Remedy, *evidence: Fact) -> Ruling:
    discretionary = Fact.BALANCING in evidence
    return Ruling(name, tuple(basis.split()), cell, remedy, frozenset(evidence), discretionary)


RULINGS: Mapping[Outcome, Ruling] = MappingProxyType(
    {
        Outcome.OPEN_PUBLISHED: _ruling("已主动公开，告知获取方式、途径", "a36_1", Row.OPEN, Remedy.EITHER, Fact.LINK),
        Outcome.OPEN_PROVIDED: _ruling(
            "予以公开，提供信息", "a36_2", Row.OPEN, Remedy.EITHER, Fact.PROVIDED, Fact.SECRECY_REVIEW
        ),
        # REVIEW_FIRST only where a withheld part rests on arts 14 to 16: see register/remedies.py
        Outcome.PARTIAL: _ruling(
            "部分公开（区分处理）", "a37", Row.PARTIAL, Remedy.EITHER, Fact.REDACTED_COPY, Fact.WITHHELD_PARTS
        ),
        Outcome.DENY_SECRET: _ruling(
            "属于国家秘密",
            "a14 a36_3",
            Row.SECRET,
            Remedy.REVIEW_FIRST,
            Fact.CLASSIFICATION_BASIS,
            Fact.CLASSIFICATION_PERIOD,
        ),
        Outcome.DENY_LAW: _ruling(
            "其他法律行政法规禁止公开", "a14 a36_3", Row.LAW, Remedy.REVIEW_FIRST, Fact.PROHIBITION
        ),
        Outcome.DENY_SAFETY: _ruling("危及“三安全一稳定”", "a14 a36_3", Row.SAFETY, Remedy.REVIEW_FIRST, Fact.SAFETY),
        Outcome.DENY_THIRD: _ruling(
            "保护第三方合法权益",
            "a15 a32 a36_3",
            Row.THIRD,
            Remedy.REVIEW_FIRST,
            Fact.THIRD_PARTY_HEARD,
            Fact.PUBLIC_INTEREST,
        ),
        Outcome.DENY_INTERNAL: _ruling(
            "属于三类内部事务信息",
            "a16_p1 a36_3",
            Row.INTERNAL,
            Remedy.REVIEW_FIRST,
            Fact.INTERNAL_KIND,
            Fact.BALANCING,
        ),
        Outcome.DENY_PROCESS: _ruling(
            "属于四类过程性信息", "a16_p2 a36_3", Row.PROCESS, Remedy.REVIEW_FIRST, Fact.PROCESS_KIND, Fact.BALANCING
        ),
        Outcome.DENY_CASEFILE: _ruling(
            "属于行政执法案卷", "a16_p2 a36_3", Row.CASEFILE, Remedy.REVIEW_FIRST, Fact.CASE_FILE, Fact.BALANCING
        ),
        Outcome.DENY_INQUIRY: _ruling("属于行政查询事项", "a36_7", Row.INQUIRY, Remedy.EITHER, Fact.SPECIAL_LAW),
        Outcome.UNABLE_NOT_HELD: _ruling(
            "本机关不掌握相关政府信息", "a36_4 a36_5", Row.NOT_HELD, Remedy.EITHER, Fact.SEARCH_RECORD
        ),
        Outcome.UNABLE_CREATE: _ruling(
            "没有现成信息需要另行制作", "a38", Row.CREATE, Remedy.EITHER, Fact.PROCESSING_NEEDED
        ),
        Outcome.UNABLE_UNCLEAR: _ruling(
            "补正后申请内容仍不明确",
            "a30",
            Row.UNCLEAR,
            Remedy.EITHER,
            Fact.CORRECTION_ASKED,
            Fact.CORRECTION_RECEIVED,
        ),
        Outcome.NOPROC_PETITION: _ruling(
            "信访举报投诉类申请", "a39_p1", Row.PETITION, Remedy.EITHER, Fact.PROPER_CHANNEL
        ),
        Outcome.NOPROC_REPEAT: _ruling(
            "重复申请", "a36_6", Row.REPEAT, Remedy.EITHER, Fact.EARLIER_CASE, Fact.EARLIER_REPLIED
        ),
        Outcome.NOPROC_PUBLICATION: _ruling(
            "要求提供公开出版物", "a39_p2", Row.PUBLICATION, Remedy.EITHER, Fact.PUBLICATION_ROUTE
        ),
        Outcome.NOPROC_EXCESSIVE: _ruling(
            "无正当理由大量反复申请",
            "a35",
            Row.EXCESSIVE,
            Remedy.EITHER,
            Fact.REASONS_ASKED,
            Fact.REASONS_GIVEN,
            Fact.FINDING,
        ),
        # no article of its own: the row exists only in the format of the annual report
        Outcome.NOPROC_CONFIRM: _ruling(
            "要求行政机关确认或重新出具已获取信息", "", Row.CONFIRM, Remedy.EITHER, Fact.EARLIER_DELIVERY
        ),
        Outcome.OTHER_CORRECTION_LAPSED: _ruling(
            "申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
            "a30",
            Row.CORRECTION_LAPSED,
            Remedy.EITHER,
            Fact.NOTICE_DELIVERED,
            Fact.TERM_END,
        ),
        Outcome.OTHER_FEE_LAPSED: _ruling(
            "申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
            "fee",
            Row.FEE_LAPSED,
            Remedy.EITHER,
            Fact.FEE_NOTICE,
            Fact.NOTICE_DELIVERED,
        ),
        # a withdrawal has no remedy, because it takes nothing away: see register/remedies.py
        Outcome.OTHER_OTHER: Ruling(
            "其他",
            (),
            Row.OTHER,
            Remedy.EITHER,
            evidence=frozenset({Fact.WITHDRAWAL}),
            instead=frozenset({Fact.FINDING}),
        ),
    }
)

GIVES = frozenset({Outcome.OPEN_PUBLISHED, Outcome.OPEN_PROVIDED, Outcome.PARTIAL})
"""Outcomes that give something, after which 转主动公开 is asked (art. 44)."""
LAPSES = frozenset({Outcome.OTHER_CORRECTION_LAPSED, Outcome.OTHER_FEE_LAPSED})
"""Outcomes that only a term gone by can bring, never a free choice."""
GROUNDS = frozenset(
    {
        Outcome.DENY_SECRET,
        Outcome.DENY_LAW,
        Outcome.DENY_SAFETY,
        Outcome.DENY_THIRD,
        Outcome.DENY_INTERNAL,
        Outcome.DENY_PROCESS,
        Outcome.DENY_CASEFILE,
    }
)
"""The grounds of arts 14 to 16, on which a part may be withheld, and which bring 复议前置."""
KINDS: Mapping[Fact, tuple[str, ...]] = MappingProxyType(
    {
        Fact.INTERNAL_KIND: ("人事管理", "后勤管理", "内部工作流程"),
        Fact.PROCESS_KIND: ("讨论记录", "过程稿", "磋商信函", "请示报告"),
    }
)
"""The words of art. 16 from which one must be chosen."""
