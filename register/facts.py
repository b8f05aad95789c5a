"""The facts that a step or an outcome must state, and what staff call them."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType


class Fact(StrEnum):
    """One thing that must be on record; the value is the key under which it is kept."""

    LINK = "link"
    PROVIDED = "provided"
    SECRECY_REVIEW = "secrecy_review"
    REDACTED_COPY = "redacted_copy"
    WITHHELD_PARTS = "withheld_parts"
    CLASSIFICATION_BASIS = "classification_basis"
    CLASSIFICATION_PERIOD = "classification_period"
    PROHIBITION = "prohibition"
    SAFETY = "safety"
    THIRD_PARTY_HEARD = "third_party_heard"
    PUBLIC_INTEREST = "public_interest"
    INTERNAL_KIND = "internal_kind"
    PROCESS_KIND = "process_kind"
    BALANCING = "balancing"
    CASE_FILE = "case_file"
    SPECIAL_LAW = "special_law"
    SEARCH_RECORD = "search_record"
    RIGHT_AGENCY = "right_agency"
    PROCESSING_NEEDED = "processing_needed"
    CORRECTION_ASKED = "correction_asked"
    CORRECTION_RECEIVED = "correction_received"
    PROPER_CHANNEL = "proper_channel"
    EARLIER_CASE = "earlier_case"
    EARLIER_REPLIED = "earlier_replied"
    PUBLICATION_ROUTE = "publication_route"
    REASONS_ASKED = "reasons_asked"
    REASONS_GIVEN = "reasons_given"
    FINDING = "finding"
    EARLIER_DELIVERY = "earlier_delivery"
    NOTICE_DELIVERED = "notice_delivered"
    NOTICE_RECEIVED = "notice_received"
    TERM_END = "term_end"
    FEE_NOTICE = "fee_notice"
    WITHDRAWAL = "withdrawal"
    ITEMS = "items"
    GUIDANCE = "guidance"
    CONFIRMATION = "confirmation"
    RECEIVED_ON = "received_on"
    CORRECTION_TEXT = "correction_text"
    REASON = "reason"
    RECIPIENT = "recipient"
    BASIS = "basis"
    QUESTION = "question"
    CONSULTATION = "consultation"
    ANSWER = "answer"
    DAYS = "days"
    DUE_ON = "due_on"
    PREVIOUS_DUE = "previous_due"
    CALENDAR = "calendar"
    MEASURE = "measure"
    PAGES = "pages"
    AMOUNT = "amount"
    COMPUTATION = "computation"
    DEPARTMENT = "department"
    HANDLER = "handler"
    PARTS = "parts"
    PARENT = "parent"
    MERGED_INTO = "merged_into"
    METHOD = "method"
    PROOF = "proof"
    LETTER_NUMBER = "letter_number"
    LETTER_DIGEST = "letter_digest"
    DISPUTE = "dispute"
    DISPUTE_KIND = "dispute_kind"
    DISPUTE_RESULT = "dispute_result"
    SYSTEM = "system"
    KEYWORDS = "keywords"
    HITS = "hits"
    TEXT = "text"


NAMES: Mapping[Fact, str] = MappingProxyType(
    {
        Fact.LINK: "公开链接或者知识库编号",
        Fact.PROVIDED: "所提供信息的清单",
        Fact.SECRECY_REVIEW: "保密审查记录",
        Fact.REDACTED_COPY: "区分处理后的文本",
        Fact.WITHHELD_PARTS: "每处不予公开内容的依据和理由",
        Fact.CLASSIFICATION_BASIS: "定密依据",
        Fact.CLASSIFICATION_PERIOD: "保密期限",
        Fact.PROHIBITION: "禁止公开的法律、行政法规条款",
        Fact.SAFETY: "危及“三安全一稳定”的理由",
        Fact.THIRD_PARTY_HEARD: "征求第三方意见书和答复（或者逾期未答复）",
        Fact.PUBLIC_INTEREST: "公共利益衡量说明",
        Fact.INTERNAL_KIND: "属于哪一类内部事务信息（人事管理、后勤管理、内部工作流程）",
        Fact.PROCESS_KIND: "属于哪一类过程性信息（讨论记录、过程稿、磋商信函、请示报告）",
        Fact.BALANCING: "可以不予公开而决定不公开的衡量说明",
        Fact.CASE_FILE: "行政执法案卷号",
        Fact.SPECIAL_LAW: "有特别规定的法律、行政法规",
        Fact.SEARCH_RECORD: "工作人员的检索记录",
        Fact.RIGHT_AGENCY: "负责公开的行政机关名称和联系方式",
        Fact.PROCESSING_NEEDED: "需要怎样加工、分析的说明",
        Fact.CORRECTION_ASKED: "补正告知书",
        Fact.CORRECTION_RECEIVED: "申请人的补正",
        Fact.PROPER_CHANNEL: "建议的办理渠道",
        Fact.EARLIER_CASE: "此前已答复申请的受理编号",
        Fact.EARLIER_REPLIED: "此前答复的日期",
        Fact.PUBLICATION_ROUTE: "公开出版物的获取途径",
        Fact.REASONS_ASKED: "说明理由告知书",
        Fact.REASONS_GIVEN: "申请人说明的理由（或者逾期未说明）",
        Fact.FINDING: "认定意见",
        Fact.EARLIER_DELIVERY: "此前已提供信息的凭证",
        Fact.NOTICE_DELIVERED: "告知书的送达凭证",
        Fact.NOTICE_RECEIVED: "收到告知书的日期",
        Fact.TERM_END: "期限届满日期",
        Fact.FEE_NOTICE: "收费通知书",
        Fact.WITHDRAWAL: "申请人撤回的记录",
        Fact.ITEMS: "需要补正的事项",
        Fact.GUIDANCE: "怎样补正的指导",
        Fact.CONFIRMATION: "与申请人确认的方式和结果",
        Fact.RECEIVED_ON: "收到日期",
        Fact.CORRECTION_TEXT: "补正后的内容",
        Fact.REASON: "理由",
        Fact.RECIPIENT: "征求意见的对象",
        Fact.BASIS: "征求意见的依据",
        Fact.QUESTION: "征求意见的内容",
        Fact.CONSULTATION: "征求意见书编号",
        Fact.ANSWER: "答复意见",
        Fact.DAYS: "工作日数",
        Fact.DUE_ON: "期限",
        Fact.PREVIOUS_DUE: "原来的期限",
        Fact.CALENDAR: "日历版本",
        Fact.MEASURE: "计费方式",
        Fact.PAGES: "页数（按页计费时填写）",
        Fact.AMOUNT: "金额",
        Fact.COMPUTATION: "计费明细",
        Fact.DEPARTMENT: "承办单位",
        Fact.HANDLER: "承办人",
        Fact.PARTS: "拆分出的各件事（一行一件，至少两件）",
        Fact.PARENT: "原受理编号",
        Fact.MERGED_INTO: "并入的受理编号",
        Fact.METHOD: "送达方式",
        Fact.PROOF: "送达凭证",
        Fact.LETTER_NUMBER: "文号",
        Fact.LETTER_DIGEST: "文书的校验值",
        Fact.DISPUTE: "复议、诉讼案号",
        Fact.DISPUTE_KIND: "复议或者诉讼的类别",
        Fact.DISPUTE_RESULT: "复议、诉讼结果",
        Fact.SYSTEM: "检索的系统或者档案",
        Fact.KEYWORDS: "检索词",
        Fact.HITS: "检索结果",
        Fact.TEXT: "内容",
    }
)


def listed(facts: Iterable[Fact]) -> str:
    """Return what staff call these facts, in the order of the catalogue, for a sentence."""
    wanted = frozenset(facts)
    return "、".join(NAMES[fact] for fact in Fact if fact in wanted)
