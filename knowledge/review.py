"""The review desk: what a person can do to a text on its way to publication."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from knowledge.concerns import again, scan
from knowledge.dates import CIVIL_TIME
from knowledge.errors import ReviewRefused, StaleRevision, UnknownDocument
from knowledge.ports import DocumentStore, Revisions
from knowledge.records import digest
from knowledge.revisions import RETURNABLE, UNDER_WAY, Check, Resolution, ReviewEvent, ReviewState, ReviewStep, Revision
from knowledge.types import Disclosure, Document, Kind, Validity

LEGAL = {
    ReviewStep.EDIT: UNDER_WAY,
    ReviewStep.RESOLVE: (ReviewState.DRAFT, ReviewState.REVIEWED),
    ReviewStep.REVIEW: (ReviewState.DRAFT,),
    ReviewStep.CLEAR: (ReviewState.REVIEWED,),
    ReviewStep.PUBLISH: (ReviewState.CLEARED,),
    ReviewStep.RETURN: RETURNABLE,
    ReviewStep.DROP: UNDER_WAY,
}
"""In which states each step is possible."""


def steps(revision: Revision) -> tuple[ReviewStep, ...]:
    """Return the steps possible in the revision's state, whoever takes them."""
    return tuple(step for step, states in LEGAL.items() if revision.state in states)


def missing(document: Document) -> tuple[str, ...]:
    """Return in Chinese what a document lacks before it can be reviewed; empty when it is complete."""
    lacks = {
        "标题": not document.title,
        "发文机关": not document.issuer,
        "发布日期": document.published_on is None,
        # an interpretation has its policy's 文号, and questions and answers are the office's own words
        "来源（链接或者文号）": document.kind is not Kind.QA
        and not (document.url or document.number or document.interprets),
        f"{document.disclosure.value}的理由": document.disclosure is not Disclosure.PROACTIVE
        and not document.disclosure_reason,
    }
    return tuple(f"缺少{name}" for name, lacking in lacks.items() if lacking)


