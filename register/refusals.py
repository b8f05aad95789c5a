"""Why a step is refused: a reason for the machine, and a sentence for the person."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from register.facts import Fact, listed


class Reason(StrEnum):
    """Why a step is not legal here and now."""

    NOT_HERE = "not_here"
    WRONG_ROLE = "wrong_role"
    OWN_WORK = "own_work"
    MISSING_FACTS = "missing_facts"
    BAD_FACT = "bad_fact"
    FUTURE = "future"
    BACKDATED = "backdated"
    BEFORE_RECEIPT = "before_receipt"
    NOT_RECEIVED = "not_received"
    ALREADY_RECEIVED = "already_received"
    ALREADY_CORRECTED = "already_corrected"
    NOTICE_TOO_LATE = "notice_too_late"
    TERM_IN_PAST = "term_in_past"
    TERM_RUNNING = "term_running"
    NOTED_TOO_EARLY = "noted_too_early"
    NO_REASONS = "no_reasons"
    ALREADY_JUDGED = "already_judged"
    REASONS_NOT_ACCEPTED = "reasons_not_accepted"
    ALREADY_FIXED = "already_fixed"
    FEES_OFF = "fees_off"
    NO_COPIES = "no_copies"
    NO_FEE = "no_fee"
    ALREADY_CHARGED = "already_charged"
    AFTER_DEADLINE = "after_deadline"
    ALREADY_EXTENDED = "already_extended"
    NO_EXTENSION = "no_extension"
    TERM_FIXED = "term_fixed"
    NO_CONSULTATION = "no_consultation"
    LETTER_TAKEN = "letter_taken"
    OBJECTION_WITHOUT_REASON = "objection_without_reason"
    NO_PROPOSAL = "no_proposal"
    FIXED_OUTCOME = "fixed_outcome"
    ONLY_BY_LAPSE = "only_by_lapse"
    MISSING_EVIDENCE = "missing_evidence"
    WITHHELD_WITHOUT_GROUND = "withheld_without_ground"
    OBJECTION_STANDS = "objection_stands"
    THIRD_PARTY_NOT_TOLD = "third_party_not_told"
    NO_NOTICE = "no_notice"
    EARLIER_CASE_UNFIT = "earlier_case_unfit"
    NOTHING_POSTED = "nothing_posted"
    BAD_PARTS = "bad_parts"
    SPLIT_AFTER_FEE = "split_after_fee"
    MERGE_UNFIT = "merge_unfit"
    DISPUTE_KNOWN = "dispute_known"
    NO_DISPUTE = "no_dispute"
    NOT_ORDERED = "not_ordered"
    NOTHING_GIVEN = "nothing_given"


SENTENCES: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.NOT_HERE: "当前状态下不能办理这一步。",
        Reason.WRONG_ROLE: "您的岗位不能办理这一步。",
        Reason.OWN_WORK: "承办过本件的人员不能审核、审批本件。",
        Reason.MISSING_FACTS: "还缺：{missing}。",
        Reason.BAD_FACT: "填写有误：{missing}。",
        Reason.FUTURE: "日期不能晚于今天。",
        Reason.BACKDATED: "日期早于今天的，请写明补录的原因。",
        Reason.BEFORE_RECEIPT: "日期不能早于来件日期。",
        Reason.NOT_RECEIVED: "收到日期还没有确认，请先与申请人确认。",
        Reason.ALREADY_RECEIVED: "收到日期已经确定，不能更改。",
        Reason.ALREADY_CORRECTED: "补正只能一次性告知，本件已经告知过。",
        Reason.NOTICE_TOO_LATE: "补正告知应当自收到申请之日起 7 个工作日内作出，本件已经超过。",
        Reason.TERM_IN_PAST: "期限应当晚于今天。",
        Reason.TERM_RUNNING: "期限还没有届满。",
        Reason.NOTED_TOO_EARLY: (
            "放假安排有变，按新的安排，登记逾期的时候期限还没有届满。"
            "请先登记收到的意见、缴费，或者期限届满后重新登记逾期。"
        ),
        Reason.NO_REASONS: "申请人还没有说明理由，期限也没有届满。",
        Reason.ALREADY_JUDGED: "理由已经作出认定。",
        Reason.REASONS_NOT_ACCEPTED: "只有认定申请理由合理以后，才能确定延迟答复的期限。",
        Reason.ALREADY_FIXED: "答复期限已经另行确定。",
        Reason.FEES_OFF: "本机关没有启用信息处理费。",
        Reason.NO_COPIES: "当场查阅、抄录的申请不能按页收费。",
        Reason.NO_FEE: "按收费标准，本件不收费。",
        Reason.ALREADY_CHARGED: "本件已经发出过收费通知。",
        Reason.AFTER_DEADLINE: "答复期限已经届满，不能再办理这一步。",
        Reason.ALREADY_EXTENDED: "答复期限只能延长一次。",
        Reason.NO_EXTENSION: "没有可以办理的延期申请。",
        Reason.TERM_FIXED: "答复期限已经另行确定，不能延长。",
        Reason.NO_CONSULTATION: "没有这份正在征求意见的函。",
        Reason.LETTER_TAKEN: "这个编号的征求意见函已经发出过。",
        Reason.OBJECTION_WITHOUT_REASON: "不同意公开的，请写明理由；没有理由的也请写明“未说明理由”。",
        Reason.NO_PROPOSAL: "请先选定办理结果。",
        Reason.FIXED_OUTCOME: "逾期和不予处理的拟稿不能改成别的结果，请先撤回拟稿。",
        Reason.ONLY_BY_LAPSE: "逾期不补正、逾期不缴费的结果，只能在期限届满后由“逾期”这一步作出。",
        Reason.MISSING_EVIDENCE: "这一结果还缺：{missing}。",
        Reason.WITHHELD_WITHOUT_GROUND: "每处不予公开的内容都要写明依据和理由。",
        Reason.OBJECTION_STANDS: "第三方不同意公开且说明了理由；决定公开的，请先书面告知第三方。",
        Reason.THIRD_PARTY_NOT_TOLD: "这份函没有不同意公开的意见，不需要告知。",
        Reason.NO_NOTICE: "没有已经发出、还没有登记送达的告知书，或者送达日期早于发出日期。",
        Reason.EARLIER_CASE_UNFIT: "所填的受理编号不是同一申请人已经答复的申请。",
        Reason.NOTHING_POSTED: "没有已经寄出、还没有登记签收的答复，或者签收日期早于寄出日期。",
        Reason.BAD_PARTS: "请把每件事各写一行，2 到 20 行，不能重复，每行不超过 2000 字。",
        Reason.SPLIT_AFTER_FEE: "已经发出收费通知的申请不能再拆分。",
        Reason.MERGE_UNFIT: "只能并入同一申请人尚未答复、并且不比本件晚收到的另一件申请，这样答复期限不会推后。",
        Reason.DISPUTE_KNOWN: "这个案号已经登记过。",
        Reason.NO_DISPUTE: "没有登记过这个案号，或者已经有结果。",
        Reason.NOT_ORDERED: "没有尚未执行的责令重新答复的决定。",
        Reason.NOTHING_GIVEN: "本件没有向申请人提供信息，不能转主动公开。",
    }
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A step refused. `missing` names the facts that are missing or wrong, where that is the reason."""

    reason: Reason
    missing: frozenset[Fact] = frozenset()

    @property
    def sentence(self) -> str:
        """What the person is told, one sentence in Chinese."""
        return SENTENCES[self.reason].format(missing=listed(self.missing))
