import asyncio
import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from knowledge import building
from knowledge.answerability import COEFFICIENTS
from knowledge.checksums import write_checksums
from knowledge.chronicle import alone, progress, read_facts, switches
from knowledge.errors import GenerationRefused, ReloadUnderWay
from knowledge.library import Library
from knowledge.publication import Publication, Sources
from knowledge.shelf import generations, live_generation, rollback
from knowledge.synonyms import Direction, Synonym
from knowledge.tokens import Tokenizer
from knowledge.types import Band, Disclosure, Document, Finding, Route, Validity
from knowledge.upkeep import Stage, SwitchKind, Trial, WordUse
from storage.memory import MemoryAnnouncements, MemoryLinkedQuestions, MemoryTrials, MemoryVocabulary
from tests.architecture.sources import ROOT
from tests.fakes import FakeDocuments, FixedClock, a_document

# the first search of a process compiles
pytestmark = pytest.mark.timeout(60)
ALLOWANCE = a_document("低保办理办法", text="第一条 低保向县民政局申请。", id="低保")
FUND = a_document("公积金提取办法", text="第一条 公积金向管理中心提取。", id="公积金")
PENSION = a_document("养老金领取办法", text="第一条 养老金按月领取。", id="养老金")
WITHHELD = a_document("内部值班办法", text="第一条 内部值班另行安排。", id="内部", disclosure=Disclosure.WITHHELD)
ON_REQUEST = a_document(
    "征收补偿明细",
    text="第一条 征收补偿按户列明。",
    id="明细",
    disclosure=Disclosure.ON_REQUEST,
    number="浚政〔2026〕9号",
)
REPEALED = a_document(
    "旧低保办法", text="第一条 低保按旧标准。", id="旧", validity=Validity.REPEALED, number="浚政〔2019〕2号"
)


@dataclass(slots=True)
class Office:
    """What an office has stored, and its folder of generations."""

    folder: Path
    tokenizer: Tokenizer
    clock: FixedClock = field(default_factory=FixedClock)
    documents: FakeDocuments = field(default_factory=FakeDocuments)
    links: MemoryLinkedQuestions = field(init=False)
    vocabulary: MemoryVocabulary = field(init=False)
    trials: MemoryTrials = field(init=False)
    smoke: tuple[str, ...] = ()
    coefficients: Mapping[str, float] = field(default_factory=lambda: COEFFICIENTS)

    def __post_init__(self) -> None:
        self.links = MemoryLinkedQuestions(now=self.clock)
        self.vocabulary = MemoryVocabulary(now=self.clock)
        self.trials = MemoryTrials(now=self.clock)

    def holds(self, *documents: Document) -> None:
        self.documents = FakeDocuments.of(*documents)

    @property
    def publication(self) -> Publication:
        sources = Sources(self.documents, self.links, self.vocabulary, self.trials)
        library = Library(self.folder, self.tokenizer, coefficients=self.coefficients)
        return Publication(sources, self.folder, self.tokenizer, library, self.clock, smoke=self.smoke)

    async def publish(self, *documents: Document, by: str = "li", force: bool = False) -> str:
        if documents:
            self.holds(*documents)
        return await self.publication.publish(by=by, force=force)

    async def find(self, question: str) -> Finding:
        library = Library(self.folder, self.tokenizer)
        await library.reload()
        return await library.find(question)


@pytest.fixture
def office(tmp_path: Path, tokenizer: Tokenizer) -> Office:
    return Office(tmp_path, tokenizer)


async def found(office: Office, question: str) -> set[str]:
    finding = await office.find(question)
    return {hit.passage.document.id for hit in (*finding.hits, *finding.near_misses)}


