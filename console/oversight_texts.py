"""The words of the pages on the calendar, the statistics, the switches and the trail."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from register.gazette import Proposal, Standing
from register.reminders import Stage
from register.timekeeper import LOCAL

STANDING: Mapping[Standing, str] = MappingProxyType(
    {Standing.WAITING: "等待确认", Standing.CONFIRMED: "已生效", Standing.DROPPED: "已放弃"}
)
NOT_IMPORTED = "没有保存：{reason}。您写的内容仍在下面。"
NO_DATE = "请填写起止日期"
NO_CLOSURE = "这一条已经不在采用，没有改动。"
OWN_PROPOSAL = "这是您提出的，须由另一位同事核对后确认。"
SETTLED_PROPOSAL = "您打开页面之后，有同事已经确认或放弃了这一条，没有再改。"
CALENDAR_DONE: Mapping[str, str] = MappingProxyType(
    {"confirm": "已生效，在办申请的期限已重新计算，结果见下。", "drop": "已放弃，日历没有改变。"}
)
MISSING_YEAR = "{year} 年的放假安排还没有导入，跨年的期限只能估算。"

CHANNEL_OFF = "在线问答暂停服务，恢复后请再来提问。已经登记的咨询和申请照常办理，发送“查询”可以查看进度。"
"""What is offered as the notice of a channel that is switched off."""
NO_SWITCH_REASON = "请写明理由，没有改动。"
NO_SWITCH_NOTICE = "请写公众会看到的告知，没有改动。"
SWITCH_TOO_LONG = "理由最多 {reason} 字，告知最多 {notice} 字，没有改动。"
SWITCH_DONE: Mapping[str, str] = MappingProxyType(
    {"off": "已停用，5 秒内所有进程都只回复这段告知。", "on": "已恢复，5 秒内照常答复。"}
)

STATISTICS = "统计"
EXPORTED = "导出 {first} 至 {last}"
REMINDED: Mapping[Stage, str] = MappingProxyType(
    {
        Stage.FIVE_LEFT: "还有 5 个工作日",
        Stage.ONE_LEFT: "还有 1 个工作日",
        Stage.LAST_DAY: "今天是最后一天",
        Stage.OVERDUE: "已超过期限",
    }
)
"""What a reminder says of the last day."""
PERIOD, TOTAL, BY_DAY, BY_TOPIC, BY_DEPARTMENT = "时段", "合计", "日期", "主题", "承办单位"
NONE, SPIKE = "未归类", "突增"
TALLY: Sequence[str] = ("问题", "已答", "转人工", "已解决", "未解决", "回答率", "满意率")
HANDLING: Sequence[str] = ("收到", "答复", "办理天数中位数", "已解决", "未解决", "满意率")
HOT: Sequence[str] = ("热点主题", "近 7 天问题", "平时 7 天", "是否突增")
ASKED: Sequence[str] = ("问得最多的问题", "次数")
DEFLECTIONS: Sequence[str] = ("申请前显示过已公开信息", "打开查看", "查看后仍提交", "查看后未提交")
DEFINITIONS: Sequence[tuple[str, str]] = (
    ("问题", "公众提出、机器人检索过的问题；给出候选后再选、答复后点“未解决”的，只算一次。问候、查询进度不算。"),
    ("已答、回答率", "从已公开文件给出原文的问题，占全部问题的比例；从候选里选出答案的也算已答。"),
    ("转人工", "没有查到、提示可以留言咨询或正式申请的次数，包括答复后点“未解决”和信访类的提示。"),
    ("满意率", "点“已解决”的，占点过“已解决”或“未解决”的比例；没有点的不算。"),
    (
        "人工答复满意率",
        "公众对咨询答复、申请答复书回复“已解决”的，占回复过“已解决”或“未解决”的件的比例；每件只算最后一次。",
    ),
    ("办理天数中位数", "一半的件在这么多天以内首次答复（咨询）或签发答复书（申请），按自然日计；只算时段内答复的件。"),
    ("收到、答复", "时段内登记的件数，和时段内首次答复的件数；两者不一定是同一批。"),
    (
        "热点、突增",
        "今天之前 7 天的问题数，与此前 28 天折合的每 7 天比较；达到 5 个、且高出平时 3 个标准差，标为突增。",
    ),
    ("问得最多的问题", "时段内最近 5 万次答复里，措辞相同的问题；少于 3 次的不列，以免露出个人的话。"),
    ("申请前的提示", "填写申请之前显示已公开信息的次数，其中打开查看的、查看后仍然提交申请的、查看后没有提交的。"),
    ("日期", "北京时间，含起止两天。"),
)


def share(part: float | None) -> str:
    """Return a share in percent; a dash for none."""
    return "—" if part is None else f"{part:.1%}"


def half(days: float | None) -> str:
    """Return a number of days with one digit after the point; a dash for none."""
    return "—" if days is None else f"{days:.1f}"


def proposal(each: Proposal) -> str:
    """Return what a proposal is called."""
    if not each.brought.name.startswith(LOCAL):
        return f"{each.brought.name}年放假安排"
    return "本地停工" if each.brought.text else "撤销本地停工"
