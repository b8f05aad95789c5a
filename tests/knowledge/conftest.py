from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from knowledge.building import build_generation
from knowledge.compilation import keep_compiled
from knowledge.generation import Generation
from knowledge.index import BM25
from knowledge.normalisation import Normaliser
from knowledge.search import Search
from knowledge.tokens import Tokenizer
from tests.fakes import FixedClock, a_document


def pytest_collection_finish(session: pytest.Session) -> None:
    # compiling takes longer than a test may
    if any(Path(__file__).parent in item.path.parents for item in session.items):
        with TemporaryDirectory() as folder:
            keep_compiled(Path(folder))
            tokenizer = Tokenizer(cache=Path(folder))
            name = build_generation([a_document("低保")], folder=Path(folder), tokenizer=tokenizer, now=FixedClock())
            Search(Generation(Path(folder) / name)).rank(tokenizer.query("低保"))
            BM25([["低保"]]).top(["低保"], 1)


@pytest.fixture(scope="session")
def normalise() -> Normaliser:
    """The real normaliser, made once."""
    return Normaliser()


@pytest.fixture(scope="session")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    """A real tokenizer without the office's files."""
    return Tokenizer(cache=tmp_path_factory.mktemp("jieba"))
