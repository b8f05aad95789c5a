from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest

from knowledge.errors import ReviewRefused, StaleRevision, UnknownDocument, UnknownRevision
from knowledge.records import as_of, digest
from knowledge.review import ReviewDesk, missing, steps
from knowledge.revisions import UNDER_WAY, Check, ReviewState, ReviewStep, Revision
from knowledge.types import Disclosure, Document, Kind, Outcome, Validity
from storage.memory import MemoryDocuments, MemoryRevisions
from tests.fakes import MONDAY, FixedClock, a_document

ALL = tuple(Check)
NOTICE = a_document("关于低保的通知", text="低保向乡镇申请。", url="https://www.example.gov.cn/1", id="低保")
LEAKY = replace(NOTICE, text="低保向张三（13812345678）申请，车牌豫A12345。")


@dataclass(slots=True)
class Bench:
    """A desk over memory, and a text that goes step by step with the version it has."""

    clock: FixedClock
    documents: MemoryDocuments
    desk: ReviewDesk

    async def cleared(self, document: Document = NOTICE) -> Revision:
        draft = await self.desk.submit(document, by="作者")
        reviewed = await self.desk.review(draft.id, ALL, by="审核", version=draft.version)
        return await self.desk.clear(draft.id, ALL, by="保密", version=reviewed.version)

    async def events(self, document_id: str = NOTICE.id) -> list[tuple[ReviewStep, str, str, str]]:
        history = await self.desk.revisions.history(document_id)
        return [(event.step, event.actor, event.before, event.after) for event in history]


@pytest.fixture
def bench() -> Bench:
    clock = FixedClock()
    documents = MemoryDocuments(now=clock)
    return Bench(clock, documents, ReviewDesk(MemoryRevisions(documents), documents, clock))


async def reasons(step: Awaitable[object]) -> tuple[str, ...]:
    """Return why a step is refused."""
    with pytest.raises(ReviewRefused) as refused:
        await step
    return refused.value.reasons


async def test_a_text_is_published_after_review_and_clearance_and_every_step_is_evidence(bench: Bench) -> None:
    cleared = await bench.cleared()
    assert await bench.documents.get(NOTICE.id) is None
    bench.clock.forward(hours=1)
    published = await bench.desk.publish(cleared.id, by="发布", version=cleared.version)

    assert await bench.documents.get(NOTICE.id) == published.document
    assert (published.author, published.reviewer, published.clearer, published.publisher) == (
        "作者",
        "审核",
        "保密",
        "发布",
    )
    assert (published.reviewed, published.cleared) == (ALL, ALL)
    assert await bench.events() == [
        (ReviewStep.SUBMIT, "作者", "", "草稿"),
        (ReviewStep.REVIEW, "审核", "草稿", "已审核"),
        (ReviewStep.CLEAR, "保密", "已审核", "已过保密审查"),
        (ReviewStep.PUBLISH, "发布", "已过保密审查", "已发布"),
    ]
    assert (await bench.desk.revisions.history(NOTICE.id))[-1].at == bench.clock.at
    assert published.changed_at == bench.clock.at > published.submitted_at == MONDAY


async def test_the_author_and_who_changed_the_text_neither_review_nor_clear(bench: Bench) -> None:
    draft = await bench.desk.submit(NOTICE, by="作者")
    edited = await bench.desk.edit(draft.id, replace(NOTICE, text="另一文本。"), by="编辑", version=draft.version)
    for person in ("作者", "编辑"):
        said = await reasons(bench.desk.review(draft.id, ALL, by=person, version=edited.version))
        assert said == ("自己提交或者修改的文本不能由自己审核",)
    reviewed = await bench.desk.review(draft.id, ALL, by="审核", version=edited.version)
    for person in ("作者", "编辑"):
        assert await reasons(bench.desk.clear(draft.id, ALL, by=person, version=reviewed.version))

    cleared = await bench.desk.clear(draft.id, ALL, by="审核", version=reviewed.version)
    assert (await bench.desk.publish(draft.id, by="作者", version=cleared.version)).publisher == "作者"


