"""The words of the pages on the calendar, the statistics, the switches and the trail."""

from collections.abc import Mapping
from types import MappingProxyType

from register.gazette import Proposal, Standing
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


def proposal(each: Proposal) -> str:
    """Return what a proposal is called."""
    if not each.brought.name.startswith(LOCAL):
        return f"{each.brought.name}年放假安排"
    return "本地停工" if each.brought.text else "撤销本地停工"