def everything(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


async def test_what_is_stored_is_published(office: Office) -> None:
    office.smoke = ("低保申请",)
    generation = await office.publish(ALLOWANCE, FUND, PENSION)

    assert generation == live_generation(office.folder)
    assert "低保" in await found(office, "低保怎么申请")


async def test_only_what_is_public_can_be_found_by_any_way(office: Office) -> None:
    await office.publish(ALLOWANCE, FUND, PENSION, WITHHELD, ON_REQUEST)

    for question in ("内部值班另行安排", "内部值班办法", "征收补偿明细", "浚政〔2026〕9号", "征收补偿按户列明"):
        assert not {"内部", "明细"} & await found(office, question)
    library = Library(office.folder, office.tokenizer)
    await library.reload()
    assert [await library.document(wanted) for wanted in ("内部", "明细", "浚政〔2026〕9号")] == [None, None, None]
    index = everything(office.folder)
    assert "内部值班".encode() not in index
    assert "低保向县民政局申请".encode() in index


async def test_a_document_that_is_no_longer_public_is_gone_after_the_next_generation(office: Office) -> None:
    await office.publish(ALLOWANCE, FUND, PENSION)
    await office.publish(replace(ALLOWANCE, disclosure=Disclosure.WITHHELD), FUND, PENSION, force=True)

    assert "低保" not in await found(office, "低保怎么申请")
    assert "低保" not in await found(office, "低保办理办法")


async def test_what_is_not_in_force_is_only_found_by_its_name(office: Office) -> None:
    await office.publish(FUND, PENSION, REPEALED)

    assert "旧" not in await found(office, "低保标准是多少")
    assert await found(office, "浚政(2019)2号") == {"旧"}


async def test_what_expired_since_it_was_stored_is_not_in_force_after_the_next_reload(office: Office) -> None:
    await office.publish(replace(ALLOWANCE, expires_on=date(2000, 12, 31)), FUND, PENSION)

    assert (await office.find("低保申请条件")).band is not Band.ANSWER
    named = await office.find(ALLOWANCE.title)
    assert [hit.passage.document.validity for hit in named.hits] == [Validity.EXPIRED]


async def test_an_empty_knowledge_base_is_published_and_finds_nothing(office: Office) -> None:
    await office.publish()

    assert await found(office, "低保怎么申请") == set()


async def test_a_generation_that_finds_none_of_its_titles_is_refused(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_other_words(folder: Path) -> None:
        for words in folder.rglob("vocabulary.npy"):
            np.save(words, np.load(words) - 1)

    first = await office.publish(ALLOWANCE, FUND)
    # the last step of a build
    monkeypatch.setattr(building, "write_checksums", with_other_words)

    with pytest.raises(GenerationRefused, match=f"试问“{ALLOWANCE.title}”没有任何结果"):
        await office.publish(force=True)

    assert live_generation(office.folder) == first


async def test_titles_that_cannot_be_found_are_not_asked_for(office: Office) -> None:
    mark = a_document("——", text="……", id="mark")
    generation = await office.publish(mark, replace(mark, id="blank", title="办法"), REPEALED, WITHHELD)

    assert generation == live_generation(office.folder)


async def test_a_refused_generation_leaves_the_live_one(office: Office) -> None:
    first = await office.publish(ALLOWANCE, FUND)

    with pytest.raises(GenerationRefused, match="文件从 2 件减到 1 件"):
        await office.publish(FUND)
    office.smoke = ("炖排骨",)
    with pytest.raises(GenerationRefused, match="炖排骨"):
        await office.publish(ALLOWANCE, FUND)
    assert live_generation(office.folder) == first
    office.smoke = ()
    forced = await office.publish(FUND, force=True)
    assert live_generation(office.folder) == forced
    assert rollback(office.folder) == first


async def test_a_store_that_fails_leaves_the_live_generation(office: Office) -> None:
    first = await office.publish(ALLOWANCE)
    office.documents = FakeDocuments(trouble=ConnectionError())

    with pytest.raises(ConnectionError):
        await office.publish()
    assert live_generation(office.folder) == first
    assert generations(office.folder) == (first,)
    left = progress(office.folder, now=office.clock())
    assert (left.stage, left.by) == (Stage.BROKEN_OFF, "li")


async def test_a_linked_question_is_answered_by_its_document_after_the_next_reload(office: Office) -> None:
    await office.publish(ALLOWANCE, FUND, PENSION)
    await office.links.add("家里揭不开锅了找谁", ["低保", "公积金", "没有的"], by="li", source="浚县-2026-000001")
    assert (await office.find("家里揭不开锅了找谁")).band is not Band.ANSWER

    generation = await office.publish()
    finding = await office.find("家里揭不开锅了，找谁？")
    assert (finding.route, finding.band) == (Route.ANSWERED, Band.ANSWER)
    assert [hit.passage.document.id for hit in finding.hits] == ["低保", "公积金"]
    facts = read_facts(office.folder / generation)
    assert facts is not None
    assert facts.links == 1


async def test_the_offices_own_words_take_effect_with_the_next_reload_and_go_with_a_rollback(office: Office) -> None:
    first = await office.publish(ALLOWANCE, FUND, PENSION)
    await office.vocabulary.put_synonym(Synonym("困难补助", ("低保",), Direction.ONE_WAY), by="li")
    await office.vocabulary.put_word("民政局", WordUse.DICTIONARY, by="li")
    assert await found(office, "困难补助") == set()

    await office.publish()
    assert await found(office, "困难补助") == {"低保"}
    assert rollback(office.folder) == first
    assert await found(office, "困难补助") == set()


async def test_trials_are_asked_of_both_generations_and_kept_with_the_new_one(office: Office) -> None:
    await office.publish(ALLOWANCE, FUND)
    await office.trials.put("低保怎么申请", "低保", by="li")
    await office.trials.put("养老金怎么领", "养老金", by="li")
    await office.trials.put("怎么炖排骨", "", by="li")
    generation = await office.publish(ALLOWANCE, FUND, PENSION)

    facts = read_facts(office.folder / generation)
    assert facts is not None
    report = facts.trials
    assert (report.total, report.passed, report.broken) == (3, 3, ())
    assert [change.after.question for change in report.fixed] == ["养老金怎么领"]
    assert [change.after.found for change in report.changes] == ["低保", "养老金", ""]


async def test_trials_are_judged_as_citizens_are_answered(office: Office) -> None:
    office.coefficients = {**COEFFICIENTS, "bias": -99.0}
    await office.trials.put("低保怎么申请", "低保", by="li")
    generation = await office.publish(ALLOWANCE, FUND, PENSION)

    facts = read_facts(office.folder / generation)
    assert facts is not None
    assert [change.after.band for change in facts.trials.changes] == [Band.ESCALATE]


async def test_a_generation_that_breaks_a_trial_is_refused_with_the_question(office: Office) -> None:
    office.holds(ALLOWANCE, FUND, PENSION)
    await office.trials.put("低保怎么申请", "低保", by="li")
    first = await office.publish()
    emptied = replace(ALLOWANCE, title="值班办法", text="第一条 值班另行安排。", digest="c" * 64)

    with pytest.raises(GenerationRefused, match="试题“低保怎么申请”在新一版里不再通过"):
        await office.publish(emptied, FUND, PENSION, by="wang")
    assert live_generation(office.folder) == first
    told = progress(office.folder, now=office.clock())
    assert (told.stage, told.by, "低保怎么申请" in told.reason) == (Stage.REFUSED, "wang", True)
    assert await office.publish(force=True) == live_generation(office.folder)


async def test_a_trial_whose_document_was_taken_out_does_not_stand_in_the_way(office: Office) -> None:
    office.holds(ALLOWANCE, FUND, PENSION)
    await office.trials.put("低保怎么申请", "低保", by="li")
    await office.publish()

    repealed = replace(ALLOWANCE, validity=Validity.REPEALED, digest="c" * 64)
    assert await office.publish(repealed, FUND, PENSION) == live_generation(office.folder)
    (last, *_) = switches(office.folder, limit=9)
    assert last.broken == ("低保怎么申请",)


async def test_a_trial_that_failed_before_does_not_stand_in_the_way(office: Office) -> None:
    await office.trials.put("怎么炖排骨", "低保", by="li")
    await office.publish(ALLOWANCE, FUND, PENSION)

    assert await office.publish() == live_generation(office.folder)


async def test_every_switch_and_every_refusal_is_on_record(office: Office) -> None:
    await office.trials.put("低保怎么申请", "低保", by="li")
    first = await office.publish(ALLOWANCE, FUND, by="li")
    office.clock.forward(hours=1)
    with pytest.raises(GenerationRefused):
        await office.publish(ALLOWANCE, by="wang")

    refused, switched = switches(office.folder, limit=9)
    assert (switched.kind, switched.by, switched.before, switched.after) == (SwitchKind.RELOAD, "li", "", first)
    assert (switched.documents, switched.passages, switched.trials, switched.passed) == (2, 2, 1, 1)
    assert (refused.kind, refused.by, refused.before, refused.documents) == (SwitchKind.REFUSED, "wang", first, 1)
    assert refused.at == office.clock()
    assert "文件从 2 件减到 1 件" in refused.reason


async def test_two_reloads_at_once_are_one_too_many(office: Office) -> None:
    async with alone(office.folder, patience=timedelta(0)):
        with pytest.raises(ReloadUnderWay):
            await office.publish(ALLOWANCE)


async def test_what_a_killed_process_left_half_built_is_removed(office: Office) -> None:
    (office.folder / ".20260301T010000-1").mkdir()
    (office.folder / ".20260302T010000-7" / "passages").mkdir(parents=True)
    generation = await office.publish(ALLOWANCE)

    assert {entry.name for entry in office.folder.iterdir() if entry.is_dir()} == {generation}


async def test_a_rollback_while_a_reload_runs_is_not_undone_by_it(office: Office) -> None:
    first = await office.publish(ALLOWANCE)
    second = await office.publish()

    class RollingBack(MemoryTrials):
        async def all(self) -> tuple[Trial, ...]:
            assert rollback(office.folder) == first
            return ()

    office.trials = RollingBack(now=office.clock)
    with pytest.raises(GenerationRefused, match="重建期间"):
        await office.publish()
    assert live_generation(office.folder) == first
    assert rollback(office.folder) == second


async def test_a_live_generation_that_cannot_be_read_does_not_stand_in_the_way(office: Office) -> None:
    await office.trials.put("低保怎么申请", "低保", by="li")
    first = await office.publish(ALLOWANCE)
    (office.folder / first / "names.npy").unlink()

    assert await office.publish() == live_generation(office.folder) != first


async def test_damage_does_not_live_on_in_the_next_generation(office: Office) -> None:
    fee = a_document("收费办法", text="第一条 每件收取500元。", id="收费")
    first = await office.publish(fee)
    passages = office.folder / first / "passages.bin"
    passages.write_bytes(passages.read_bytes().replace(b"500", b"900"))

    second = await office.publish()
    assert "500元".encode() in (office.folder / second / "passages.bin").read_bytes()


async def test_trials_are_not_asked_of_a_damaged_generation(office: Office) -> None:
    await office.trials.put("低保怎么申请", "低保", by="li")
    first = await office.publish(ALLOWANCE, FUND)
    documents = office.folder / first / "passages" / "documents.npy"
    # rows far beyond the arrays
    np.save(documents, np.load(documents) + 1_000_000)

    second = await office.publish()
    facts = read_facts(office.folder / second)
    assert facts is not None
    assert [(change.before, change.after.passed) for change in facts.trials.changes] == [(None, True)]


async def test_a_forced_reload_takes_nothing_over(office: Office) -> None:
    first = await office.publish(ALLOWANCE)
    passages = office.folder / first / "passages.bin"
    right = passages.read_bytes()
    passages.write_bytes(right[::-1])
    write_checksums(office.folder / first)

    await office.publish(force=True)
    assert (office.folder / live_generation(office.folder) / "passages.bin").read_bytes() == right


async def test_a_live_generation_damaged_in_any_way_does_not_stand_in_the_way(office: Office) -> None:
    first = await office.publish(ALLOWANCE)
    shown = office.folder / first / "shown.npy"
    # numpy raises no ValueError here
    shown.write_bytes(shown.read_bytes().replace(b"}", b"("))

    assert await office.publish() == live_generation(office.folder) != first


async def test_the_progress_tells_how_far_it_is(office: Office) -> None:
    generation = await office.publish(ALLOWANCE, FUND)

    told = progress(office.folder, now=office.clock())
    assert (told.stage, told.done, told.total, told.generation) == (Stage.DONE, 2, 2, generation)
    assert json.loads((office.folder / "progress.json").read_text())["stage"] == "已切换"


async def test_a_build_that_is_killed_leaves_the_way_free(office: Office) -> None:
    live = await office.publish(ALLOWANCE)
    begun = office.folder / ".20260302T010000-9"
    program = f"""
import asyncio, time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from knowledge.chronicle import alone, note_progress
from knowledge.upkeep import Progress, Stage
async def build():
    folder = Path({str(office.folder)!r})
    async with alone(folder, patience=timedelta(0)):
        note_progress(folder, Progress(Stage.BUILDING, by="wang", at=datetime.now(UTC)))
        Path({str(begun)!r}).mkdir()
        time.sleep(60)
asyncio.run(build())
"""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, cwd=ROOT)
    async with asyncio.timeout(30):
        while not begun.exists():  # noqa: ASYNC110 - another process makes it
            await asyncio.sleep(0.05)
    assert progress(office.folder, now=office.clock()).stage is Stage.BUILDING
    with pytest.raises(ReloadUnderWay):
        await office.publish()
    process.kill()
    await process.wait()

    assert progress(office.folder, now=office.clock()).stage is Stage.BROKEN_OFF
    assert live_generation(office.folder) == live
    assert await office.publish() == live_generation(office.folder)
    assert not begun.exists()


async def test_every_answer_given_while_reloads_run_is_of_one_whole_generation(office: Office) -> None:
    def edition(number: int) -> list[Document]:
        text = f"第一条 低保向县民政局申请。第{number}版。"
        return [
            a_document(f"低保办法之{place}", text=text, id=f"低保{place}", digest=f"{number}") for place in range(8)
        ]

    editions = {await office.publish(*edition(0)): "第0版"}
    library = Library(office.folder, office.tokenizer)
    await library.reload()
    following = asyncio.create_task(library.follow(timedelta(milliseconds=1), MemoryAnnouncements()))
    seen = []
    for number in range(1, 4):
        reload = asyncio.create_task(office.publish(*edition(number)))
        asked = 0
        while not reload.done() or library.generation != live_generation(office.folder):
            asked += 1
            seen.append(await library.find(f"低保怎么申请{asked % 7}"))
            await asyncio.sleep(0)
        editions[await reload] = f"第{number}版"
        seen.append(await library.find("低保怎么申请"))
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following

    assert {finding.generation for finding in seen} == set(editions)
    for finding in seen:
        hits = (*finding.hits, *finding.near_misses)
        assert len({hit.passage.document.id for hit in hits}) == len(hits) >= 5
        assert all(editions[finding.generation] in hit.passage.text for hit in hits)