async def test_an_office_may_ask_for_two_people_to_review_and_clear(bench: Bench) -> None:
    desk = replace(bench.desk, separate=True)
    draft = await desk.submit(NOTICE, by="作者")
    reviewed = await desk.review(draft.id, ALL, by="审核", version=draft.version)

    assert await reasons(desk.clear(draft.id, ALL, by="审核", version=reviewed.version)) == ("审核人不能再作保密审查",)
    assert (await desk.clear(draft.id, ALL, by="保密", version=reviewed.version)).state is ReviewState.CLEARED


async def test_what_the_scan_found_blocks_until_each_is_resolved_with_a_reason(bench: Bench) -> None:
    draft = await bench.desk.submit(LEAKY, by="作者")
    said = await reasons(bench.desk.review(draft.id, ALL, by="审核", version=draft.version))
    assert said == ("还有 2 条提示未处理",)
    for numbers, reason in (([1], " "), ([], "理由"), ([3], "理由")):
        assert await reasons(bench.desk.resolve(draft.id, numbers, reason, by="作者", version=draft.version))

    once = await bench.desk.resolve(draft.id, [1], "值班手机，对外公布", by="作者", version=draft.version)
    assert [concern.number for concern in once.unresolved] == [2]
    assert await reasons(bench.desk.resolve(draft.id, [1], "再来一次", by="作者", version=once.version))
    twice = await bench.desk.resolve(draft.id, [2], "公务车", by="编辑", version=once.version)

    assert [(one.concern, one.by, one.reason) for one in twice.resolutions] == [
        (1, "作者", "值班手机，对外公布"),
        (2, "编辑", "公务车"),
    ]
    assert (await bench.desk.review(draft.id, ALL, by="审核", version=twice.version)).state is ReviewState.REVIEWED
    notes = [event.note for event in await bench.desk.revisions.history(NOTICE.id)]
    assert "第 1 条：值班手机，对外公布" in notes


async def test_a_changed_text_is_scanned_anew_and_begins_anew(bench: Bench) -> None:
    cleared = await bench.cleared()
    leaky = await bench.desk.edit(cleared.id, LEAKY, by="编辑", version=cleared.version)

    assert (leaky.state, leaky.reviewer, leaky.clearer) == (ReviewState.DRAFT, "", "")
    assert (leaky.reviewed, leaky.cleared) == ((), ())
    assert len(leaky.concerns) == 2
    assert leaky.document.digest == digest(LEAKY) != cleared.document.digest
    resolved = await bench.desk.resolve(leaky.id, [1, 2], "已核", by="编辑", version=leaky.version)
    again = await bench.desk.edit(leaky.id, LEAKY, by="编辑", version=resolved.version)
    assert (again.resolutions, len(again.unresolved), again.editors) == ((), 2, ("编辑",))
    assert await reasons(bench.desk.edit(again.id, replace(NOTICE, id="x"), by="编辑", version=again.version))


@pytest.mark.parametrize(
    ("lacking", "reason"),
    [
        (replace(NOTICE, title=""), "缺少标题"),
        (replace(NOTICE, issuer=""), "缺少发文机关"),
        (replace(NOTICE, published_on=None), "缺少发布日期"),
        (replace(NOTICE, url=""), "缺少来源（链接或者文号）"),
        (replace(NOTICE, disclosure=Disclosure.WITHHELD), "缺少不予公开的理由"),
    ],
)
async def test_what_a_document_lacks_is_said_before_it_is_reviewed(
    bench: Bench, lacking: Document, reason: str
) -> None:
    draft = await bench.desk.submit(lacking, by="作者")

    assert await reasons(bench.desk.review(draft.id, ALL, by="审核", version=draft.version)) == (reason,)
    assert missing(draft.document) == (reason,)
    assert missing(replace(NOTICE, url="", number="浚政〔2026〕1号", published_on=date(2026, 1, 1))) == ()


@pytest.mark.parametrize("own", [{"kind": Kind.QA}, {"kind": Kind.INTERPRETATION, "interprets": "浚政〔2026〕1号"}])
def test_the_offices_own_words_need_no_number(own: dict[str, Any]) -> None:
    assert missing(replace(NOTICE, url="", number="", **own)) == ()


async def test_the_whole_checklist_is_confirmed(bench: Bench) -> None:
    draft = await bench.desk.submit(NOTICE, by="作者")

    said = await reasons(bench.desk.review(draft.id, ALL[1:], by="审核", version=draft.version))

    assert said == ("未确认：不涉及国家秘密和工作秘密",)


