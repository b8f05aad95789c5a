"""The disclosure office (政府信息公开工作机构): files formal requests, judges every step, and keeps what it makes."""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone

from register.calendar import Calendar
from register.charging import Measure, charged, computation, cost_of, item_number, wants_copies
from register.circumstances import Circumstances, Earlier
from register.clock import Clock
from register.correspondence import NUMBERED, Correspondence, File
from register.course import evolve, fold
from register.docket import Docket, Head, NewRequest, Outgoing, Paper, Part
from register.errors import OverLimit, RefusedStep, StaleCase, TakenNumber
from register.facts import Fact
from register.fees import FeeRules
from register.filing import Applicant, Citizen, Filing, Receipt
from register.identity import normalised
from register.lawbook import Lawbook
from register.limits import DailyLimits
from register.particulars import without_particulars
from register.ports import Requests, Vault
from register.proceedings import decide
from register.projection import head_of
from register.refusals import Refusal
from register.report.counting import Report, annual_report, counted_case
from register.request import Act, DisclosureRequest, Event
from register.rules import OPEN
from register.splitting import forked
from register.steps import RequestStep, Role
from register.terms import Terms
from register.types import Notice

_log = logging.getLogger(__name__)
CIVIL_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China keeps one time all year since 1991."""
MADE_TODAY = frozenset({*NUMBERED, RequestStep.APPROVE_EXTENSION})
"""Steps that make a letter or an approval: they happen on the day of their entry, or a missed term could be mended."""
MADE_TODAY_ONLY = "文书和审批在办理当天作出，日期不能补填。"
OTHER_FORM = "这份表已经提交过，受理编号 {reference}。要另外申请，请重新打开表格填写。"
TRIES = 5
"""Times a step is taken anew when something else was written between reading and writing."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a submission comes with: the message or form that files it, and the way back to who sent it."""

    source: str
    channel: str
    user: str
    actor: str = "citizen"
    role: Role = Role.APPLICANT
    search: str = ""
    """What the bot found before, as the first entry of the search record."""
    department: str = ""
    address: str = ""
    """Where in the internet it came from, if that is known; counted and not kept."""


def _anybody(_reference: str) -> Earlier | None:
    return Earlier(same_applicant=True, replied=True, owed=True)


def _nobody(_reference: str) -> Earlier | None:
    return None


