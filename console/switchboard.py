"""The settings as they are in force, and the switch by which an administrator takes a channel out of service."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.switches import Switchboard, Switching
from console import oversight_texts as texts
from console.auth import Staff
from console.forms import NOTHING, Typed, read_form
from console.pages import Pages, see_other
from console.rooms import Room

LONGEST_REASON, LONGEST_NOTICE = 200, 500
RECENT = 20


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting as it is in force: `value` without secrets, where it comes from, and what it is for."""

    name: str
    value: str
    source: str
    meaning: str


@dataclass(frozen=True, slots=True)
class SwitchViews:
    """Views of settings and switches; `channels` are the names of all channels, `settings` gives what is in force."""

    pages: Pages
    switchboard: Switchboard
    channels: Sequence[str]
    settings: Callable[[], Sequence[Setting]]
    now: Callable[[], datetime]

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Show the switch of each channel, and every setting."""
        return await self._page(request, staff, NOTHING)

    async def turn(self, request: web.Request, staff: Staff) -> web.Response:
        """Take a channel out of service, with reason and notice, or back into it."""
        form = await read_form(request)
        channel, off = form.get("channel", ""), form.get("turn") == "off"
        reason, notice = form.get("reason", "").strip(), form.get("notice", "").strip()
        if channel not in self.channels:
            raise web.HTTPNotFound
        wrong = _wrong(reason, notice, off=off)
        if wrong:
            return await self._page(request, staff, Typed(wrong, channel, form))
        if off is not (self.switchboard.off(channel) is not None):
            kept = Switching(channel, reason, notice if off else "", staff.name, self.now(), off=off)
            await self.switchboard.turn(kept)
        return see_other(f"{self.pages.base}{Room.SETTINGS}?done={'off' if off else 'on'}")

    async def _page(self, request: web.Request, staff: Staff, typed: Typed) -> web.Response:
        await self.switchboard.look()
        return self.pages.show(
            request,
            "settings.html",
            status=typed.status,
            here=f"{self.pages.base}{Room.SETTINGS}",
            staff=staff,
            channels=[(name, self.switchboard.off(name)) for name in self.channels],
            record=await self.switchboard.switches.record(limit=RECENT),
            settings=self.settings(),
            standard_notice=texts.CHANNEL_OFF,
            longest_reason=LONGEST_REASON,
            longest_notice=LONGEST_NOTICE,
            typed=typed,
            done=texts.SWITCH_DONE.get(request.query.get("done", ""), ""),
        )


def _wrong(reason: str, notice: str, *, off: bool) -> str:
    if not reason:
        return texts.NO_SWITCH_REASON
    if off and not notice:
        return texts.NO_SWITCH_NOTICE
    too_long = len(reason) > LONGEST_REASON or len(notice) > LONGEST_NOTICE
    return texts.SWITCH_TOO_LONG.format(reason=LONGEST_REASON, notice=LONGEST_NOTICE) if too_long else ""
