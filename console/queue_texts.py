"""The words of the queue's pages."""

from collections.abc import Mapping
from types import MappingProxyType

from register.bands import Band
from register.queue import EntryKind

KIND: Mapping[str, str] = MappingProxyType(
    {EntryKind.GAP: "缺口", EntryKind.INQUIRY: "咨询", EntryKind.REQUEST: "申请"}
)
BAND: Mapping[str, str] = MappingProxyType(
    {
        Band.OVERDUE: "已超期",
        Band.LAST: "1 个工作日内到期",
        Band.SOON: "5 个工作日内到期",
        Band.LATER: "5 个工作日以后到期",
        Band.PAUSED: "暂停计时",
    }
)
BADGE = "待处理 {open} 件，其中超期 {overdue} 件"
NOTHING_TICKED = "还没有勾选事项。"
ONE_RECIPIENT = "请选一位同事，或者选一个部门，两者只能选一个。"
UNKNOWN_RECIPIENT = "没有这位同事或者部门，没有分办。"
NOT_YOURS = "不在您的办理范围内，没有分办。"
STALE = "您打开页面之后有变化，没有分办，请看过再分办。"
CLOSED = "已经办结，不能再分办。"
GIVEN = "已交给{to}。"
QUEUE = "队列"
EXPORTED = "导出 {total} 条；条件：{query}"
UNFILTERED = "待处理"
YES = "是"
COLUMNS = (
    "编号",
    "类别",
    "状态",
    "环节",
    "承办单位",
    "承办人",
    "收到日期",
    "期限",
    "期限暂定",
    "紧急程度",
    "次数",
)
VIEW_NAME = "请给视图起个名字，最多 {limit} 个字。"
VIEWS_FULL = "最多保存 {limit} 个视图，请先删掉不用的。"
VIEW_DONE: Mapping[str, str] = MappingProxyType({"kept": "视图已保存。", "dropped": "视图已删除。"})
ALL = "全部"
MINE = "我的"
UNASSIGNED = "未分办"
UNREAD = "{days} 个工作日没人办理"
TREND: Mapping[int, str] = MappingProxyType(
    {
        1: "近 7 天 {recent} 次，比前 7 天（{before} 次）多",
        0: "近 7 天 {recent} 次，与前 7 天相同",
        -1: "近 7 天 {recent} 次，比前 7 天（{before} 次）少",
    }
)
NO_ANSWER = "请先写答复。"
NOT_YOURS_TO_ANSWER = "不在您的办理范围内，没有发送。"
NOT_TOLD = "您打开页面之后有变化，没有发送，请打开这一件核对。"
TOLD = "答复已保存，正在发送给提问人。"
