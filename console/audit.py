"""The auditor's page: who did what, when, to what; nothing on it can be changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from urllib.parse import urlencode

from aiohttp import web

from console import request_texts, texts
from console.auth import Staff
from console.forms import cleaned, whole_number
from console.journal import Deed, Entry, Field, Journal
from console.pages import SHANGHAI, Pages
from console.rooms import Room
from register.gazette import Standing

SIZE = 50
LAST = 200
"""The last page: further back a subject or a name has to be given."""
LONGEST = 100
ASKED = ("field", "actor", "subject", "first", "last")
"""What the page can be asked for; `first` and `last` are civil days."""
FIELD: Mapping[str, str] = MappingProxyType(
    {
        Field.CASES: "咨询、分办、送达",
        Field.REQUESTS: "依申请公开",
        Field.REVEALS: "查看个人信息",
        Field.REVIEW: "文件审核发布",
        Field.OFFICE: "账号、导出",
        Field.CALENDAR: "日历",
        Field.CHANNELS: "渠道开关",
    }
)
DEED: Mapping[str, str] = MappingProxyType(
    {
        Deed.INVITE: "邀请",
        Deed.JOIN: "创建账号",
        Deed.APPOINT: "调整角色、部门",
        Deed.DISABLE: "停用账号",
        Deed.ENABLE: "启用账号",
        Deed.EXPORT: "导出",
    }
)
WORDS: Mapping[Field, Mapping[str, str]] = MappingProxyType(
    {
        Field.CASES: {step.value: words for step, words in texts.STEP.items()},
        Field.REQUESTS: {step.value: words for step, words in request_texts.STEP.items()},
        Field.REVEALS: {"reveal": "查看个人信息"},
        Field.REVIEW: {},
        Field.OFFICE: DEED,
        Field.CALENDAR: {"propose": "提出", Standing.CONFIRMED: "确认生效", Standing.DROPPED: "放弃"},
        Field.CHANNELS: {"off": "停用", "on": "恢复"},
    }
)


STATES: Mapping[str, str] = MappingProxyType({"off": "已停用", "": "无"})
"""How a subject stood, where it is not kept in words."""


def step_words(entry: Entry) -> str:
    """Return what was done in Chinese; the steps of a review are Chinese already."""
    return WORDS[entry.field].get(entry.step, entry.step)


@dataclass(frozen=True, slots=True)
class AuditViews:
    """The audit trail."""

    pages: Pages
    journal: Journal

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Show a stretch of the trail, newest first."""
        asked = {name: cleaned(request.query.get(name, "")).strip()[:LONGEST] for name in ASKED}
        field = Field(asked["field"]) if asked["field"] in set(Field) else None
        number = min(max(1, whole_number(request.query.get("page", ""), otherwise=1)), LAST)
        trail = await self.journal.trail(
            field=field,
            actor=asked["actor"],
            subject=asked["subject"],
            since=_midnight(asked["first"]),
            until=_midnight(asked["last"], later=1),
            offset=(number - 1) * SIZE,
            limit=SIZE,
        )
        return self.pages.show(
            request,
            "audit.html",
            staff=staff,
            asked=asked,
            fields=FIELD,
            step_words=step_words,
            states=STATES,
            cases={Field.CASES, Field.REQUESTS, Field.REVEALS},
            entries=trail.entries,
            place=f"{self.pages.base}{Room.AUDIT}?{urlencode(asked)}&",
            number=number,
            last=number + 1 if trail.more and number < LAST else number,
            more=trail.more,
        )


def _midnight(day: str, *, later: int = 0) -> datetime | None:
    """Return the beginning of a day, or of one some days later; None for what is no day."""
    try:
        return datetime.combine(date.fromisoformat(day) + timedelta(days=later), time.min, SHANGHAI)
    except (ValueError, OverflowError):
        return None
