"""One letter of every kind, composed from the wording that ships."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from register.consultation import Party
from register.facts import Fact
from register.letters.composition import Agency, Letter, Row, Sheet, compose
from register.letters.kinds import Kind, LetterKind, letter_number
from register.letters.printing import Stationery
from register.letters.wording import Wording
from register.outcomes import Outcome
from register.remedies import Redress
from register.request import (
    Correction,
    DisclosureRequest,
    Extension,
    Fee,
    Hearing,
    Proposal,
    Reasons,
    Search,
    View,
    Withheld,
)
from tests.register.office import Office

FOLDER = Path(__file__).resolve().parents[3] / "config" / "letters"
TEXTS = tuple(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.toml")))
WORDING = Wording.parse(TEXTS)
STATIONERY = Stationery((FOLDER / "letter.html").read_text(encoding="utf-8"), (FOLDER / "letter.docx").read_bytes())
REDRESS = Redress(
    "云岭县人民政府", "云岭县人民法院", "https://example.gov.cn/fuyi", "云岭县人民政府办公室（电话：0000-5550110）"
)
AGENCY = Agency(
    "云岭县住房和城乡建设局",
    "云建公开",
    "云岭县人民路1号",
    "工作日 8:30—12:00，14:30—17:30",
    "0000-5550101",
    REDRESS,
    "凭本通知到云岭县非税收入收缴窗口缴纳",
)
DATED = date(2026, 3, 20)

_FACTS: Mapping[Fact, str] = {
    Fact.LINK: "云岭县人民政府网站“政策文件”栏目（https://example.gov.cn/zfxxgk/1.html）",
    Fact.PROVIDED: "《云岭县老旧小区加装电梯实施办法》（云政办〔2025〕12号）全文1份",
    Fact.REDACTED_COPY: "《会议纪要》区分处理后的文本1份",
    Fact.CLASSIFICATION_BASIS: "《某某工作国家秘密范围的规定》第三项",
    Fact.CLASSIFICATION_PERIOD: "十年",
    Fact.PROHIBITION: "《中华人民共和国档案法》第二十七条",
    Fact.SAFETY: "该信息包含供水管网关键节点的位置，公开后可能被用于破坏公共设施。",
    Fact.PUBLIC_INTEREST: "该信息只涉及企业的报价明细，中标结果已经公开",
    Fact.INTERNAL_KIND: "人事管理",
    Fact.PROCESS_KIND: "讨论记录",
    Fact.BALANCING: "公开会影响内部坦率讨论，且不影响申请人行使权利",
    Fact.CASE_FILE: "云建罚案〔2025〕3号",
    Fact.SPECIAL_LAW: "《不动产登记暂行条例》第二十七条",
    Fact.PROCESSING_NEEDED: "需要把2015年以来全部项目的数据逐项摘录、汇总",
    Fact.PROPER_CHANNEL: "12345政务服务便民热线、云岭县信访局",
    Fact.EARLIER_CASE: "云岭-2026-000001",
    Fact.EARLIER_REPLIED: "2026年1月20日",
    Fact.PUBLICATION_ROUTE: "云岭县图书馆提供《云岭县人民政府公报》免费查阅",
    Fact.FINDING: "申请人一个月内就同一项目提出六十件申请，所述理由与所申请的信息无关",
    Fact.EARLIER_DELIVERY: "2025年11月3日邮寄，邮件号1234567890",
    Fact.TERM_END: "2026-03-18",
    Fact.FEE_NOTICE: "云建公开〔2026〕5号",
    Fact.NOTICE_DELIVERED: "邮件号1234567891",
    Fact.RIGHT_AGENCY: "云岭县自然资源局，电话0000-5550120",
    Fact.ITEMS: "所需信息的名称、文号或者其他特征（《条例》第二十九条第（二）项）",
    Fact.GUIDANCE: "请写明文件名称或者文号；不清楚的，请写明事项、地点和大致时间",
    Fact.DUE_ON: "2026-04-03",
    Fact.REASON: "涉及的档案较多，查找需要时间",
    Fact.DAYS: "20",
    Fact.QUESTION: "2025年某某小区电梯采购合同的报价明细",
    Fact.CONSULTATION: "云建公开〔2026〕7号征求意见书",
    Fact.TEXT: "合同总价和供货单位名称",
    Fact.AMOUNT: "2200",
    Fact.COMPUTATION: "按件计收，本月第31件：第11至30件20件×100元，第31件1件×200元",
    Fact.WITHDRAWAL: "2026年3月18日的撤回申请书",
}
_FACTS_OF_REPLIES: Mapping[Fact, str] = {fact: text for fact, text in _FACTS.items() if fact is not Fact.RIGHT_AGENCY}
_PARTS = (
    Withheld("第二页的姓名、电话", Outcome.DENY_THIRD, "属于个人隐私"),
    Withheld("第三页的讨论记录", Outcome.DENY_PROCESS, "属于讨论记录"),
    Withheld("封底的手写便签", None, "不是履行职责中制作的信息"),
)
_RECORD = DisclosureRequest(
    correction=Correction(date(2026, 3, 4), date(2026, 3, 18), date(2026, 3, 10)),
    reasons=Reasons(date(2026, 3, 4), date(2026, 3, 18), "研究需要"),
    extension=Extension(20, "涉及的档案较多，查找需要时间。", date(2026, 3, 18), "签发人", date(2026, 3, 20)),
    fee=Fee("云建公开〔2026〕5号", "2200", date(2026, 3, 4), date(2026, 3, 18)),
    hearings=(
        Hearing("函1", Party.THIRD_PARTY, "某某公司", "报价", date(2026, 3, 5), view=View.OBJECTS, reason="商业秘密"),
    ),
    searches=(
        Search("", date(2026, 3, 2), "公众号知识库", "加装电梯", "没有匹配"),
        Search("承办员", date(2026, 3, 6), "档案管理系统", "加装电梯 补贴", "0条"),
        Search("承办员", date(2026, 3, 9), "县档案馆", "电梯", "0卷"),
    ),
)


def request(kind: Kind) -> DisclosureRequest:
    """Return a request in which everything has happened that this kind of letter may speak of."""
    begun = Office().begin().request
    proposal = Proposal(kind, _FACTS_OF_REPLIES, _PARTS) if isinstance(kind, Outcome) else None
    withdrawn = kind is LetterKind.WITHDRAWAL
    return replace(
        _RECORD,
        stage=begun.stage,
        filing=begun.filing,
        receipt=begun.receipt,
        received_on=begun.received_on,
        proposal=proposal,
        withdrawn=withdrawn,
        closed_on=date(2026, 3, 18) if withdrawn else None,
    )


def sheet(kind: Kind) -> Sheet:
    """Return what a letter of this kind says beyond the request."""
    outside: dict[Kind, str] = {
        LetterKind.CONSULT_THIRD: "某某公司",
        LetterKind.CONSULT_CONFIRMATION: "某某公司",
        LetterKind.DISCLOSURE_NOTICE: "某某公司",
        LetterKind.CONSULT_JOINT: "云岭县财政局",
        LetterKind.ASSISTANCE: "云岭县档案馆",
    }
    return Sheet(
        kind=kind,
        reference="云岭-2026-000002",
        dated=DATED,
        number=letter_number(AGENCY.code, 2026, 8),
        addressee=outside.get(kind, ""),
        facts={} if isinstance(kind, Outcome) else _FACTS,
        due_on=date(2026, 4, 28),
        original_due_on=date(2026, 3, 30),
        code="ABCD2345",
        rows=(Row("姓名", "张三"), Row("获取方式", "网上获取")),
        attachments=("信息公开文本",) if kind in {Outcome.OPEN_PROVIDED, Outcome.PARTIAL} else (),
    )


def letter(kind: Kind) -> Letter:
    """Return a finished letter of this kind."""
    return compose(request(kind), sheet(kind), WORDING, AGENCY)
