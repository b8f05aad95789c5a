"""The intake: what an operator or editor brings is published at once, or waits for review."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.concerns import scan
from knowledge.records import digest
from knowledge.review import ReviewDesk
from knowledge.revisions import Admission, ReviewEvent, ReviewState, ReviewStep, Revision
from knowledge.types import Concern, Disclosure, Document, Outcome, Validity


@dataclass(frozen=True, slots=True)
class ReviewedIntake:
    """Publishes texts that are disclosed already and in which the scan finds nothing; everything else is a draft.

    A text also waits when it is not 主动公开, when it was taken down before, and when a draft is asked for. One that a
    person is working on is refused. A published text whose 公开属性 is no longer 主动公开 is taken down at once. What
    was repealed, amended or replaced here stays so when it is brought again as 现行有效: only an editor revives it.
    """

    desk: ReviewDesk

    async def admit(
        self,
        document: Document,
        *,
        by: str,
        repeals: Sequence[str] = (),
        draft: bool = False,
        dry_run: bool = False,
        dropped: str = "",
    ) -> Admission:
        """Publish a text where nothing stands in the way, else keep it as a draft that waits for review."""
        known = await self.desk.documents.get(document.id)
        document, remark = _not_revived(document, known)
        if known is not None and known.digest == document.digest:
            return Admission(Outcome.UNCHANGED, published=True, reason=remark)
        under_way = await self.desk.revisions.under_way(document.id)
        settled = _in_hands(under_way, document, by) if under_way is not None else None
        if settled is not None:
            return settled
        concerns = await asyncio.to_thread(scan, document, dropped)
        obstacles = [
            *_obstacles(document, concerns, draft=draft),
            *(await self._taken_down(document.id) if known is None else []),
        ]
        outcome = Outcome.UPDATED if known else Outcome.CREATED
        if not obstacles:
            if not dry_run:
                await self._publish(document, under_way, by=by, repeals=repeals)
            return Admission(outcome, published=True, reason=remark)
        hidden = known is not None and document.disclosure is not Disclosure.PROACTIVE
        if not dry_run:
            if hidden:
                # first: a take-down sends back what is under review
                await self.desk.take_down(document.id, f"公开属性改为“{document.disclosure}”", by=by)
            await self.desk.submit(document, by=by, repeals=repeals, note="；".join(obstacles), dropped=dropped)
        reason = f"待处理：{'；'.join((*obstacles, *filter(None, [remark])))}"
        return Admission(Outcome.REMOVED if hidden else outcome, published=False, reason=reason, concerns=concerns)

    async def _taken_down(self, document_id: str) -> list[str]:
        versions = await self.desk.documents.versions(document_id)
        if not versions or versions[0].document is not None:
            return []
        why = f"：{versions[0].reason}" if versions[0].reason else ""
        return [f"曾于 {versions[0].at:%Y-%m-%d} 下架{why}"]

    async def _publish(
        self, document: Document, under_way: Revision | None, *, by: str, repeals: Sequence[str]
    ) -> None:
        at = self.desk.now()
        if under_way is not None:
            dropped = replace(under_way, state=ReviewState.DROPPED, changed_at=at)
            note = "被已发布的新文本取代"
            event = ReviewEvent(document.id, at, by, ReviewStep.DROP, under_way.state, dropped.state, note)
            await self.desk.revisions.record(dropped, event)
        await self.desk.documents.put(document, by=by)
        if repeals:
            await self.desk.revisions.propose(document.id, repeals, at=at)


def _in_hands(under_way: Revision, document: Document, by: str) -> Admission | None:
    """Return what becomes of a text that waits already, or that somebody else works on; None where neither holds."""
    if under_way.document.digest == document.digest:
        reason = f"待处理：{under_way.state}"
        return Admission(Outcome.UNCHANGED, published=False, reason=reason, concerns=under_way.unresolved)
    if {under_way.author, *under_way.editors} != {by}:
        reason = f"有人正在办理这份文件（{under_way.state}，{under_way.author}），未改动"
        return Admission(Outcome.REFUSED, published=False, reason=reason)
    return None


def _not_revived(document: Document, known: Document | None) -> tuple[Document, str]:
    """Return the document as ended as the stored one is, and a remark in Chinese where that was to be kept."""
    if known is None or document.validity is not Validity.IN_FORCE:
        return document, ""
    over = known.validity in {Validity.REPEALED, Validity.AMENDED}
    if not over and (not known.successor or document.successor):
        return document, ""
    kept = replace(
        document,
        validity=known.validity if over else document.validity,
        expires_on=known.expires_on or document.expires_on,
        successor=known.successor or document.successor,
    )
    successor = f"，由 {kept.successor} 替代" if kept.successor else ""
    return replace(kept, digest=digest(kept)), f"库内已标为{known.validity}{successor}，效力未改"


def _obstacles(document: Document, concerns: Sequence[Concern], *, draft: bool) -> list[str]:
    kinds = "、".join(dict.fromkeys(concern.kind for concern in concerns))
    withheld = document.disclosure is not Disclosure.PROACTIVE
    return [
        *(["按要求存为草稿"] if draft else []),
        *([f"公开属性是“{document.disclosure}”，不进入知识库"] if withheld else []),
        *([f"{len(concerns)} 处提示（{kinds}）"] if concerns else []),
    ]
