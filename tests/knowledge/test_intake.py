from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from knowledge.building import build_generation
from knowledge.generation import Generation
from knowledge.intake import ReviewedIntake
from knowledge.records import digest
from knowledge.review import ReviewDesk
from knowledge.revisions import Admission, ReviewState, ReviewStep
from knowledge.tokens import Tokenizer
from knowledge.types import ConcernKind, Disclosure, Document, Outcome, Validity
from storage.memory import MemoryDocuments, MemoryRevisions
from tests.fakes import FixedClock, a_document


def dated(document: Document) -> Document:
    """Return the document with its true digest."""
    return replace(document, digest=digest(document))


CLEAN = dated(a_document("关于低保的通知", text="低保向乡镇申请。", id="低保"))
LEAKY = dated(replace(CLEAN, text="低保向张三（13812345678）申请。"))
WITHHELD = dated(replace(CLEAN, disclosure=Disclosure.WITHHELD))


@dataclass(slots=True)
class Bench:
    """An intake over memory."""

    documents: MemoryDocuments
    desk: ReviewDesk
    intake: ReviewedIntake

    async def waiting(self) -> list[tuple[str, ReviewState]]:
        page = await self.desk.revisions.pending()
        return [(revision.document.text, revision.state) for revision in page.revisions]


@pytest.fixture
def bench() -> Bench:
    clock = FixedClock()
    documents = MemoryDocuments(now=clock)
    desk = ReviewDesk(MemoryRevisions(documents), documents, clock)
    return Bench(documents, desk, ReviewedIntake(desk))


async def test_a_clean_text_is_published_at_once(bench: Bench) -> None:
    assert await bench.intake.admit(CLEAN, by="命令行") == Admission(Outcome.CREATED, published=True)
    assert await bench.intake.admit(CLEAN, by="命令行") == Admission(Outcome.UNCHANGED, published=True)
    changed = dated(replace(CLEAN, text="低保向县里申请。"))
    assert await bench.intake.admit(changed, by="命令行") == Admission(Outcome.UPDATED, published=True)

    assert await bench.documents.get(CLEAN.id) == changed
    assert await bench.waiting() == []


async def test_a_text_in_which_something_is_found_waits_for_review(bench: Bench) -> None:
    given = await bench.intake.admit(LEAKY, by="命令行")

    assert (given.outcome, given.published, given.reason) == (
        Outcome.CREATED,
        False,
        "待处理：1 处提示（手机号）",
    )
    assert [concern.kind for concern in given.concerns] == [ConcernKind.MOBILE]
    assert await bench.documents.count() == 0
    assert await bench.waiting() == [(LEAKY.text, ReviewState.DRAFT)]
    again = await bench.intake.admit(LEAKY, by="命令行")
    assert (again.outcome, again.published, again.reason) == (Outcome.UNCHANGED, False, "待处理：草稿")
    assert again.concerns == given.concerns


async def test_a_published_text_stays_while_its_next_version_waits(bench: Bench) -> None:
    await bench.intake.admit(CLEAN, by="命令行")
    given = await bench.intake.admit(LEAKY, by="命令行")

    assert (given.outcome, given.published) == (Outcome.UPDATED, False)
    assert await bench.documents.get(CLEAN.id) == CLEAN


async def test_every_text_waits_where_drafts_are_asked_for(bench: Bench) -> None:
    given = await bench.intake.admit(CLEAN, by="命令行", draft=True)

    assert (given.published, given.reason) == (False, "待处理：按要求存为草稿")
    assert await bench.waiting() == [(CLEAN.text, ReviewState.DRAFT)]


async def test_a_cleaned_text_takes_the_place_of_the_draft_of_the_same_hand(bench: Bench) -> None:
    await bench.intake.admit(LEAKY, by="命令行")

    assert (await bench.intake.admit(CLEAN, by="命令行")).published
    assert await bench.waiting() == []
    steps = [event.step for event in await bench.desk.revisions.history(CLEAN.id)]
    assert steps == [ReviewStep.SUBMIT, ReviewStep.DROP, ReviewStep.PUBLISH]


async def test_what_a_person_is_working_on_is_not_overwritten(bench: Bench) -> None:
    draft = await bench.desk.submit(LEAKY, by="命令行")
    await bench.desk.edit(draft.id, replace(LEAKY, text="改了一半"), by="李", version=draft.version)

    given = await bench.intake.admit(CLEAN, by="命令行")

    assert (given.outcome, given.reason) == (Outcome.REFUSED, "有人正在办理这份文件（草稿，命令行），未改动")
    assert await bench.waiting() == [("改了一半", ReviewState.DRAFT)]


