"""转主动公开: what one applicant was given becomes a draft of the knowledge base, for everybody (art. 44)."""

import hashlib
from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import web

from console import request_texts as texts
from console.auth import Staff
from console.forms import NOTHING, Typed, read_form, whole_number
from console.pages import Pages, see_other
from knowledge.ports import LinkedQuestions
from knowledge.review import ReviewDesk
from knowledge.types import Disclosure, Document, Kind
from register.correspondence import File
from register.errors import StaleCase
from register.facts import Fact
from register.office import DisclosureOffice
from register.outcomes import GIVES
from register.request import Act
from register.steps import RequestStep
from register.steps import Role as Capacity

LONGEST_TITLE = 200
LONGEST_TEXT = 50_000


@dataclass(frozen=True, slots=True)
class PublicationViews:
    """The page on which an officer writes what everybody may read, without the applicant in it."""

    pages: Pages
    office: DisclosureOffice
    review: ReviewDesk
    links: LinkedQuestions

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Show the form, begun with what was asked and given."""
        return await self._page(request, staff, NOTHING)

    async def send(self, request: web.Request, staff: Staff) -> web.Response:
        """Make the draft, link the question to it, and note it in the request."""
        form = await read_form(request)
        title, text = form.get("title", "").strip(), form.get("text", "").strip()
        if not title or not text or len(title) > LONGEST_TITLE or len(text) > LONGEST_TEXT:
            return await self._page(request, staff, Typed(texts.PUBLICATION_EMPTY, "", form))
        reference = request.match_info["reference"]
        act = Act(
            step=RequestStep.PUBLISH,
            actor=staff.name,
            role=Capacity.HANDLER,
            at=self.office.now(),
            on=self.office.today(),
            facts={Fact.REASON: title},
        )
        file = await self.office.load(reference)
        refusal = self.office.refused(file, act)
        if refusal is not None:
            return await self._page(request, staff, Typed(refusal.sentence, "", form, status=409))
        # the draft first: sent again it takes its own place, while a note without it would be a promise
        await self._bring(file, title, text, by=staff.name)
        try:
            await self.office.act(reference, act, version=whole_number(form.get("version", ""), otherwise=0))
        except StaleCase:
            return await self._page(request, staff, Typed(texts.STALE, "", form, status=409))
        return see_other(f"{self.pages.base}/requests/{quote(reference, safe='')}?done={RequestStep.PUBLISH}")

    async def _bring(self, file: File, title: str, text: str, *, by: str) -> None:
        reference = file.docket.case.reference
        # the number of a case is its applicant's: the public text must not carry it
        document = Document(
            id=f"gk-{hashlib.sha256(reference.encode()).hexdigest()[:12]}",
            title=title,
            text=text,
            digest="",
            issuer=self.pages.site.office_name,
            published_on=self.office.today(),
            disclosure=Disclosure.PROACTIVE,
            kind=Kind.QA,
            department=file.request.department,
        )
        await self.review.submit(document, by=by, note=f"由申请 {reference} 转主动公开")
        await self.links.add(title, [document.id], by=by, source=reference)

    async def _page(self, request: web.Request, staff: Staff, typed: Typed) -> web.Response:
        file = await self.office.load(request.match_info["reference"])
        if file.request.outcome not in GIVES:
            raise web.HTTPNotFound
        proposal = file.request.proposal
        given = proposal.facts if proposal is not None else {}
        return self.pages.show(
            request,
            "publication.html",
            status=typed.status,
            staff=staff,
            case=file.docket.case,
            version=len(file.docket.events),
            title=typed.value("title") or file.docket.case.question[:LONGEST_TITLE],
            text=typed.value("text") or given.get(Fact.PROVIDED, "") or given.get(Fact.REDACTED_COPY, ""),
            longest_title=LONGEST_TITLE,
            longest_text=LONGEST_TEXT,
            typed=typed,
        )
