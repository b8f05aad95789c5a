"""The formal request, built from the settings: its desk, the form in the chat, and what happens by itself."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from aiohttp import web

from bot.errors import Unavailable
from bot.tokens import Tokens
from config.settings import Requests as RequestSettings
from config.settings import Settings
from console.chancery import RequestDesk
from console.counter import Counter, Office
from console.enclosures import Enclosing
from console.filing import RequestForm
from console.pages import Pages
from handlers.filing import Filing
from knowledge.ports import Retriever
from knowledge.topics import Topics
from register.calendar import Calendar
from register.correspondence import Correspondence
from register.dispatch import note_deliveries
from register.errors import RegisterError
from register.fees import read_fees
from register.letters.composition import Agency
from register.letters.printing import Stationery
from register.letters.wording import Wording
from register.limits import DailyLimits
from register.office import DisclosureOffice
from register.reckoning import Reckoning
from register.recomputation import Change
from register.remedies import Redress
from register.terms import read_terms
from register.watch import Findings, Watch
from storage.drafts import SqlDrafts
from storage.enclosures import SqlEnclosures
from storage.numbers import new_query_code
from storage.requests import SqlRequests
from wiring.almanac import Almanac
from wiring.index import HERE, open_topics
from wiring.keyring import open_vault
from wiring.parts import Parts, utc_now

_log = logging.getLogger(__name__)
ROUND = 600.0
"""Seconds between two looks at every clock: days decide, but an imported year should show soon."""
PAUSE = 30.0
"""Seconds between two looks for replies that have arrived."""
DEMONSTRATION = RequestSettings(
    code="云公开",
    address="云岭县人民路1号（演示）",
    hours="工作日 8:30—12:00，14:30—17:30",
    phone="0000-5550101",
    review_authority="云岭市人民政府（演示）",
    court="云岭县人民法院（演示）",
    review_online="https://example.gov.cn/fuyi",
    complaints="云岭市人民政府办公室（演示），电话 0000-5550110",
    payee="凭通知到非税收入收缴窗口缴纳",
)
"""What the demonstration office's letters say, so that a first try needs no settings."""


@dataclass(frozen=True, slots=True)
class Chancery:
    """The desk of formal requests with what it keeps; `online`: the chat takes them too."""

    office: DisclosureOffice
    requests: SqlRequests
    drafts: SqlDrafts
    enclosures: SqlEnclosures
    online: bool

    @property
    def enclosing(self) -> Enclosing:
        """What keeps the files that come with forms."""
        return Enclosing(self.enclosures, utc_now, lambda: uuid.uuid4().hex)


def open_chancery(settings: Settings, parts: Parts) -> Chancery | None:
    """Return the desk of formal requests, or None where nothing can keep them or the settings are incomplete."""
    particulars = _particulars(settings)
    if parts.database is None:
        return None
    if particulars.missing:
        _log.warning("formal requests are not taken: [requests] lacks %s", ", ".join(particulars.missing))
        return None
    vault = open_vault(settings)
    requests = SqlRequests(parts.database, vault, code=settings.office.code, query_code=new_query_code)
    office = DisclosureOffice(
        requests=requests,
        vault=vault,
        calendar=Almanac(settings),
        terms=read_terms((HERE / "terms.toml").read_text(encoding="utf-8")),
        now=utc_now,
        fees=read_fees((HERE / "fees.toml").read_text(encoding="utf-8")) if particulars.fees else None,
        correspondence=_correspondence(settings, particulars),
        limits=DailyLimits(
            particulars.daily_per_person,
            particulars.daily_per_address,
            f"{particulars.address}，{particulars.hours}，电话 {particulars.phone}",
        ),
    )
    return Chancery(
        office,
        requests,
        SqlDrafts(parts.database, vault),
        SqlEnclosures(parts.database, vault),
        settings.requests.online,
    )


def open_form(chancery: Chancery | None, retriever: Retriever, topics: Topics) -> Filing | None:
    """Return the form in the chat, or None where the office does not take formal requests there."""
    if chancery is None or not chancery.online:
        return None
    return Filing(
        office=chancery.office,
        drafts=chancery.drafts,
        retriever=retriever,
        topics=topics,
        now=utc_now,
        new_id=lambda: uuid.uuid4().hex,
    )


