"""The office in one process: what it keeps, knows and works on, open until the server stops."""

from dataclasses import dataclass

import aiohttp

from bot.switches import Switchboard
from config.loading import Loaded
from config.settings import Settings
from knowledge.library import Library
from register.inquiries import Target
from storage.inquiries import SqlInquiries
from wiring.almanac import Almanac, Noticeboard
from wiring.background import Background
from wiring.index import follow, follow_withdrawals, open_index
from wiring.inquiries import keep_days
from wiring.keyring import open_ring
from wiring.parts import Parts, open_parts
from wiring.requests import Chancery, go_round, keep_house, open_chancery, open_watch
from wiring.retention import forget_in_time
from wiring.webhook import open_webhook


@dataclass(frozen=True, slots=True)
class Office:
    """Everything behind the channels and pages; `chancery` is None where no formal requests are taken."""

    loaded: Loaded
    parts: Parts
    library: Library
    noticeboard: Noticeboard
    switchboard: Switchboard
    chancery: Chancery | None

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.loaded.settings


async def open_office(loaded: Loaded, background: Background) -> Office:
    """Open everything that the settings name, and follow what other processes change."""
    settings = loaded.settings
    parts = await background.stack.enter_async_context(open_parts(settings))
    library = await open_index(settings, parts.documents)
    noticeboard = Noticeboard(settings, parts.gazette)
    await noticeboard.publish()
    switchboard = Switchboard(parts.switches)
    await switchboard.look()
    for work in (
        noticeboard.follow(),
        switchboard.follow(),
        follow(library, parts.announcements),
        follow_withdrawals(library, parts.documents),
    ):
        background.go_on(work)
    return Office(loaded, parts, library, noticeboard, switchboard, open_chancery(settings, parts))


def keep_in_order(office: Office, session: aiohttp.ClientSession, background: Background) -> None:
    """Begin what the office does by itself: keep terms, give reminders, note deliveries, forget in time."""
    settings, database, chancery = office.settings, office.parts.database, office.chancery
    if database is not None:
        # keys that cannot be used are told now, not with the first text that is sealed
        open_ring(settings)
        target = Target(settings.office.inquiry_days, Almanac(settings))
        background.go_on(keep_days(SqlInquiries(database), target))
        background.go_on(forget_in_time(database, days=settings.personal_data.inquiry_days))
    if chancery is None:
        return
    days = settings.requests
    background.go_on(keep_house(chancery, draft_days=days.draft_days, identity_days=days.identity_days))
    background.go_on(go_round(open_watch(chancery)))
    if database is not None and settings.reminders.webhook:
        background.go_on(open_webhook(settings, database, session).run())