@dataclass(frozen=True, slots=True)
class ReviewDesk:
    """A person's steps on texts under review, each one transaction with its event.

    Nothing is published before it was reviewed (保守国家秘密法 art. 35: 先审查、后公开).
    `version` is the one of the page the person acted on. The steps raise UnknownRevision, StaleRevision when somebody
    acted since that version, and ReviewRefused with the reasons when the step is not possible now or not to this
    person: who brought or changed a text neither reviews nor clears it. With `separate` the one who clears must also
    be another person than the reviewer.
    """

    revisions: Revisions
    documents: DocumentStore
    now: Callable[[], datetime]
    separate: bool = False

    async def submit(
        self, document: Document, *, by: str, repeals: Sequence[str] = (), note: str = "", dropped: str = ""
    ) -> Revision:
        """Bring a text as a draft, scanned; it takes the place of the one under way of the same document.

        `dropped` is what stood in the file outside the main text.
        """
        at = self.now()
        revision = Revision(
            id=0,
            document=replace(document, digest=digest(document)),
            state=ReviewState.DRAFT,
            author=by,
            submitted_at=at,
            changed_at=at,
            concerns=await asyncio.to_thread(scan, document, dropped),
            repeals=tuple(repeals),
            note=note,
        )
        event = ReviewEvent(document.id, at, by, ReviewStep.SUBMIT, after=ReviewState.DRAFT, note=note)
        return await self.revisions.submit(revision, event)

    async def edit(self, revision_id: int, document: Document, *, by: str, version: int) -> Revision:
        """Put another text in place; it is scanned anew, and whatever was resolved, reviewed or cleared is undone."""
        revision = await self._at(revision_id, ReviewStep.EDIT, version)
        if document.id != revision.document.id:
            raise ReviewRefused("编号不能改变")
        edited = replace(
            revision,
            document=replace(document, digest=digest(document)),
            state=ReviewState.DRAFT,
            editors=tuple(dict.fromkeys((*revision.editors, by))),
            reviewer="",
            clearer="",
            concerns=await asyncio.to_thread(again, document, revision.concerns),
            resolutions=(),
            reviewed=(),
            cleared=(),
        )
        note = f"{revision.document.digest[:12]} → {edited.document.digest[:12]}"
        return await self._record(revision, edited, ReviewStep.EDIT, by=by, note=note)

    async def resolve(
        self, revision_id: int, concerns: Collection[int], reason: str, *, by: str, version: int
    ) -> Revision:
        """Say why concerns (their numbers) do not stand in the way."""
        revision = await self._at(revision_id, ReviewStep.RESOLVE, version)
        said = reason.strip()
        known = {concern.number for concern in revision.unresolved}
        if not said or not concerns or not known.issuperset(concerns):
            raise ReviewRefused("请选择未处理的提示并写明理由")
        at = self.now()
        given = tuple(Resolution(number, by, at, said) for number in sorted(set(concerns)))
        resolved = replace(revision, resolutions=revision.resolutions + given)
        note = f"第 {'、'.join(str(one.concern) for one in given)} 条：{said}"
        return await self._record(revision, resolved, ReviewStep.RESOLVE, by=by, note=note)

    async def review(
        self, revision_id: int, checks: Collection[Check], *, by: str, version: int, note: str = ""
    ) -> Revision:
        """Approve a draft (审核), with the whole checklist confirmed."""
        revision = await self._at(revision_id, ReviewStep.REVIEW, version)
        _refuse_if(*_own_text(revision, by), *_unready(revision, checks))
        reviewed = replace(revision, state=ReviewState.REVIEWED, reviewer=by, reviewed=tuple(Check))
        return await self._record(revision, reviewed, ReviewStep.REVIEW, by=by, note=note)

    async def clear(
        self, revision_id: int, checks: Collection[Check], *, by: str, version: int, note: str = ""
    ) -> Revision:
        """Clear a reviewed text for publication (保密审查), with the whole checklist confirmed."""
        revision = await self._at(revision_id, ReviewStep.CLEAR, version)
        twice = ["审核人不能再作保密审查"] if self.separate and by == revision.reviewer else []
        _refuse_if(*_own_text(revision, by), *twice, *_unready(revision, checks))
        cleared = replace(revision, state=ReviewState.CLEARED, clearer=by, cleared=tuple(Check))
        return await self._record(revision, cleared, ReviewStep.CLEAR, by=by, note=note)

    async def publish(self, revision_id: int, *, by: str, version: int) -> Revision:
        """Put a cleared text among the published documents; it is answered from the next generation on."""
        revision = await self._at(revision_id, ReviewStep.PUBLISH, version)
        hidden = revision.document.disclosure is not Disclosure.PROACTIVE
        withheld = [f"公开属性是“{revision.document.disclosure}”，不能发布"] if hidden else []
        _refuse_if(*withheld, *_unready(revision, tuple(Check)))
        published = replace(
            revision, state=ReviewState.PUBLISHED, publisher=by, changed_at=self.now(), note="", version=version
        )
        return await self.revisions.publish(published, self._event(revision, published, ReviewStep.PUBLISH, by, ""))

    async def send_back(self, revision_id: int, reason: str, *, by: str, version: int) -> Revision:
        """Return a text to its author, who must be told why."""
        revision = await self._at(revision_id, ReviewStep.RETURN, version)
        _refuse_if(*([] if reason.strip() else ["请写明退回的理由"]))
        returned = replace(revision, state=ReviewState.RETURNED, reviewer="", clearer="", reviewed=(), cleared=())
        return await self._record(revision, returned, ReviewStep.RETURN, by=by, note=reason.strip())

    async def drop(self, revision_id: int, reason: str, *, by: str, version: int) -> Revision:
        """Give up a text that is not to be published, with the reason; it is kept as evidence."""
        revision = await self._at(revision_id, ReviewStep.DROP, version)
        _refuse_if(*([] if reason.strip() else ["请写明作废的理由"]))
        dropped = replace(revision, state=ReviewState.DROPPED)
        return await self._record(revision, dropped, ReviewStep.DROP, by=by, note=reason.strip())

    async def take_down(self, document_id: str, reason: str, *, by: str) -> None:
        """Take a published document away from citizens in every process within seconds (紧急下架).

        A text of it under review goes back to its author. The versions stay as evidence (网络安全法 art. 49,
        保守国家秘密法 art. 34). Raises UnknownDocument when it is not published, ReviewRefused without a reason.
        """
        _refuse_if(*([] if reason.strip() else ["请写明下架的理由"]))
        if not await self.documents.remove(document_id, by=by, reason=reason.strip()):
            raise UnknownDocument(document_id)

    async def confirm_repeal(self, proposal_id: int, document_id: str, *, by: str) -> Document:
        """Mark a published document 已废止, replaced by the one that says so; return it as it now is.

        Where that one is not effective yet, the other stays in force until the day before, its last.
        Raises UnknownDocument when it is not published, StaleRevision when the proposal was settled meanwhile.
        """
        proposal = await self.revisions.proposal(proposal_id)
        if proposal is None:
            raise StaleRevision(proposal_id)
        known = await self.documents.get(document_id)
        if known is None:
            raise UnknownDocument(document_id)
        if document_id == proposal.by:
            raise ReviewRefused("文件不能废止自己")
        begins = await self._begins_later(proposal.by)
        repealed = _ended(known, begins, by=proposal.by)
        note = f"{f'自 {begins} 起' if begins else ''}由 {proposal.by} 废止"
        event = ReviewEvent(document_id, self.now(), by, ReviewStep.REPEAL, known.validity, repealed.validity, note)
        if not await self.revisions.settle(proposal_id, event, repealed=repealed):
            raise StaleRevision(proposal_id)
        return repealed

    async def _begins_later(self, document_id: str) -> date | None:
        """Return the day on which a document takes effect, if that is still to come."""
        document = await self.documents.get(document_id)
        begins = document.effective_on if document else None
        return begins if begins and begins > self.now().astimezone(CIVIL_TIME).date() else None

    async def dismiss_repeal(self, proposal_id: int, reason: str, *, by: str) -> None:
        """Take a proposal off the list because it is wrong or concerns no document here; StaleRevision as above."""
        proposal = await self.revisions.proposal(proposal_id)
        if proposal is None:
            raise StaleRevision(proposal_id)
        note = f"不采纳废止“{proposal.named}”：{reason.strip()}"
        event = ReviewEvent(proposal.by, self.now(), by, ReviewStep.REPEAL, note=note)
        if not await self.revisions.settle(proposal_id, event):
            raise StaleRevision(proposal_id)

    async def _at(self, revision_id: int, step: ReviewStep, version: int) -> Revision:
        revision = await self.revisions.get(revision_id)
        if revision.version != version:
            raise StaleRevision(revision_id)
        _refuse_if(*([] if revision.state in LEGAL[step] else [f"{revision.state}的文本不能{step}"]))
        return revision

    async def _record(self, before: Revision, after: Revision, step: ReviewStep, *, by: str, note: str) -> Revision:
        changed = replace(after, changed_at=self.now(), note=note)
        return await self.revisions.record(changed, self._event(before, changed, step, by, note))

    def _event(self, before: Revision, after: Revision, step: ReviewStep, by: str, note: str) -> ReviewEvent:
        return ReviewEvent(
            document=after.document.id,
            at=after.changed_at,
            actor=by,
            step=step,
            before=before.state,
            after=after.state,
            note=note,
            revision=before.id,
        )


def _ended(document: Document, begins: date | None, *, by: str) -> Document:
    """Return a document repealed by another, at once or from the day on which that one begins."""
    ended = replace(document, validity=Validity.REPEALED, successor=by)
    if begins:
        last = begins - timedelta(days=1)
        ended = replace(document, expires_on=min(document.expires_on or last, last), successor=by)
    return replace(ended, digest=digest(ended))


def _own_text(revision: Revision, by: str) -> list[str]:
    return ["自己提交或者修改的文本不能由自己审核"] if by in (revision.author, *revision.editors) else []


def _unready(revision: Revision, checks: Collection[Check]) -> list[str]:
    waiting = len(revision.unresolved)
    return [
        *missing(revision.document),
        *([f"还有 {waiting} 条提示未处理"] if waiting else []),
        *(f"未确认：{check}" for check in Check if check not in checks),
    ]


def _refuse_if(*reasons: str) -> None:
    if reasons:
        raise ReviewRefused(*reasons)
