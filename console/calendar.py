"""The calendar of working days: its years, what is proposed, and what a second person's confirmation has moved."""

from collections.abc import Sequence
from datetime import date

from aiohttp import web

from console import oversight_texts as texts
from console.auth import Staff
from console.forms import NOTHING, Typed, read_form, whole_number
from console.pages import Pages, see_other, today
from console.ports import Role
from console.rooms import Room
from register.calendar import Closure
from register.errors import OwnProposal, SettledProposal, UnknownProposal, UnreadableCalendar
from register.explanation import Year, spans, year_of
from register.gazette import Proposal, Standing
from register.timekeeper import LONGEST_NOTICE, Timekeeper

MAY_CHANGE = frozenset({Role.ADMINISTRATOR, Role.INTAKE, Role.SIGNER})
"""Who proposes and confirms changes of the calendar."""
WARNED_FROM = 12
"""The month from which a missing year is shown to everybody."""
BEFORE, AFTER = 3, 1
"""Years shown beside this one."""


def missing_year(timekeeper: Timekeeper) -> int | None:
    """Return the year whose notice should be imported by now: from 1 November on the next; None when all is well."""
    return timekeeper.calendar().overdue_notice(today(timekeeper.now()))


def banner(timekeeper: Timekeeper) -> str:
    """Return what every page of the staff warns of: from 1 December on that the next year is not official."""
    year, on = missing_year(timekeeper), today(timekeeper.now())
    late = year is not None and (year == on.year or on.month == WARNED_FROM)
    return texts.MISSING_YEAR.format(year=year) if late else ""


class CalendarViews:
    """Views of the calendar."""

    def __init__(self, pages: Pages, timekeeper: Timekeeper) -> None:
        self._pages = pages
        self._timekeeper = timekeeper

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Show the years, one of them in detail, the closures and the record of proposals."""
        return await self._page(request, staff, NOTHING)

    async def bring(self, request: web.Request, staff: Staff) -> web.Response:
        """Read a pasted notice, and lead to its preview; what does not add up is said, the text stays in the form."""
        form = await read_form(request)
        try:
            proposal = await self._timekeeper.bring(form.get("notice", ""), by=staff.name)
        except UnreadableCalendar as error:
            return await self._page(request, staff, Typed(texts.NOT_IMPORTED.format(reason=error), "notice", form))
        return self._to(proposal)

    async def close(self, request: web.Request, staff: Staff) -> web.Response:
        """Propose a local closure, and lead to its preview."""
        form = await read_form(request)
        try:
            closure = Closure(
                form.get("name", "").strip(),
                _date(form.get("first", "")),
                _date(form.get("last", "") or form.get("first", "")),
                form.get("document", "").strip(),
            )
            proposal = await self._timekeeper.close(closure, by=staff.name)
        except UnreadableCalendar as error:
            return await self._page(request, staff, Typed(texts.NOT_IMPORTED.format(reason=error), "closure", form))
        return self._to(proposal)

    async def take_back(self, request: web.Request, staff: Staff) -> web.Response:
        """Propose that a local closure counts no more."""
        try:
            return self._to(await self._timekeeper.take_back((await read_form(request)).get("name", ""), by=staff.name))
        except UnknownProposal:
            return await self._page(request, staff, Typed(texts.NO_CLOSURE, status=409))

    async def proposal(self, request: web.Request, staff: Staff) -> web.Response:
        """Show a proposal: its days, what it changes, and once in force which requests it has moved."""
        return await self._proposal(request, staff, NOTHING)

    async def settle(self, request: web.Request, staff: Staff) -> web.Response:
        """Confirm or drop a proposal."""
        number, step = int(request.match_info["id"]), request.match_info["step"]
        try:
            if step == "confirm":
                await self._timekeeper.confirm(number, by=staff.name)
            else:
                await self._timekeeper.drop(number, by=staff.name)
        except OwnProposal:
            return await self._proposal(request, staff, Typed(texts.OWN_PROPOSAL, status=403))
        except SettledProposal:
            return await self._proposal(request, staff, Typed(texts.SETTLED_PROPOSAL, status=409))
        return see_other(f"{self._place(number)}?done={step}")

    def _place(self, number: int) -> str:
        return f"{self._pages.base}{Room.CALENDAR}/proposals/{number}"

    def _to(self, proposal: Proposal) -> web.Response:
        return see_other(self._place(proposal.id))

    async def _page(self, request: web.Request, staff: Staff, typed: Typed) -> web.Response:
        on, calendar = today(self._timekeeper.now()), self._timekeeper.calendar()
        years = range(on.year + AFTER, on.year - BEFORE - 1, -1)
        chosen = whole_number(request.query.get("year", ""), otherwise=on.year)
        proposals = await self._timekeeper.gazette.proposals()
        return self._pages.show(
            request,
            "calendar.html",
            status=typed.status,
            here=f"{self._pages.base}{Room.CALENDAR}",
            staff=staff,
            years=[(each, _latest(proposals, each)) for each in (year_of(year, calendar) for year in years)],
            chosen=year_of(chosen if chosen in years else on.year, calendar),
            missing=missing_year(self._timekeeper),
            version=calendar.version,
            closures=await self._timekeeper.closures(),
            others=[each for each in calendar.closures if each.last.year >= on.year - BEFORE],
            waiting=[each for each in proposals if each.standing is Standing.WAITING],
            record=[each for each in proposals if each.standing is not Standing.WAITING],
            may_change=staff.role in MAY_CHANGE,
            longest=LONGEST_NOTICE,
            standings=texts.STANDING,
            title_of=texts.proposal,
            typed=typed,
        )

    async def _proposal(self, request: web.Request, staff: Staff, typed: Typed) -> web.Response:
        number = int(request.match_info["id"])
        try:
            await self._timekeeper.reckon(number)
            preview = await self._timekeeper.preview(number)
        except UnknownProposal:
            raise web.HTTPNotFound from None
        notice = preview.notice
        return self._pages.show(
            request,
            "calendar_proposal.html",
            status=typed.status,
            here=self._place(number),
            staff=staff,
            preview=preview,
            proposal=preview.proposal,
            off=spans(notice.off) if notice is not None else (),
            work=sorted(notice.work) if notice is not None else (),
            may_settle=staff.role in MAY_CHANGE and preview.proposal.standing is Standing.WAITING,
            own=preview.proposal.brought.by == staff.name,
            standings=texts.STANDING,
            title_of=texts.proposal,
            typed=typed,
            done=texts.CALENDAR_DONE.get(request.query.get("done", ""), ""),
        )


def _latest(proposals: Sequence[Proposal], told: Year) -> Proposal | None:
    """Return the proposal by which a year came into force, newest first; None where it was not imported here."""
    named = (each for each in proposals if each.brought.name == str(told.year) and each.version)
    return next(named, None) if told.notice is not None else None


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise UnreadableCalendar(texts.NO_DATE) from None