def open_counter(settings: Settings, parts: Parts, chancery: Chancery | None) -> Counter:
    """Return the queue as the console shows it."""
    return Counter(
        queue=parts.queue,
        accounts=parts.accounts,
        views=parts.views,
        calendar=Almanac(settings),
        now=utc_now,
        office=Office(open_topics().departments, settings.office.unread_days),
        requests=chancery.requests if chancery is not None else None,
    )


def desk_of(chancery: Chancery | None) -> RequestDesk | None:
    """Return what the console needs of the desk of formal requests, or None."""
    if chancery is None:
        return None
    return RequestDesk(chancery.office, _department, chancery.enclosing)


def page_form(
    chancery: Chancery | None, retriever: Retriever, *, tokens: Tokens, allow: Callable[[web.Request], bool]
) -> Callable[[Pages], RequestForm] | None:
    """Return what makes the application form among the citizens' pages, or None where none are taken there."""
    if chancery is None or not chancery.online:
        return None

    def made(pages: Pages) -> RequestForm:
        return RequestForm(
            pages=pages,
            office=chancery.office,
            retriever=retriever,
            issue_token=tokens.issue,
            subject=tokens.subject,
            department=_department,
            allow=allow,
            files=chancery.enclosing,
        )

    return made


def _department(wanted: str) -> str:
    return open_topics().closest(wanted).department


async def keep_house(chancery: Chancery, *, draft_days: int, identity_days: int) -> None:
    """Record replies that have arrived and purge what is over, for ever; a store that fails is asked again."""
    while True:
        forgotten = utc_now() - timedelta(days=draft_days)
        closed_before = chancery.office.today() - timedelta(days=identity_days)
        for work in (
            partial(chancery.drafts.purge, before=forgotten),
            partial(chancery.enclosures.purge, unfiled_before=forgotten, closed_before=closed_before),
            partial(chancery.requests.forget_filings, before=chancery.office.today()),
            partial(note_deliveries, chancery.office),
        ):
            try:
                await work()
            except (Unavailable, RegisterError):
                _log.exception("the desk of formal requests could not keep house")
        await asyncio.sleep(PAUSE)


def open_watch(chancery: Chancery) -> Watch:
    """Return the watch over the requests that this desk keeps."""
    office, reckoning = chancery.office, Reckoning(chancery.office)
    return Watch(chancery.requests, reckoning.one, calendar=office.calendar, terms=office.terms, now=utc_now)


def recomputation(chancery: Chancery | None) -> Callable[[Calendar, Calendar], Awaitable[Sequence[Change]]]:
    """Return what sets the open requests right when the calendar changes."""

    async def run(before: Calendar, after: Calendar) -> Sequence[Change]:
        if chancery is None:
            return ()
        reckoning = Reckoning(chancery.office)
        # told by the two calendars, and not by what is kept: another process may have set some right already
        changes = await reckoning.preview(after, old=before)
        await reckoning.all()
        return changes

    return run


async def go_round(watch: Watch) -> None:
    """Keep the last days of requests right and give their reminders, for ever."""
    while True:
        await look(watch)
        await asyncio.sleep(ROUND)


async def look(watch: Watch) -> None:
    """Go round once; a store that fails is asked again the next time."""
    try:
        found = await watch.round()
    except (Unavailable, RegisterError):
        _log.exception("the requests under way could not be looked through")
        return
    _tell(found)


def _tell(found: Findings) -> None:
    for each in found.moved:
        _log.info("last day of %s moved from %s to %s", each.term, each.old, each.new)
    for reminder in found.reminders:
        if not reminder.superseded:
            _log.warning("%s: %s, last day %s", reminder.sent.reference, reminder.sent.stage, reminder.sent.day)


def _particulars(settings: Settings) -> RequestSettings:
    demonstrates = settings.office == type(settings.office)() and settings.requests == RequestSettings()
    return DEMONSTRATION if demonstrates else settings.requests


def _correspondence(settings: Settings, given: RequestSettings) -> Correspondence:
    folder: Path = HERE / "letters"
    wording = Wording.parse(file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.toml")))
    redress = Redress(given.review_authority, given.court, given.review_online, given.complaints)
    agency = Agency(settings.office.name, given.code, given.address, given.hours, given.phone, redress, given.payee)
    page = (folder / "letter.html").read_text(encoding="utf-8")
    return Correspondence(wording, agency, Stationery(page, (folder / "letter.docx").read_bytes()))