async def test_only_what_is_public_is_published(bench: Bench) -> None:
    on_request = replace(NOTICE, disclosure=Disclosure.ON_REQUEST, disclosure_reason="涉及内部管理")
    cleared = await bench.cleared(on_request)

    said = await reasons(bench.desk.publish(cleared.id, by="发布", version=cleared.version))

    assert said == ("公开属性是“依申请公开”，不能发布",)
    assert await bench.documents.count() == 0


async def test_a_text_returned_goes_back_to_its_author_with_the_reason(bench: Bench) -> None:
    cleared = await bench.cleared()
    assert await reasons(bench.desk.send_back(cleared.id, " ", by="发布", version=cleared.version))
    returned = await bench.desk.send_back(cleared.id, "日期有误", by="发布", version=cleared.version)

    assert (returned.state, returned.note, returned.reviewer) == (ReviewState.RETURNED, "日期有误", "")
    again = await bench.desk.edit(returned.id, NOTICE, by="作者", version=returned.version)
    assert again.state is ReviewState.DRAFT
    dropped = await bench.desk.drop(again.id, "不再发布", by="作者", version=again.version)
    assert dropped.state is ReviewState.DROPPED
    assert await reasons(bench.desk.drop(again.id, "再来", by="作者", version=dropped.version))


Steps = Callable[[ReviewDesk, Revision], Awaitable[object]]
TRIED: dict[ReviewStep, Steps] = {
    ReviewStep.EDIT: lambda desk, at: desk.edit(at.id, NOTICE, by="他", version=at.version),
    ReviewStep.REVIEW: lambda desk, at: desk.review(at.id, ALL, by="他", version=at.version),
    ReviewStep.CLEAR: lambda desk, at: desk.clear(at.id, ALL, by="他", version=at.version),
    ReviewStep.PUBLISH: lambda desk, at: desk.publish(at.id, by="他", version=at.version),
    ReviewStep.RETURN: lambda desk, at: desk.send_back(at.id, "理由", by="他", version=at.version),
    ReviewStep.DROP: lambda desk, at: desk.drop(at.id, "理由", by="他", version=at.version),
}


@pytest.mark.parametrize("state", ReviewState)
@pytest.mark.parametrize("step", TRIED)
async def test_a_step_is_possible_in_its_states_only(bench: Bench, state: ReviewState, step: ReviewStep) -> None:
    draft = await bench.desk.submit(NOTICE, by="作者")
    event = (await bench.desk.revisions.history(NOTICE.id))[0]
    placed = await bench.desk.revisions.record(replace(draft, state=state), event)

    if step in steps(placed):
        await TRIED[step](bench.desk, placed)
    else:
        assert await reasons(TRIED[step](bench.desk, placed)) == (f"{state}的文本不能{step}",)
    assert bool(steps(placed)) == (state in UNDER_WAY)


async def test_who_acts_on_an_old_page_is_told(bench: Bench) -> None:
    draft = await bench.desk.submit(NOTICE, by="作者")
    await bench.desk.review(draft.id, ALL, by="审核", version=draft.version)

    with pytest.raises(StaleRevision):
        await bench.desk.edit(draft.id, NOTICE, by="编辑", version=draft.version)
    with pytest.raises(UnknownRevision):
        await bench.desk.publish(99, by="发布", version=1)


async def test_taking_down_needs_a_reason_and_a_published_document(bench: Bench) -> None:
    with pytest.raises(UnknownDocument):
        await bench.desk.take_down(NOTICE.id, "内容有误", by="值班")
    await bench.documents.put(NOTICE, by="命令行")
    assert await reasons(bench.desk.take_down(NOTICE.id, "", by="值班")) == ("请写明下架的理由",)

    await bench.desk.take_down(NOTICE.id, "泄露个人信息", by="值班")

    assert await bench.documents.get(NOTICE.id) is None
    removal, first = await bench.documents.versions(NOTICE.id)
    assert (removal.by, removal.reason, first.document) == ("值班", "泄露个人信息", NOTICE)
    assert (await bench.events())[-1] == (ReviewStep.TAKE_DOWN, "值班", "已发布", "")


