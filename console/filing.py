"""The application form as a page: for citizens, and for staff who enter what came orally, by post or by fax."""

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from aiohttp import web

from bot.retry import persistently
from console import request_texts as texts
from console.auth import Staff
from console.citizen import COOKIE, remember
from console.enclosures import Enclosing, read_with_files
from console.forms import equal
from console.pages import Pages, see_other
from knowledge.ports import Retriever
from knowledge.presentation import searched
from register.correspondence import File
from register.enclosures import FILED_WITH
from register.errors import RefusedStep
from register.filing import UNSIGNED, Channel, Filing, Receipt
from register.form import Fault, advice, faults
from register.interview import CHOICES, Draft, Field, fields, filing
from register.office import DisclosureOffice, Envelope
from register.steps import Role as Capacity

LONGEST = 6000
"""Characters of one field that are read; the form itself says what is too long."""
PAUSES = (0.3, 0.6, 1.2)
"""Seconds between the tries to file while the database cannot serve."""
SUGGESTED = 3
FORM_ID = re.compile(r"[0-9a-f]{32}")
STAFF_CHANNELS = tuple(channel for channel in Channel if channel is not Channel.INTERNET)


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it came, and what is wrong with it; `by_field` are the sentences of each field."""

    values: Mapping[str, str]
    by_field: Mapping[str, Sequence[str]]
    message: str = ""
    status: int = 200

    def value(self, name: str) -> str:
        """Return what stands in a field."""
        return self.values.get(name, "")


def _draft(values: Mapping[str, str]) -> Draft:
    """Return the form's answers; a choice that is none is left out, so that it is asked for."""
    answers = {}
    for field in Field:
        said = values.get(field, "").strip()
        if said and (field not in CHOICES or said in set(CHOICES[field])):
            answers[field] = said
    return Draft("", answers)


def _missing(draft: Draft) -> list[Fault]:
    return [Fault(field, texts.CHOOSE) for field in fields(draft) if field in CHOICES and field not in draft.answers]


def _sorted(found: Sequence[Fault]) -> Mapping[str, Sequence[str]]:
    by_field: dict[str, list[str]] = {}
    for fault in found:
        by_field.setdefault(fault.field, []).append(fault.sentence)
    return by_field


async def _filed(office: DisclosureOffice, form: Filing, receipt: Receipt, envelope: Envelope) -> File:
    """File a form; while many are filed at once somebody at a page waits rather than fills it in again."""
    return await persistently(lambda: office.file(form, receipt, envelope), PAUSES)


@dataclass(frozen=True, slots=True)
class RequestForm:
    """The form of a citizen: what is wanted, what is published already, then the rest, then the receipt."""

    pages: Pages
    office: DisclosureOffice
    retriever: Retriever
    issue_token: Callable[[], str]
    subject: Callable[[str], str | None]
    """Tells whom a visitor's token stands for; None when it is none of ours."""
    department: Callable[[str], str]
    allow: Callable[[web.Request], bool]
    files: Enclosing

    async def show(self, request: web.Request) -> web.Response:
        """Show the first question, or with a `description` what is published on it and the rest of the form."""
        wanted = request.query.get(Field.DESCRIPTION, "").strip()[:LONGEST]
        if wanted and not self.allow(request):
            return await self._page(request, Typed({}, {}, texts.TOO_MANY, 429), uuid.uuid4().hex)
        return await self._page(request, Typed({Field.DESCRIPTION: wanted}, {}), uuid.uuid4().hex)

    async def send(self, request: web.Request) -> web.Response:
        """File the form, once however often it is sent; what is wrong is said beside each field."""
        fields_sent, sent = await read_with_files(request, FILED_WITH)
        values = {name: text[:LONGEST] for name, text in fields_sent.items()}
        form_id = values.get("form", "")
        token = request.cookies.get(COOKIE, "")
        if not FORM_ID.fullmatch(form_id):
            raise web.HTTPBadRequest
        user = self.subject(token) if equal(values.get("user", ""), token) else None
        if user is None:
            return await self._page(request, Typed(values, {}, texts.EXPIRED, 403), form_id)
        if not self.allow(request):
            return await self._page(request, Typed(values, {}, texts.TOO_MANY, 429), form_id)
        source = f"form:{user}:{form_id}"
        await self.files.leave_out(source, values)
        refused = await self.files.keep(source, sent)
        draft, today = _draft(values), self.office.today()
        receipt = Receipt(Channel.INTERNET, today)
        form = replace(filing(draft), attachments=await self.files.names(source))
        found = [*refused, *_missing(draft), *faults(form, receipt, today=today)]
        if found:
            return await self._page(request, Typed(values, _sorted(found), texts.FAULTY, 422), form_id)
        wish = filing(draft).wish
        envelope = Envelope(
            source=source,
            channel="web",
            user=user,
            address=self.pages.site.visitor(request),
            search=searched(await self.retriever.find(wish.description)),
            department=self.department(wish.description),
        )
        try:
            file = await _filed(self.office, form, receipt, envelope)
        except RefusedStep as refusal:
            return await self._page(request, Typed(values, {}, refusal.sentence, 422), form_id)
        return self.pages.show(request, "filed.html", case=file.docket.case, clock=file.clock)

    async def _page(self, request: web.Request, typed: Typed, form_id: str) -> web.Response:
        wanted = typed.value(Field.DESCRIPTION)
        looks = wanted and typed.status != web.HTTPTooManyRequests.status_code
        hits = (await self.retriever.find(wanted)).hits[:SUGGESTED] if looks else ()
        wish = filing(_draft(typed.values)).wish
        token = request.cookies.get(COOKIE, "")
        user = self.subject(token)
        kept = await self.files.files.kept(f"form:{user}:{form_id}") if user is not None else ()
        if user is None:
            token = self.issue_token()
        response = self.pages.show(
            request,
            "request_form.html",
            status=typed.status,
            typed=typed,
            form_id=form_id,
            token=token,
            hits=hits,
            kept=kept,
            hints=advice(wish) if wanted else (),
            choices=CHOICES,
            fields=Field,
            labels=texts,
        )
        remember(response, token, secure=self.pages.site.secure_cookies)
        return response


