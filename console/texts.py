"""The words of the pages: labels of enums, refusals and messages, in plain Chinese."""

from collections.abc import Mapping
from types import MappingProxyType

from console.auth import Refusal
from console.passwords import Weakness
from console.ports import Role
from console.rooms import Room
from register.types import CaseKind, Status, Step

KIND: Mapping[CaseKind, str] = MappingProxyType({CaseKind.INQUIRY: "咨询", CaseKind.REQUEST: "申请"})
STATUS: Mapping[Status, str] = MappingProxyType(
    {Status.RECEIVED: "待处理", Status.ANSWERED: "已答复", Status.CLOSED: "已办结"}
)
STEP: Mapping[Step, str] = MappingProxyType(
    {
        Step.OPEN: "登记",
        Step.ANSWER: "答复",
        Step.CLOSE: "办结",
        Step.REOPEN: "重新办理",
        Step.NOTE: "内部记录",
        Step.DELIVERED: "已送达",
        Step.UNDELIVERED: "未能送达",
        Step.IN_DOUBT: "是否送达不明",
    }
)
ROLE: Mapping[Role, str] = MappingProxyType(
    {
        Role.ADMINISTRATOR: "系统管理",
        Role.OFFICER: "承办",
        Role.EDITOR: "知识库编辑",
        Role.REVIEWER: "审核",
        Role.SECRECY: "保密审查",
        Role.PUBLISHER: "知识库发布",
    }
)
DUTY: Mapping[Role, str] = MappingProxyType(
    {
        Role.ADMINISTRATOR: "管理账号，看不到咨询内容",
        Role.OFFICER: "答复咨询、处理缺口",
        Role.EDITOR: "导入和修改文件，处理缺口，维护词表和测试题",
        Role.REVIEWER: "审核别人提交的文件",
        Role.SECRECY: "发布前的保密审查",
        Role.PUBLISHER: "发布文件，切换和退回知识库版本",
    }
)
ROOM: Mapping[Room, str] = MappingProxyType(
    {
        Room.DASHBOARD: "工作台",
        Room.QUEUE: "队列",
        Room.GAPS: "缺口",
        Room.DOCUMENTS: "文件",
        Room.IMPORTS: "导入",
        Room.REVIEW: "审核",
        Room.HIT_TEST: "命中测试",
        Room.VOCABULARY: "词表",
        Room.TEST_QUESTIONS: "测试题",
        Room.GENERATIONS: "版本",
        Room.ACCOUNTS: "账号",
    }
)
KNOWLEDGE = "知识库"
ACTOR: Mapping[str, str] = MappingProxyType({"citizen": "公众", "system": "系统"})

CHANNEL: Mapping[str, str] = MappingProxyType({"wechat": "微信公众号", "web": "网页"})
PRIVACY_VERSION = "1"

REFUSAL: Mapping[Refusal | Weakness, str] = MappingProxyType(
    {
        Refusal.WRONG: "用户名或密码不对。",
        Refusal.LOCKED: "登录失败次数过多，请 10 分钟后再试。",
        Refusal.EXPIRED: "这个链接已经用过或已过期，请向管理员要一个新的。",
        Refusal.NAME: "用户名只能用文字、数字、点、横线和下划线，最多 32 个字。",
        Refusal.TAKEN: "这个用户名已有人使用，请换一个。",
        Weakness.SHORT: "密码太短，至少 10 个字符。",
        Weakness.LONG: "密码太长，最多 128 个字符。",
        Weakness.SIMPLE: "密码太简单，大写字母、小写字母、数字、符号至少要有三种。",
        Weakness.NAME: "密码里不能包含用户名。",
    }
)
PASSWORDS_DIFFER = "两次输入的密码不一样。"
FORM_EXPIRED = "页面已失效，没有保存。请再提交一次。"

DONE: Mapping[Step, str] = MappingProxyType(
    {
        Step.ANSWER: "答复已保存，正在发送给提问人。",
        Step.CLOSE: "已办结。",
        Step.REOPEN: "已重新办理，回到待处理。",
        Step.NOTE: "已记录，提问人看不到。",
    }
)
STALE = "您打开页面之后，有同事处理了这件事。您写的内容没有提交，仍在下面；请先看办理过程，再决定是否提交。"
ILLEGAL = "这件事现在是“{status}”，不能再{step}。您写的内容没有提交，仍在下面。"
MISSING = "请先写内容，再{step}。"
TOO_LONG = "内容太长，最多 {limit} 字，现在有 {length} 字。"
ANSWER_TOO_LONG = "内容太长，最多约 {limit} 字，现在约 {length} 字，没有提交。请删减后再提交。"

SENDING = "等待送出：在线时立即发送，否则在提问人下次来访时送达。"
DELIVERED = "已送达提问人。"
UNDELIVERED = "未能送达：提问人可凭编号和查询码查看答复，或请改用其他方式联系。"
UNCERTAIN = "是否送达不明，可能已送到；不会自动重发。提问人可凭编号和查询码查看答复。"

NOT_FOUND_CASE = "没有查到。请核对编号和查询码；多次输错后，请过 10 分钟再试。"
CHAT_WELCOME = (
    "您好！请直接写出您的问题，例如“低保怎么申请”，我会从已公开的政策文件中找出原文。"
    "没有查到的，可以留言，由工作人员答复。"
)
CHAT_EXPIRED = "页面打开太久，您的问题还没有发出。请再点一次“发送”。"
CHAT_BUSY = "系统暂时繁忙，您的问题没有登记成功。请稍后再发一次。"
CHAT_TOO_MANY = "提问太频繁了，请稍等一分钟再试。"
CHAT_EMPTY = "请先写下您的问题。"
CHAT_RELOAD = "页面打开太久，请刷新页面后再发送。"
CHAT_LATE = "正在办理，有了答复会显示在这里。"

ERRORS: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        400: ("看不懂这个请求", "请返回上一页，重新填写后提交。"),
        403: ("没有权限", "您的账号不能打开这个页面。"),
        404: ("没有这个页面", "地址可能写错了，或者内容已经移走。"),
        405: ("不能这样操作", "请返回上一页重试。"),
        409: ("事情已有变化", "请返回上一页，刷新后再试。"),
        413: ("内容太大", "请缩短内容后重试。"),
        500: ("系统出错了", "错误已记录，请稍后再试。"),
        503: ("系统暂时繁忙", "没有保存。请稍后再试。"),
    }
)


def channel(name: str) -> str:
    """Return where a case came from, without the name of the account."""
    return CHANNEL.get(name.partition("/")[0], name)