async def test_a_repeal_takes_effect_when_an_editor_confirms_it(bench: Bench) -> None:
    await bench.documents.put(NOTICE, by="命令行")
    new = a_document("新办法", text="同时废止旧通知。", url="https://www.example.gov.cn/2", id="新")
    draft = await bench.desk.submit(new, by="作者", repeals=("关于低保的通知", "别的"))
    reviewed = await bench.desk.review(draft.id, ALL, by="审核", version=draft.version)
    cleared = await bench.desk.clear(draft.id, ALL, by="保密", version=reviewed.version)
    assert await bench.desk.revisions.proposals() == ()
    await bench.desk.publish(draft.id, by="发布", version=cleared.version)
    first, second = await bench.desk.revisions.proposals()
    assert (await bench.documents.get(NOTICE.id)) == NOTICE

    with pytest.raises(UnknownDocument):
        await bench.desk.confirm_repeal(first.id, "没有", by="编辑")
    assert await reasons(bench.desk.confirm_repeal(first.id, "新", by="编辑")) == ("文件不能废止自己",)
    repealed = await bench.desk.confirm_repeal(first.id, NOTICE.id, by="编辑")
    await bench.desk.dismiss_repeal(second.id, "本库没有", by="编辑")

    assert (repealed.validity, repealed.successor) == (Validity.REPEALED, "新")
    assert await bench.documents.get(NOTICE.id) == repealed
    assert await bench.documents.put(replace(repealed, digest=digest(repealed)), by="x") is Outcome.UNCHANGED
    assert (await bench.events())[-1] == (ReviewStep.REPEAL, "编辑", "现行有效", "已废止")
    assert await bench.desk.revisions.proposals() == ()
    with pytest.raises(StaleRevision):
        await bench.desk.confirm_repeal(first.id, NOTICE.id, by="编辑")
    with pytest.raises(StaleRevision):
        await bench.desk.dismiss_repeal(second.id, "", by="编辑")


@pytest.mark.parametrize("expires_on", [None, date(2030, 12, 31), date(2026, 3, 10)])
async def test_a_text_that_begins_later_repeals_from_that_day(bench: Bench, expires_on: date | None) -> None:
    begins = date(2026, 5, 1)
    await bench.documents.put(replace(NOTICE, expires_on=expires_on), by="作者")
    new = replace(NOTICE, id="新", effective_on=begins, validity=Validity.NOT_YET_EFFECTIVE)
    await bench.documents.put(new, by="作者")
    await bench.desk.revisions.propose("新", [NOTICE.title], at=MONDAY)
    (proposal,) = await bench.desk.revisions.proposals()

    ended = await bench.desk.confirm_repeal(proposal.id, NOTICE.id, by="编辑")

    last = min(expires_on or date.max, begins - timedelta(days=1))
    assert (ended.validity, ended.expires_on, ended.successor) == (Validity.IN_FORCE, last, "新")
    assert await bench.documents.get(NOTICE.id) == ended
    assert (await bench.desk.revisions.history(NOTICE.id))[-1].note == "自 2026-05-01 起由 新 废止"
    assert as_of(ended, begins).validity is Validity.EXPIRED


@pytest.mark.parametrize("state", [ReviewState.DRAFT, ReviewState.REVIEWED, ReviewState.CLEARED])
async def test_what_is_under_review_goes_back_when_the_text_is_taken_down(bench: Bench, state: ReviewState) -> None:
    await bench.documents.put(NOTICE, by="作者")
    revision = await bench.desk.submit(LEAKY if state is ReviewState.DRAFT else NOTICE, by="作者")
    if state is not ReviewState.DRAFT:
        revision = await bench.desk.review(revision.id, ALL, by="审核", version=revision.version)
    if state is ReviewState.CLEARED:
        revision = await bench.desk.clear(revision.id, ALL, by="保密", version=revision.version)

    await bench.desk.take_down(NOTICE.id, "泄露个人信息", by="值班")

    with pytest.raises(StaleRevision):
        await bench.desk.send_back(revision.id, "改", by="发布", version=revision.version)
    back = await bench.desk.revisions.get(revision.id)
    assert (back.state, back.reviewer, back.clearer, back.reviewed, back.cleared, back.note) == (
        ReviewState.RETURNED,
        "",
        "",
        (),
        (),
        "文件已下架：泄露个人信息",
    )
    assert (await bench.events())[-2:] == [
        (ReviewStep.TAKE_DOWN, "值班", "已发布", ""),
        (ReviewStep.RETURN, "值班", state, "已退回"),
    ]
