"""The files of one formal request, as staff see them: listed for everybody who handles it, each look recorded."""

from dataclasses import dataclass

from aiohttp import web

from console import request_texts as texts
from console.auth import Staff
from console.enclosures import Enclosing, read_with_files
from console.forms import NOTHING, Typed, equal, read_form
from console.ports import Role
from console.requests import LONGEST, RequestViews
from register.docket import Reveal
from register.enclosures import Purpose
from register.errors import FixedReply

IMAGES = frozenset({Role.INTAKE})
"""Who may see the image of an identity document: those who check it."""


@dataclass(frozen=True, slots=True)
class FolderViews:
    """Adds files to a request, and gives them out."""

    views: RequestViews
    files: Enclosing

    async def add(self, request: web.Request, staff: Staff) -> web.Response:
        """Keep the files that were sent; what is not taken is said by name."""
        form, sent = await read_with_files(request, tuple(Purpose))
        if not equal(form.get("csrf", ""), staff.csrf):
            raise web.HTTPForbidden
        if not sent:
            return await self.views.again(request, staff, Typed(texts.NO_FILE, "files"))
        # a reply's first: where they are refused, nothing is kept
        sent = sorted(sent, key=lambda each: each.purpose is not Purpose.REPLY)
        writes = sent[0].purpose is not Purpose.REPLY or staff.role is Role.OFFICER
        source = await self.files.files.source_of(request.match_info["reference"])
        try:
            wrong = await self.files.keep(source, sent, by=staff.name) if writes else None
        except FixedReply:
            wrong = None
        if wrong is None:
            return await self.views.again(request, staff, Typed(texts.REPLY_IS_FIXED, "files", status=409))
        if wrong:
            return await self.views.again(request, staff, Typed("".join(each.sentence for each in wrong), "files"))
        return await self.views.again(request, staff, NOTHING)

    async def drop(self, request: web.Request, staff: Staff) -> web.Response:
        """Erase a file that was added to a reply still being written; anything else stays."""
        await read_form(request)
        source = await self.files.files.source_of(request.match_info["reference"])
        try:
            await self.files.files.take_back(source, request.match_info["key"])
        except FixedReply:
            return await self.views.again(request, staff, Typed(texts.REPLY_IS_FIXED, "files", status=409))
        return await self.views.again(request, staff, NOTHING)

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Give a file out, after noting who looked and why."""
        form = await read_form(request)
        reference, reason = request.match_info["reference"], form.get("reason", "").strip()[:LONGEST]
        source = await self.files.files.source_of(reference)
        wanted = await self.files.find(source, request.match_info["key"])
        if wanted.purpose is Purpose.IDENTITY and staff.role not in IMAGES:
            raise web.HTTPForbidden
        if wanted.purpose is Purpose.IDENTITY and not reason:
            return await self.views.again(request, staff, Typed(texts.REASON_NEEDED, "files"))
        response = await self.files.download(source, wanted.key)
        looked = texts.LOOKED.format(purpose=texts.PURPOSE[wanted.purpose], name=wanted.name)
        note = f"{looked}：{reason}" if reason else looked
        await self.views.office.requests.note_reveal(
            Reveal(reference, self.views.office.now(), staff.name, staff.role, note)
        )
        return response
