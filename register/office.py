"""The disclosure office (政府信息公开工作机构): files formal requests, judges every step, and keeps what it makes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from register.calendar import Calendar
from register.clock import Clock, read_clock
from register.course import clock_events, evolve, fold
from register.docket import Docket, Head, NewRequest, Paper
from register.errors import RefusedStep, StaleCase
from register.facts import Fact
from register.filing import Applicant, Category, Citizen, Filing, Receipt, category
from register.ports import Requests, Vault
from register.proceedings import Circumstances, Earlier, decide
from register.refusals import Refusal
from register.request import Act, DisclosureRequest, Event
from register.steps import RequestStep, Role, Stage
from register.terms import Terms, terms_on
from register.types import Notice, Status

CIVIL_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China keeps one time all year since 1991."""
_STATUS: Mapping[Stage, Status] = {Stage.DELIVERED: Status.ANSWERED, Stage.CLOSED: Status.CLOSED}


@dataclass(frozen=True, slots=True)
class File:
    """A request as an officer opens it: what is kept, where it stands, what the clock shows (None: not begun)."""

    docket: Docket
    request: DisclosureRequest
    clock: Clock | None


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


Papers = Callable[[File, Event], Sequence[Paper]]
"""Makes the letters that go with an event; the file stands as it is after it."""
Word = Callable[[File, Event, Sequence[Paper]], str]
"""Words what the applicant is told of an event; empty: nothing."""


def _nobody(_reference: str) -> Earlier | None:
    return None


def _no_papers(_file: File, _event: Event) -> Sequence[Paper]:
    return ()


