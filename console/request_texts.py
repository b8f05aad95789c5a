"""The words of the pages of formal requests: stages, steps, outcomes, and how a fact is asked for."""

from collections.abc import Mapping
from types import MappingProxyType

from register.charging import Measure
from register.consultation import Party
from register.delivery import Delivery
from register.disputes import DisputeKind, DisputeResult
from register.enclosures import Purpose
from register.facts import Fact
from register.filing import Category, Channel
from register.interview import Field
from register.outcomes import KINDS, Outcome
from register.request import View
from register.steps import RequestStep, Stage

STAGE: Mapping[Stage, str] = MappingProxyType(
    {
        Stage.DRAFT: "草稿",
        Stage.RECEIVED: "已收到",
        Stage.TRIAGE: "审查",
        Stage.CORRECTION: "补正中",
        Stage.REASONS: "说明理由中",
        Stage.FEE: "收费待缴",
        Stage.PROCESSING: "办理中",
        Stage.CONSULTING: "征求意见中",
        Stage.DRAFTING: "拟答复",
        Stage.REVIEW: "审核",
        Stage.SECRECY: "保密审查",
        Stage.SIGNING: "签发",
        Stage.SIGNED: "已签发",
        Stage.DELIVERED: "已送达",
        Stage.CLOSED: "办结",
    }
)
STEP: Mapping[RequestStep, str] = MappingProxyType(
    {
        RequestStep.SUBMIT: "提交申请",
        RequestStep.CONFIRM_RECEIPT: "与申请人确认收到",
        RequestStep.ACKNOWLEDGE: "登记回执",
        RequestStep.ACCEPT: "进入办理",
        RequestStep.ASK_CORRECTION: "一次性告知补正",
        RequestStep.CORRECT: "收到补正",
        RequestStep.GRANT_TIME: "有正当理由，延长补正期限",
        RequestStep.ASK_REASONS: "要求说明理由",
        RequestStep.GIVE_REASONS: "申请人说明理由",
        RequestStep.ACCEPT_REASONS: "理由合理，继续办理",
        RequestStep.REJECT_REASONS: "理由不合理，拟不予处理",
        RequestStep.DELAY: "确定延迟答复的合理期限",
        RequestStep.CHARGE: "发出收费通知",
        RequestStep.RECORD_FEE_NOTICE: "登记收费通知的收到日期",
        RequestStep.PAY: "收到缴费",
        RequestStep.LAPSE: "逾期，拟不再处理",
        RequestStep.SEARCH: "检索记录",
        RequestStep.CONSULT: "征求意见",
        RequestStep.RECORD_CONSULTATION: "登记征求意见书的收到日期",
        RequestStep.ANSWER_CONSULTATION: "收到意见",
        RequestStep.NOTE_SILENCE: "逾期未提出意见",
        RequestStep.INFORM_THIRD_PARTY: "告知第三方拟公开",
        RequestStep.RECORD_THIRD_PARTY_NOTICE: "登记告知书送达第三方的日期",
        RequestStep.ASK_EXTENSION: "申请延期",
        RequestStep.APPROVE_EXTENSION: "同意延期",
        RequestStep.REFUSE_EXTENSION: "不同意延期",
        RequestStep.NOTIFY_EXTENSION: "告知申请人延期",
        RequestStep.PROPOSE: "拟答复",
        RequestStep.BACK: "撤回拟稿",
        RequestStep.SUBMIT_DRAFT: "送审",
        RequestStep.PASS_REVIEW: "审核通过",
        RequestStep.REFER: "报请确定",
        RequestStep.PASS_SECRECY: "保密审查通过",
        RequestStep.RETURN: "退回修改",
        RequestStep.SIGN: "签发",
        RequestStep.DELIVER: "送达",
        RequestStep.RECORD_UNDELIVERED: "登记未能送达",
        RequestStep.RECORD_ARRIVAL: "登记邮寄答复的签收日期",
        RequestStep.CLOSE: "办结归档",
        RequestStep.WITHDRAW: "申请人撤回",
        RequestStep.TRANSFER: "转办",
        RequestStep.SPLIT: "拆案",
        RequestStep.MERGE: "并案",
        RequestStep.RECOMPUTE: "按新的放假安排重算期限",
        RequestStep.NOTE: "会商、联系记录",
        RequestStep.DISPUTE: "登记复议、诉讼",
        RequestStep.RULE_DISPUTE: "登记复议、诉讼结果",
        RequestStep.REDO: "责令重新答复",
        RequestStep.PUBLISH: "转主动公开",
    }
)
_METHODS: Mapping[str, str] = MappingProxyType(
    {
        Delivery.DIRECT: "直接送达（以签收之日为送达）",
        Delivery.ENTRUSTED: "委托送达（以签收之日为送达）",
        Delivery.POST: "邮政企业寄送（以交寄之日为送达）",
        Delivery.ELECTRONIC: "电子送达（以到达申请人系统之日为送达）",
    }
)
PARTY: Mapping[Party, str] = MappingProxyType(
    {Party.THIRD_PARTY: "第三方（条例第三十二条）", Party.AGENCY: "其他行政机关（条例第三十四条）"}
)
VIEW: Mapping[View, str] = MappingProxyType(
    {View.AGREES: "同意公开", View.PARTLY: "部分同意", View.OBJECTS: "不同意公开", View.SILENT: "逾期未提出意见"}
)
CHOICES: Mapping[Fact, Mapping[str, str]] = MappingProxyType(
    {
        Fact.MEASURE: {
            Measure.PER_PAGE: "按页（本件要提供的页数）",
            Measure.PER_ITEM: "按件（申请人当月的第几件）",
        },
        Fact.METHOD: _METHODS,
        Fact.BASIS: {str(party): name for party, name in PARTY.items()},
        Fact.ANSWER: {str(view): name for view, name in VIEW.items() if view is not View.SILENT},
        Fact.DISPUTE_KIND: {
            DisputeKind.RECONSIDERATION: "行政复议",
            DisputeKind.DIRECT_SUIT: "行政诉讼：未经复议直接起诉",
            DisputeKind.SUIT_AFTER: "行政诉讼：复议后起诉",
        },
        Fact.DISPUTE_RESULT: {
            DisputeResult.UPHELD: "结果维持",
            DisputeResult.CORRECTED: "结果纠正",
            DisputeResult.OTHER: "其他结果",
        },
        Fact.DAYS: {str(days): f"{days} 个工作日" for days in range(1, 21)},
        **{fact: {kind: kind for kind in kinds} for fact, kinds in KINDS.items()},
    }
)
"""The facts that are chosen, with the words for each choice."""
DELIVERED_BY: Mapping[str, str] = MappingProxyType({each: label.partition("（")[0] for each, label in _METHODS.items()})
"""How a reply was delivered, in one word."""
DATES = frozenset({Fact.DUE_ON, Fact.TERM_END})
"""The facts that are dates."""
SHORT = frozenset(
    {Fact.KEYWORDS, Fact.SYSTEM, Fact.RECIPIENT, Fact.DEPARTMENT, Fact.PAGES, Fact.DISPUTE, Fact.MERGED_INTO}
)
"""The facts that fit into one line."""
FIELD: Mapping[Field, str] = MappingProxyType(
    {
        Field.DESCRIPTION: "所需信息的名称、文号或者其他特征",
        Field.ROUTE: "获取方式",
        Field.CARRIER: "载体形式（自行领取时选择）",
        Field.KIND: "申请人类型",
        Field.NAME: "姓名或者单位名称",
        Field.DOCUMENT: "证件名称",
        Field.IDENTITY: "证件号码",
        Field.CREDIT_CODE: "统一社会信用代码",
        Field.REPRESENTATIVE: "法定代表人",
        Field.CONTACT: "联系人",
        Field.CATEGORY: "单位类别",
        Field.PHONE: "联系电话",
        Field.ADDRESS: "联系地址（邮寄时必填）",
        Field.EMAIL: "电子邮箱（选电子邮件时必填）",
    }
)
CATEGORY: Mapping[Category, str] = MappingProxyType(
    {
        Category.PERSON: "公民",
        Category.ENTERPRISE: "商业企业",
        Category.RESEARCH: "科研机构",
        Category.WELFARE: "社会公益组织",
        Category.LEGAL_SERVICE: "法律服务机构",
        Category.OTHER: "其他组织",
    }
)
CHANNEL: Mapping[Channel, str] = MappingProxyType(
    {
        Channel.IN_PERSON: "当面提交（含口头提出、代为填写）",
        Channel.SIGNED_MAIL: "邮寄（需签收，如挂号信、EMS）",
        Channel.PLAIN_MAIL: "平常信函",
        Channel.FAX: "传真",
        Channel.PASSED_ON: "其他单位转来",
        Channel.INTERNET: "互联网",
    }
)
WIZARD: Mapping[str, tuple[Outcome, ...]] = MappingProxyType(
    {
        "该不该办理（不予处理）": (
            Outcome.NOPROC_PETITION,
            Outcome.NOPROC_REPEAT,
            Outcome.NOPROC_PUBLICATION,
            Outcome.NOPROC_CONFIRM,
        ),
        "有没有（无法提供、已经公开）": (
            Outcome.OPEN_PUBLISHED,
            Outcome.UNABLE_NOT_HELD,
            Outcome.UNABLE_CREATE,
            Outcome.UNABLE_UNCLEAR,
        ),
        "给不给（予以公开、部分公开、不予公开）": (
            Outcome.OPEN_PROVIDED,
            Outcome.PARTIAL,
            Outcome.DENY_SECRET,
            Outcome.DENY_LAW,
            Outcome.DENY_SAFETY,
            Outcome.DENY_THIRD,
            Outcome.DENY_INTERNAL,
            Outcome.DENY_PROCESS,
            Outcome.DENY_CASEFILE,
            Outcome.DENY_INQUIRY,
        ),
        "其他": (Outcome.OTHER_OTHER,),
    }
)
"""The outcomes in the order in which an officer asks: 该不该、有没有、给不给.

补不补 comes before, 当不当 with the approvals.
"""
DAY: Mapping[RequestStep, str] = MappingProxyType(
    {
        RequestStep.DELIVER: "送达之日（签收、交寄或者到达之日）",
        RequestStep.RECORD_ARRIVAL: "申请人签收之日",
        RequestStep.CONFIRM_RECEIPT: "与申请人确认之日",
        RequestStep.RECORD_CONSULTATION: "对方收到之日",
        RequestStep.ANSWER_CONSULTATION: "收到意见之日",
        RequestStep.RECORD_THIRD_PARTY_NOTICE: "第三方收到之日",
        RequestStep.RECORD_FEE_NOTICE: "申请人收到之日",
        RequestStep.PAY: "缴费之日",
        RequestStep.CORRECT: "收到补正之日",
    }
)
"""What the date of a step is, where that is not the day of its entry."""
CHOOSE = "请选择。"
FAULTY = "有几处需要改，请看各项下面的说明；已经填写的内容都在。"
EXPIRED = "页面打开太久，申请还没有提交。请核对后再提交一次。"
TOO_MANY = "提交太频繁了，请稍等一分钟再试。"
PUBLICATION_EMPTY = "请写标题（200 字以内）和正文（50000 字以内）。"
STALE = "您打开页面之后，有同事办理了这件申请。您写的内容没有提交，仍在下面；请先看办理过程，再决定是否提交。"
UNFINISHED = "文书还不完整，没有办理：{faults}"
LACKING = "文书还缺：{faults}"
DONE = "已办理：{step}。"
SILENCE_TOO_EARLY = "对方提出意见的，请登记“收到意见”；期限届满仍没有提出的，请重新登记“逾期未提出意见”。"
FEE_TOO_EARLY = "请先撤回拟稿；申请人缴费的，登记“收到缴费”，期限届满仍没有缴的，重新登记逾期。"
REASON_NEEDED = "请写明查看的原因。"
NO_FILE = "没有选文件。"
REPLY_IS_FIXED = "答复附件由承办人在办理和拟稿时添加、删除；送审以后不能再改。"
LOOKED = "{purpose}“{name}”"
PURPOSE: Mapping[Purpose, str] = MappingProxyType(
    {Purpose.IDENTITY: "证件影像", Purpose.ATTACHMENT: "附件", Purpose.REPLY: "答复附件"}
)
