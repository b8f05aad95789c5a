import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert

from knowledge.errors import StaleRevision, UnknownRevision
from knowledge.ports import DocumentStore, Revisions
from knowledge.revisions import Check, Resolution, ReviewEvent, ReviewState, ReviewStep, Revision
from knowledge.types import Concern, ConcernKind, Document, Validity
from storage.database import Database
from storage.documents import SqlDocuments
from storage.revisions import SqlRevisions
from storage.tables.knowledge import document_versions
from tests.fakes import MONDAY, FixedClock
from tests.storage.conftest import Stores
from tests.storage.test_documents import NOTE, RULES

SCARED = Revision(
    id=0,
    document=RULES,
    state=ReviewState.DRAFT,
    author="li",
    submitted_at=MONDAY,
    changed_at=MONDAY,
    editors=("wang",),
    concerns=(Concern(1, ConcernKind.MOBILE, "电话 138******78", 3),),
    resolutions=(Resolution(1, "li", MONDAY, "对外公布的值班电话"),),
    reviewed=(Check.SECRECY, Check.PRIVACY),
    repeals=("国发〔2008〕1号",),
    note="请审核",
)


def event(step: ReviewStep, *, document: str = RULES.id, after: str = "", actor: str = "li") -> ReviewEvent:
    return ReviewEvent(document, MONDAY, actor, step, after=after)


SUBMIT = event(ReviewStep.SUBMIT, after=ReviewState.DRAFT)


@pytest.fixture
def revisions(stores: Stores) -> Revisions:
    return stores.revisions


@pytest.fixture
def documents(stores: Stores) -> DocumentStore:
    return stores.documents


async def submitted(revisions: Revisions, document: Document = NOTE, *, author: str = "li") -> Revision:
    revision = replace(SCARED, document=document, author=author)
    return await revisions.submit(revision, event(ReviewStep.SUBMIT, document=document.id))


