"""The published documents: the list, one of them with its versions, and taking it down."""

import asyncio
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from aiohttp import web

from console import texts
from console.auth import Staff
from console.colleagues import colleagues_revision, under_way_already
from console.diff import Difference, difference
from console.forms import NOTHING, Typed, cleaned, read_form, whole_number
from console.hit_test import MAY_LINK
from console.pages import Pages, see_other
from console.ports import Role
from console.review import LONGEST_REASON, PREVIEW
from console.rooms import Room
from knowledge.concerns import scan
from knowledge.errors import ReviewRefused, UnknownDocument
from knowledge.ports import LinkedQuestions, Retriever
from knowledge.review import ReviewDesk
from knowledge.revisions import UNDER_WAY
from knowledge.types import Document, DocumentVersion, Kind, Validity

SIZE = 20
LONGEST = 100
MAY_TAKE_DOWN = frozenset({Role.EDITOR, Role.REVIEWER, Role.SECRECY, Role.PUBLISHER})


@dataclass(frozen=True, slots=True)
class DocumentViews:
    """Views of the published documents; `topics` are the names of the topic tree."""

    pages: Pages
    desk: ReviewDesk
    links: LinkedQuestions
    retriever: Retriever
    topics: tuple[str, ...] = ()

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Show one page of the documents, filtered; with a review state those on their way instead."""
        wanted = {name: cleaned(request.query.get(name, "")).strip()[:LONGEST] for name in ("text", "topic")}
        validity, kind = request.query.get("validity", ""), request.query.get("kind", "")
        number = max(1, whole_number(request.query.get("page", ""), otherwise=1))
        found = await self.desk.documents.find(
            text=wanted["text"],
            topic=wanted["topic"],
            validity=Validity(validity) if validity in set(Validity) else None,
            kind=Kind(kind) if kind in set(Kind) else None,
            offset=(number - 1) * SIZE,
            limit=SIZE,
        )
        under_way = await self.desk.revisions.pending(text=wanted["text"], limit=1)
        return self.pages.show(
            request,
            "documents.html",
            staff=staff,
            documents=found.documents,
            total=found.total,
            under_way=under_way.total,
            number=number,
            last=max(1, -(-found.total // SIZE)),
            wanted=wanted | {"validity": validity, "kind": kind},
            query=urlencode({**wanted, "validity": validity, "kind": kind}),
            validities=Validity,
            kinds=Kind,
            topics=self.topics,
            states=UNDER_WAY,
            may_write=staff.role is Role.EDITOR,
            done=texts.DOCUMENT_DONE.get(request.query.get("done", ""), ""),
        )

    async def document(self, request: web.Request, staff: Staff) -> web.Response:
        """Show one document, published or taken down."""
        return await self._page(request, staff, NOTHING)

    async def version(self, request: web.Request, staff: Staff) -> web.Response:
        """Show an earlier text, and what changed against the version before it."""
        document_id, number = request.match_info["id"], int(request.match_info["number"])
        texts_so_far = [each for each in await self.desk.documents.versions(document_id) if each.document]
        here = next((place for place, each in enumerate(texts_so_far) if each.number == number), None)
        if here is None:
            raise web.HTTPNotFound
        shown, before = texts_so_far[here], texts_so_far[here + 1] if here + 1 < len(texts_so_far) else None
        return self.pages.show(
            request,
            "version.html",
            staff=staff,
            shown=shown,
            document=shown.document,
            before=before,
            difference=await _compared(before, shown),
            is_live=here == 0 and await self.desk.documents.get(document_id) is not None,
            may_write=staff.role is Role.EDITOR,
            preview=PREVIEW if request.query.get("full") != "1" else len(shown.document.text if shown.document else ""),
        )

    async def take_down(self, request: web.Request, staff: Staff) -> web.Response:
        """Take a document away from citizens at once; without a reason the page is shown again."""
        form = await read_form(request)
        document_id, reason = request.match_info["id"], form.get("reason", "").strip()
        if len(reason) > LONGEST_REASON:
            typed = Typed(texts.REASON_TOO_LONG.format(limit=LONGEST_REASON), "take-down", form)
            return await self._page(request, staff, typed)
        try:
            await self.desk.take_down(document_id, reason, by=staff.name)
        except ReviewRefused as error:
            return await self._page(request, staff, Typed(texts.refused(error.reasons), "take-down", form))
        except UnknownDocument:
            return await self._page(request, staff, Typed(texts.GONE_ALREADY, "take-down", form, status=409))
        return see_other(f"{self._place(document_id)}?done=taken-down")

    async def restore(self, request: web.Request, staff: Staff) -> web.Response:
        """Bring an earlier text as a new draft, which goes through the review again."""
        form = await read_form(request)
        number = whole_number(form.get("number", ""), otherwise=0)
        listed = await self.desk.documents.versions(request.match_info["id"])
        wanted = next((each.document for each in listed if each.number == number and each.document), None)
        if wanted is None:
            raise web.HTTPNotFound
        other = await colleagues_revision(self.desk, wanted.id, staff)
        if other:
            return await self._page(request, staff, Typed(under_way_already(other), status=409))
        note = texts.RESTORED.format(number=number)
        draft = await self.desk.submit(wanted, by=staff.name, note=note)
        return see_other(f"{self.pages.base}{Room.REVIEW}/{draft.id}?done=submit")

    def _place(self, document_id: str) -> str:
        return f"{self.pages.base}{Room.DOCUMENTS}/{quote(document_id, safe='')}"

    async def _page(self, request: web.Request, staff: Staff, typed: Typed) -> web.Response:
        document_id = request.match_info["id"]
        published = await self.desk.documents.get(document_id)
        versions = await self.desk.documents.versions(document_id)
        shown = published or next((each.document for each in versions if each.document), None)
        under_way = await self.desk.revisions.under_way(document_id)
        if shown is None:
            if under_way:
                return see_other(f"{self.pages.base}{Room.REVIEW}/{under_way.id}")
            raise web.HTTPNotFound
        return self.pages.show(
            request,
            "document.html",
            status=typed.status,
            here=self._place(document_id),
            staff=staff,
            document=shown,
            published=published is not None,
            versions=versions,
            under_way=under_way,
            successor=await self._named(shown.successor),
            interprets=await self._named(shown.interprets),
            links=await self.links.for_document(document_id),
            concerns=await asyncio.to_thread(scan, shown),
            events=await self.desk.revisions.history(document_id),
            preview=PREVIEW if request.query.get("full") != "1" else len(shown.text),
            longest=LONGEST_REASON,
            may_write=staff.role is Role.EDITOR,
            may_link=staff.role in MAY_LINK,
            may_take_down=staff.role in MAY_TAKE_DOWN,
            typed=typed,
            done=texts.DOCUMENT_DONE.get(request.query.get("done", ""), ""),
        )

    async def _named(self, wanted: str) -> Document | None:
        """Return the document that another one names by id or 文号."""
        if not wanted:
            return None
        return await self.desk.documents.get(wanted) or await self.retriever.document(wanted)


async def _compared(before: DocumentVersion | None, shown: DocumentVersion) -> Difference | None:
    """Return what changed from one version to the next; None where there is no text to compare."""
    if before is None or before.document is None or shown.document is None:
        return None
    return await asyncio.to_thread(difference, before.document, shown.document)
