"""The page that tells a citizen where a case stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from console import texts
from console.chancery import RequestDesk
from console.forms import read_form
from console.pages import Pages
from console.request_texts import STAGE
from register.correspondence import File
from register.enclosures import Enclosure, Purpose
from register.lookup import Lookup
from register.types import Case, CaseKind


@dataclass(frozen=True, slots=True)
class StatusViews:
    """The page that tells where a case stands to who knows its number and query code."""

    pages: Pages
    lookup: Lookup
    requests: RequestDesk | None = None
    """The desk of formal requests; None where the office takes none."""

    async def show(self, request: web.Request) -> web.Response:
        """Show the form."""
        return await self._page(request, None, {})

    async def find(self, request: web.Request) -> web.Response:
        """Show the case, or the one text for everything that is not it.

        Changes nothing and needs no login, hence no form token.
        """
        form = await read_form(request)
        return await self._page(request, await self._case(request, form), form)

    async def download(self, request: web.Request) -> web.Response:
        """Give out a file of the reply to who knows number and query code."""
        form = await read_form(request)
        case = await self._case(request, form)
        given = await self._given(await self._file(case))
        wanted = next((each for each in given if each.key == form.get("key", "")), None)
        if case is None or wanted is None or self.requests is None:
            return await self._page(request, None, form)
        files = self.requests.files
        return await files.download(await files.files.source_of(case.reference), wanted.key)

    async def _case(self, request: web.Request, form: Mapping[str, str]) -> Case | None:
        return await self.lookup.find(
            form.get("reference", ""), form.get("code", ""), asker=self.pages.site.visitor(request)
        )

    async def _file(self, case: Case | None) -> File | None:
        """Return the formal request that a case is, or None for an inquiry."""
        if self.requests is None or case is None or case.kind is not CaseKind.REQUEST:
            return None
        return await self.requests.office.load(case.reference)

    async def _given(self, file: File | None) -> Sequence[Enclosure]:
        """Return the files of a reply that was signed; what ended without one gives nothing out."""
        if self.requests is None or file is None or file.request.signature is None:
            return ()
        files = self.requests.files.files
        kept = await files.kept(await files.source_of(file.docket.case.reference))
        return tuple(each for each in kept if each.purpose is Purpose.REPLY)

    async def _page(self, request: web.Request, case: Case | None, form: Mapping[str, str]) -> web.Response:
        sought = bool(form)
        file = await self._file(case)
        return self.pages.show(
            request,
            "status.html",
            status=web.HTTPNotFound.status_code if sought and case is None else web.HTTPOk.status_code,
            case=case,
            answers=await self.lookup.answers(case) if case else (),
            given=await self._given(file),
            stages=STAGE,
            head=file.docket.head if file else None,
            contest=self.requests.office.law.contest(file.request) if file and self.requests else None,
            reference=form.get("reference", ""),
            code=form.get("code", "") if case else "",
            message=texts.NOT_FOUND_CASE if sought and case is None else "",
        )