class TestRevisions:
    async def test_a_revision_is_given_back_as_it_was_submitted(self, revisions: Revisions) -> None:
        kept = await revisions.submit(SCARED, SUBMIT)

        assert kept == replace(SCARED, id=kept.id)
        assert await revisions.get(kept.id) == kept
        assert await revisions.under_way(RULES.id) == kept
        assert await revisions.history(RULES.id) == (replace(SUBMIT, revision=kept.id),)

    async def test_an_unknown_revision_is_said_to_be_unknown(self, revisions: Revisions) -> None:
        for number in (0, 7, 2**70):
            with pytest.raises(UnknownRevision):
                await revisions.get(number)
        with pytest.raises(UnknownRevision):
            await revisions.record(SCARED, SUBMIT)
        assert await revisions.under_way("unknown") is None

    async def test_a_new_text_takes_the_place_of_the_one_under_way(self, revisions: Revisions) -> None:
        first = await submitted(revisions)
        second = await submitted(revisions, replace(NOTE, title="改过的通知"))

        assert await revisions.under_way(NOTE.id) == second
        assert (await revisions.get(first.id)).state is ReviewState.DROPPED
        steps = [(step.step, step.revision) for step in await revisions.history(NOTE.id)]
        assert steps == [
            (ReviewStep.SUBMIT, first.id),
            (ReviewStep.DROP, first.id),
            (ReviewStep.SUBMIT, second.id),
        ]

    async def test_a_step_is_recorded_with_its_event(self, revisions: Revisions) -> None:
        kept = await submitted(revisions)
        step = event(ReviewStep.REVIEW, document=NOTE.id, after=ReviewState.REVIEWED, actor="zhao")

        changed = await revisions.record(replace(kept, state=ReviewState.REVIEWED, reviewer="zhao"), step)

        assert (changed.version, changed.state, changed.reviewer) == (kept.version + 1, ReviewState.REVIEWED, "zhao")
        assert await revisions.get(kept.id) == changed
        assert (await revisions.history(NOTE.id))[-1] == replace(step, revision=kept.id)

    async def test_who_acts_on_an_old_page_changes_nothing(self, revisions: Revisions) -> None:
        kept = await submitted(revisions)
        await revisions.record(replace(kept, note="先到"), event(ReviewStep.EDIT, document=NOTE.id))

        with pytest.raises(StaleRevision):
            await revisions.record(replace(kept, note="后到"), event(ReviewStep.EDIT, document=NOTE.id))
        with pytest.raises(StaleRevision):
            await revisions.publish(replace(kept, note="后到"), event(ReviewStep.PUBLISH, document=NOTE.id))
        assert (await revisions.get(kept.id)).note == "先到"
        assert len(await revisions.history(NOTE.id)) == 2

    async def test_publishing_puts_the_document_and_proposes_its_repeals(
        self, revisions: Revisions, documents: DocumentStore
    ) -> None:
        kept = await submitted(revisions)
        published = await revisions.publish(
            replace(kept, state=ReviewState.PUBLISHED, publisher="qian"),
            event(ReviewStep.PUBLISH, document=NOTE.id, actor="qian"),
        )

        assert published.state is ReviewState.PUBLISHED
        assert await documents.get(NOTE.id) == NOTE
        assert [version.by for version in await documents.versions(NOTE.id)] == ["qian"]
        assert [(one.by, one.named) for one in await revisions.proposals()] == [(NOTE.id, "国发〔2008〕1号")]
        assert [step.step for step in await revisions.history(NOTE.id)] == [ReviewStep.SUBMIT, ReviewStep.PUBLISH]
        assert await revisions.under_way(NOTE.id) is None

    async def test_taking_a_document_down_sends_back_what_is_under_review(
        self, revisions: Revisions, documents: DocumentStore
    ) -> None:
        await documents.put(NOTE, by="li")
        kept = await submitted(revisions)
        cleared = replace(
            kept,
            state=ReviewState.CLEARED,
            reviewer="qian",
            clearer="zhao",
            reviewed=tuple(Check),
            cleared=(Check.TRADE,),
        )
        kept = await revisions.record(cleared, event(ReviewStep.CLEAR, document=NOTE.id))

        assert await documents.remove(NOTE.id, by="sun", reason="有误")

        back = await revisions.get(kept.id)
        undone = replace(kept, state=ReviewState.RETURNED, reviewer="", clearer="", reviewed=(), cleared=())
        assert back == replace(undone, note="文件已下架：有误", version=kept.version + 1, changed_at=back.changed_at)
        last = (await revisions.history(NOTE.id))[-1]
        assert (last.step, last.actor, last.before, last.after, last.revision) == (
            ReviewStep.RETURN,
            "sun",
            ReviewState.CLEARED,
            ReviewState.RETURNED,
            kept.id,
        )
        with pytest.raises(StaleRevision):
            await revisions.publish(kept, event(ReviewStep.PUBLISH, document=NOTE.id))

    async def test_what_waits_is_listed_oldest_first_and_found_by_its_words(self, revisions: Revisions) -> None:
        names = ["甲", "乙", "丙"]
        kept = [await submitted(revisions, replace(NOTE, id=name, title=f"{name}办法_A%")) for name in names]
        gone = replace(kept[0], state=ReviewState.DROPPED)
        await revisions.record(gone, event(ReviewStep.DROP, document="甲"))

        page = await revisions.pending(limit=1)
        assert ([each.document.id for each in page.revisions], page.total) == (["乙"], 2)
        assert [each.document.id for each in (await revisions.pending(offset=1)).revisions] == ["丙"]
        assert [each.document.id for each in (await revisions.pending(text="丙办法_a%")).revisions] == ["丙"]
        assert (await revisions.pending(text="%甲")).total == 0
        assert (await revisions.pending(state=ReviewState.DROPPED)).total == 1
        assert (await revisions.pending(state=ReviewState.CLEARED, offset=2**70)).total == 0

    async def test_what_a_document_repeals_is_proposed_once_and_settled_once(
        self, revisions: Revisions, documents: DocumentStore
    ) -> None:
        await documents.put(NOTE, by="li")
        await revisions.propose("new", ["甲〔2008〕1号", "乙办法", "甲〔2008〕1号"], at=MONDAY)
        await revisions.propose("new", ["乙办法"], at=MONDAY + timedelta(days=1))
        await revisions.propose("new", [], at=MONDAY)
        first, second = await revisions.proposals()
        assert await revisions.proposal(first.id) == first
        repealed = replace(NOTE, digest="e" * 64, validity=Validity.REPEALED, successor="new")
        step = event(ReviewStep.REPEAL, document=NOTE.id)

        assert await revisions.settle(first.id, step, repealed=repealed) is True
        assert await revisions.settle(first.id, step, repealed=repealed) is False
        assert await revisions.settle(second.id, event(ReviewStep.REPEAL, document="new")) is True
        assert await revisions.settle(2**70, step) is False

        assert await documents.get(NOTE.id) == repealed
        assert await revisions.proposals() == ()
        assert await revisions.proposal(first.id) is None
        assert [each.step for each in await revisions.history(NOTE.id)] == [ReviewStep.PUBLISH, ReviewStep.REPEAL]

    async def test_any_characters_of_a_file_are_taken(self, revisions: Revisions) -> None:
        strange = replace(NOTE, title="题\0\ud800", text="正文😀\0")
        kept = await submitted(revisions, strange)

        assert (await revisions.get(kept.id)).document.id == NOTE.id

    async def test_what_is_put_and_removed_directly_is_in_the_history_too(
        self, revisions: Revisions, documents: DocumentStore
    ) -> None:
        await documents.put(NOTE, by="li")
        await documents.put(NOTE, by="li")
        await documents.put(replace(NOTE, digest="c" * 64), by="wang")
        await documents.remove(NOTE.id, by="zhao", reason="内容有误")

        assert [(step.step, step.actor, step.before, step.note) for step in await revisions.history(NOTE.id)] == [
            (ReviewStep.PUBLISH, "li", "", ""),
            (ReviewStep.PUBLISH, "wang", "已发布", ""),
            (ReviewStep.TAKE_DOWN, "zhao", "已发布", "内容有误"),
        ]


