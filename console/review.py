"""The review queue, and the page of one text on its way to publication."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from aiohttp import web

from console import texts
from console.auth import Staff
from console.diff import Difference, difference
from console.forms import NOTHING, Typed, cleaned, read_form, whole_number
from console.pages import Pages, see_other
from console.ports import Role
from console.rooms import Room
from knowledge.errors import ReviewRefused, StaleRevision
from knowledge.review import ReviewDesk, missing, steps
from knowledge.revisions import Check, ReviewState, ReviewStep, Revision

SIZE = 20
LONGEST = 100
LONGEST_REASON = 1000
PREVIEW = 20_000
"""Characters of a text that a page shows unasked."""
WHO: Mapping[ReviewStep, frozenset[Role]] = MappingProxyType(
    {
        ReviewStep.EDIT: frozenset({Role.EDITOR}),
        ReviewStep.RESOLVE: frozenset({Role.REVIEWER, Role.SECRECY}),
        ReviewStep.REVIEW: frozenset({Role.REVIEWER}),
        ReviewStep.CLEAR: frozenset({Role.SECRECY}),
        ReviewStep.PUBLISH: frozenset({Role.PUBLISHER}),
        ReviewStep.RETURN: frozenset({Role.REVIEWER, Role.SECRECY, Role.PUBLISHER}),
        ReviewStep.DROP: frozenset({Role.EDITOR}),
    }
)
"""Who takes each step."""
NOT_OWN = frozenset({ReviewStep.RESOLVE, ReviewStep.REVIEW, ReviewStep.CLEAR})
"""Steps that nobody takes on a text that they brought or changed."""
FORWARD: Mapping[ReviewState, ReviewStep] = MappingProxyType(
    {
        ReviewState.DRAFT: ReviewStep.REVIEW,
        ReviewState.REVIEWED: ReviewStep.CLEAR,
        ReviewState.CLEARED: ReviewStep.PUBLISH,
        ReviewState.RETURNED: ReviewStep.EDIT,
    }
)
"""What a text waits for."""


def is_own(revision: Revision, name: str) -> bool:
    """Whether somebody brought or changed a text."""
    return name in (revision.author, *revision.editors)


def open_steps(revision: Revision, staff: Staff) -> frozenset[ReviewStep]:
    """Return the steps that this person may take on a text now."""
    own = is_own(revision, staff.name)
    return frozenset(step for step in steps(revision) if staff.role in WHO[step] and not (own and step in NOT_OWN))


@dataclass(frozen=True, slots=True)
class ReviewViews:
    """The queue of texts to review, and one of them with its steps."""

    pages: Pages
    desk: ReviewDesk

    async def show(self, request: web.Request, staff: Staff) -> web.Response:
        """Show what is under way, oldest first: all, or those in a `state`; and the repeals to confirm."""
        state = request.query.get("state", "")
        text = cleaned(request.query.get("text", "")).strip()[:LONGEST]
        number = max(1, whole_number(request.query.get("page", ""), otherwise=1))
        found = await self.desk.revisions.pending(
            state=ReviewState(state) if state in set(ReviewState) else None,
            text=text,
            offset=(number - 1) * SIZE,
            limit=SIZE,
        )
        return self.pages.show(
            request,
            "review.html",
            staff=staff,
            revisions=[(each, bool(open_steps(each, staff) & {FORWARD.get(each.state)})) for each in found.revisions],
            total=found.total,
            number=number,
            last=max(1, -(-found.total // SIZE)),
            state=state,
            text=text,
            states=ReviewState,
            waits_for={state: texts.WAITS_FOR[step] for state, step in FORWARD.items()},
            repeals=len(await self.desk.revisions.proposals(limit=SIZE)),
            done=texts.REVIEW_DONE.get(request.query.get("done", ""), ""),
        )

    async def revision(self, request: web.Request, staff: Staff) -> web.Response:
        """Show one text with its findings and the steps open to this person; raise UnknownRevision."""
        return await self._page(request, staff, NOTHING)

    async def act(self, request: web.Request, staff: Staff) -> web.Response:
        """Take a step; what cannot be kept is shown again with the reasons."""
        step = ReviewStep[request.match_info["step"].upper()]
        if staff.role not in WHO[step]:
            raise web.HTTPForbidden
        form = await read_form(request)
        number = int(request.match_info["id"])
        if step in NOT_OWN and is_own(await self.desk.revisions.get(number), staff.name):
            return await self._page(request, staff, Typed(texts.OWN_TEXT, step, form, status=403))
        if max(len(form.get("reason", "")), len(form.get("note", ""))) > LONGEST_REASON:
            typed = Typed(texts.REASON_TOO_LONG.format(limit=LONGEST_REASON), step, form)
            return await self._page(request, staff, typed)
        try:
            await self._take(number, step, await _fields(request, form), by=staff.name)
        except StaleRevision:
            return await self._page(request, staff, Typed(texts.STALE_TEXT, step, form, status=409))
        except ReviewRefused as error:
            return await self._page(request, staff, Typed(texts.refused(error.reasons), step, form))
        if step in {ReviewStep.RESOLVE, ReviewStep.REVIEW, ReviewStep.CLEAR}:
            return see_other(f"{self.pages.base}{Room.REVIEW}/{number}?done={step.name.lower()}")
        return see_other(f"{self.pages.base}{Room.REVIEW}?done={step.name.lower()}")

    async def _take(self, number: int, step: ReviewStep, form: "_Step", *, by: str) -> None:
        desk, version = self.desk, form.version
        take: Mapping[ReviewStep, Callable[[], Awaitable[object]]] = {
            ReviewStep.RESOLVE: lambda: desk.resolve(number, form.concerns, form.reason, by=by, version=version),
            ReviewStep.REVIEW: lambda: desk.review(number, form.checks, by=by, version=version, note=form.note),
            ReviewStep.CLEAR: lambda: desk.clear(number, form.checks, by=by, version=version, note=form.note),
            ReviewStep.PUBLISH: lambda: desk.publish(number, by=by, version=version),
            ReviewStep.RETURN: lambda: desk.send_back(number, form.reason, by=by, version=version),
            ReviewStep.DROP: lambda: desk.drop(number, form.reason, by=by, version=version),
        }
        await take[step]()

    async def _page(self, request: web.Request, staff: Staff, typed: Typed) -> web.Response:
        revision = await self.desk.revisions.get(int(request.match_info["id"]))
        document = revision.document
        now_published = await self.desk.documents.get(document.id)
        compared: Difference | None = None
        if now_published and now_published.digest != document.digest:
            compared = await asyncio.to_thread(difference, now_published, document)
        return self.pages.show(
            request,
            "revision.html",
            status=typed.status,
            here=f"{self.pages.base}{Room.REVIEW}/{revision.id}",
            staff=staff,
            revision=revision,
            document=document,
            published=now_published,
            difference=compared,
            events=await self.desk.revisions.history(document.id),
            open=open_steps(revision, staff),
            own=is_own(revision, staff.name),
            forward=FORWARD.get(revision.state),
            who=WHO,
            lacking=missing(document),
            resolved={each.concern: each for each in revision.resolutions},
            step=ReviewStep,
            checks=Check,
            preview=PREVIEW if request.query.get("full") != "1" else len(document.text),
            longest=LONGEST_REASON,
            typed=typed,
            ticked=await _ticked(request),
            done=texts.REVIEW_DONE.get(request.query.get("done", ""), ""),
        )


@dataclass(frozen=True, slots=True)
class _Step:
    """What the form of a step says."""

    version: int
    reason: str
    note: str
    checks: tuple[Check, ...]
    concerns: tuple[int, ...]


async def _fields(request: web.Request, form: Mapping[str, str]) -> _Step:
    """Return the fields of a step; boxes that were ticked come several under one name."""
    ticked = await _ticked(request)
    return _Step(
        version=whole_number(form.get("version", ""), otherwise=0),
        reason=form.get("reason", "").strip(),
        note=form.get("note", "").strip(),
        checks=tuple(check for check in Check if check.name in ticked),
        concerns=tuple(whole_number(value, otherwise=0) for value in ticked if value.isdecimal()),
    )


async def _ticked(request: web.Request) -> frozenset[str]:
    """Return the values of the boxes that were ticked; none for a page that was only opened."""
    if request.method != "POST":
        return frozenset()
    fields = await request.post()
    return frozenset(str(value) for value in (*fields.getall("check", ()), *fields.getall("concern", ())))
