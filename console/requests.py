"""The page of one formal request: where it stands, its clock, its letters, and the legal steps of this person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from aiohttp import web

from console import request_texts as texts
from console.applicant import particulars
from console.auth import Staff
from console.cases import verdict
from console.enclosures import Enclosing, download
from console.forms import NOTHING, Typed, read_form, whole_number
from console.offers import CAPACITIES, asked_facts, field_of, offers
from console.pages import Pages, see_other
from console.ports import Role
from register.charging import pages_of
from register.correspondence import File
from register.deadlines import Deadline, Suspended
from register.docket import Reveal
from register.errors import RefusedStep, StaleCase, UnfinishedLetter
from register.evidence import PROVEN_ONLY
from register.explanation import term_text
from register.facts import NAMES, Fact
from register.office import DisclosureOffice
from register.outcomes import GIVES, GROUNDS, RULINGS, Outcome
from register.request import Act, Proposal, Withheld
from register.rules import TABLE
from register.steps import RequestStep, Stage
from register.steps import Role as Capacity

LONGEST = 3000
"""Characters of one fact."""
PARTS = 5
"""Withheld parts that a form has room for."""
HANDLING = frozenset({Role.INTAKE, Role.OFFICER})
"""Who may see an applicant's numbers, each time with a reason."""


