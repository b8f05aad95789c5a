import asyncio
from pathlib import Path

import pytest

from knowledge.building import build_generation
from knowledge.library import Library
from knowledge.readers import read_file
from knowledge.shelf import switch
from knowledge.tokens import Tokenizer
from tests.fakes import FixedClock

DOCUMENTS = Path(__file__).parent / "documents"
CONFIG = Path(__file__).resolve().parents[2] / "config"


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The real library over the documents beside the transcripts."""
    work = tmp_path_factory.mktemp("knowledge")
    tokenizer = Tokenizer.load(
        dictionary=CONFIG / "dictionary.txt",
        stopwords=CONFIG / "stopwords.txt",
        synonyms=CONFIG / "synonyms.toml",
        cache=work / "cache",
    )
    readings = [
        reading for file in sorted(DOCUMENTS.glob("*.md")) for reading in read_file(file.name, file.read_bytes())
    ]
    documents = [reading.document for reading in readings if reading.document]
    assert len(documents) == len(readings)
    generation = build_generation(documents, folder=work / "index", tokenizer=tokenizer, now=FixedClock())
    switch(work / "index", generation, tokenizer=tokenizer)
    opened = Library(work / "index", tokenizer)
    asyncio.run(opened.reload())
    return opened
