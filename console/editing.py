"""The form in which an editor writes a text, for a new document, a published one or a draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import web

from console import texts
from console.auth import Staff
from console.colleagues import colleagues_revision, under_way_already
from console.drafts import LONGEST_TEXT, filled_in, written
from console.forms import NOTHING, Typed, read_form, whole_number
from console.pages import Pages, see_other
from console.rooms import Room
from knowledge.errors import ReviewRefused, StaleRevision, UnreadableDocument
from knowledge.review import ReviewDesk
from knowledge.types import Disclosure, Document, Kind, Validity

EMPTY = Document("", "", "", "")


@dataclass(frozen=True, slots=True)
class EditingViews:
    """The form of a text. What is saved is always a draft, never published at once."""

    pages: Pages
    desk: ReviewDesk
    topics: tuple[str, ...] = ()

    async def new(self, request: web.Request, staff: Staff) -> web.Response:
        """Show the empty form."""
        return self._form(request, staff, EMPTY, NOTHING)

    async def bring(self, request: web.Request, staff: Staff) -> web.Response:
        """Bring a new text as a draft; a document that exists already is to be changed on its own page."""
        form = await read_form(request)
        document = _read(form)
        if isinstance(document, Typed):
            return self._form(request, staff, EMPTY, document)
        known = await self.desk.documents.get(document.id) or await self.desk.revisions.under_way(document.id)
        if known:
            return self._form(request, staff, EMPTY, Typed(texts.KNOWN_ALREADY, values=form), known=document.id)
        draft = await self.desk.submit(document, by=staff.name)
        return self._to(draft.id, "submit")

    async def change(self, request: web.Request, staff: Staff) -> web.Response:
        """Show the form of a published document."""
        return self._form(request, staff, await self._published(request), NOTHING)

    async def submit(self, request: web.Request, staff: Staff) -> web.Response:
        """Bring another text of a published document as a draft."""
        published = await self._published(request)
        form = await read_form(request)
        if form.get("digest", "") != published.digest:
            return self._form(request, staff, published, Typed(texts.STALE_TEXT, values=form, status=409))
        document = _read(form, document_id=published.id)
        if isinstance(document, Typed):
            return self._form(request, staff, published, document)
        if document.digest == published.digest:
            return self._form(request, staff, published, Typed(texts.UNCHANGED, values=form))
        other = await colleagues_revision(self.desk, published.id, staff)
        if other:
            typed = Typed(under_way_already(other), values=form, status=409)
            return self._form(request, staff, published, typed, under_way=other.id)
        draft = await self.desk.submit(document, by=staff.name, note=form.get("note", "").strip()[:200])
        return self._to(draft.id, "submit")

    async def draft(self, request: web.Request, staff: Staff) -> web.Response:
        """Show the form of a draft; raise UnknownRevision."""
        revision = await self.desk.revisions.get(int(request.match_info["id"]))
        return self._form(request, staff, revision.document, NOTHING, version=revision.version)

    async def edit(self, request: web.Request, staff: Staff) -> web.Response:
        """Change a draft; whatever was reviewed of it is undone."""
        number = int(request.match_info["id"])
        revision = await self.desk.revisions.get(number)
        form = await read_form(request)
        document = _read(form, document_id=revision.document.id)
        if isinstance(document, Typed):
            return self._form(request, staff, revision.document, document, version=revision.version)
        version = whole_number(form.get("version", ""), otherwise=0)
        try:
            await self.desk.edit(number, document, by=staff.name, version=version)
        except StaleRevision:
            typed = Typed(texts.STALE_TEXT, values=form, status=409)
        except ReviewRefused as error:
            typed = Typed(texts.refused(error.reasons), values=form)
        else:
            return self._to(number, "edit")
        return self._form(request, staff, revision.document, typed, version=revision.version)

    def _to(self, number: int, done: str) -> web.Response:
        return see_other(f"{self.pages.base}{Room.REVIEW}/{number}?done={done}")

    async def _published(self, request: web.Request) -> Document:
        document = await self.desk.documents.get(request.match_info["id"])
        if document is None:
            raise web.HTTPNotFound
        return document

    def _form(
        self,
        request: web.Request,
        staff: Staff,
        document: Document,
        typed: Typed,
        *,
        version: int = 0,
        known: str = "",
        under_way: int = 0,
    ) -> web.Response:
        return self.pages.show(
            request,
            "edit.html",
            status=typed.status,
            here=request.path,
            staff=staff,
            document=document,
            action=_action(self.pages.base, document, version, request),
            version=version,
            fields=filled_in(document) | dict(typed.values),
            known=known,
            under_way=under_way,
            validities=Validity,
            disclosures=Disclosure,
            kinds=Kind,
            topics=self.topics,
            longest=LONGEST_TEXT,
            typed=typed,
        )


def _action(base: str, document: Document, version: int, request: web.Request) -> str:
    if version:
        return f"{base}{Room.REVIEW}/{request.match_info['id']}/edit"
    if document.id:
        return f"{base}{Room.DOCUMENTS}/{quote(document.id, safe='')}/edit"
    return f"{base}{Room.REVIEW}/new"


def _read(form: Mapping[str, str], *, document_id: str = "") -> Document | Typed:
    """Return the document that a form describes, or the form with what is wrong."""
    try:
        return written(form, document_id=document_id)
    except UnreadableDocument as error:
        return Typed(f"{error.reason}。", values=form)
