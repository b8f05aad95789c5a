"""What published texts say is repealed by them, for an editor to confirm or dismiss."""

from dataclasses import dataclass

from aiohttp import web

from console import texts
from console.auth import Staff
from console.choice import Choice, choice
from console.forms import NOTHING, Typed, read_form
from console.pages import Pages, see_other
from console.review import LONGEST_REASON
from knowledge.errors import ReviewRefused, StaleRevision, UnknownDocument
from knowledge.ports import Retriever
from knowledge.review import ReviewDesk
from knowledge.revisions import RepealProposal
from knowledge.types import Document

SIZE = 50
PLACE = "/review/repeals"


@dataclass(frozen=True, slots=True)
class Row:
    """One proposal: the document that repeals, and those that its words may mean."""

    proposal: RepealProposal
    source: Document | None
    meant: Choice


@dataclass(frozen=True, slots=True)
class RepealViews:
    """The list of proposed repeals."""

    pages: Pages
    desk: ReviewDesk
    retriever: Retriever

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Show the proposals nobody has settled, oldest first."""
        return await self._page(request, staff, NOTHING)

    async def confirm(self, request: web.Request, staff: Staff) -> web.Response:
        """Mark the chosen document as repealed, with its successor."""
        form = await read_form(request)
        number = int(request.match_info["id"])
        try:
            await self.desk.confirm_repeal(number, form.get("document", ""), by=staff.name)
        except StaleRevision:
            return await self._page(request, staff, Typed(texts.STALE_REPEAL, status=409))
        except UnknownDocument:
            return await self._page(request, staff, Typed(texts.NO_DOCUMENT, str(number), form))
        except ReviewRefused as error:
            return await self._page(request, staff, Typed(texts.refused(error.reasons), str(number), form))
        return see_other(f"{self.pages.base}{PLACE}?done=repealed")

    async def dismiss(self, request: web.Request, staff: Staff) -> web.Response:
        """Take a proposal off the list, with the reason."""
        form = await read_form(request)
        number, reason = int(request.match_info["id"]), form.get("reason", "").strip()
        if not reason or len(reason) > LONGEST_REASON:
            message = texts.REASON_TOO_LONG.format(limit=LONGEST_REASON) if reason else texts.NO_REASON
            return await self._page(request, staff, Typed(message, str(number), form))
        try:
            await self.desk.dismiss_repeal(number, reason, by=staff.name)
        except StaleRevision:
            return await self._page(request, staff, Typed(texts.STALE_REPEAL, status=409))
        return see_other(f"{self.pages.base}{PLACE}?done=dismissed")

    async def _page(self, request: web.Request, staff: Staff, typed: Typed) -> web.Response:
        proposals = await self.desk.revisions.proposals(limit=SIZE)
        return self.pages.show(
            request,
            "repeals.html",
            status=typed.status,
            here=f"{self.pages.base}{PLACE}",
            staff=staff,
            rows=[await self._row(proposal) for proposal in proposals],
            typed=typed,
            longest=LONGEST_REASON,
            done=texts.REVIEW_DONE.get(request.query.get("done", ""), ""),
        )

    async def _row(self, proposal: RepealProposal) -> Row:
        documents = self.desk.documents
        meant = await choice(documents, proposal.named)
        if not meant.total:
            # a 文号 with other brackets than the one that is kept
            known = await self.retriever.document(proposal.named)
            meant = await choice(documents, known.id) if known else meant
        return Row(proposal, await documents.get(proposal.by), meant)
