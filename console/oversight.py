"""The rooms from which the office is overseen: what they need, and their routes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.switches import Switchboard
from console.calendar import MAY_CHANGE, CalendarViews, banner
from console.door import Door
from console.journal import Journal
from console.pages import Pages
from console.rooms import ENTER, Room
from console.statistics import Figures, StatisticsViews
from console.switchboard import Setting, SwitchViews
from register.prompts import Prompts
from register.timekeeper import Timekeeper


@dataclass(frozen=True, slots=True)
class Oversight:
    """What the office is overseen by."""

    timekeeper: Timekeeper
    switchboard: Switchboard
    channels: tuple[str, ...]
    settings: Callable[[], Sequence[Setting]]
    now: Callable[[], datetime]
    figures: Figures | None = None
    """None where nothing counts: the statistics are not shown."""
    prompts: Prompts | None = None
    """None where no formal requests are kept."""

    def banner(self) -> str:
        """Return what every page of the staff warns of; empty when all is well."""
        return banner(self.timekeeper)


def oversight_routes(door: Door, pages: Pages, oversight: Oversight | None, journal: Journal) -> list[web.RouteDef]:
    """Return the routes of these rooms; none where nothing is kept for them."""
    if oversight is None:
        return []
    calendar = CalendarViews(pages, oversight.timekeeper)
    reading, changing = door.open_to(*ENTER[Room.CALENDAR]), door.open_to(*MAY_CHANGE)
    switches = SwitchViews(pages, oversight.switchboard, oversight.channels, oversight.settings, oversight.now)
    administering = door.open_to(*ENTER[Room.SETTINGS])
    return [
        *_statistics(door, pages, oversight, journal),
        web.get("/settings", administering(switches.show)),
        web.post("/settings/switch", administering(switches.turn)),
        web.get("/calendar", reading(calendar.show)),
        web.post("/calendar/notices", changing(calendar.bring)),
        web.post("/calendar/closures", changing(calendar.close)),
        web.post("/calendar/closures/take-back", changing(calendar.take_back)),
        web.get(r"/calendar/proposals/{id:\d{1,18}}", reading(calendar.proposal)),
        web.post(r"/calendar/proposals/{id:\d{1,18}}/{step:confirm|drop}", changing(calendar.settle)),
    ]


def _statistics(door: Door, pages: Pages, oversight: Oversight, journal: Journal) -> list[web.RouteDef]:
    if oversight.figures is None:
        return []
    views = StatisticsViews(pages, oversight.figures, journal, oversight.now)
    reading = door.open_to(*ENTER[Room.STATISTICS])
    return [web.get("/statistics", reading(views.show)), web.get("/statistics.csv", reading(views.download))]
