"""Every sentence the bot says, in plain Chinese."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from bot.types import MessageKind, Option, Phrases, Survey
from register.interview import Field
from register.steps import Stage

RESOLVED = Option("1", "已解决")
UNRESOLVED = Option("2", "未解决")
PERSON = Option("0", "转人工")
INQUIRE = Option("1", "留言咨询")
REQUEST = Option("2", "正式申请")
NONE_OF_THESE = Option("0", "都不是")
FOLLOW_UP = Option("1", "继续追问")
GO_ON = Option("继续", "查看答案")

CROWDED = "提问太频繁了，请稍等一分钟再试。"
CANCELLED = "好的，已取消。您可以直接提出新的问题。"
THANKED = "不客气。如还有其他问题，请直接留言。"
AGREED = "好的。如还有其他问题，请直接留言。"
NOTHING_TO_CHOOSE = "这里没有可供选择的选项，可能是间隔时间较长。请直接写出您的问题。"
CHOOSE_AGAIN = "没有这个选项。请回复列出的数字，或直接写出您的问题。"
TEXT_PLEASE = "目前只能看懂文字。请用一两句话写出您的问题，例如“低保怎么申请”。"
UNREADABLE: Mapping[MessageKind, str] = MappingProxyType(
    {
        MessageKind.VOICE: "这里还听不了语音。请用文字写出您的问题；打字不便时，可以用手机输入法的语音输入转成文字。",
        MessageKind.IMAGE: "这里看不了图片，图片没有保存。请用一两句话写出您的问题；证件和材料请不要发到对话中。",
        MessageKind.VIDEO: "这里看不了视频，视频没有保存。请用一两句话写出您的问题，例如“低保怎么申请”。",
        MessageKind.LOCATION: "这里不按位置查询。请写出地名和要办的事，例如“城关镇怎么办老年证”。",
        MessageKind.LINK: "这里打不开链接。请写出文件的名称、文号，或者用一两句话写出您的问题。",
    }
)
"""What is said to what cannot be read; TEXT_PLEASE to the rest."""
EMPTY_QUESTION = "请写出您想了解的问题，例如“低保怎么申请”。"
TOO_LONG = "您的留言较长。请先用一两句话写出最想了解的问题（200 字以内）。"
WRITE_QUESTION = "请写下您要咨询的问题，我们会登记并由工作人员答复。回复“取消”可放弃。"
NOT_FOUND = "抱歉，在已公开的政策文件中没有查到可以直接答复的内容。"
NOT_SOLVED = "抱歉没有解决您的问题。"
GLAD = "感谢您的反馈，很高兴帮到您。"
SOLVED = "工作人员的答复是否解决了您的问题？"
NOTED = "您的评价已记下，谢谢。请接着刚才的写。"
TOO_LATE = "这条答复已不能再评价。请接着刚才的写。"
WRITE_FURTHER = "请写下您还想了解什么，我们会连同原来的编号一起登记，由工作人员答复。回复“取消”可放弃。"
CONTESTABLE = "对答复有异议的，可以按答复书写明的途径申请行政复议或者提起行政诉讼。"
NOTHING_WAITING = "目前没有新的回复。请直接写出您的问题。"
ASK_CODE = "请发送该编号的查询码（登记时与编号一起告知您的 8 位字母数字）。回复“取消”可放弃。"
ASK_NUMBER = "请发送编号和查询码，中间用空格隔开，例如：查询 {example} ABCD2345"
SUBMIT = Option("确认提交", "提交申请（提交成功之日即为收到之日）")
FORM_CAN_BE_LEFT = "回复“取消”可放弃，不保留任何内容。"
FORM_CANCELLED = "已取消申请，您填写的内容没有保留。"
FORM_GONE = "没有正在填写的申请，可能是间隔时间较长，内容已经清除。如仍要申请，请回复“申请公开”。"
FORM_PAUSED = (
    "您发来的像是填写申请用的号码，但填写已经中断（间隔时间较长）。这条内容没有查询，也没有保存。"
    "您之前填写的内容还加密保留着，可以接着填。"
)
FORM_LAPSED = "您发来的像是填写申请用的号码，但现在没有正在填写的申请。这条内容没有查询，也没有保存。"
FORM_TEXT_PLEASE = "填写申请时请用文字回复。"
GO_ON_WITH_FORM = "您有一份没有填完的申请，可以接着填；回复“重填”从头开始。"
SUGGESTED = "下面这些已经公开的内容可能就是您需要的。回复数字查看，仍要申请请回复“继续”："
IS_IT_THIS = "如果这就是您需要的，回复“取消”结束即可；仍要申请请回复“继续”。"
NUMBER_OR_GO_ON = "请回复列出的数字查看，或者回复“继续”接着申请。"
CHECK_FORM = "请核对下面的内容。无误请回复“确认提交”；要修改请回复“修改”加序号，例如“修改3”。"
FIELD: Mapping[Field, str] = MappingProxyType(
    {
        Field.DESCRIPTION: "所需信息",
        Field.ROUTE: "获取方式",
        Field.CARRIER: "载体形式",
        Field.KIND: "申请人类型",
        Field.NAME: "姓名或者单位名称",
        Field.DOCUMENT: "证件名称",
        Field.IDENTITY: "证件号码",
        Field.CREDIT_CODE: "统一社会信用代码",
        Field.REPRESENTATIVE: "法定代表人",
        Field.CONTACT: "联系人",
        Field.CATEGORY: "单位类别",
        Field.PHONE: "联系电话",
        Field.ADDRESS: "联系地址",
        Field.EMAIL: "电子邮箱",
    }
)
FORM: Mapping[Field, str] = MappingProxyType(
    {
        Field.DESCRIPTION: "您需要什么信息？请写明名称、文号，或者便于查找的其他特征。一份申请只写一件事。",
        Field.ROUTE: "您希望怎样得到这些信息？",
        Field.CARRIER: "您希望得到哪一种载体？",
        Field.KIND: "申请人是：",
        Field.NAME: "请填写申请人的姓名或者单位名称，与证件一致。",
        Field.DOCUMENT: "用哪一种证件证明身份？（条例第二十九条要求提供身份证明）",
        Field.IDENTITY: "请填写证件号码。号码加密保存，只用于办理这份申请。",
        Field.CREDIT_CODE: "请填写 18 位统一社会信用代码。",
        Field.REPRESENTATIVE: "请填写法定代表人姓名。",
        Field.CONTACT: "请填写联系人姓名。",
        Field.CATEGORY: "单位属于哪一类？",
        Field.PHONE: "请填写联系电话。",
        Field.ADDRESS: "请填写邮寄地址。",
        Field.EMAIL: "请填写电子邮箱。",
    }
)
STAGE: Mapping[Stage, str] = MappingProxyType(
    dict.fromkeys((Stage.RECEIVED, Stage.TRIAGE), "已收到，正在审查")
    | dict.fromkeys(
        (Stage.PROCESSING, Stage.DRAFTING, Stage.REVIEW, Stage.SECRECY, Stage.SIGNING, Stage.SIGNED), "正在办理"
    )
    | {
        Stage.CORRECTION: "等您补正，答复期限自收到补正之日起算",
        Stage.REASONS: "等您说明理由",
        Stage.FEE: "等您缴费，答复期限自缴费次日起算",
        Stage.CONSULTING: "正在征求意见，期限暂停",
        Stage.DELIVERED: "已答复",
        Stage.CLOSED: "已办结",
    }
)
"""Where a formal request stands, as its applicant is told."""
MERGED = "已并入您的另一件申请 {into} 一并办理"
SPLIT = "已按一事一申请拆分办理，编号和查询码见各件的登记回执"
UNKNOWN_CASE = "没有查到相符的事项。请核对编号和查询码后再试；多次不符将暂停查询。"


@dataclass(frozen=True, slots=True)
class Office:
    """What the sentences need to know about the office."""

    name: str
    code: str
    hotline: str
    request_guide: str
    """How and where to file a formal request (政府信息公开指南), or empty."""


def phrases() -> Phrases:
    """Return what is said when a message could not be handled in the ordinary way."""
    return Phrases(
        unavailable="抱歉，系统暂时繁忙，您的留言没有登记成功。请稍后再发一次。",
        too_many="您发送得太快了，请过一分钟再试。",
        still_searching="正在查询，请稍等片刻。",
        go_on=GO_ON,
        unfinished="抱歉，您刚才的问题没有来得及答复，请再发一次。",
        more_waiting="（您刚才的留言还有回复，请回复“继续”查看。）",
        survey=Survey(SOLVED, (RESOLVED, UNRESOLVED)),
    )


def greeting(office: Office) -> str:
    """Return the welcome of a new follower."""
    return f"您好，这里是{office.name}政策问答。\n{how_to(office)}"


def welcome(office: Office) -> str:
    """Return the first sentence to somebody who came by a QR code for a certain matter."""
    return f"您好，这里是{office.name}政策问答。直接写出问题，即可查询已公开的政策文件。"


def how_to(office: Office) -> str:
    """Return what the account can do."""
    lines = [
        "直接写出问题，我会从已公开的政策文件中找出原文答复，例如“低保怎么申请”。",
        "没有查到的，可以留言咨询，由工作人员答复。",
        f"回复“查询 编号 查询码”查看办理情况，例如“查询 {office.code}-2026-000123 ABCD2345”。",
        "回复“转人工”由工作人员答复，任何时候回复“取消”可重新开始。",
    ]
    if office.hotline:
        lines.append(f"咨询电话：{office.hotline}")
    lines.append("请不要在对话中发送身份证号、银行卡号等个人信息。")
    return "\n".join(lines)


def source_line(*, title: str, number: str, issuer: str, published_on: date | None, validity: str, url: str) -> str:
    """Return the line that names a quoted document."""
    details = "，".join(part for part in (issuer, published_on.isoformat() if published_on else "", validity) if part)
    named = f"《{title}》" + (f"（{number}）" if number else "")
    return f"出处：{named}" + (f"\n{details}" if details else "") + (f"\n{url}" if url else "")


def further(titles: list[str]) -> str:
    """Return the line that names further documents on the question."""
    return "相关文件：" + "".join(f"《{title}》" for title in titles)


def not_in_force(validity: str, successor: str) -> str:
    """Return the banner over a document that is not in force (never quoted as current)."""
    banner = f"【注意】该文件{validity}，以下内容仅供参考，不作为现行依据。"
    return f"{banner}\n现行文件：{successor}" if successor else banner


def from_above(issuer: str) -> str:
    """Return the notice over a document of a higher level."""
    return f"【提示】这是{issuer}的文件，本地可能另有具体规定，请留意适用范围。"


def elsewhere(issuer: str) -> str:
    """Return the notice over a document of another place."""
    return f"【提示】这是其他地区的文件（{issuer}），不一定适用于本地，请留意适用范围。"


def candidates(question: str) -> str:
    """Return the question that goes before numbered candidates."""
    return f"关于“{_short(question)}”，您想了解的是不是下面的内容？请回复数字："


def not_found(opening: str, *, department: str, hotline: str) -> str:
    """Return why there is no answer, with the closest department and the ways on."""
    lines = [opening]
    if department:
        lines.append(f"该问题可能与{department}的工作有关。")
    if hotline:
        lines.append(f"咨询电话：{hotline}")
    lines.append("您可以：")
    return "\n".join(lines)


def unsolved(reference: str, *, contestable: bool) -> str:
    """Return what is said to 未解决 about an answer that a person gave; the ways on follow."""
    noted = f"{NOT_SOLVED}您的评价已记在 {reference} 下。"
    return noted + (CONTESTABLE if contestable else "") + "\n您可以："


def follow_up(reference: str, question: str) -> str:
    """Return a question that follows an answer, as it is registered."""
    return f"（追问 {reference}）{question}"


def petition(*, hotline: str) -> str:
    """Return the way for petitions and complaints (国令711号 art. 39: point to the proper channel)."""
    return (
        "反映问题、投诉举报请拨打 12345 政务服务热线，或通过信访渠道提出，有专人受理。"
        + (f"本单位电话：{hotline}。" if hotline else "")
        + "\n如仍想在这里留言或申请公开信息，您可以："
    )


def how_to_request(office: Office) -> str:
    """Return where a formal request (依申请公开) is filed."""
    guide = office.request_guide or f"请按《{office.name}政府信息公开指南》载明的地址和方式，当面或邮寄提交申请"
    return (
        f"正式申请公开政府信息，需要您的姓名、身份证明、联系方式和所需信息的名称或特征。\n{guide.rstrip('。')}"
        "。收到申请后二十个工作日内答复。\n本对话暂不受理正式申请，也请不要在此发送身份证件信息。"
    )


def form_begins(today: date) -> str:
    """Return what is said before the form: what it is, what it needs, what it starts."""
    return (
        "正式申请政府信息公开（依申请公开）是法定程序：填写完整并提交后，自收到之日起二十个工作日内答复。"
        f"需要姓名、身份证明、联系方式和所需信息的描述。今天是{today.isoformat()}。"
    )


def same_wish(question: str) -> str:
    """Return the question whether the form is about what was just asked."""
    return f"您要申请的是不是“{_short(question)}”？不是的话，请直接写明所需信息的名称、文号或者特征。"


def request_filed(*, reference: str, code: str, due: str, received: date | None, days: int) -> str:
    """Return the receipt of a formal request: number, query code, last day and why."""
    why = f"自收到之日（{received.isoformat()}）的次日起算，{days} 个工作日。" if received else ""
    return (
        f"您的政府信息公开申请已提交。\n受理编号：{reference}\n查询码：{code}\n答复期限：{due}。{why}\n"
        f"需要补正、征求意见或者延期的，会在这里告知。可随时回复“查询 {reference} {code}”查看。请妥善保存查询码。"
    )


def registered(*, reference: str, code: str, due: str) -> str:
    """Return the receipt of an inquiry."""
    return (
        f"您的咨询已登记。\n编号：{reference}\n查询码：{code}\n预计 {due} 前答复。\n"
        f"答复会发到这里；也可随时回复“查询 {reference} {code}”查看。请妥善保存查询码。"
    )


def due_text(due_on: date, *, provisional: bool) -> str:
    """Return a due date as it is said; provisional ones say on what they wait."""
    day = f"{due_on.year}年{due_on.month}月{due_on.day}日"
    return f"{day}（预计，待下一年度放假安排公布后确定）" if provisional else day


def case_status(*, reference: str, status: str, received: str, due: str, answer: str) -> str:
    """Return where a case stands; `due` and `answer` are empty where there is none."""
    lines = [f"编号：{reference}", f"登记时间：{received}", f"办理状态：{status}"]
    if due:
        lines.append(f"预计答复：{due}前")
    if answer:
        lines.append(f"答复内容：\n{answer}")
    return "\n".join(lines)


def _short(text: str, limit: int = 40) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