@dataclass(frozen=True, slots=True)
class DisclosureOffice:
    """Each method is one step on one request, and one transaction.

    `calendar` gives the working days now in force, `terms` the terms of the law by the day they hold from, `fees` the
    office charges (信息处理费). Without `correspondence` no letters are made.
    """

    requests: Requests
    vault: Vault
    calendar: Callable[[], Calendar]
    terms: Sequence[Terms]
    now: Callable[[], datetime]
    fees: FeeRules | None = None
    correspondence: Correspondence | None = None
    limits: DailyLimits | None = None
    """How much is taken through the internet in a day; None: as much as comes."""

    @property
    def law(self) -> Lawbook:
        """The terms of the law with the calendar in force."""
        return Lawbook(self.calendar, self.terms)

    def today(self) -> date:
        """Return the civil date in Asia/Shanghai."""
        return self.now().astimezone(CIVIL_TIME).date()

    async def file(self, filing: Filing, receipt: Receipt, envelope: Envelope) -> File:
        """File a complete form, once per source, and acknowledge it where the day of receipt is known.

        Raises RefusedStep where the form may not be filed; check it with `register.form.faults` before.
        """
        at = self.now()
        receipt = self.law.received(receipt)
        submit = Act(
            step=RequestStep.SUBMIT,
            actor=envelope.actor,
            role=envelope.role,
            at=at,
            on=self.today(),
            facts=_search_facts(envelope),
            filing=filing,
            receipt=receipt,
        )
        events = [await self._judged((), submit)]
        request = fold(events)
        clock = self.law.clock(events, self.today())
        head = self._head(events, request, clock, self.mark(filing.applicant))
        new = NewRequest(
            source=envelope.source,
            question=without_particulars(filing.wish.description),
            channel=envelope.channel,
            user=envelope.user,
            received_at=at,
            due_on=receipt.arrived_on + timedelta(days=28),
            head=head,
            events=tuple(events),
            evidence=envelope.search,
        )
        docket = await self._kept(new, envelope)
        first = docket.events[0].act
        if first.filing != filing:
            raise RefusedStep("other_form", OTHER_FORM.format(reference=docket.case.reference))
        file = self._opened(docket)
        if receipt.received_on is None or len(docket.events) > 1:
            return file
        acknowledge = Act(RequestStep.ACKNOWLEDGE, "system", Role.SYSTEM, at, self.today())
        with suppress(StaleCase):
            # whoever sent the form again at the same time has taken it
            return await self.act(docket.case.reference, acknowledge, version=1)
        return await self.load(docket.case.reference)

    async def _kept(self, new: NewRequest, envelope: Envelope) -> Docket:
        """Keep a new request, unless its sender has filed enough for today."""
        if self.limits is None or envelope.role is not Role.APPLICANT:
            return await self.requests.file(new)
        sender = f"{envelope.channel}:{envelope.user}"
        quotas = self.limits.quotas(sender, envelope.address, self.vault.mark)
        try:
            return await self.requests.file(replace(new, on=self.today(), quotas=quotas))
        except OverLimit:
            raise RefusedStep("daily_limit", self.limits.sentence) from None

    async def load(self, reference: str) -> File:
        """Return a request; raise UnknownCase."""
        return self._opened(await self.requests.load(reference))

    async def act(self, reference: str, act: Act, *, version: int) -> File:
        """Take a step; `version` is how many events the request had when the actor read it.

        Raises UnknownCase, RefusedStep with its reason, StaleCase when somebody acted since, UnfinishedLetter.
        """
        for _ in range(TRIES):
            docket = await self.requests.load(reference)
            if len(docket.events) != version:
                raise StaleCase(reference)
            if act.step in MADE_TODAY and act.on != self.today():
                raise RefusedStep("made_today", MADE_TODAY_ONLY)
            try:
                return await self._act(self._opened(docket), act)
            except (StaleCase, TakenNumber):
                # a delivery was noted, or another letter took the number, between reading and writing
                continue
        raise StaleCase(reference)

    def refused(self, file: File, act: Act) -> Refusal | None:
        """Return why a step would be refused, as far as this request alone tells, or None."""
        judged = decide(file.request, act, self._circumstances(file.clock, _anybody))
        return judged if isinstance(judged, Refusal) else None

    def preview(self, file: File) -> str:
        """Return the proposed reply as it would be signed; empty where there is none. Raises UnfinishedLetter."""
        if self.correspondence is None or file.request.proposal is None:
            return ""
        return self.correspondence.preview(file, today=self.today())

    async def _act(self, file: File, act: Act) -> File:
        act = self.law.completed(file, await self._charged(file, act))
        number, taken = await self._number(act)
        if self.correspondence is not None and number:
            act = self.correspondence.signed(file, act, number)
        docket = file.docket
        event = await self._judged(docket.events, act, docket.case.reference)
        request = evolve(file.request, event)
        events = (*docket.events, event)
        clock = self.law.clock(events, self.today())
        head = self._head(events, request, clock, docket.head.applicant)
        after = File(Docket(docket.case, head, events), request, clock)
        papers: Sequence[Paper] = ()
        word = ""
        if self.correspondence is not None:
            papers = self.correspondence.papers(file, after, event, number)
            # who applied at the desk or by post has no chat: the letter is handed over or posted
            told = docket.case.channel and act.step is not RequestStep.ACKNOWLEDGE
            word = self.correspondence.word(after, papers, merged=act.step is RequestStep.MERGE) if told else ""
        split = request.parts if act.step is RequestStep.SPLIT else ()
        kept = await self.requests.record(
            docket,
            event,
            head,
            notice=Notice(word, asks=act.step is RequestStep.SIGN) if word else None,
            papers=papers,
            taken=taken,
            parts=[self._part(docket, act, *each) for each in enumerate(split, 1)],
        )
        return File(kept, request, clock)

    def _part(self, docket: Docket, act: Act, place: int, matter: str) -> Part:
        """Return a request split off another: with its own number, and the receipt and clock of the whole."""
        case = docket.case
        events = forked(docket.events, case.reference, matter)
        clock = self.law.clock(events, self.today())
        new = NewRequest(
            source=f"part:{case.reference}:{place}",
            question=without_particulars(matter),
            channel=case.channel,
            user=case.user,
            received_at=case.received_at,
            due_on=case.due_on,
            head=self._head(events, fold(events), clock, docket.head.applicant),
            events=events,
            evidence=case.evidence,
        )
        return Part(new, lambda opened: self._acknowledged(opened, act))

    def _acknowledged(self, docket: Docket, act: Act) -> Outgoing:
        if self.correspondence is None:
            return Outgoing()
        file = self._opened(docket)
        papers = self.correspondence.receipt(file, act)
        return Outgoing(papers, Notice(self.correspondence.word(file, papers)) if docket.case.channel else None)

    async def others(self, file: File) -> Mapping[str, Head]:
        """Return the heads of the other requests of its applicant, by reference."""
        known = await self.requests.of_applicant(file.docket.head.applicant)
        return {reference: head for reference, head in known.items() if reference != file.docket.case.reference}

    async def item_number(self, file: File) -> int:
        """Return which request of its applicant in its natural month this is, from 1; 0 before its receipt."""
        received, reference = file.request.received_on, file.docket.case.reference
        if received is None:
            return 0
        return item_number(reference, received, await self.requests.of_applicant(file.docket.head.applicant))

    async def estimates(self, file: File, pages: int) -> Sequence[Sequence[str]]:
        """Return what a request would be charged by item and, for a number of pages, by page; none where none is."""
        number = await self.item_number(file) if self.fees is not None else 0
        if self.fees is None or not number:
            return ()
        units = {Measure.PER_ITEM: number, Measure.PER_PAGE: pages if wants_copies(file.request) else 0}
        return [computation(each, cost_of(self.fees, each, count)) for each, count in units.items() if count]

    async def _charged(self, file: File, act: Act) -> Act:
        if act.step is not RequestStep.CHARGE or self.fees is None:
            return act
        return charged(act, self.fees, await self.item_number(file))

    async def _number(self, act: Act) -> tuple[str, tuple[str, int] | None]:
        """Return the 文号 that this act's letter would get, and what of which series it takes."""
        if self.correspondence is None or act.step not in NUMBERED:
            return "", None
        series = self.correspondence.series(act.on)
        count = await self.requests.last_number(series) + 1
        return self.correspondence.number(act.on, count), (series, count)

    async def report(self, year: int, *, agency: str) -> Report:
        """Return the annual report of a year as the register knows it (国办公开办函〔2021〕30号)."""
        cases = [counted_case(docket.case.reference, fold(docket.events)) async for docket in self.requests.all()]
        return annual_report([case for case in cases if case is not None], year, agency=agency)

    def mark(self, applicant: Applicant) -> str:
        """Return the blind mark under which this applicant's requests are found again."""
        number = applicant.identity.number if isinstance(applicant, Citizen) else applicant.credit_code
        return self.vault.mark(normalised(number))

    async def _judged(self, events: Sequence[Event], act: Act, reference: str = "") -> Event:
        request = fold(events)
        clock = self.law.clock(events, self.today()) if events else None
        judged = decide(request, act, self._circumstances(clock, await self._known(request, act, reference)))
        if isinstance(judged, Refusal):
            raise RefusedStep(judged.reason, judged.sentence)
        faults = self._new_faults(events, judged)
        if faults:
            raise RefusedStep("clock", "；".join(faults) + "。")
        return judged

    def _circumstances(self, clock: Clock | None, find: Callable[[str], Earlier | None]) -> Circumstances:
        return Circumstances(
            today=self.today(),
            correction_notice_due=clock.correction_notice.due if clock else None,
            due_on=clock.due if clock else None,
            letters=clock.last_days if clock else {},
            fees=self.fees is not None,
            find=find,
        )

    def _new_faults(self, events: Sequence[Event], event: Event) -> Sequence[str]:
        """Return what the clock has against an event: the law does not allow it now."""
        if not events:
            return ()
        before = self.law.clock(events, self.today())
        after = self.law.clock((*events, event), self.today())
        known = before.faults if before else ()
        return [fault for fault in (after.faults if after else ()) if fault not in known]

    async def _known(self, request: DisclosureRequest, act: Act, own: str) -> Callable[[str], Earlier | None]:
        """Return a look at the other requests that this act names."""
        named = {value for facts in _all_facts(act) for value in facts} - {"", own}
        if not named or request.filing is None:
            return _nobody
        mark = self.mark(request.filing.applicant)
        heads = await self.requests.heads(sorted(named))
        return {
            reference: Earlier(
                same_applicant=head.applicant == mark,
                replied=head.decided_on is not None,
                owed=head.stage in OPEN,
                received_on=head.received_on,
            )
            for reference, head in heads.items()
        }.get

    def _head(self, events: Sequence[Event], request: DisclosureRequest, clock: Clock | None, mark: str) -> Head:
        return head_of(events, request, clock, mark=mark, calendar=self.calendar().version)

    def _opened(self, docket: Docket) -> File:
        request = fold(docket.events)
        return File(docket, request, self.law.clock(docket.events, self.today()))


def _search_facts(envelope: Envelope) -> Mapping[Fact, str]:
    found = {Fact.SYSTEM: "公众号知识库", Fact.KEYWORDS: "申请人描述的全文", Fact.HITS: envelope.search}
    given = {Fact.DEPARTMENT: envelope.department} if envelope.department else {}
    return given | (found if envelope.search else {})


def _all_facts(act: Act) -> Sequence[Sequence[str]]:
    from_proposal = tuple(act.proposal.facts.values()) if act.proposal is not None else ()
    return (tuple(act.facts.values()), from_proposal)
