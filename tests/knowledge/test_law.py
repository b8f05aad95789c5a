"""The regulation and the founding text, imported as they lie on disk, asked what they were written to answer."""

from pathlib import Path

import pytest

from knowledge.building import build_generation
from knowledge.library import Library
from knowledge.readers import read_file
from knowledge.shelf import switch
from knowledge.tokens import Tokenizer
from knowledge.types import Band, Route
from tests.fakes import FixedClock

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "config"
LAW = ROOT / ".." / "shared" / "data" / "law"
pytestmark = [pytest.mark.data, pytest.mark.skipif(not LAW.is_dir(), reason="the shared test data is absent")]


@pytest.fixture
async def library(tmp_path: Path) -> Library:
    tokenizer = Tokenizer.load(
        dictionary=CONFIG / "dictionary.txt",
        stopwords=CONFIG / "stopwords.txt",
        synonyms=CONFIG / "synonyms.toml",
        cache=tmp_path / "cache",
    )
    readings = [reading for file in sorted(LAW.iterdir()) for reading in read_file(file.name, file.read_bytes())]
    documents = [reading.document for reading in readings if reading.document]
    generation = build_generation(documents, folder=tmp_path / "index", tokenizer=tokenizer, now=FixedClock())
    switch(tmp_path / "index", generation, tokenizer=tokenizer)
    opened = Library(tmp_path / "index", tokenizer)
    await opened.reload()
    return opened


@pytest.mark.parametrize(
    ("question", "route", "quoted"),
    [
        ("申请公开政府信息多少天内答复", Route.SEARCH, "20个工作日"),
        ("政府采购信息公开由哪个部门牵头", Route.SEARCH, "省财政厅"),
        ("国令第711号", Route.EXACT, "711号"),
    ],
)
async def test_the_law_answers_what_is_asked_of_it(library: Library, question: str, route: Route, quoted: str) -> None:
    finding = await library.find(question)

    assert (finding.band, finding.route) == (Band.ANSWER, route)
    assert quoted in finding.hits[0].quote


async def test_the_law_says_nothing_of_stewed_ribs(library: Library) -> None:
    assert (await library.find("怎么炖排骨")).band is Band.ESCALATE
