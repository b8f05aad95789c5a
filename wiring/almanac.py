"""The calendar in force: what the program brings and what the office has imported, read again when a file changes."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from config.settings import Settings
from register.calendar import Calendar
from register.errors import UnreadableCalendar

CIVIL_TIME = ZoneInfo("Asia/Shanghai")
SHIPPED = Path(__file__).resolve().parents[1] / "config" / "calendar"
_log = logging.getLogger(__name__)


def imported(settings: Settings) -> Path:
    """Return the folder in which imported years lie."""
    return settings.data_dir / "calendar"


def open_calendar(settings: Settings) -> Calendar:
    """Return the shipped calendar with what the office has imported; raises UnreadableCalendar."""
    return Calendar.load(SHIPPED, imported(settings))


class Almanac:
    """Tells the calendar in force; raises UnreadableCalendar only when it is made.

    A year that is imported counts from the next call on, in every process. A file that cannot be read is logged, and
    the calendar stays as it was.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._seen = self._state()
        self._calendar = open_calendar(settings)

    def __call__(self) -> Calendar:
        """Return the calendar in force now."""
        state = self._state()
        if state != self._seen:
            self._seen = state
            try:
                self._calendar = open_calendar(self._settings)
            except (UnreadableCalendar, OSError):
                _log.exception("calendar_kept")
        return self._calendar

    def _state(self) -> frozenset[tuple[str, int, int]]:
        """Return what shows that an imported year has changed; a release is not changed while it runs."""
        try:
            entries = [(file.name, file.stat()) for file in imported(self._settings).glob("*.toml")]
        except OSError:
            return frozenset()
        return frozenset((name, stat.st_mtime_ns, stat.st_size) for name, stat in entries)


def calendar_remark(almanac: Almanac, now: Callable[[], datetime]) -> Callable[[], Awaitable[str]]:
    """Return what tells the operator that a year's notice should be imported by now; nothing when all is well."""

    async def remark() -> str:
        year = almanac().overdue_notice(now().astimezone(CIVIL_TIME).date())
        return f"{year} 年的放假安排还没有导入，期限按法定节日估算" if year is not None else ""

    return remark
