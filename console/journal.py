"""The audit trail (审计): what staff did, wherever it was written down."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Deed(StrEnum):
    """What is done outside a case and a document, and written down by itself."""

    INVITE = "invite"
    """邀请"""
    JOIN = "join"
    """创建账号"""
    APPOINT = "appoint"
    """调整角色、部门"""
    DISABLE = "disable"
    """停用账号"""
    ENABLE = "enable"
    """启用账号"""
    EXPORT = "export"
    """导出"""


class Field(StrEnum):
    """Of which part of the office an entry of the trail tells."""

    CASES = "cases"
    """咨询、分办、送达"""
    REQUESTS = "requests"
    """依申请公开"""
    REVEALS = "reveals"
    """查看个人信息"""
    REVIEW = "review"
    """文件审核发布"""
    OFFICE = "office"
    """账号、导出"""
    CALENDAR = "calendar"
    """日历"""
    CHANNELS = "channels"
    """渠道开关"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that somebody did. `step` is a word of the field's own: a Deed, a Step, a RequestStep, a ReviewStep.

    `subject` is what it was done to: a case, a document, an account; `note` why. `before` and `after` tell how the
    subject stood, where that is kept.
    """

    at: datetime
    actor: str
    step: str
    subject: str
    note: str = ""
    field: Field = Field.OFFICE
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Trail:
    """A stretch of the audit trail, newest first; `more`: older entries follow."""

    entries: tuple[Entry, ...]
    more: bool


class Journal(Protocol):
    """Keeps what staff do outside cases and documents, and reads all that was ever written down."""

    async def note(self, entry: Entry) -> None:
        """Keep an entry of the OFFICE field, for good."""

    async def trail(
        self,
        *,
        field: Field | None = None,
        actor: str = "",
        subject: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        offset: int = 0,
        limit: int = 50,
    ) -> Trail:
        """Return what was done, newest first: of a field, by somebody, to something, from `since` to `until`."""