@dataclass(frozen=True, slots=True)
class RequestViews:
    """Views of formal requests."""

    pages: Pages
    office: DisclosureOffice
    files: Enclosing

    async def again(self, request: web.Request, staff: Staff, typed: Typed) -> web.Response:
        """Show a request with what is to be said about a form of its page."""
        return await self._page(request, staff, typed)

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Show a request; raise UnknownCase."""
        return await self._page(request, staff, NOTHING)

    async def act(self, request: web.Request, staff: Staff) -> web.Response:
        """Take a step; what cannot be taken is shown again with the reason."""
        step = RequestStep(request.match_info["step"])
        form = await read_form(request)
        file = await self.office.load(self._reference(request))
        capacity = self._capacity(file, step, staff)
        if capacity is None:
            raise web.HTTPForbidden
        rule = TABLE.get((file.request.stage, step))
        asked = asked_facts(step, rule.states) if rule is not None else frozenset(Fact)
        facts = {fact: form[fact].strip()[:LONGEST] for fact in asked if form.get(fact, "").strip()}
        return await self._take(request, staff, form, self._act(step, capacity, staff, form, facts=facts))

    async def reply(self, request: web.Request, staff: Staff) -> web.Response:
        """Show the questions that lead to an outcome, and then what the outcome needs."""
        file = await self.office.load(self._reference(request))
        return self._reply_page(request, staff, file, request.query.get("outcome", ""), NOTHING)

    async def propose(self, request: web.Request, staff: Staff) -> web.Response:
        """Keep the proposed reply, and send it for approval where that was asked."""
        form = await read_form(request)
        file = await self.office.load(self._reference(request))
        chosen = form.get("outcome", "")
        if chosen not in set(Outcome):
            raise web.HTTPBadRequest
        outcome = Outcome(chosen)
        facts = {fact: form[fact].strip()[:LONGEST] for fact in _evidence(outcome) if form.get(fact, "").strip()}
        proposal = Proposal(outcome, facts, _withheld(form))
        act = self._act(RequestStep.PROPOSE, Capacity.HANDLER, staff, form, facts={}, proposal=proposal)
        try:
            kept = await self.office.act(file.docket.case.reference, act, version=_version(form))
            if form.get("send") == "1":
                sent = self._act(RequestStep.SUBMIT_DRAFT, Capacity.HANDLER, staff, {}, facts={})
                await self.office.act(file.docket.case.reference, sent, version=len(kept.docket.events))
        except StaleCase:
            return self._reply_page(request, staff, file, chosen, Typed(texts.STALE, "", form, status=409))
        except RefusedStep as refused:
            fresh = await self.office.load(file.docket.case.reference)
            return self._reply_page(request, staff, fresh, chosen, Typed(refused.sentence, "", form))
        return see_other(f"{self._place(file)}?done={RequestStep.PROPOSE}")

    async def reveal(self, request: web.Request, staff: Staff) -> web.Response:
        """Show the applicant's numbers this once, after noting who asked and why."""
        form = await read_form(request)
        reason = form.get("reason", "").strip()[:LONGEST]
        reference = self._reference(request)
        if not reason:
            return await self._page(request, staff, Typed(texts.REASON_NEEDED, "reveal", form))
        await self.office.requests.note_reveal(Reveal(reference, self.office.now(), staff.name, staff.role, reason))
        return await self._page(request, staff, NOTHING, revealed=True)

    async def paper(self, request: web.Request, _staff: Staff) -> web.Response:
        """Give one letter as a Word file, or as a page to print."""
        papers = await self.office.requests.papers(self._reference(request))
        place = int(request.match_info["number"])
        if not 1 <= place <= len(papers):
            raise web.HTTPNotFound
        paper = papers[place - 1]
        word = request.match_info["kind"] == "docx"
        name = f"{paper.number or paper.kind}.{'docx' if word else 'html'}"
        return download(paper.docx if word else paper.html.encode(), name)

    async def _take(self, request: web.Request, staff: Staff, form: Mapping[str, str], act: Act) -> web.Response:
        try:
            file = await self.office.act(self._reference(request), act, version=_version(form))
        except StaleCase:
            return await self._page(request, staff, Typed(texts.STALE, act.step, form, status=409))
        except RefusedStep as refused:
            return await self._page(request, staff, Typed(refused.sentence, act.step, form, status=409))
        except UnfinishedLetter as unfinished:
            words = texts.UNFINISHED.format(faults="".join(unfinished.faults))
            return await self._page(request, staff, Typed(words, act.step, form))
        return see_other(f"{self._place(file)}?done={act.step}")

    def _act(
        self,
        step: RequestStep,
        capacity: Capacity,
        staff: Staff,
        form: Mapping[str, str],
        *,
        facts: Mapping[Fact, str],
        proposal: Proposal | None = None,
    ) -> Act:
        return Act(
            step=step,
            actor=staff.name,
            role=capacity,
            at=self.office.now(),
            on=_day(form.get("on", "")) or self.office.today(),
            facts=facts,
            note=form.get("note", "").strip()[:LONGEST],
            proposal=proposal,
        )

    def _capacity(self, file: File, step: RequestStep, staff: Staff) -> Capacity | None:
        """Return in which capacity this person takes a step; the first of theirs where none fits."""
        own = CAPACITIES.get(staff.role, ())
        rule = TABLE.get((file.request.stage, step))
        return next((each for each in own if rule is None or each in rule.by), own[0] if own else None)

    def _reference(self, request: web.Request) -> str:
        return request.match_info["reference"]

    def _place(self, file: File) -> str:
        return f"{self.pages.base}/requests/{quote(file.docket.case.reference, safe='')}"

    async def _page(self, request: web.Request, staff: Staff, typed: Typed, *, revealed: bool = False) -> web.Response:
        file = await self.office.load(self._reference(request))
        reference = file.docket.case.reference
        reached = file.clock.reached if file.clock is not None else None
        done = request.query.get("done", "")
        others = await self.office.others(file)
        offered = offers(self.office, file, staff, others=others)
        pages = pages_of(request.query.get("pages", ""))
        charging = any(offer.step is RequestStep.CHARGE for offer in offered)
        return self.pages.show(
            request,
            "request.html",
            status=typed.status,
            here=self._place(file),
            staff=staff,
            file=file,
            case=file.docket.case,
            request=file.request,
            clock=file.clock,
            term=self._term(file, reached),
            offers=offered,
            others=others,
            relatives=await self.office.requests.relatives(reference),
            pages=pages,
            estimates=await self.office.estimates(file, pages) if charging else (),
            preview=self._preview(file),
            papers=await self.office.requests.papers(reference),
            deliveries=await self.office.requests.deliveries(reference),
            verdict=verdict(await self.office.requests.verdicts(reference)),
            enclosures=await self.files.files.kept(await self.files.files.source_of(reference)),
            may_see_images=staff.role is Role.INTAKE,
            may_enclose=staff.role in HANDLING,
            reveals=await self.office.requests.reveals(reference) if staff.role in HANDLING else (),
            may_reveal=staff.role in HANDLING,
            may_reply=staff.role is Role.OFFICER
            and (file.request.stage, RequestStep.PROPOSE) in TABLE
            and file.request.stage in {Stage.PROCESSING, Stage.DRAFTING},
            may_publish=staff.role is Role.OFFICER
            and file.request.stage is Stage.CLOSED
            and file.request.outcome in GIVES,
            contest=self.office.law.contest(file.request),
            applicant=particulars(file.request.filing, revealed=revealed),
            revealed=revealed,
            version=len(file.docket.events),
            today=self.office.today(),
            longest=LONGEST,
            labels=texts,
            names=NAMES,
            outcomes=RULINGS,
            typed=typed,
            done=texts.DONE.format(step=texts.STEP[RequestStep(done)]) if done in set(RequestStep) else "",
        )

    def _reply_page(self, request: web.Request, staff: Staff, file: File, chosen: str, typed: Typed) -> web.Response:
        outcome = Outcome(chosen) if chosen in set(Outcome) else None
        kept = file.request.proposal
        same = kept is not None and kept.outcome == outcome
        return self.pages.show(
            request,
            "reply.html",
            status=typed.status,
            here=f"{self._place(file)}/reply",
            staff=staff,
            file=file,
            case=file.docket.case,
            wizard=texts.WIZARD,
            outcomes=RULINGS,
            outcome=outcome,
            fields=tuple(field_of(file, RequestStep.PROPOSE, fact) for fact in _evidence(outcome)) if outcome else (),
            kept=kept if same else None,
            searches=file.request.searches,
            parts=range(PARTS),
            grounds=_grounds(),
            partial=outcome is Outcome.PARTIAL,
            version=len(file.docket.events),
            longest=LONGEST,
            typed=typed,
        )

    def _preview(self, file: File) -> str:
        """Return the letter that those who approve it approve, or what it still lacks."""
        if file.request.stage not in {Stage.DRAFTING, Stage.REVIEW, Stage.SECRECY, Stage.SIGNING}:
            return ""
        try:
            return self.office.preview(file)
        except UnfinishedLetter as unfinished:
            return texts.LACKING.format(faults="".join(unfinished.faults))

    def _term(self, file: File, reached: Deadline | Suspended | None) -> Sequence[str]:
        if file.clock is None or reached is None:
            return ()
        return term_text(file.clock.since, reached, self.office.calendar()).splitlines()


def _evidence(outcome: Outcome) -> Sequence[Fact]:
    """Return what a person writes for an outcome; what the history proves is not asked again."""
    ruling = RULINGS[outcome]
    also = {Fact.RIGHT_AGENCY} if outcome is Outcome.UNABLE_NOT_HELD else set()
    wanted = (ruling.instead or ruling.evidence) | also
    return [fact for fact in Fact if fact in wanted and fact not in PROVEN_ONLY]


def _grounds() -> Mapping[str, str]:
    return {outcome: ruling.name for outcome, ruling in RULINGS.items() if outcome in GROUNDS}


def _withheld(form: Mapping[str, str]) -> tuple[Withheld, ...]:
    parts = []
    for place in range(PARTS):
        part, ground = form.get(f"part{place}", "").strip(), form.get(f"ground{place}", "")
        if part:
            reason = form.get(f"reason{place}", "").strip()[:LONGEST]
            parts.append(Withheld(part[:LONGEST], Outcome(ground) if ground in set(Outcome) else None, reason))
    return tuple(parts)


def _version(form: Mapping[str, str]) -> int:
    return whole_number(form.get("version", ""), otherwise=0)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