@dataclass(frozen=True, slots=True)
class EntryViews:
    """The form of an officer who enters what came otherwise than through the internet (art. 29 para 2, art. 31)."""

    pages: Pages
    office: DisclosureOffice
    department: Callable[[str], str]
    files: Enclosing

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Show the empty form."""
        return await self._page(request, staff, Typed({}, {}), uuid.uuid4().hex)

    async def send(self, request: web.Request, staff: Staff) -> web.Response:
        """Register the request; what is wrong is said beside each field."""
        fields_sent, sent = await read_with_files(request, FILED_WITH)
        if not equal(fields_sent.get("csrf", ""), staff.csrf):
            raise web.HTTPForbidden
        values = {name: text[:LONGEST] for name, text in fields_sent.items()}
        form_id = values.get("form", "")
        if not FORM_ID.fullmatch(form_id) or values.get("channel", "") not in STAFF_CHANNELS:
            raise web.HTTPBadRequest
        source = f"entry:{staff.name}:{form_id}"
        await self.files.leave_out(source, values)
        refused = await self.files.keep(source, sent, by=staff.name)
        draft, today = _draft(values), self.office.today()
        receipt = _receipt(values, staff, today)
        form = replace(filing(draft), attachments=await self.files.names(source))
        found = [*refused, *_missing(draft), *faults(form, receipt, today=today)]
        if found:
            return await self._page(request, staff, Typed(values, _sorted(found), texts.FAULTY, 422), form_id)
        wish = filing(draft).wish
        envelope = Envelope(
            source=source,
            channel="",
            user="",
            actor=staff.name,
            role=Capacity.INTAKE,
            department=self.department(wish.description),
        )
        try:
            file = await _filed(self.office, form, receipt, envelope)
        except RefusedStep as refusal:
            return await self._page(request, staff, Typed(values, {}, refusal.sentence, 422), form_id)
        return see_other(self._place(file))

    def _place(self, file: File) -> str:
        return f"{self.pages.base}/cases/{file.docket.case.reference}"

    async def _page(self, request: web.Request, staff: Staff, typed: Typed, form_id: str) -> web.Response:
        return self.pages.show(
            request,
            "entry.html",
            status=typed.status,
            staff=staff,
            typed=typed,
            form_id=form_id,
            kept=await self.files.files.kept(f"entry:{staff.name}:{form_id}"),
            choices=CHOICES,
            channels=STAFF_CHANNELS,
            fields=Field,
            labels=texts,
            today=self.office.today(),
        )


def _receipt(values: Mapping[str, str], staff: Staff, today: date) -> Receipt:
    channel = Channel(values["channel"])
    arrived = _day(values.get("arrived_on", "")) or today
    return Receipt(
        channel=channel,
        arrived_on=arrived,
        confirmed_on=_day(values.get("confirmed_on", "")) if channel in UNSIGNED else None,
        confirmation=values.get("confirmation", "").strip(),
        reason=values.get("reason", "").strip(),
        taken_down_by=staff.name if channel is Channel.IN_PERSON else "",
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
