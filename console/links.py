"""Linked questions: what citizens asked, and the document that answers it."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from aiohttp import web

from console import texts
from console.auth import Staff
from console.choice import Choice, choice
from console.forms import NOTHING, Typed, cleaned, read_form, whole_number
from console.pages import Pages, is_own_path, see_other
from console.ports import Role
from console.rooms import Room
from console.sight import may_see
from knowledge.ports import DocumentStore, LinkedQuestions
from register.ports import Register

LOG = logging.getLogger(__name__)
LONGEST = 500
"""Characters of a linked question."""


@dataclass(frozen=True, slots=True)
class LinkViews:
    """The page that links a question to a document, and the way back to where it was opened."""

    pages: Pages
    links: LinkedQuestions
    documents: DocumentStore
    register: Register

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Show the form: `question` with the documents found for `text`; `case` or `gap` tell where it comes from.

        Without a question that of the case is taken, where the reader may see it; raise UnknownCase.
        """
        fields = {name: cleaned(value) for name, value in request.query.items()}
        if fields.get("case") and "question" not in fields and staff.role is Role.OFFICER:
            # the words of a citizen do not belong into an address
            case = await self.register.get(fields["case"])
            if not may_see(staff, case):
                raise web.HTTPForbidden
            fields["question"] = case.question
        return await self._page(request, staff, fields, NOTHING)

    async def add(self, request: web.Request, staff: Staff) -> web.Response:
        """Link a question to a document, and close the gaps it came from if that is wanted."""
        form = await read_form(request)
        question = " ".join(form.get("question", "").split())
        if not question or len(question) > LONGEST:
            message = texts.NO_QUESTION if not question else texts.TOO_LONG.format(limit=LONGEST, length=len(question))
            return await self._page(request, staff, form, Typed(message, values=form))
        document = await self.documents.get(form.get("document", ""))
        if document is None:
            return await self._page(request, staff, form, Typed(texts.NO_DOCUMENT, values=form))
        await self.links.add(question, [document.id], by=staff.name, source=form.get("case", "")[:100])
        if form.get("close") == "yes":
            for gap in form.get("gap", "").split(","):
                await self.register.close_gap(whole_number(gap, otherwise=0), by=staff.name)
        return see_other(self._back(form, document.id))

    async def remove(self, request: web.Request, staff: Staff) -> web.Response:
        """Drop a link; one that is gone already is no trouble."""
        form = await read_form(request)
        LOG.info("%s unlinks a question of %s", staff.name, form.get("document", ""))
        await self.links.remove(form.get("question", ""), form.get("document", ""))
        return see_other(self._back(form, form.get("document", ""), done="unlinked"))

    def _back(self, form: Mapping[str, str], document: str, *, done: str = "linked") -> str:
        """Return the address to go on at: where the form was opened, else the document."""
        back = form.get("back", "")
        if not is_own_path(back, base=self.pages.base) or not back:
            back = f"{self.pages.base}{Room.DOCUMENTS}/{quote(document, safe='')}"
        path, _, query = back.partition("?")
        kept = [pair for pair in query.split("&") if pair and not pair.startswith("done=")]
        return f"{path}?{'&'.join([*kept, urlencode({'done': done})])}"

    async def _page(self, request: web.Request, staff: Staff, fields: Mapping[str, str], typed: Typed) -> web.Response:
        wanted = fields.get("text", "").strip()
        found = await choice(self.documents, wanted) if wanted else Choice()
        return self.pages.show(
            request,
            "link.html",
            status=typed.status,
            staff=staff,
            fields={name: fields.get(name, "")[:LONGEST] for name in ("question", "text", "case", "gap", "back")},
            found=found,
            typed=typed,
        )
