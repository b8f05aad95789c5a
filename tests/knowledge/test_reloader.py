import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from knowledge.building import build_generation
from knowledge.chronicle import Facts, note_progress, write_facts
from knowledge.errors import UnknownGeneration
from knowledge.reloader import Reloader, in_a_process
from knowledge.shelf import live_generation, switch
from knowledge.tokens import Tokenizer
from knowledge.types import Band
from knowledge.upkeep import Progress, Stage, Standing, SwitchKind, TrialChange, TrialReport, TrialResult
from storage.memory import MemoryTrials
from tests.fakes import FixedClock, ScriptedRetriever, a_document, a_hit

# the first search of a process compiles
pytestmark = pytest.mark.timeout(60)
ALLOWANCE = a_document("低保办理办法", text="第一条 低保向县民政局申请。", id="低保")


@dataclass(slots=True)
class FakeWork:
    """A reload that ends when it is let go, for a reason or none."""

    reason: str = ""
    begun: list[tuple[str, bool]] = field(default_factory=list)
    ends: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: bool = False

    async def __call__(self, by: str, /, *, force: bool) -> str:
        self.begun.append((by, force))
        try:
            await self.ends.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return self.reason


@dataclass(slots=True)
class Bench:
    """A reloader with everything that it works with."""

    folder: Path
    clock: FixedClock = field(default_factory=FixedClock)
    retriever: ScriptedRetriever = field(default_factory=ScriptedRetriever)
    work: FakeWork = field(default_factory=FakeWork)
    announced: list[str] = field(default_factory=list)
    trials: MemoryTrials = field(init=False)
    reloader: Reloader = field(init=False)

    def __post_init__(self) -> None:
        self.trials = MemoryTrials(now=self.clock)
        self.reloader = Reloader(
            self.folder,
            retriever=self.retriever,
            trials=self.trials,
            work=self.work,
            now=self.clock,
            announce=self.announce,
        )

    async def announce(self, generation: str) -> None:
        self.announced.append(generation)

    def publish(self, tokenizer: Tokenizer) -> str:
        generation = build_generation([ALLOWANCE], folder=self.folder, tokenizer=tokenizer, now=self.clock)
        switch(self.folder, generation, tokenizer=tokenizer)
        return generation


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    made = Bench(tmp_path / "index")
    yield made
    await made.reloader.aclose()


async def settled(bench: Bench) -> Progress:
    bench.work.ends.set()
    for _ in range(5):
        await asyncio.sleep(0)
    return await bench.reloader.progress()


async def test_a_reload_begins_at_once_and_only_once(bench: Bench) -> None:
    assert await bench.reloader.reload(by="li", force=True)
    begun = await bench.reloader.progress()
    assert (begun.stage, begun.by, begun.at) == (Stage.STARTING, "li", bench.clock())
    assert not await bench.reloader.reload(by="wang")
    await asyncio.sleep(0)
    assert bench.work.begun == [("li", True)]


async def test_why_a_reload_ended_early_is_told(bench: Bench) -> None:
    bench.work.reason = "配置有误"
    await bench.reloader.reload(by="li")

    ended = await settled(bench)
    assert (ended.stage, ended.reason, ended.by) == (Stage.BROKEN_OFF, "配置有误", "li")
    assert await bench.reloader.reload(by="wang")


async def test_a_refusal_told_by_the_process_stays(bench: Bench) -> None:
    bench.work.reason = "文件从 2 件减到 1 件"
    await bench.reloader.reload(by="li")
    note_progress(
        bench.folder, Progress(Stage.REFUSED, by="li", at=bench.clock(), reason="文件从 2 件减到 1 件，未切换")
    )

    ended = await settled(bench)
    assert (ended.stage, ended.reason) == (Stage.REFUSED, "文件从 2 件减到 1 件，未切换")


async def test_a_reload_goes_with_the_process_that_began_it(bench: Bench) -> None:
    await bench.reloader.reload(by="li")
    await asyncio.sleep(0)
    await bench.reloader.aclose()

    assert bench.work.cancelled


async def test_generations_are_listed_newest_first_with_what_is_known(bench: Bench, tokenizer: Tokenizer) -> None:
    first, second, third = (bench.publish(tokenizer) for _ in range(3))
    write_facts(bench.folder / third, Facts(documents=1, passages=1, links=2, by="li", trials=TrialReport()))
    (bench.folder / first / "names.npy").unlink()

    newest, previous, oldest = await bench.reloader.all()
    assert (newest.id, newest.standing, newest.by, newest.links) == (third, Standing.LIVE, "li", 2)
    assert newest.built_at == bench.clock()
    assert (previous.id, previous.standing, previous.documents, previous.passages) == (second, Standing.PREVIOUS, 1, 1)
    assert (oldest.id, oldest.standing, oldest.documents) == (first, Standing.KEPT, 0)


async def test_who_went_back_is_on_record(bench: Bench, tokenizer: Tokenizer) -> None:
    first, second = (bench.publish(tokenizer) for _ in range(2))

    assert await bench.reloader.rollback(by="wang") == first == live_generation(bench.folder)
    assert bench.announced == [first]
    (line,) = await bench.reloader.switches()
    assert (line.kind, line.by, line.at) == (SwitchKind.ROLLBACK, "wang", bench.clock())
    assert (line.before, line.after, line.documents) == (second, first, 1)


async def test_there_may_be_nothing_to_go_back_to(bench: Bench) -> None:
    with pytest.raises(UnknownGeneration):
        await bench.reloader.rollback(by="wang")
    assert await bench.reloader.switches() == ()


async def test_trials_are_compared_with_those_at_the_build(bench: Bench) -> None:
    bench.retriever.generation = "20260302T010000-1"
    then = TrialResult("低保怎么办", "低保", passed=False, band=Band.ESCALATE, found="")
    (bench.folder / bench.retriever.generation).mkdir(parents=True)
    report = TrialReport((TrialChange(None, then),))
    write_facts(
        bench.folder / bench.retriever.generation, Facts(documents=1, passages=1, links=0, by="li", trials=report)
    )
    await bench.trials.put("低保怎么办", "低保", by="li")
    bench.retriever.knows("低保怎么办", Band.ANSWER, a_hit(ALLOWANCE))

    now = await bench.reloader.run_trials()
    assert [change.after.question for change in now.fixed] == ["低保怎么办"]


async def test_trials_can_be_asked_before_anything_is_published(bench: Bench) -> None:
    bench.retriever.generation = ""
    await bench.trials.put("低保怎么办", "低保", by="li")

    assert (await bench.reloader.run_trials()).passed == 0


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import sys; sys.exit(sys.argv[1:] != ['--by=li', '--force'])", ""),
        ("import sys; sys.stderr.write('警告\\n错误：配置有误\\n'); sys.exit(2)", "配置有误"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "重建进程意外结束（-9）"),
    ],
)
async def test_a_process_tells_by_its_end_how_it_went(program: str, reason: str) -> None:
    assert await in_a_process([sys.executable, "-c", program])("li", force=True) == reason


async def test_a_process_ends_with_who_waits_for_it(tmp_path: Path) -> None:
    program = f"import pathlib, time; pathlib.Path({str(tmp_path / 'begun')!r}).touch(); time.sleep(60)"
    waiting = asyncio.create_task(in_a_process([sys.executable, "-c", program])("li", force=False))
    async with asyncio.timeout(30):
        while not (tmp_path / "begun").exists():  # noqa: ASYNC110 - another process begins it
            await asyncio.sleep(0.01)
    waiting.cancel()

    assert await asyncio.gather(waiting, return_exceptions=True)
