from collections.abc import Callable, Sequence
from pathlib import Path
from shutil import copytree, rmtree

import pytest

from knowledge.building import build_generation
from knowledge.errors import GenerationRefused, UnknownGeneration
from knowledge.library import Library
from knowledge.shelf import answers_from, generations, live_generation, rollback, switch
from knowledge.tokens import Tokenizer
from knowledge.types import Document
from tests.fakes import FixedClock, a_document

# the first search of a process compiles
pytestmark = pytest.mark.timeout(60)
DOCUMENTS = tuple(
    a_document(f"{topic}办理办法", text=f"第一条 {topic}向县民政局申请。", id=topic)
    for topic in ("低保", "公积金", "养老金", "医保", "户口")
)
Build = Callable[[Sequence[Document]], str]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def build(tmp_path: Path, tokenizer: Tokenizer, clock: FixedClock) -> Build:
    """Builds a generation a minute after the one before."""

    def built(documents: Sequence[Document]) -> str:
        clock.forward(minutes=1)
        return build_generation(documents, folder=tmp_path, tokenizer=tokenizer, now=clock)

    return built


async def answers(folder: Path, tokenizer: Tokenizer, question: str) -> list[str]:
    library = Library(folder, tokenizer)
    await library.reload()
    finding = await library.find(question)
    return [hit.passage.document.id for hit in (*finding.hits, *finding.near_misses)]


def test_there_is_nothing_before_the_first_generation(tmp_path: Path) -> None:
    assert live_generation(tmp_path / "none") == ""
    assert generations(tmp_path / "none") == ()
    with pytest.raises(UnknownGeneration, match="没有可以退回的上一版知识库"):
        rollback(tmp_path / "none")


def test_a_live_generation_that_cannot_be_read_is_none_to_answer_from(
    tmp_path: Path, tokenizer: Tokenizer, build: Build
) -> None:
    assert answers_from(tmp_path) == ""
    first = build(DOCUMENTS)
    switch(tmp_path, first, tokenizer=tokenizer)
    assert answers_from(tmp_path) == first
    # as by an older version
    (tmp_path / first / "names.npy").unlink()

    assert (answers_from(tmp_path), live_generation(tmp_path)) == ("", first)


async def test_a_built_generation_serves_only_after_the_switch(
    tmp_path: Path, tokenizer: Tokenizer, build: Build
) -> None:
    first = build(DOCUMENTS)
    assert live_generation(tmp_path) == ""
    switch(tmp_path, first, tokenizer=tokenizer)
    build(DOCUMENTS[:4])

    # as after a process that died between build and switch
    assert live_generation(tmp_path) == first
    assert "户口" in await answers(tmp_path, tokenizer, "户口办理")


def test_the_way_back_is_one_step_and_can_be_taken_back(tmp_path: Path, tokenizer: Tokenizer, build: Build) -> None:
    first, second = build(DOCUMENTS), build(DOCUMENTS)
    switch(tmp_path, first, tokenizer=tokenizer)
    with pytest.raises(UnknownGeneration):
        rollback(tmp_path)
    switch(tmp_path, second, tokenizer=tokenizer)

    assert rollback(tmp_path) == live_generation(tmp_path) == first
    assert rollback(tmp_path) == live_generation(tmp_path) == second


def test_switching_to_the_live_generation_keeps_the_way_back(
    tmp_path: Path, tokenizer: Tokenizer, build: Build
) -> None:
    first, second = build(DOCUMENTS), build(DOCUMENTS)
    for generation in (first, second, second):
        switch(tmp_path, generation, tokenizer=tokenizer)

    assert live_generation(tmp_path) == second
    assert rollback(tmp_path) == first


@pytest.mark.parametrize(("left", "refused"), [(4, False), (3, True), (0, True)])
def test_a_generation_that_lost_too_many_documents_is_refused(
    tmp_path: Path, tokenizer: Tokenizer, build: Build, *, left: int, refused: bool
) -> None:
    first, shrunk = build(DOCUMENTS), build(DOCUMENTS[:left])
    switch(tmp_path, first, tokenizer=tokenizer)

    if refused:
        with pytest.raises(GenerationRefused, match=f"文件从 5 件减到 {left} 件，超过允许的比例，未切换"):
            switch(tmp_path, shrunk, tokenizer=tokenizer)
        assert live_generation(tmp_path) == first
    switch(tmp_path, shrunk, tokenizer=tokenizer, max_shrink=1.0 if refused else 0.2)
    assert live_generation(tmp_path) == shrunk


def test_a_generation_that_finds_nothing_for_a_smoke_question_is_refused(
    tmp_path: Path, tokenizer: Tokenizer, build: Build
) -> None:
    first, second = build(DOCUMENTS), build(DOCUMENTS)
    switch(tmp_path, first, tokenizer=tokenizer, smoke=["低保申请"])

    with pytest.raises(GenerationRefused, match="试问“炖排骨”没有任何结果，未切换"):
        switch(tmp_path, second, tokenizer=tokenizer, smoke=["低保申请", "炖排骨"])
    assert live_generation(tmp_path) == first
    with pytest.raises(UnknownGeneration):
        rollback(tmp_path)


