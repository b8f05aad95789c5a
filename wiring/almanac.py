"""The calendar in force: what the program brings and what the office has imported, read again when a file changes."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.errors import Unavailable
from config.settings import Settings
from register.calendar import Calendar
from register.errors import UnreadableCalendar
from register.gazette import Gazette

CIVIL_TIME = ZoneInfo("Asia/Shanghai")
SHIPPED = Path(__file__).resolve().parents[1] / "config" / "calendar"
GLANCE = 2.0
"""Seconds between two looks whether somebody has confirmed a year, on this machine or another."""
SETTLED_BY = (12, 20)
"""Month and day after which an open request must not rest on an estimate any more."""
_log = logging.getLogger(__name__)


def imported(settings: Settings) -> Path:
    """Return the folder in which imported years lie."""
    return settings.data_dir / "calendar"


def open_calendar(settings: Settings) -> Calendar:
    """Return the shipped calendar with what the office has imported; raises UnreadableCalendar."""
    return Calendar.load(SHIPPED, imported(settings))


def assembled(settings: Settings, texts: Mapping[str, str]) -> Calendar:
    """Return the calendar that these confirmed texts, by name, make with what is shipped and what operators put."""
    files = sorted(imported(settings).glob("*.toml"))
    own = {file.name: file.read_text(encoding="utf-8-sig") for file in files if file.stem not in texts}
    return Calendar.load(SHIPPED).with_texts({**own, **{f"{name}.toml": text for name, text in texts.items()}})


class Noticeboard:
    """Puts the confirmed texts of the calendar where every process of this machine reads them."""

    def __init__(self, settings: Settings, gazette: Gazette) -> None:
        self._folder = imported(settings)
        self._gazette = gazette
        self._edition = 0

    async def publish(self) -> None:
        """Bring the folder up to date where something was confirmed since."""
        edition = await self._gazette.edition()
        if edition != self._edition:
            await asyncio.to_thread(self._write, await self._gazette.in_force())
            self._edition = edition

    async def follow(self) -> None:
        """Publish what is confirmed anywhere, for ever; what fails is tried again."""
        while True:
            try:
                await self.publish()
            except (Unavailable, OSError):
                _log.exception("the confirmed calendar could not be published")
            await asyncio.sleep(GLANCE)

    def _write(self, texts: Mapping[str, str]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            file = self._folder / f"{name}.toml"
            if not text:
                file.unlink(missing_ok=True)
            elif not file.exists() or file.read_text(encoding="utf-8") != text:
                # another process may write the same at the same time
                written = file.with_suffix(f".{os.getpid()}.new")
                written.write_text(text, encoding="utf-8")
                written.replace(file)


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


def deadline_alarm(
    almanac: Almanac, provisional: Callable[[], Awaitable[bool]], now: Callable[[], datetime]
) -> Callable[[], Awaitable[str]]:
    """Return what tells after 20 December that the last day of an open request still rests on an estimate."""

    async def alarm() -> str:
        today = now().astimezone(CIVIL_TIME).date()
        year = almanac().overdue_notice(today)
        pressing = year is not None and (year == today.year or (today.month, today.day) > SETTLED_BY)
        if not pressing or not await provisional():
            return ""
        return f"有在办申请的期限还是暂定的：{year} 年的放假安排没有导入"

    return alarm