async def test_of_many_who_publish_at_once_one_does(database: Database, clock: FixedClock) -> None:
    revisions, documents = SqlRevisions(database), SqlDocuments(database, now=clock)
    kept = await submitted(revisions)
    published = replace(kept, state=ReviewState.PUBLISHED)
    tries = (revisions.publish(published, event(ReviewStep.PUBLISH, document=NOTE.id)) for _ in range(5))

    results = await asyncio.gather(*tries, return_exceptions=True)

    assert sum(isinstance(result, StaleRevision) for result in results) == 4
    assert len(await documents.versions(NOTE.id)) == 1


async def test_of_many_who_submit_at_once_the_last_is_under_way(database: Database) -> None:
    revisions = SqlRevisions(database)
    await asyncio.gather(*(submitted(revisions, author=f"{number}") for number in range(6)))

    assert (await revisions.pending()).total == 1
    assert (await revisions.pending(state=ReviewState.DROPPED)).total == 5


async def test_when_publishing_fails_half_way_nothing_is_published(database: Database, clock: FixedClock) -> None:
    revisions, documents = SqlRevisions(database), SqlDocuments(database, now=clock)
    kept = await submitted(revisions)
    # stands in the way of the document's first version
    blocking = {"document": NOTE.id, "version": 1, "at": MONDAY, "by": "li"}
    async with database.begin() as connection:
        await connection.execute(insert(document_versions).values(blocking))

    with pytest.raises(Exception, match="document_versions"):
        await revisions.publish(replace(kept, state=ReviewState.PUBLISHED), event(ReviewStep.PUBLISH, document=NOTE.id))

    assert await revisions.get(kept.id) == kept
    assert await documents.get(NOTE.id) is None
    assert len(await revisions.history(NOTE.id)) == 1