@pytest.mark.parametrize("name", ["passages/documents.npy", "documents/words/index.json", "documents.bin", "names.npy"])
@pytest.mark.parametrize("damage", ["missing", "empty", "short"])
def test_a_damaged_generation_is_not_switched_to(
    tmp_path: Path, tokenizer: Tokenizer, whole: Path, name: str, damage: str
) -> None:
    copytree(whole, tmp_path / "index")
    live = live_generation(tmp_path / "index")
    (other,) = set(generations(tmp_path / "index")) - {live}
    file = tmp_path / "index" / other / name
    content = file.read_bytes()
    file.unlink()
    if damage != "missing":
        file.write_bytes(b"" if damage == "empty" else content[:-1])

    with pytest.raises(UnknownGeneration):
        switch(tmp_path / "index", other, tokenizer=tokenizer)
    assert live_generation(tmp_path / "index") == live


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory, tokenizer: Tokenizer) -> Path:
    """A folder with a live generation and another."""
    folder = tmp_path_factory.mktemp("whole")
    for _ in range(2):
        generation = build_generation(DOCUMENTS, folder=folder, tokenizer=tokenizer, now=FixedClock())
    switch(folder, generation, tokenizer=tokenizer)
    return folder


def test_a_generation_that_does_not_exist_is_unknown(tmp_path: Path, tokenizer: Tokenizer, build: Build) -> None:
    first = build(DOCUMENTS)
    switch(tmp_path, first, tokenizer=tokenizer)

    with pytest.raises(UnknownGeneration):
        switch(tmp_path, "20260101T000000-1", tokenizer=tokenizer)
    assert live_generation(tmp_path) == first


def test_a_live_generation_that_is_damaged_can_be_replaced(tmp_path: Path, tokenizer: Tokenizer, build: Build) -> None:
    first, second = build(DOCUMENTS), build(DOCUMENTS[:1])
    switch(tmp_path, first, tokenizer=tokenizer)
    rmtree(tmp_path / first / "passages")
    switch(tmp_path, second, tokenizer=tokenizer)

    assert live_generation(tmp_path) == second
    with pytest.raises(UnknownGeneration):
        rollback(tmp_path)
    assert live_generation(tmp_path) == second


def test_a_pointer_that_cannot_be_read_can_be_replaced(tmp_path: Path, tokenizer: Tokenizer, build: Build) -> None:
    first = build(DOCUMENTS)
    (tmp_path / "current").write_bytes(b"\xff\xfe\x00")
    switch(tmp_path, first, tokenizer=tokenizer)

    assert live_generation(tmp_path) == first


def test_old_generations_are_swept_but_never_the_live_one_and_the_one_before(
    tmp_path: Path, tokenizer: Tokenizer, build: Build
) -> None:
    built = [build(DOCUMENTS) for _ in range(5)]
    switch(tmp_path, built[0], tokenizer=tokenizer)
    assert generations(tmp_path) == (built[0], *built[2:])
    switch(tmp_path, built[4], tokenizer=tokenizer, keep=1)

    assert generations(tmp_path) == (built[0], built[4])


def test_refused_generations_do_not_pile_up(tmp_path: Path, tokenizer: Tokenizer, build: Build) -> None:
    first = build(DOCUMENTS)
    switch(tmp_path, first, tokenizer=tokenizer)
    for _ in range(4):
        refused = build(DOCUMENTS[:1])
        with pytest.raises(GenerationRefused):
            switch(tmp_path, refused, tokenizer=tokenizer)

    assert len(generations(tmp_path)) == 4
    assert live_generation(tmp_path) == generations(tmp_path)[0] == first


def test_a_build_that_was_broken_off_is_swept_a_day_later_and_one_under_way_is_not(
    tmp_path: Path, tokenizer: Tokenizer, build: Build, clock: FixedClock
) -> None:
    (tmp_path / ".20260301T000000-1").mkdir()
    (tmp_path / ".20260302T005900-1").mkdir()
    (tmp_path / ".keep").mkdir()
    (tmp_path / "notes").mkdir()
    switch(tmp_path, build(DOCUMENTS), tokenizer=tokenizer, keep=0)

    left = {entry.name for entry in tmp_path.iterdir()}
    assert left == {".20260302T005900-1", ".keep", "notes", "current", *generations(tmp_path)}


def test_generations_are_listed_in_the_order_they_were_built(tmp_path: Path, tokenizer: Tokenizer) -> None:
    for number in (10, 9, 1):
        (tmp_path / f"20260302T010000-{number}").mkdir()
    (tmp_path / "20260301T010000-2").mkdir()

    assert generations(tmp_path) == (
        "20260301T010000-2",
        "20260302T010000-1",
        "20260302T010000-9",
        "20260302T010000-10",
    )