def _no_word(_file: File, _event: Event, _papers: Sequence[Paper]) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class DisclosureOffice:
    """Each method is one step on one request, and one transaction.

    `calendar` gives the working days now in force, `terms` the terms of the law by the day they hold from; `fees`: the
    office charges (信息处理费).
    """

    requests: Requests
    vault: Vault
    calendar: Callable[[], Calendar]
    terms: Sequence[Terms]
    now: Callable[[], datetime]
    fees: bool = False
    papers: Papers = _no_papers
    word: Word = _no_word

    def today(self) -> date:
        """Return the civil date in Asia/Shanghai."""
        return self.now().astimezone(CIVIL_TIME).date()

    async def file(self, filing: Filing, receipt: Receipt, envelope: Envelope) -> File:
        """File a complete form, once per source, and acknowledge it where the day of receipt is known.

        Raises RefusedStep where the form may not be filed; check it with `register.form.faults` before.
        """
        at = self.now()
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
        if receipt.received_on is not None:
            acknowledge = Act(RequestStep.ACKNOWLEDGE, "system", Role.SYSTEM, at, self.today())
            events.append(await self._judged(events, acknowledge))
        request = fold(events)
        clock = self._clock(events, receipt.arrived_on)
        head = self._head(events, request, clock, self.mark(filing.applicant))
        docket = await self.requests.file(
            NewRequest(
                source=envelope.source,
                question=filing.wish.description,
                channel=envelope.channel,
                user=envelope.user,
                received_at=at,
                due_on=receipt.arrived_on + timedelta(days=28),
                head=head,
                events=tuple(events),
                evidence=envelope.search,
            )
        )
        return self._opened(docket)

    async def load(self, reference: str) -> File:
        """Return a request; raise UnknownCase."""
        return self._opened(await self.requests.load(reference))

    async def act(self, reference: str, act: Act, *, version: int) -> File:
        """Take a step.

        Raises UnknownCase, RefusedStep with its reason, StaleCase when somebody acted since `version`.
        """
        docket = await self.requests.load(reference)
        if docket.case.version != version:
            raise StaleCase(reference)
        event = await self._judged(docket.events, act)
        request = evolve(fold(docket.events), event)
        events = (*docket.events, event)
        clock = self._clock(events, _arrival(request))
        head = self._head(events, request, clock, docket.head.applicant)
        after = File(Docket(docket.case, head, events), request, clock)
        papers = self.papers(after, event)
        word = self.word(after, event, papers)
        kept = await self.requests.record(docket, event, head, notice=Notice(word) if word else None, papers=papers)
        return File(kept, request, clock)

    def mark(self, applicant: Applicant) -> str:
        """Return the blind mark under which this applicant's requests are found again."""
        number = applicant.identity.number if isinstance(applicant, Citizen) else applicant.credit_code
        return self.vault.mark("".join(number.split()).upper())

    async def _judged(self, events: Sequence[Event], act: Act) -> Event:
        request = fold(events)
        clock = self._clock(events, _arrival(request)) if events else None
        circumstances = Circumstances(
            today=self.today(),
            correction_notice_due=clock.correction_notice.due if clock else None,
            due_on=clock.due if clock else None,
            fees=self.fees,
            find=await self._known(request, act),
        )
        judged = decide(request, act, circumstances)
        if isinstance(judged, Refusal):
            raise RefusedStep(judged.reason, judged.sentence)
        faults = self._new_faults(events, judged, request)
        if faults:
            raise RefusedStep("clock", "；".join(faults) + "。")
        return judged

    def _new_faults(self, events: Sequence[Event], event: Event, request: DisclosureRequest) -> Sequence[str]:
        """Return what the clock has against an event: the law does not allow it now."""
        if not events:
            return ()
        before = self._clock(events, _arrival(request))
        after = self._clock((*events, event), _arrival(request))
        known = before.faults if before else ()
        return [fault for fault in (after.faults if after else ()) if fault not in known]

    async def _known(self, request: DisclosureRequest, act: Act) -> Callable[[str], Earlier | None]:
        """Return a look at the other requests that this act names."""
        named = {value for facts in _all_facts(act) for value in facts if value}
        if not named or request.filing is None:
            return _nobody
        mark = self.mark(request.filing.applicant)
        heads = await self.requests.heads(sorted(named))
        return {
            reference: Earlier(same_applicant=head.applicant == mark, replied=head.decided_on is not None)
            for reference, head in heads.items()
        }.get

    def _clock(self, events: Sequence[Event], arrived_on: date) -> Clock | None:
        told = clock_events(events)
        if not told:
            return None
        terms = terms_on(self.terms, arrived_on)
        return read_clock(told, calendar=self.calendar(), terms=terms, today=self.today())

    def _head(self, events: Sequence[Event], request: DisclosureRequest, clock: Clock | None, mark: str) -> Head:
        decision = request.decisions[-1] if request.decisions else None
        open_still = request.stage not in _STATUS
        return Head(
            stage=request.stage,
            status=_STATUS.get(request.stage, Status.RECEIVED),
            category=category(request.filing.applicant) if request.filing is not None else Category.PERSON,
            applicant=mark,
            received_on=request.received_on,
            due_on=clock.due if clock and open_still else None,
            provisional=bool(clock and clock.provisional and open_still),
            department=request.department,
            handler=_handler(events),
            outcome=request.outcome or (decision.outcome if decision else None),
            decided_on=decision.decided_on if decision else None,
            closed_on=request.closed_on,
        )

    def _opened(self, docket: Docket) -> File:
        request = fold(docket.events)
        return File(docket, request, self._clock(docket.events, _arrival(request)))


def _search_facts(envelope: Envelope) -> Mapping[Fact, str]:
    found = {Fact.SYSTEM: "公众号知识库", Fact.KEYWORDS: "申请所需信息的描述", Fact.HITS: envelope.search}
    given = {Fact.DEPARTMENT: envelope.department} if envelope.department else {}
    return given | (found if envelope.search else {})


def _handler(events: Sequence[Event]) -> str:
    """Return who handles the request: whoever last acted as its handler."""
    return next((event.act.actor for event in reversed(events) if event.act.role is Role.HANDLER), "")


def _arrival(request: DisclosureRequest) -> date:
    return request.receipt.arrived_on if request.receipt is not None else date.min


def _all_facts(act: Act) -> Sequence[Sequence[str]]:
    from_proposal = tuple(act.proposal.facts.values()) if act.proposal is not None else ()
    return (tuple(act.facts.values()), from_proposal)
