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


def proposal(each: Proposal) -> str:
    """Return what a proposal is called."""
    if not each.brought.name.startswith(LOCAL):
        return f"{each.brought.name}年放假安排"
    return "本地停工" if each.brought.text else "撤销本地停工"