async def test_what_was_taken_down_comes_back_through_review_only(bench: Bench) -> None:
    await bench.intake.admit(CLEAN, by="命令行")
    await bench.desk.take_down(CLEAN.id, "内容有误", by="值班")

    given = await bench.intake.admit(CLEAN, by="命令行")

    assert (given.outcome, given.published) == (Outcome.CREATED, False)
    assert given.reason == "待处理：曾于 2026-03-02 下架：内容有误"
    assert await bench.documents.count() == 0
    assert await bench.documents.withdrawn() == {(CLEAN.id, CLEAN.digest)}


async def test_what_is_not_public_is_kept_and_never_indexed(bench: Bench, tmp_path: Path, tokenizer: Tokenizer) -> None:
    given = await bench.intake.admit(WITHHELD, by="命令行")
    assert (given.published, given.reason) == (False, "待处理：公开属性是“不予公开”，不进入知识库")
    assert await bench.waiting() == [(WITHHELD.text, ReviewState.DRAFT)]

    # even where another hand put it among the published ones
    await bench.documents.put(WITHHELD, by="x")
    stored = [document async for document in bench.documents.all()]
    built = build_generation(stored, folder=tmp_path, tokenizer=tokenizer, now=FixedClock())
    assert Generation(tmp_path / built).documents == 0


async def test_a_published_text_that_is_public_no_more_is_taken_down_at_once(bench: Bench) -> None:
    await bench.intake.admit(CLEAN, by="命令行")

    assert (await bench.intake.admit(WITHHELD, by="命令行", dry_run=True)).outcome is Outcome.REMOVED
    assert await bench.documents.count() == 1
    given = await bench.intake.admit(WITHHELD, by="命令行")

    assert (given.outcome, given.published) == (Outcome.REMOVED, False)
    assert await bench.documents.count() == 0
    assert (await bench.documents.versions(CLEAN.id))[0].reason == "公开属性改为“不予公开”"


async def test_a_dry_run_tells_the_same_and_keeps_nothing(bench: Bench) -> None:
    for document in (CLEAN, LEAKY, WITHHELD):
        foretold = await bench.intake.admit(document, by="命令行", dry_run=True)
        assert (await bench.desk.revisions.pending()).total == 0
        assert await bench.documents.count() == 0
        assert foretold.published == (document is CLEAN)


async def test_what_a_clean_text_repeals_is_proposed(bench: Bench) -> None:
    await bench.intake.admit(CLEAN, by="命令行", repeals=("浚政〔2008〕1号",))

    assert [(one.by, one.named) for one in await bench.desk.revisions.proposals()] == [("低保", "浚政〔2008〕1号")]


async def test_a_mark_of_secrecy_outside_the_main_text_makes_a_clean_text_wait(bench: Bench) -> None:
    given = await bench.intake.admit(CLEAN, by="命令行", dropped="机密★10年")

    assert (given.published, [concern.kind for concern in given.concerns]) == (False, [ConcernKind.SECRECY_MARK])
    assert await bench.documents.get(CLEAN.id) is None
    draft = await bench.desk.revisions.under_way(CLEAN.id)
    assert draft is not None
    assert draft.concerns == given.concerns
    edited = await bench.desk.edit(draft.id, replace(CLEAN, text="改。"), by="编辑", version=draft.version)
    assert edited.concerns == given.concerns


@pytest.mark.parametrize(
    ("validity", "successor", "remark"),
    [
        (Validity.REPEALED, "新", "库内已标为已废止，由 新 替代，效力未改"),
        (Validity.AMENDED, "", "库内已标为已被修改，效力未改"),
        (Validity.IN_FORCE, "新", "库内已标为现行有效，由 新 替代，效力未改"),
    ],
)
async def test_what_ended_here_is_not_revived_by_the_same_file(
    bench: Bench, validity: Validity, successor: str, remark: str
) -> None:
    ended = dated(replace(CLEAN, validity=validity, successor=successor, expires_on=date(2026, 12, 31)))
    await bench.documents.put(ended, by="编辑")

    assert await bench.intake.admit(CLEAN, by="命令行") == Admission(Outcome.UNCHANGED, published=True, reason=remark)
    corrected = dated(replace(CLEAN, text="低保向县里申请。"))
    given = await bench.intake.admit(corrected, by="命令行")

    assert given == Admission(Outcome.UPDATED, published=True, reason=remark)
    assert await bench.documents.get(CLEAN.id) == dated(replace(ended, text=corrected.text))


async def test_a_file_may_say_that_a_text_ended(bench: Bench) -> None:
    await bench.documents.put(dated(replace(CLEAN, validity=Validity.AMENDED)), by="编辑")
    repealed = dated(replace(CLEAN, validity=Validity.REPEALED))

    assert await bench.intake.admit(repealed, by="命令行") == Admission(Outcome.UPDATED, published=True)
    assert await bench.documents.get(CLEAN.id) == repealed
